"""The desk's pages as an extension of the mentor's own Jupyter server: signed in like the rest of it, nothing remote.

A page that writes answers with a redirect, so that reloading never writes twice; what could not be written comes back
with the words still in the box.
"""

from __future__ import annotations

from pathlib import Path

from jupyter_server.auth.decorator import authorized
from jupyter_server.utils import url_path_join
from tornado import web

import flysolo
from flysolo.answers import local_time
from flysolo.problems import ContentError
from graders import desk_actions as actions
from graders.desk import TEMPLATES
from graders.desk_bank import bank_routes
from graders.desk_data import utc_now
from graders.desk_forms import question_view, words_view
from graders.desk_handler import DeskHandler
from graders.desk_readiness import solo_rows
from graders.desk_readiness_pages import ReadinessHandler
from graders.desk_views import desk_view, mentee_view

#: For formgrader and JupyterLab beside the desk: their own inline scripts run, and nothing comes from elsewhere
#: (formgrader would fetch MathJax over the network; answers hold no formulas).
WHOLE_SERVER = (
    "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "connect-src 'self' data: blob: ws://127.0.0.1:* ws://localhost:* wss:; frame-ancestors 'self'"
)


class QueueHandler(DeskHandler):
    """The first page."""

    @web.authenticated
    @authorized
    def get(self) -> None:
        try:
            view = desk_view(self.course, utc_now())
            self.page("desk.html", here="desk", solo=solo_rows(self.course), **view)
        except ContentError as error:
            self.trouble(error)


class MenteeHandler(DeskHandler):
    """One person's cases and questions, and the items that are seen to there."""

    @web.authenticated
    @authorized
    def get(self, mentee: str) -> None:
        self._show(mentee, {}, [])

    def _show(self, mentee: str, typed: dict[str, str], problems: list) -> None:
        try:
            view = mentee_view(self.course, mentee, utc_now())
        except ContentError as error:
            self.trouble(error)
            return
        self.page("mentee.html", typed=typed, problems=problems, status=400 if problems else 200, **view)

    @web.authenticated
    @authorized
    def post(self, mentee: str) -> None:
        said = self.typed("exercise", "family", "kind", "event", "how", "text")
        try:
            notice = actions.see_to(self.course, mentee, said)
        except ContentError as error:
            self._show(mentee, {f"words-{said['kind']}-{said['family']}": said["text"]}, error.problems)
            return
        self.fresh_gradebook()
        self.go(f"desk/mentee/{mentee}", notice)


class QuestionHandler(DeskHandler):
    """One question, and the answer to it."""

    @web.authenticated
    @authorized
    def get(self, mentee: str, exercise: str, n: str) -> None:
        self._show(mentee, exercise, int(n), {}, [])

    def _show(self, mentee: str, exercise: str, n: int, typed: dict[str, str], problems: list) -> None:
        try:
            view = question_view(self.course, mentee, exercise, n, utc_now())
        except ContentError as error:
            self.trouble(error)
            return
        typed = actions.with_taken(typed, "text", view["bank"])
        self.page("question.html", typed=typed, problems=problems, status=400 if problems else 200, **view)

    @web.authenticated
    @authorized
    def post(self, mentee: str, exercise: str, n: str) -> None:
        said = self.typed("text", "asked", "take")
        if said["take"]:
            self._show(mentee, exercise, int(n), said, [])
            return
        try:
            sent = actions.answer(self.course, mentee, exercise, int(n), said)
        except ContentError as error:
            self._show(mentee, exercise, int(n), said, error.problems)
            return
        self.go("desk", actions.sent_words(self.course, sent, local_time(sent.reply.at).strftime("%H:%M")))


class WordsHandler(DeskHandler):
    """One written reason, marked without a name."""

    @web.authenticated
    @authorized
    def get(self, code: str, exercise: str, family: str, question: str) -> None:
        self._show((code, exercise, family, question), {}, [])

    def _show(self, place: tuple[str, str, str, str], typed: dict[str, str], problems: list) -> None:
        try:
            view = words_view(self.course, *place, utc_now())
        except ContentError as error:
            self.trouble(error)
            return
        typed = actions.with_taken(typed, "comment", view["bank"])
        marked = view["row"].score if not view["row"].waits else None
        score = int(typed["score"]) if typed.get("score", "").isdigit() else marked
        next_path = f"desk/justification/{view['next']}/" + "/".join(place[1:])
        status = 400 if problems else 200
        shown = {"typed": typed, "problems": problems, "chosen_score": score, "next_path": next_path}
        self.page("justification.html", status=status, **shown, **view)

    @web.authenticated
    @authorized
    def post(self, code: str, exercise: str, family: str, question: str) -> None:
        place = (code, exercise, family, question)
        said = self.typed("score", "comment", "event", "take")
        if said["take"]:
            self._show(place, said, [])
            return
        try:
            goes_on = actions.mark_words(self.course, place, said, utc_now())
        except ContentError as error:
            self._show(place, said, error.problems)
            return
        self.fresh_gradebook()
        self.go(goes_on, "The mark is saved. It goes out with the reply.")


class CollectHandler(DeskHandler):
    """Taking in what came, and marking it by machine."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        try:
            notice = await self.elsewhere(actions.collect_and_mark, self.course)
        except ContentError as error:
            self.trouble(error, 409)
            return
        self.fresh_gradebook()
        self.go("desk", notice)


class RepliesHandler(DeskHandler):
    """Writing the replies."""

    @web.authenticated
    @authorized
    async def post(self) -> None:
        waiting_too = bool(self.typed("waiting_too")["waiting_too"])
        try:
            notice = await self.elsewhere(actions.write_replies, self.course, waiting_too)
        except ContentError as error:
            self.trouble(error, 409)
            return
        self.go("desk", notice)


class NothingHandler(DeskHandler):
    """Any other address below the desk."""

    @web.authenticated
    @authorized
    def get(self) -> None:
        raise web.HTTPError(404)


class StaticHandler(web.StaticFileHandler):
    """The two style sheets; they hold nothing personal."""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "graders.desk_server"}]


def _load_jupyter_server_extension(serverapp) -> None:
    """Add the desk's pages to the server."""
    shared = Path(flysolo.__file__).parent / "server" / "static"
    slug = "([a-z0-9-]{1,60})"
    routes = [
        (r"/desk/?", QueueHandler),
        (rf"/desk/mentee/{slug}", MenteeHandler),
        (rf"/desk/question/{slug}/{slug}/([0-9]{{1,9}})", QuestionHandler),
        (rf"/desk/justification/{slug}/{slug}/{slug}/{slug}", WordsHandler),
        *bank_routes(slug),
        (rf"/desk/readiness/{slug}", ReadinessHandler),
        (r"/desk/collect", CollectHandler),
        (r"/desk/replies", RepliesHandler),
        (r"/desk/static/(desk\.css)", StaticHandler, {"path": str(TEMPLATES / "static")}),
        (r"/desk/static/(style\.css)", StaticHandler, {"path": str(shared)}),
        (r"/desk/.*", NothingHandler),
    ]
    settings = serverapp.web_app.settings
    settings["headers"] = {"Content-Security-Policy": WHOLE_SERVER} | settings.get("headers", {})
    base = settings["base_url"]
    serverapp.web_app.add_handlers(".*$", [(url_path_join(base, path), *rest) for path, *rest in routes])
