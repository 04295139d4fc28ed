"""The benchmark compares like with like, and its figures are what it says they are."""

from __future__ import annotations

import json

import pytest

from flysolo.content import exercises
from flysolo.places import content_root
from graders.bench import ordinary, otter, run, synthetic, ways
from graders.build import grade_id
from graders.keys import load_key
from graders.marking import mark_family
from graders.mentor import keys_folder

EXERCISE = exercises(content_root())[0]


def marked(book) -> dict[str, float]:
    """Our marks of what the machine marks, by variable."""
    found = {}
    for family in ordinary.load_families(EXERCISE, content_root()):
        case = synthetic.Case(family, book.header.seed)
        for mark in mark_family(case, load_key(EXERCISE, family.id, keys_folder()), book):
            if mark.points == 1:
                found[ordinary.variable_of(grade_id(mark.family, mark.question))] = mark.gradebook_points
    return found


@pytest.mark.parametrize("number", range(6))
def test_the_ordinary_assignment_gives_the_marks_that_we_give(number):
    book = synthetic.answers(EXERCISE, number)
    names: dict = {}
    for line in ordinary.typed_answers(EXERCISE, book):
        exec(line, names)  # noqa: S102 - what a kernel would run
    ours = marked(book)
    assert len(ours) > 30
    for family in ordinary.load_families(EXERCISE, content_root()):
        key = load_key(EXERCISE, family.id, keys_folder())
        for question in family.questions:
            name = ordinary.variable(family.id, question.id)
            if name in ours:
                test = ordinary.hidden_test(family, question, key)
                assert eval(test, names) == pytest.approx(ours[name], abs=1e-6), name  # noqa: S307 - our own test


def test_synthetic_hand_ins_are_mixed_and_the_same_every_time():
    books = [synthetic.answers(EXERCISE, number) for number in range(3)]
    assert books == [synthetic.answers(EXERCISE, number) for number in range(3)]
    marks = [value for book in books for value in marked(book).values()]
    assert {0.0, 1.0} < set(marks) and 0.2 < sum(marks) / len(marks) < 0.8


def test_an_autograder_archive_for_otter_holds_a_test_for_each_mark(tmp_path):
    book = synthetic.answers(EXERCISE, 0)
    archive, (notebook,) = otter.make(EXERCISE, [book], tmp_path)
    assert otter.tests_in(archive) == len(marked(book)) and notebook.exists()


@pytest.fixture
def quick(monkeypatch):
    """Ways that cost what they are told to, so that the arithmetic can be looked at."""
    clock = {"wall": 0.0, "cpu": 0.0}

    def way(seconds: float, count: int):
        def step(ground, number: int) -> int:
            clock["wall"] += 2 * seconds * count
            clock["cpu"] += seconds * count
            return count

        return step

    costs = {"stock": 2.0, "otter": 3.0, "converter": 0.4, "direct": 0.02, "every_core": 0.01, "floor": 0.005}
    fake = {name: (name, way(cost, 3)) for name, cost in (costs | {"replies": 0.008}).items()}
    monkeypatch.setattr(run, "WAYS", fake)
    monkeypatch.setattr(run, "_cpu", lambda: clock["cpu"])
    monkeypatch.setattr(run.time, "perf_counter", lambda: clock["wall"])
    monkeypatch.setattr(ways, "prepare", lambda *_: None)
    monkeypatch.setattr(ways, "peak_worker_mib", lambda _: 99.5)
    monkeypatch.setattr(ways, "compared", lambda _: (84, 0))


def test_the_ratio_is_of_processor_time_by_rounds(quick, tmp_path, capsys):
    run.run_bench(40, 3, tmp_path / "bench.json")
    found = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert found["ratio_to_stock_per_core"] == 100.0
    assert found["replies_per_second_per_core"] == 125.0
    assert found["ways"]["stock"]["wall_seconds"]["median"] == 4.0
    printed = capsys.readouterr().out
    assert "100.0 × stock nbgrader's throughput per core" in printed and f"{found['machine']['cores']} cores" in printed


def test_without_otter_the_others_are_measured_and_it_says_how_to_get_it(quick, monkeypatch, capsys):
    monkeypatch.setattr(otter, "is_there", lambda: False)
    found = run.run_bench(40, 2, None)
    assert "otter" not in found["ways"] and otter.HOW_TO_GET in " ".join(capsys.readouterr().out.split())


def test_the_range_holds_the_middle_of_the_rounds():
    assert run._spread([5.0, 1.0, 3.0, 2.0, 4.0]) == {"median": 3.0, "p10": 1.4, "p90": 4.6}
    assert run._spread([2.0]) == {"median": 2.0, "p10": 2.0, "p90": 2.0}
