"""Pages of the desk about the questions themselves: a second reading, disputed keys, how questions behave."""

from __future__ import annotations

from jupyter_server.auth.decorator import authorized
from tornado import web

from flysolo.problems import ContentError
from graders import desk_contested as contested
from graders import desk_second as second
from graders.desk_data import utc_now
from graders.desk_handler import DeskHandler
from graders.mentor import MentorCourse
from graders.second_reading import to_read


class SecondHandler(DeskHandler):
    """Where a second reader says who is reading, and what there is to read."""

    @web.authenticated
    @authorized
    def get(self) -> None:
        by = self.get_query_argument("by", "")
        if not by:
            self.page("second.html", typed={}, problems=[])
            return
        try:
            by = second.reader_of(self.course, by)
            left = to_read(self.course, by)
        except ContentError as error:
            self.page("second.html", typed={"by": by}, problems=error.problems, status=400)
            return
        self.go(second.href(left[0], by) if left else "desk", "" if left else "Nothing is left to read a second time.")


class SecondWordsHandler(DeskHandler):
    """One written reason, marked a second time: no name, no first mark."""

    @web.authenticated
    @authorized
    def get(self, *place: str) -> None:
        self._show(place, [])

    def _show(self, place: tuple[str, ...], problems: list) -> None:
        try:
            by = second.reader_of(self.course, self.get_query_argument("by", ""))
            view = second.second_view(self.course, place, by, utc_now())
        except ContentError as error:
            self.trouble(error)
            return
        self.page("justification.html", status=400 if problems else 200, typed={}, problems=problems, **view)

    @web.authenticated
    @authorized
    def post(self, *place: str) -> None:
        said = self.typed("score", "event")
        try:
            by = second.reader_of(self.course, self.get_query_argument("by", ""))
            goes_on = second.save(self.course, place, by, said, utc_now())
        except ContentError as error:
            self._show(place, error.problems)
            return
        self.go(goes_on, "The second mark is saved.")


class ItemsHandler(DeskHandler):
    """How the questions themselves behave, computed from what was handed in."""

    @property
    def content_security_policy(self) -> str:
        """The page holds its own style, and nothing else may be loaded or run."""
        return (
            "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
        )

    @web.authenticated
    @authorized
    async def get(self) -> None:
        try:
            self.finish(await self.elsewhere(items_page, self.course))
        except ContentError as error:
            self.trouble(error)


def items_page(course: MentorCourse) -> str:
    """The item analysis as it stands now; the libraries it needs are loaded when somebody asks for it."""
    from graders.items import found_in
    from graders.items.page import page

    return page(found_in(course))


class ContestHandler(DeskHandler):
    """Moving a disputed key to contested, or letting it count again."""

    @web.authenticated
    @authorized
    async def post(self, exercise: str, family: str) -> None:
        said = self.typed("to", "why", "asked_by")
        try:
            notice = await self.elsewhere(contested.move, self.course, exercise, family, said)
        except ContentError as error:
            self.trouble(error, 400)
            return
        self.fresh_gradebook()
        self.go("desk", notice)


def bank_routes(slug: str) -> list[tuple[str, type]]:
    """Addresses of these pages; ``slug`` is the pattern of one name in an address."""
    return [
        (r"/desk/items", ItemsHandler),
        (r"/desk/second", SecondHandler),
        (rf"/desk/second/{slug}/{slug}/{slug}/{slug}", SecondWordsHandler),
        (rf"/desk/contest/{slug}/{slug}", ContestHandler),
    ]
