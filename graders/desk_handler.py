"""What every page of the desk shares: who may see it, what it may load, how trouble is said."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from markupsafe import Markup

from flysolo.problems import ContentError
from graders.desk import render
from graders.mentor import MentorCourse, open_mentor_course

NOTICES = "flysolo_desk_notices"
FAULT = (
    "This is a fault on our side. Nothing that was saved is lost. Go back to the desk and try again; what happened is "
    "in the window in which the desk was started."
)


class DeskHandler(JupyterHandler):
    """A page of the desk."""

    auth_resource = "contents"

    @property
    def content_security_policy(self) -> str:
        """Nothing but this server's own style sheets; no script at all."""
        return (
            "default-src 'self'; script-src 'none'; object-src 'none'; base-uri 'none'; form-action 'self'; "
            "frame-ancestors 'none'"
        )

    @property
    def course(self) -> MentorCourse:
        """The mentor's course that this server was started in."""
        return open_mentor_course(Path(self.serverapp.root_dir))

    def page(self, template: str, *, status: int = 200, **context: Any) -> None:
        """Send one page."""
        notices = self.settings.setdefault(NOTICES, [])
        field = Markup('<input type="hidden" name="_xsrf" value="{}">').format(self.xsrf_token.decode("ascii"))
        shared = {
            "base": self.base_url,
            "xsrf": field,
            "notices": list(notices),
            "here": "",
            "problems": [],
            "typed": {},
        }
        notices.clear()
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.finish(render(template, **(shared | context)))

    def trouble(self, error: ContentError, status: int = 404) -> None:
        """Say in four parts what cannot be shown."""
        self.page("problem.html", status=status, heading="This cannot be shown", words="", problems=error.problems)

    def go(self, path: str, notice: str = "") -> None:
        """Go to another page of the desk, and say there what happened."""
        if notice:
            self.settings.setdefault(NOTICES, []).append(notice)
        self.redirect(url_path_join(self.base_url, path), status=303)

    def write_error(self, status_code: int, **_: Any) -> None:
        """A fault as a page in words; the traceback stays in the server's log."""
        if status_code < 500:
            self.page("problem.html", status=status_code, heading="There is nothing here", words="")
            return
        self.page("problem.html", status=status_code, heading="This did not work", words=FAULT)

    def typed(self, *names: str) -> dict[str, str]:
        """What was typed, with the line breaks of a file and without characters that no page can show."""
        return {name: self.get_body_argument(name, "", strip=False).replace("\r\n", "\n") for name in names}

    def fresh_gradebook(self) -> None:
        """Let formgrader read the gradebook anew; it keeps what it read first."""
        book = self.settings.get("nbgrader_gradebook")
        if book is not None:
            self.settings["nbgrader_gradebook"] = None
            book.close()

    async def elsewhere(self, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Do slow work beside the server, so that other pages answer meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(None, lambda: work(*args, **kwargs))
