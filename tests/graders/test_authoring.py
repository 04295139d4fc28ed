"""One command starts a module or a case family: whole drafts, nothing overwritten, nothing shown to a mentee."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from flysolo.content import load_families
from flysolo.files import read_toml
from flysolo.places import content_root
from flysolo.problems import ContentError
from flysolo.schema.base import parse
from flysolo.schema.family import Family
from flysolo.schema.lesson import Lesson
from graders.authoring import make_family, make_module, new_family
from graders.check import inspect, order
from graders.check.reading import read_content
from graders.check.words import SENTINEL
from graders.keys import Key

EXERCISE = "01-why-a-throat-stays-open"
FAMILY = f"exercises/{EXERCISE}/drafts/new-case.toml"
KEY = f"graders/keys/{EXERCISE}/drafts/new-case.toml"


@pytest.fixture
def copy(tmp_path) -> Path:
    """A copy of the real content that may be written to."""
    for folder in ("curriculum", "exercises", "graders/keys"):
        shutil.copytree(content_root() / folder, tmp_path / folder)
    return tmp_path


def model_of(root: Path, name: str, model):
    return parse(model, read_toml(root / name, name), name)


def test_a_new_family_is_a_family_and_its_key_fits_it(copy):
    make_family(EXERCISE, "new-case", copy)
    family, key = model_of(copy, FAMILY, Family), model_of(copy, KEY, Key)
    assert (family.id, key.family, key.exercise) == ("new-case", "new-case", EXERCISE)
    for question in family.questions:
        if question.kind not in ("confidence", "justification"):
            assert set(key.of(question.id).options) == {option.id for option in family.options_of(question)}


def test_a_new_module_has_a_lesson_with_every_part(copy):
    make_module("02-why-the-nose-matters", copy)
    lesson = model_of(copy, "curriculum/02-why-the-nose-matters/drafts/lesson.toml", Lesson)
    page = (copy / "curriculum/02-why-the-nose-matters/drafts/lesson.md").read_text(encoding="utf-8")
    assert 'open_lesson("02-why-the-nose-matters")' in page
    assert "# Why does the nose matter to the throat?" in page
    for item in (*lesson.contrasts, *lesson.practice):
        assert page.count(f'"{item.id}"') == 1


def test_a_new_lesson_has_the_shape_of_every_lesson(copy):
    make_module("02-why-the-nose-matters", copy)
    folder = copy / "curriculum/02-why-the-nose-matters"
    for name in ("lesson.md", "lesson.toml"):
        (folder / "drafts" / name).rename(folder / name)
    assert [each for each in order.check(read_content(copy)) if "02-" in each.file] == []


def test_a_module_nobody_planned_is_entered_as_a_draft(copy):
    before = (copy / "curriculum/course.toml").read_text(encoding="utf-8")
    make_module("14-what-a-night-costs", copy)
    after = (copy / "curriculum/course.toml").read_text(encoding="utf-8")
    assert after.startswith(before.rstrip("\n"))
    entry = read_toml(copy / "curriculum/course.toml")["modules"][-1]
    assert (entry["id"], entry["status"]) == ("14-what-a-night-costs", "draft")


def test_nothing_is_overwritten(copy):
    make_family(EXERCISE, "new-case", copy)
    (copy / FAMILY).write_text("an author's evening", encoding="utf-8")
    key = (copy / KEY).read_bytes()
    made = make_family(EXERCISE, "new-case", copy)
    assert made.files == ()
    assert set(made.kept) == {FAMILY, KEY}
    assert (copy / FAMILY).read_text(encoding="utf-8") == "an author's evening"
    assert (copy / KEY).read_bytes() == key


def test_a_whole_lesson_is_left_alone(copy):
    lesson = copy / f"curriculum/{EXERCISE}/lesson.toml"
    before = lesson.read_bytes()
    made = make_module(EXERCISE, copy)
    assert made.files == ()
    assert lesson.read_bytes() == before
    assert not (copy / f"curriculum/{EXERCISE}/drafts").exists()


def test_a_draft_never_reaches_a_mentee(copy):
    before = [family.id for family in load_families(EXERCISE, copy)]
    make_family(EXERCISE, "new-case", copy)
    fresh = copy.rename(copy.parent / f"{copy.name}-again")  # families are remembered by their folder
    assert [family.id for family in load_families(EXERCISE, fresh)] == before


def test_drafts_are_no_problems_and_every_open_place_is_counted(copy):
    before = inspect(copy).problems
    made = make_family(EXERCISE, "new-case", copy)
    make_module("14-what-a-night-costs", copy)
    report = inspect(copy)
    assert report.problems == before
    lines = sum(SENTINEL in line for line in (copy / FAMILY).read_text(encoding="utf-8").splitlines())
    assert f"{FAMILY}: {lines} places still to be written" in [str(each) for each in report.missing]
    assert any(each.where == KEY for each in made.missing)


def test_a_draft_moved_up_unwritten_is_a_problem(copy):
    make_family(EXERCISE, "new-case", copy)
    family = f"exercises/{EXERCISE}/families/new-case.toml"
    (copy / FAMILY).rename(copy / family)
    (copy / KEY).rename(copy / f"graders/keys/{EXERCISE}/new-case.toml")
    found = [each for each in inspect(copy).problems if each.file == family and SENTINEL in each.found]
    assert found
    assert all(each.next_step for each in found)


def test_every_new_key_has_a_canary_of_its_own(copy):
    make_family(EXERCISE, "new-case", copy)
    make_family(EXERCISE, "other-case", copy)
    other = copy / KEY.replace("new-case", "other-case")
    assert read_toml(copy / KEY)["canary"] != read_toml(other)["canary"]


@pytest.mark.parametrize("exercise, family", [("01-why-a-throat", "new-case"), (EXERCISE, "New Case"), (EXERCISE, "")])
def test_a_name_that_cannot_be_used_is_answered_in_four_parts(copy, exercise, family):
    before = sorted(copy.rglob("*"))
    with pytest.raises(ContentError) as caught:
        new_family(exercise, family, copy)
    problem = caught.value.problems[0]
    assert problem.file and problem.found and problem.rule and problem.next_step
    assert sorted(copy.rglob("*")) == before


def test_the_nearest_module_is_offered(copy):
    with pytest.raises(ContentError, match=EXERCISE):
        make_family("01-why-a-throat", "new-case", copy)


def test_the_id_of_a_family_is_used_once(copy):
    taken = load_families(EXERCISE, copy)[0].id
    with pytest.raises(ContentError, match="id of its own"):
        make_family(EXERCISE, taken, copy)


def test_the_command_prints_what_is_still_missing(copy, capsys):
    new_family(EXERCISE, "new-case", copy)
    said = capsys.readouterr().out
    assert FAMILY in said and "Still missing" in said and "uv run flysolo check" in said
