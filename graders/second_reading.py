"""Which written reasons were marked once and wait for a second reader."""

from __future__ import annotations

from graders.build import grade_id
from graders.desk_data import all_work
from graders.desk_gradebook import words_rows
from graders.desk_items import Work, load_work, words_code
from graders.marks import Mark
from graders.mentor import MentorCourse
from graders.second_marks import SecondMark, second_marks


def same_words(course: MentorCourse, mark: SecondMark) -> bool:
    """Whether a second mark was given to the words that stand there now; a mark without a number is taken as it is."""
    if not mark.event:
        return True
    work = load_work(course, mark.mentee, mark.exercise)
    found = (
        next((m for m in work.marks if (m.family, m.question) == (mark.family, mark.question)), None) if work else None
    )
    return bool(found) and found.event == mark.event


def to_read(course: MentorCourse, by: str) -> list[tuple[str, str, str, str]]:
    """Written reasons with a first mark and none by this reader, as (code, exercise, family, question), shuffled."""
    marked = {(*each.place, each.event) for each in second_marks(course)[0] if each.by.casefold() == by.casefold()}
    rows = words_rows(course)
    found = []
    for work in all_work(course)[0]:
        mentee, exercise = work.submission.mentee, work.submission.exercise
        for mark in work.marks:
            if not _has_first_mark(rows, work, mark):
                continue
            if (mentee, exercise, mark.family, mark.question, mark.event) not in marked:
                code = words_code(course, mentee, exercise, mark.family)
                found.append((code, exercise, mark.family, mark.question))
    return sorted(found, key=lambda place: (place[1:], place[0]))


def second_left(course: MentorCourse) -> int:
    """Marked reasons that nobody but the first reader has marked."""
    given = {(*each.place, each.event) for each in second_marks(course)[0]}
    rows = words_rows(course)
    return sum(
        (work.submission.mentee, work.submission.exercise, mark.family, mark.question, mark.event) not in given
        for work in all_work(course)[0]
        for mark in work.marks
        if _has_first_mark(rows, work, mark)
    )


def _has_first_mark(rows: dict, work: Work, mark: Mark) -> bool:
    row = rows.get((work.submission.mentee, work.submission.exercise, grade_id(mark.family, mark.question)))
    return mark.state == "waits for mentor" and row is not None and not row.waits and row.score is not None
