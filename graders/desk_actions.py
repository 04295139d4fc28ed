"""What the desk's buttons do; each returns what is said afterwards, and raises ContentError when it cannot be done."""

from __future__ import annotations

from datetime import datetime

from flysolo.answers import now
from flysolo.problems import InputError
from graders import threads
from graders.batch import mark
from graders.build import grade_id
from graders.collect import collect
from graders.desk_data import desk, utc_now
from graders.desk_forms import words_view
from graders.desk_gradebook import comments, write_mark
from graders.desk_items import Item
from graders.desk_log import Handled, note_handled
from graders.mentor import MentorCourse
from graders.reply import send_all
from graders.threads import Sent

HOW = {
    "wrote": "Your words are kept. They go out with the reply.",
    "talked": "Noted: you have talked.",
    "set aside": "Set aside.",
}


def with_taken(typed: dict[str, str], field: str, bank: list[str]) -> dict[str, str]:
    """What was typed, with the earlier text that was taken added to it."""
    number = typed.get("take", "")
    if not number.isdigit() or int(number) >= len(bank):
        return typed
    before = typed.get(field, "").rstrip()
    return typed | {field: f"{before}\n\n{bank[int(number)]}".strip()}


def see_to(course: MentorCourse, mentee: str, said: dict[str, str]) -> str:
    """Note what was done about a safety miss or a reason that will not carry."""
    item = _item(course, mentee, said)
    how = said["how"]
    if how not in HOW:
        raise _changed("press one of the buttons below the words")
    if how == "wrote":
        text = said["text"].strip()
        if not text:
            rule = "words for the reply are words"
            raise InputError("words", "nothing", rule, "write a sentence, or press another button", file="desk")
        before = comments(course, mentee, item.exercise).get(grade_id(item.family, item.question), "")
        both = f"{before}\n\n{text}".strip() if before else text
        write_mark(course, mentee, item.exercise, item.family, item.question, score=None, comment=both)
    note_handled(course, _entry(item, how))
    return HOW[how]


def _item(course: MentorCourse, mentee: str, said: dict[str, str]) -> Item:
    wanted = (said["kind"], mentee, said["exercise"], said["family"], said["event"])
    for item in desk(course, utc_now()).items:
        if (item.kind, item.mentee, item.exercise, item.family, str(item.event)) == wanted:
            return item
    raise _changed("look at the case as it stands now; it may have been seen to, or answered anew")


def _changed(step: str) -> InputError:
    rule = "what is seen to is what stood on the page"
    return InputError("case", "something else than was shown", rule, step, file="desk")


def _entry(item: Item, how: str) -> Handled:
    return Handled(
        kind=item.kind,
        mentee=item.mentee,
        exercise=item.exercise,
        family=item.family,
        question=item.question,
        event=item.event,
        arrived_at=item.arrived_at,
        at=now(),
        how=how,
    )


def answer(course: MentorCourse, mentee: str, exercise: str, n: int, said: dict[str, str]) -> Sent:
    """Send an answer to the question that stood on the page."""
    thread = threads.find(course, mentee, exercise, n)
    if said["asked"].strip() != thread.text:
        raise _changed("read the question as it stands now; your words are still in the box")
    return threads.answer(course, mentee, exercise, n, said["text"], course.card.mentor)


def sent_words(course: MentorCourse, sent: Sent, clock: str) -> str:
    """Where an answer went, in words."""
    if sent.undelivered:
        return (
            f"Kept at {clock}. It has not gone out yet: {sent.undelivered}. It goes with the next round of replies, or "
            f"send the file yourself: {sent.parcel}"
        )
    if course.card.drop:
        return f"Sent at {clock}. It appears beside the question, in the case where it was asked."
    return f"Kept at {clock}. Send this file to the mentee by mail: {sent.parcel}"


def mark_words(course: MentorCourse, place: tuple[str, str, str, str], said: dict[str, str], at: datetime) -> str:
    """Save the mark of a written reason; returns the page to go on with."""
    view = words_view(course, *place, at)
    if said["event"] != str(view["mark"].event):
        raise _changed("new words came in meanwhile: read them, then mark")
    if said["score"] not in ("0", "1", "2", "3"):
        found = said["score"] or "nothing"
        raise InputError("mark", found, "a mark is 0, 1, 2 or 3", "choose one, then save", file="desk")
    _, exercise, family, question = place
    score, comment = int(said["score"]), said["comment"]
    write_mark(course, view["mentee"], exercise, family, question, score=score, comment=comment)
    entry = Handled(
        kind="words",
        mentee=view["mentee"],
        exercise=exercise,
        family=family,
        question=question,
        event=view["mark"].event,
        arrived_at=view["arrived_at"],
        at=now(),
        how="marked",
    )
    note_handled(course, entry)
    if view["next"]:
        return f"desk/justification/{view['next']}/{exercise}/{family}/{question}"
    waiting = desk(course, at).words()
    return waiting[0][0].href if waiting else "desk"


def collect_and_mark(course: MentorCourse) -> str:
    """Take in what came and mark it; what could not be is said by name."""
    taken, marked = collect(course), mark(course)
    lines = [f"{_count(len(taken.taken), 'parcel')} taken in, {_count(len(marked.done), 'hand-in')} marked."]
    lines += [f"Put aside: {refused.words}" for refused in taken.refused]
    lines += [f"{each.mentee}: {note}" for each in taken.taken for note in each.notes]
    lines += [f"{name}: {words}" for name, words in marked.release_faults.items()]
    lines += [f"{each.mentee}, {each.exercise}: {each.reason}" for each in marked.standings if each.reason]
    return "\n".join(lines)


def write_replies(course: MentorCourse, waiting_too: bool) -> str:
    """Write every reply that says something new."""
    report = send_all(course, waiting_too=waiting_too)
    lines = [f"{_count(len(report.sent), 'reply', 'replies')} written."]
    if report.waiting:
        names = ", ".join(sorted({mentee for mentee, _ in report.waiting}))
        lines.append(f"Held back until their written reasons are marked: {names}.")
    if report.sent and not course.card.drop:
        lines.append(f"Send them by mail; they lie in {course.folder / 'outgoing'}.")
    lines += [f"Brought to the shared folder: {name}" for name in report.delivered]
    lines += [f"No reply for {mentee}, {exercise}: {why}" for (mentee, exercise), why in report.faults.items()]
    return "\n".join(lines)


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"
