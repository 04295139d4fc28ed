"""What the mentor's pages show of solo sets before the mentee has shown them: that they were sat, and what was urgent.

Safety is the one exception to privacy, and mentees are told so on the first page.
"""

from __future__ import annotations

from dataclasses import replace

from flysolo.content import solo_settings
from flysolo.places import content_root
from flysolo.solo import opened, round_of
from graders.desk_items import Work
from graders.given import only
from graders.mentor import MentorCourse
from graders.readiness.sat import shown_rounds
from graders.summary import summarize


def for_mentor(course: MentorCourse, work: Work) -> Work:
    """A hand-in as the desk may show it: of solo sets the rounds that were shown, and cases with something urgent."""
    submission = work.submission
    solo = solo_settings(submission.exercise, content_root())
    if solo is None:
        return work
    shown = shown_rounds(course, submission.mentee, submission.exercise)
    visible = {
        family for each in opened(submission.book) if round_of(solo, each.number) in shown for family in each.families
    }
    visible |= set(summarize(work.marks, safety_cases=submission.safety_cases).safety_misses)
    marks = [mark for mark in work.marks if mark.family in visible]
    return replace(work, submission=only(submission, visible), marks=marks)


def is_shown(course: MentorCourse, mentee: str, exercise: str, number: int) -> bool:
    """Whether the mentee has shown the readiness of one round."""
    return number in shown_rounds(course, mentee, exercise)
