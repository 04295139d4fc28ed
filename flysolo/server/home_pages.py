"""Home, help, the name, and what was handed in."""

from __future__ import annotations

import re
from dataclasses import replace
from http import HTTPStatus

from tornado import web

from flysolo import deliver
from flysolo.answers import NotSaved
from flysolo.content import load_course, module
from flysolo.course import Course
from flysolo.files import write_whole
from flysolo.house import privacy_html, safety_html
from flysolo.places import COURSE_FILE
from flysolo.problems import ContentError
from flysolo.server.home import home, refused
from flysolo.server.pages import Page
from flysolo.server.parcels import folder_of

NAME_LIMIT = 80
_PARCEL = re.compile(r"[A-Za-z0-9-]+\.zip")


class HomePage(Page):
    """Where you are, what is next, what waits, what came back."""

    @web.authenticated
    def get(self) -> None:
        """The home page."""
        if self.get_argument("token", ""):
            # the token let this person in and has done its work; it need not stand in the address or a bookmark
            return self.to("flysolo")
        return self.show("home.html", home=home(self.course()), days=deliver.promise_days())


class HelpPage(Page):
    """What to do when; how asking works; who sees what; when to phone somebody today."""

    @web.authenticated
    def get(self) -> None:
        """The help page."""
        course = self.course()
        self.show(
            "help.html",
            course=course,
            asking=deliver.how_asking_works(course),
            recall_days=load_course().recall_days,
            privacy=privacy_html(),
            safety=safety_html(),
        )


class PrivacyPage(Page):
    """What the mentor sees, what only if it is shared, what nobody sees."""

    @web.authenticated
    def get(self) -> None:
        """One page, the same words as in the first unit."""
        self.show("privacy.html", privacy=privacy_html())


class TodayPage(Page):
    """When to phone somebody today."""

    @web.authenticated
    def get(self) -> None:
        """One page that needs no kernel, so that it is there at once."""
        self.show("today.html", safety=safety_html())


class NamePage(Page):
    """What the mentee likes to be called; the id that marks belong to never changes."""

    @web.authenticated
    def post(self) -> None:
        """Keep the name."""
        rename(self.course(), self.get_body_argument("name", ""))
        self.to("flysolo")


def rename(course: Course, name: str) -> None:
    """Write another name on the card."""
    spaced = "".join(letter if letter.isprintable() else " " for letter in name)
    tidy = " ".join(spaced.split())[:NAME_LIMIT].strip()
    card = course.card.model_copy(update={"name": tidy})
    write_whole(course.folder / COURSE_FILE, card.model_dump_json(indent=1) + "\n")


class HandInPage(Page):
    """Handing in: one press, and words on what became of it."""

    @web.authenticated
    def post(self, exercise: str) -> None:
        """Hand in, then show what lies where."""
        _known(exercise)
        try:
            done = deliver.hand_in(self.course(), exercise)
        except (NotSaved, ContentError) as error:
            return self.show("not_done.html", title="Not handed in yet", words=refused(error), problems=_parts(error))
        return self.to(f"flysolo/handed-in/{exercise}" + ("?unchanged=1" if done.unchanged else ""))


class HandedInPage(Page):
    """What was handed in last, where it lies, what is still open."""

    @web.authenticated
    def get(self, exercise: str) -> None:
        """The last hand-in of one exercise."""
        _known(exercise)
        course = self.course()
        done = deliver.handed_in(course, exercise)
        if done is None:
            return self.to("flysolo")
        done = replace(done, unchanged=bool(self.get_argument("unchanged", "")))
        return self.show(
            "handed_in.html",
            course=course,
            done=done,
            module=module(exercise),
            by=deliver.promised_by(done.made_at),
            days=deliver.promise_days(),
        )


class QuestionsPage(Page):
    """Sending questions that are in no parcel yet."""

    @web.authenticated
    def post(self, exercise: str) -> None:
        """Make the parcel, then show the home page with it in its place."""
        _known(exercise)
        try:
            deliver.send_questions(self.course(), exercise)
        except (NotSaved, ContentError) as error:
            return self.show("not_done.html", title="Not sent yet", words=refused(error), problems=_parts(error))
        return self.to("flysolo#waits")


class ParcelFile(Page):
    """One file that was made for the mentor, to be saved and sent."""

    @web.authenticated
    def get(self, name: str) -> None:
        """The file itself."""
        path = folder_of(self.course()) / name
        if not _PARCEL.fullmatch(name) or not path.is_file():
            raise web.HTTPError(HTTPStatus.NOT_FOUND)
        self.set_header("Content-Type", "application/zip")
        self.set_header("Content-Disposition", f'attachment; filename="{name}"')
        self.finish(path.read_bytes())


def _known(exercise: str) -> None:
    """Refuse an exercise this course does not have, as a page that is not there."""
    try:
        module(exercise)
    except ContentError:
        raise web.HTTPError(HTTPStatus.NOT_FOUND) from None


def _parts(error: NotSaved | ContentError) -> list:
    return error.problems if isinstance(error, ContentError) else []
