"""Readiness as the mentee sees it, before anybody else does; and the one press that lets the mentor see it too."""

from __future__ import annotations

from http import HTTPStatus

from tornado import web

from flysolo import deliver
from flysolo.answers import Book, NotSaved
from flysolo.content import load_course, module
from flysolo.course import Course
from flysolo.problems import ContentError
from flysolo.replies import readiness_of
from flysolo.server.home import refused
from flysolo.server.pages import Page
from flysolo.server.parcels import parcels


def shared_rounds(book: Book) -> frozenset[int]:
    """Rounds whose readiness the mentee has shown."""
    found = (event.item.removeprefix("round-") for event in book.events if event.do == "share")
    return frozenset(int(each) for each in found if each.isdecimal())


class ReadinessPage(Page):
    """What the solo sets say, in words and figures."""

    def bank(self) -> str:
        """Id of the solo bank; a course without one has no such page."""
        solo = load_course().solo
        if solo is None:
            raise web.HTTPError(HTTPStatus.NOT_FOUND)
        return solo.exercise

    @web.authenticated
    def get(self) -> None:
        """The page; before anything came back it says how it comes about."""
        bank, course = self.bank(), self.course()
        kept = readiness_of(course, bank)
        if kept is None:
            return self.show("readiness_none.html", module=module(bank))
        rounds = shared_rounds(course.answers(bank).read())
        return self.show(
            "readiness.html",
            card=kept.card,
            at=kept.made_at,
            module=module(bank),
            shown=kept.card.round in rounds,
            sent=self.get_argument("sent", "") and _how_sent(course, bank),
            mentor=course.card.mentor or "your mentor",
        )


class ShareReadiness(ReadinessPage):
    """Letting the mentor see it."""

    @web.authenticated
    def get(self) -> None:
        """A reload of what was pressed shows the page."""
        self.to("flysolo/readiness")

    @web.authenticated
    def post(self) -> None:
        """Make the parcel, then show the page with what became of it."""
        bank, course = self.bank(), self.course()
        kept = readiness_of(course, bank)
        if kept is None:
            return self.to("flysolo/readiness")
        try:
            deliver.share_readiness(course, bank, kept.card.round)
        except (NotSaved, ContentError) as error:
            problems = error.problems if isinstance(error, ContentError) else []
            return self.show("not_done.html", title="Not sent yet", words=refused(error), problems=problems)
        return self.to("flysolo/readiness?sent=1")


def _how_sent(course: Course, bank: str) -> deliver.Delivered | None:
    """The newest parcel that shows readiness, and where it lies."""
    made = parcels(course, bank, "share")
    if not made:
        return None
    last = made[-1]
    return deliver.Delivered(last.path, last.sent or "file", last.made_at, purpose="share")
