"""What all our pages share: who may read them, what they may load, and what is said when something goes wrong."""

from __future__ import annotations

from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler
from tornado import web

from flysolo.course import Course, open_course
from flysolo.deliver import note_fault
from flysolo.markup import inline, to_html
from flysolo.problems import ContentError
from flysolo.progress import long_date
from flysolo.server.mail import local_day
from flysolo.server.rows import exercise_link, lesson_link
from flysolo.server.settings import TEMPLATES

STATIC = Path(__file__).parent / "static"
FOLDER = "flysolo_folder"

#: Our pages load one style from this server, run no script at all, and sit in nobody's frame.
POLICY = (
    "default-src 'self'; script-src 'none'; object-src 'none'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def _environment() -> Environment:
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # only our own content goes through these two; what people typed is escaped by the template itself
    env.filters |= {"inline": inline, "block": to_html, "long_date": long_date}
    env.filters |= {"local_day": local_day, "lesson_link": lesson_link, "exercise_link": exercise_link}
    return env


PAGES = _environment()


class Page(JupyterHandler):
    """A page of the course for the person whose folder this is."""

    @property
    def content_security_policy(self) -> str:
        """Same for every page of ours; nothing remote, no script."""
        return POLICY

    def set_default_headers(self) -> None:
        """Pages hold one person's work, so no cache keeps them and no address is told to others."""
        super().set_default_headers()
        self.set_header("Cache-Control", "no-store")
        self.set_header("Referrer-Policy", "same-origin")

    def course(self) -> Course:
        """The course folder as it is now; its card may have changed since the last page."""
        return open_course(self.settings[FOLDER])

    def get_template(self, name: str):
        """Templates of our own, whatever Jupyter's look like."""
        return PAGES.get_template(name)

    def show(self, template: str, **values: Any) -> None:
        """Finish with a page."""
        self.finish(self.render_template(template, today=date.today(), **values))

    def to(self, path: str) -> None:
        """Go on to another page of the course, with GET, so that a reload repeats nothing."""
        self.redirect(self.base_url + path, status=HTTPStatus.SEE_OTHER)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """Say in words whose fault it is; the details go to a file, without anything that was typed."""
        error = (kwargs.get("exc_info") or (None, None))[1]
        if status_code >= 500 and isinstance(error, Exception):
            self._note(error)
        problems = error.problems if isinstance(error, ContentError) else []
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(self.render_template("error.html", status_code=status_code, problems=problems))

    def _note(self, error: Exception) -> None:
        try:
            note_fault(self.settings[FOLDER], error, {"do": self.request.method, "id": self.request.path})
        except OSError:
            self.log.warning("a fault could not be noted in the course folder")


class Missing(Page):
    """Anything else under our address."""

    @web.authenticated
    def get(self, *_: str) -> None:
        """There is no such page."""
        raise web.HTTPError(HTTPStatus.NOT_FOUND)


class Static(web.StaticFileHandler):
    """Style of the pages; the same for everybody, so it needs no sign-in."""

    def set_extra_headers(self, path: str) -> None:
        """Ask each time whether it is still the newest, which costs nothing on one computer."""
        self.set_header("Cache-Control", "no-cache")
        self.set_header("X-Content-Type-Options", "nosniff")

    @allow_unauthenticated
    def head(self, path: str):
        """As GET, without the body."""
        return super().head(path)

    @allow_unauthenticated
    async def get(self, path: str, include_body: bool = True) -> None:
        """One static file."""
        await super().get(path, include_body)
