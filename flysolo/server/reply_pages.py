"""What came back: a reply as its mentor sent it, in a frame in which nothing runs; answers, at the spot."""

from __future__ import annotations

from http import HTTPStatus

from tornado import web

from flysolo.content import module
from flysolo.problems import ContentError, Problem
from flysolo.replies import PAGE, keep_reply, replies_to_asks, reply_folder
from flysolo.server.mail import mark_seen, reply_manifest, spot
from flysolo.server.pages import Page
from flysolo.server.rows import exercise_link

#: A reply brings its own style and pictures and nothing else: no script, no form, no request to anyone. Links to
#: papers may open a window of their own.
REPLY_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
    "img-src data:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


class AddReply(Page):
    """Adding a reply that came by mail."""

    @web.authenticated
    def post(self) -> None:
        """Keep the file, then show what was in it; what cannot be used changes nothing."""
        sent = self.request.files.get("reply", [])
        if not sent or not sent[0]["body"]:
            words = "No file was chosen, so nothing was added. Choose the file that your mentor sent, then press Add."
            return self.show("not_done.html", title="Nothing was added", words=words, problems=[])
        try:
            reply = keep_reply(self.course(), sent[0]["body"], sent[0]["filename"][:120])
        except ValueError as error:
            return self._refuse(error, sent[0]["filename"][:120])
        return self.to(f"flysolo/reply/{reply.manifest.exercise}" if reply.page else "flysolo#came-back")

    def _refuse(self, error: ValueError, name: str) -> None:
        unknown = Problem(name, "", "something other than a reply", "a reply is one file that your mentor made", "")
        problem = error.problems[0] if isinstance(error, ContentError) else unknown
        step = problem.next_step or "choose the file again, or ask your mentor to send the reply once more"
        words = f"This file could not be added: {problem.found}. Nothing was changed. What to do: {step}."
        self.show("not_done.html", title="Nothing was added", words=words, problems=[problem])


class ReplyPage(Page):
    """A reply between our header and nothing else."""

    @web.authenticated
    def get(self, exercise: str) -> None:
        """The frame around the reply."""
        course = self.course()
        manifest = reply_manifest(course, _known(exercise).id)
        if manifest is None:
            return self.to("flysolo#came-back")
        mark_seen(course, f"reply:{exercise}", manifest.made_at)
        answers = len(replies_to_asks(course, exercise))
        return self.show("reply.html", module=module(exercise), at=manifest.made_at, answers=answers)


class ReplyItself(Page):
    """The reply as it came, under a policy in which nothing of it can act."""

    @property
    def content_security_policy(self) -> str:
        """Stricter than our own pages, save for the style that the reply carries inside."""
        return REPLY_POLICY

    @web.authenticated
    def get(self, exercise: str) -> None:
        """The page that the mentor's side made."""
        path = reply_folder(self.course(), _known(exercise).id) / PAGE
        if not path.is_file():
            raise web.HTTPError(HTTPStatus.NOT_FOUND)
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(path.read_bytes())


class AnswerSpot(Page):
    """On the way from an answer to the place in which it was asked."""

    @web.authenticated
    def get(self, exercise: str, number: str) -> None:
        """Remember that the answer was opened, and go there."""
        course = self.course()
        _known(exercise)
        answer = next((each for each in replies_to_asks(course, exercise) if each.n == int(number)), None)
        if answer is None:
            raise web.HTTPError(HTTPStatus.NOT_FOUND)
        mark_seen(course, f"answer:{exercise}:{answer.n}", answer.at)
        in_case = spot(course, exercise, answer)
        self.to(exercise_link(exercise, answer.item) if in_case else f"voila/render/lessons/{exercise}/lesson.ipynb")


def _known(exercise: str):
    try:
        return module(exercise)
    except ContentError:
        raise web.HTTPError(HTTPStatus.NOT_FOUND) from None
