"""One thing that waits for the mentor, and how it is made out of parcels, marks and the gradebook."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from flysolo.content import Case
from graders import threads as asked
from graders.build import grade_id
from graders.desk_counter import CounterCase, counter_case, rule_wording
from graders.desk_gradebook import WordsRow
from graders.desk_time import due, parse_time, waited
from graders.journal import digest
from graders.keys import Key
from graders.marking import Mark
from graders.mentor import MentorCourse
from graders.submission import Submission, read_submission
from graders.summary import summarize
from graders.threads import Thread

ItemKind = Literal["safety", "reason", "question", "words"]
_SURENESS = {"act": 0, "discuss": 1, "guess": 2}


@dataclass(frozen=True)
class Item:
    """One thing that waits.

    Attributes
    ----------
    event : number of the answer or question in the mentee's answers
    chosen, reason, sure : what was decided, why, and how sure, in the mentee's own numbers
    rule : wording of the rote rule behind the reason, or ""
    href : where it is seen to, below the server's base address
    disputes : the mentee sees the case differently from its key
    code : a name for the marking page that says nothing of whose words they are
    """

    kind: ItemKind
    mentee: str
    who: str
    exercise: str
    family: str
    question: str
    event: int
    title: str
    arrived_at: str
    waited: str
    late: bool
    href: str
    chosen: str = ""
    reason: str = ""
    sure: str = ""
    text: str = ""
    rule: str = ""
    counter: CounterCase | None = None
    code: str = ""
    formgrader: str = ""
    urgency: int = 0
    disputes: bool = False


@dataclass
class Work:
    """One mentee's hand-in of one exercise, read and marked."""

    submission: Submission
    marks: list[Mark]
    arrivals: list[tuple[int, str]] = field(default_factory=list)

    @property
    def cases(self) -> dict[str, tuple[Case, Key]]:
        """Cases with their keys, by family."""
        pairs = zip(self.submission.cases, self.submission.keys, strict=True)
        return {case.family.id: (case, key) for case, key in pairs}

    def mark(self, family: str, kind: str) -> Mark | None:
        """The mark of the question of one kind in a family."""
        return next((mark for mark in self.marks if (mark.family, mark.kind) == (family, kind)), None)

    def arrived(self, event: int) -> str:
        """When the answer with number ``event`` first came in; answers only grow, so the first hand-in that long."""
        return next((at for last, at in self.arrivals if last >= event), self.arrivals[-1][1])


def load_work(course: MentorCourse, mentee: str, exercise: str) -> Work | None:
    """The hand-in as it lies ready for marking; None while only questions came."""
    if not course.kept_hand_ins(mentee, exercise):
        return None
    submission = read_submission(course, mentee, exercise, course.submitted(mentee, exercise))
    kept = [each.record for each in course.records(mentee, exercise) if each.record.purpose == "hand-in"]
    return Work(submission, submission.marks(), [(record.last_event, record.arrived_at) for record in kept])


def words_code(course: MentorCourse, mentee: str, exercise: str, family: str) -> str:
    """A name for one person's words on one case, and their place in a shuffled order that stays."""
    return digest("\x1f".join(("words", course.card.course, mentee, exercise, family)))[:12]


@dataclass(frozen=True)
class Look:
    """How items are made: for which course, at which moment, against which promise."""

    course: MentorCourse
    now: datetime
    promise: int
    names: dict[str, str]

    def who(self, mentee: str) -> str:
        return self.names.get(mentee, mentee)

    def last(self, mentee: str) -> str:
        """How long ago something last came from ``mentee``; "" when nothing did."""
        exercises = self.course.exercises_of(mentee)
        times = [kept.record.arrived_at for each in exercises for kept in self.course.records(mentee, each)]
        return waited(parse_time(max(times)), self.now) if times else ""

    def _item(self, kind: ItemKind, mentee: str, exercise: str, arrived_at: str, **rest) -> Item:
        since = parse_time(arrived_at)
        return Item(
            kind=kind,
            mentee=mentee,
            who=self.who(mentee),
            exercise=exercise,
            arrived_at=arrived_at,
            waited=waited(since, self.now),
            late=self.now > due(since, self.promise),
            **rest,
        )

    def cases(self, work: Work) -> list[Item]:
        """Safety misses, and decisions that held for a reason that will not carry."""
        summary = summarize(work.marks, safety_cases=work.submission.safety_cases)
        held = frozenset(mark.family for mark in work.marks if mark.kind == "reason" and mark.score == 1)
        found = [self._case("safety", work, family, held) for family in summary.safety_misses]
        lucky = [family for family in summary.right_for_the_wrong_reason if family not in summary.safety_misses]
        return found + [self._case("reason", work, family, held) for family in lucky]

    def _case(self, kind: ItemKind, work: Work, family: str, held: frozenset[str]) -> Item:
        mentee, exercise = work.submission.mentee, work.submission.exercise
        case = work.cases[family][0]
        decision, reason = work.mark(family, "decision"), work.mark(family, "reason")
        safety = work.mark(family, "safety") if kind == "safety" else None
        turning = safety if safety and safety.supported is False else decision if kind == "safety" else reason
        said = chosen(turning)
        # the thought is what a counter-case works on; where none was chosen, what was decided stands in for it
        thought = next(
            (mark for mark in (reason, turning) if mark and mark.chosen and mark.supported is False), turning
        )
        rule = thought.held_rule
        return self._item(
            kind,
            mentee,
            exercise,
            work.arrived(turning.event),
            family=family,
            question=turning.question,
            event=turning.event,
            title=case.text(case.family.title),
            href=f"desk/mentee/{mentee}#{exercise}--{family}",
            chosen=said if safety is turning else chosen(decision),
            reason=chosen(reason),
            sure=chosen(work.mark(family, "confidence")),
            rule=rule_wording(rule),
            counter=counter_case(case, chosen(thought), rule, work.cases, held),
            urgency=_urgency(kind, work.mark(family, "confidence")),
        )

    def question(self, thread: Thread, works: list[Work]) -> Item:
        """A question that nobody has answered yet."""
        mentee, exercise = thread.mentee, thread.exercise
        work = next((w for w in works if (w.submission.mentee, w.submission.exercise) == (mentee, exercise)), None)
        decision = work.mark(thread.item, "decision") if work else None
        reason = work.mark(thread.item, "reason") if work else None
        return self._item(
            "question",
            mentee,
            exercise,
            thread.arrived_at,
            family=thread.item,
            question=thread.question or "",
            event=thread.n,
            title=asked.place(self.course, mentee, exercise, thread.item),
            href=f"desk/question/{mentee}/{exercise}/{thread.n}",
            chosen=chosen(decision),
            reason=chosen(reason),
            text=thread.text,
            disputes=thread.disputes,
        )

    def words(self, work: Work, rows: dict[tuple[str, str, str], WordsRow]) -> list[Item]:
        """Written reasons that were handed in, marked or not, as far as the gradebook knows them."""
        found = []
        for mark in work.marks:
            mentee, exercise = work.submission.mentee, work.submission.exercise
            row = rows.get((mentee, exercise, grade_id(mark.family, mark.question)))
            if mark.state != "waits for mentor" or row is None:
                continue
            code = words_code(self.course, mentee, exercise, mark.family)
            case = work.cases[mark.family][0]
            found.append(
                self._item(
                    "words",
                    mentee,
                    exercise,
                    work.arrived(mark.event),
                    family=mark.family,
                    question=mark.question,
                    event=mark.event,
                    title=case.text(case.family.title),
                    href=f"desk/justification/{code}/{exercise}/{mark.family}/{mark.question}",
                    chosen=chosen(work.mark(mark.family, "decision")),
                    code=code,
                    formgrader=f"formgrader/submissions/{row.submission}/"
                    f"#{grade_id(mark.family, mark.question)}-comment",
                )
            )
        return found


def chosen(mark: Mark | None) -> str:
    """What was chosen, in the mentee's own numbers; "" when nothing was."""
    return "; ".join(text for _, text in mark.chosen) if mark else ""


def _urgency(kind: ItemKind, confidence: Mark | None) -> int:
    """Of two loose reasons, the one that somebody would act on comes first."""
    if kind != "reason":
        return 0
    return _SURENESS.get(confidence.chosen[0][0], 3) if confidence and confidence.chosen else 3
