"""The readiness page on the desk, and what is noted there: a talk, and an urgent case that was taken again."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from flysolo.problems import ContentError, InputError
from graders.desk_handler import DeskHandler
from graders.desk_readiness import readiness_view
from graders.mentor import MentorCourse
from graders.readiness.talks import note_retaken, note_talk

TYPED = ("competency", "outcome", "on", "limits", "mentor", "second_mentor")


class ReadinessHandler(DeskHandler):
    """One mentee's solo sets."""

    @web.authenticated
    @authorized
    def get(self, mentee: str) -> None:
        """The page."""
        self._show(mentee, {}, [])

    def _show(self, mentee: str, typed: dict[str, str], problems: list) -> None:
        try:
            view = readiness_view(self.course, mentee)
        except ContentError as error:
            self.trouble(error)
            return
        self.page("readiness.html", typed=typed, problems=problems, status=400 if problems else 200, **view)

    @web.authenticated
    @authorized
    def post(self, mentee: str) -> None:
        """Note what was said, then show the page with it."""
        said = self.typed(*TYPED, "do", "family")
        try:
            notice = noted(self.course, mentee, said)
        except ContentError as error:
            self._show(mentee, said, error.problems)
            return
        self.go(f"desk/readiness/{mentee}", notice)


def noted(course: MentorCourse, mentee: str, said: dict[str, str]) -> str:
    """Note a talk or a case that was taken again; returns what is said afterwards.

    Raises ContentError when the page has nothing to note it on: a talk begins with what the mentee has shown.
    """
    view = readiness_view(course, mentee)
    if said["do"] == "retaken":
        open_ = [miss["family"] for miss in view["misses"] if not miss["cleared"]]
        if said["family"] not in open_:
            raise _changed("an urgent case that still waits", "look at the page as it stands now")
        note_retaken(course, mentee, said["family"])
        return "Noted: taken again together, and cleared. It goes back with the next reply."
    if not view["shown"]:
        raise _changed("a page that the mentee has shown", "ask whether they would like to show it")
    talk = note_talk(course, mentee, {name: said[name] for name in TYPED})
    return f"Noted for {talk.competency}: {talk.outcome}. It goes back with the next reply."


def _changed(rule: str, step: str) -> InputError:
    return InputError("page", "something else than was shown", rule, step, file="readiness")
