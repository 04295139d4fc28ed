"""The content check names every problem at once, in four parts, and never breaks on what it reads."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from flysolo.places import content_root
from flysolo.problems import Problem
from graders import build
from graders.check import CHECKS, bank, inspect, problems, run_check
from graders.check.reading import read_content

EXERCISE = "01-why-a-throat-stays-open"
FAMILY = f"exercises/{EXERCISE}/families/quiet-before-midnight.toml"
KEY = f"graders/keys/{EXERCISE}/quiet-before-midnight.toml"
PAGE = f"curriculum/{EXERCISE}/lesson.md"
LESSON = f"curriculum/{EXERCISE}/lesson.toml"
COURSE, RULES = "curriculum/course.toml", "curriculum/rote_rules.toml"
WORDS = "curriculum/banned_words.toml"
LESSON_BOOK, CASES_BOOK = f"curriculum/{EXERCISE}/lesson.ipynb", f"exercises/{EXERCISE}/cases.ipynb"
FINDINGS, REFERENCES = "curriculum/evidence/findings/physiology.yaml", "curriculum/evidence/references.json"
EVERY_KIND = (
    COURSE,
    RULES,
    WORDS,
    LESSON,
    PAGE,
    LESSON_BOOK,
    CASES_BOOK,
    FAMILY,
    KEY,
    FINDINGS,
    REFERENCES,
    "curriculum/evidence/disputed.yaml",
    "curriculum/evidence/pitfalls.yaml",
    "curriculum/evidence/number_words.json",
)
#: Files whose shape is a schema with a format number.
SCHEMED = (COURSE, RULES, WORDS, LESSON, FAMILY, KEY)


@pytest.fixture(scope="session")
def whole(tmp_path_factory) -> Path:
    """A copy of the real content with its notebooks built."""
    root = tmp_path_factory.mktemp("whole")
    for folder in ("curriculum", "exercises", "graders/keys"):
        shutil.copytree(content_root() / folder, root / folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FLYSOLO_CONTENT", str(root))
        build.build()
    return root


@pytest.fixture
def copy(whole, tmp_path) -> Path:
    """A copy of the content that one test may damage."""
    return Path(shutil.copytree(whole, tmp_path / "copy"))


def edit(root: Path, name: str, old: str, new: str) -> None:
    """Replace the first ``old`` in a file; the test is void if it is not there."""
    text = (root / name).read_text(encoding="utf-8")
    assert old in text, f"{name} no longer holds {old!r}"
    (root / name).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture(scope="session")
def known(whole) -> frozenset[Problem]:
    """Problems that the whole content has; none, as tests/content asks."""
    return frozenset(problems(whole))


def new_problems(known: frozenset[Problem], copy: Path) -> list[Problem]:
    """Problems of the copy that the whole content does not have."""
    return sorted(set(problems(copy)) - known)


def found_by(check: Callable, root: Path, name: str) -> list[Problem]:
    return [problem for problem in check(read_content(root)) if problem.file == name]


def check_of(module: str) -> Callable:
    return next(check for check in CHECKS if check.__module__.endswith(f".{module}"))


# spoiled files ----------------------------------------------------------------


def truncate(data: bytes) -> bytes:
    return data[: len(data) // 2]


def empty(_: bytes) -> bytes:
    return b""


def other_encoding(data: bytes) -> bytes:
    return data + "\n# Müller\n".encode("latin-1")


def with_mark(data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data


def binary(_: bytes) -> bytes:
    return bytes(range(256)) * 8


@pytest.mark.parametrize("damage", [truncate, empty, other_encoding, with_mark, binary])
def test_every_spoiled_file_is_named_in_one_run(copy, damage):
    for name in EVERY_KIND:
        path = copy / name
        path.write_bytes(damage(path.read_bytes()))
    found = problems(copy)
    assert not set(EVERY_KIND) - {problem.file for problem in found}
    for problem in found:
        assert problem.found and problem.rule and problem.next_step
    assert not [each for each in found if "the check itself stopped" in each.found]


@pytest.mark.parametrize("name", EVERY_KIND)
def test_one_spoiled_file_is_named_and_breaks_no_check(known, copy, name):
    (copy / name).write_bytes(truncate((copy / name).read_bytes()))
    found = new_problems(known, copy)
    assert name in {problem.file for problem in found}
    assert not [each for each in found if "the check itself stopped" in each.found]


def test_a_field_nobody_declared_is_named_in_every_file(known, copy):
    for name in SCHEMED:
        text = (copy / name).read_text(encoding="utf-8")
        (copy / name).write_text(f"surprise = 1\n{text}", encoding="utf-8")
    found = {each.file for each in new_problems(known, copy) if each.field == "surprise"}
    assert found == set(SCHEMED)


def test_a_format_of_another_version_is_named_in_every_file(known, copy):
    for name in SCHEMED:
        edit(copy, name, "format = 1", "format = 2")
    assert {each.file for each in new_problems(known, copy) if each.field == "format"} == set(SCHEMED)


def test_every_missing_file_is_missed_in_one_run(known, copy):
    gone = (RULES, WORDS, LESSON, PAGE, LESSON_BOOK, CASES_BOOK, KEY, REFERENCES)
    for name in gone:
        (copy / name).unlink()
    said = " ".join(f"{each.file} {each.next_step}" for each in new_problems(known, copy))
    assert not [name for name in gone if name not in said]


def test_a_missing_course_file_is_missed(known, copy):
    (copy / COURSE).unlink()
    assert COURSE in {each.file for each in new_problems(known, copy)}


def test_a_folder_without_any_content_is_answered_in_words(tmp_path):
    (tmp_path / "curriculum").mkdir()
    assert {problem.file for problem in problems(tmp_path)} >= {COURSE, RULES, WORDS}


def test_a_check_that_breaks_says_so_and_the_others_go_on(copy, monkeypatch):
    def broken(content) -> Iterator[Problem]:
        raise KeyError("odd")
        yield

    monkeypatch.setattr("graders.check.CHECKS", (broken, *CHECKS))
    edit(copy, KEY, 'twin_effect = "holds"', 'twin_effect = "flips"')
    found = problems(copy)
    assert any("the check itself stopped" in each.found for each in found)
    assert any(each.file == KEY for each in found)


# what the command says -----------------------------------------------------------


def test_the_command_ends_with_one_when_there_is_a_problem(copy, capsys):
    edit(copy, KEY, 'status = "keyed"', 'status = "kyed"')
    assert run_check(copy) == 1
    said = capsys.readouterr().out
    assert KEY in said and "Found:" in said and "Next:" in said


def test_the_command_ends_with_zero_when_there_is_none(copy, capsys, monkeypatch):
    monkeypatch.setattr("graders.check.CHECKS", ())
    assert run_check(copy) == 0
    assert "No problem" in capsys.readouterr().out


def test_a_draft_module_is_missing_not_at_fault(known, copy):
    (copy / "curriculum/05-why-a-good-questionnaire-misleads").mkdir(exist_ok=True)
    report = inspect(copy)
    assert any("13-how-will-you-know" in each.where for each in report.missing)
    assert not [each for each in report.problems if "13-how-will-you-know" in each.file]


# keys and leaks --------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        'supported = "watch"',
        'because = "it closes"',
        'canary = "FLYSOLO-KEY-0123456789abcdef"',
        'twin_effect = "flips"',
        "rule_breaking = true",
    ],
)
def test_a_key_field_in_a_family_is_told_where_it_belongs(copy, line):
    text = (copy / FAMILY).read_text(encoding="utf-8")
    (copy / FAMILY).write_text(f"{line}\n{text}", encoding="utf-8")
    found = [each for each in problems(copy) if each.file == FAMILY and each.field == line.split()[0]]
    assert [each.rule for each in found] == ["this belongs to the key: mentees can open this file"]


def test_a_whole_key_pasted_into_a_family_is_a_leak(known, copy):
    text = (copy / FAMILY).read_text(encoding="utf-8") + (copy / KEY).read_text(encoding="utf-8").replace(
        "format = 1\n", "", 1
    )
    (copy / FAMILY).write_text(text, encoding="utf-8")
    found = [each for each in new_problems(known, copy) if each.file == FAMILY]
    assert any("a canary stands nowhere but in its key" in each.rule for each in found)


@pytest.mark.parametrize("name", ["README.md", f"curriculum/{EXERCISE}/notes.md", "flysolo/odd.bin", PAGE])
def test_a_canary_anywhere_else_is_a_leak(copy, name):
    canary = re.search(r"FLYSOLO-KEY-[0-9a-f]{16}", (copy / KEY).read_text(encoding="utf-8")).group()
    (copy / name).parent.mkdir(parents=True, exist_ok=True)
    before = (copy / name).read_bytes() if (copy / name).exists() else b""
    (copy / name).write_bytes(before + b"\n" + canary.encode())
    assert [each.found for each in found_by(check_of("leaks"), copy, name)] == [canary]


def test_a_canary_used_twice_is_named(copy):
    other = f"graders/keys/{EXERCISE}/canine-scan.toml"
    canary = re.search(r"FLYSOLO-KEY-[0-9a-f]{16}", (copy / KEY).read_text(encoding="utf-8")).group()
    text = (copy / other).read_text(encoding="utf-8")
    (copy / other).write_text(re.sub(r"FLYSOLO-KEY-[0-9a-f]{16}", canary, text), encoding="utf-8")
    assert found_by(check_of("leaks"), copy, KEY)


def test_a_family_without_a_key_and_a_key_without_a_family_are_named(copy):
    (copy / KEY).rename(copy / KEY.replace("quiet-before-midnight", "quiet-befor-midnight"))
    found = [each for each in check_of("keys")(read_content(copy))]
    assert {FAMILY, KEY.replace("before", "befor")} <= {each.file for each in found}
    assert any("quiet-befor-midnight" in each.next_step for each in found if each.file == FAMILY)


def test_an_option_without_words_is_named(copy):
    text = (copy / KEY).read_text(encoding="utf-8")
    found = re.search(r"\[choice\.decision\.options\.([a-z0-9-]+)\]\n(?:\w+ = .*\n)+", text)
    (copy / KEY).write_text(text.replace(found.group(), ""), encoding="utf-8")
    assert any(found.group(1) in each.found for each in found_by(check_of("keys"), copy, KEY))


def test_a_supported_option_that_does_not_exist_is_answered_with_the_nearest(copy):
    text = (copy / KEY).read_text(encoding="utf-8")
    supported = re.search(r'\[choice\.decision\]\nsupported = "([a-z0-9-]+)"', text).group(1)
    edit(copy, KEY, f'supported = "{supported}"', f'supported = "{supported}x"')
    found = found_by(check_of("keys"), copy, KEY)
    assert any(f"“{supported}x”" in each.found and f"“{supported}”" in each.next_step for each in found)


def test_a_rule_that_is_not_in_the_catalog_is_named(copy):
    edit(copy, KEY, 'rules = ["X', 'rules = ["X99", "X')
    assert any("X99" in each.found for each in found_by(check_of("keys"), copy, KEY))


def test_a_twin_that_does_not_do_what_it_says_is_named(copy):
    edit(copy, KEY, 'twin_effect = "holds"', 'twin_effect = "flips"')
    assert any(each.field == "twin_effect" for each in found_by(check_of("keys"), copy, KEY))


# draws -----------------------------------------------------------------------------


def test_a_name_nobody_drew_is_named_with_the_nearest(copy):
    edit(copy, FAMILY, "{{ name }}", "{{ nam }}")
    found = found_by(check_of("draws"), copy, FAMILY)
    assert any("“name”" in each.next_step for each in found)


def test_a_drawn_name_nobody_uses_is_named(copy):
    with (copy / FAMILY).open("a", encoding="utf-8") as stream:
        stream.write("\n[draws.unused]\nlow = 1\nhigh = 2\n")
    assert [each.field for each in found_by(check_of("draws"), copy, FAMILY)] == ["draws.unused"]


def test_braces_that_hold_no_name_are_named(copy):
    edit(copy, FAMILY, "{{ name }}", "{{ Name }}")
    assert any("{{ Name }}" in each.found for each in found_by(check_of("draws"), copy, FAMILY))


def test_two_options_that_say_the_same_are_named(copy):
    text = (copy / FAMILY).read_text(encoding="utf-8")
    first, second = re.findall(r'\{ id = "[a-z0-9-]+", text = "([^"]+)" \}', text)[:2]
    edit(copy, FAMILY, f'text = "{second}"', f'text = "{first.upper()}"')
    assert any("say the same" in each.found for each in found_by(check_of("draws"), copy, FAMILY))


# evidence ------------------------------------------------------------------------------


def test_a_finding_that_does_not_exist_is_answered_with_the_nearest(copy):
    edit(copy, LESSON, '"phys-starling-upstream"', '"phys-starling-upstrem"')
    found = found_by(check_of("evidence"), copy, LESSON)
    assert any("phys-starling-upstrem" in each.found and "phys-starling-upstream" in each.next_step for each in found)


def test_a_field_nobody_declared_in_a_finding_is_named(copy):
    edit(copy, FINDINGS, "  claim:", "  clam: x\n  claim:")
    assert any("clam" in each.found for each in found_by(check_of("library"), copy, FINDINGS))


def test_a_paper_that_is_not_in_the_list_is_answered_with_the_nearest(copy):
    edit(copy, FINDINGS, "source: marcus-1994-pcrit", "source: marcus-1994-pcrt")
    found = found_by(check_of("library"), copy, FINDINGS)
    assert any("marcus-1994-pcrt" in each.found and "marcus-1994-pcrit" in each.next_step for each in found)


def test_a_finding_from_memory_is_never_shown_or_keyed(copy):
    content = read_content(copy)
    name = next(iter(content.keys[EXERCISE].values())).findings[0]
    content.findings[name] = "memory"
    found = [each for each in check_of("evidence")(content) if f"“{name}”" in each.found]
    assert any(each.file.startswith("graders/keys/") for each in found)
    assert all("memory" in each.found for each in found)


# lessons -----------------------------------------------------------------------------------


def test_how_before_why_is_named(copy):
    text = (copy / PAGE).read_text(encoding="utf-8")
    how = text[text.index("## What to do with it") : text.index("## Practice with a guide")]
    (copy / PAGE).write_text(text.replace(how, "").replace("## Move it", f"{how}## Move it"), encoding="utf-8")
    assert any("WHY before HOW" in each.rule for each in found_by(check_of("order"), copy, PAGE))


def test_a_section_that_is_missing_is_named(copy):
    edit(copy, PAGE, "## What this model leaves out", "## What this modl leaves out")
    found = found_by(check_of("order"), copy, PAGE)
    assert any("no such section" in each.found for each in found)
    assert any("Did you mean “What this model leaves out”" in each.next_step for each in found)


@pytest.mark.parametrize(
    "old, new",
    [
        ("# Why does", "## Why does"),
        ("## Move it", "#### Move it"),
        ("## Move it", "# Move it"),
    ],
)
def test_headings_go_down_one_level_at_a_time_from_one_title(copy, old, new):
    edit(copy, PAGE, old, new)
    assert found_by(check_of("order"), copy, PAGE)


@pytest.mark.parametrize(
    "old, new",
    [
        ('lesson.practice("thin-boy-in-rem")', 'lesson.practice("thin-boy-in-rm")'),
        ('lesson.contrast("two-looks-one-fault")', 'lesson.contrast("same-snore-two-tubes")'),
        ("lesson.leaves_out()", "lesson.script_card()"),
        ("lesson.evidence()", "lesson.evidenc()"),
        (f'open_lesson("{EXERCISE}")', 'open_lesson("02-why-the-nose-matters")'),
    ],
)
def test_the_page_shows_what_the_lesson_holds(copy, old, new):
    edit(copy, PAGE, old, new)
    assert found_by(check_of("order"), copy, PAGE)


# words, pictures, addresses ------------------------------------------------------------------


@pytest.mark.parametrize(
    "said", ["You should have seen it.", "Great job!", "Obviously it closes.", "That is WRONG.", "The students know."]
)
def test_a_word_that_judges_or_presses_is_named(copy, said):
    edit(copy, PAGE, "Now the other way around", f"{said} Now the other way around")
    found = found_by(check_of("words"), copy, PAGE)
    assert len(found) == 1
    assert found[0].field.startswith("line ") and found[0].next_step


@pytest.mark.parametrize("said", ["Growth failure came first.", "He had heart failure.", "Failure to thrive."])
def test_a_clinical_use_of_a_word_passes(copy, said):
    edit(copy, PAGE, "Now the other way around", f"{said} Now the other way around")
    assert not found_by(check_of("words"), copy, PAGE)


@pytest.mark.parametrize("said", ["paediatric", "behavioural", "the centre", "apnoea-hypopnoea index"])
def test_british_spelling_is_named(copy, said):
    edit(copy, PAGE, "Now the other way around", f"{said} Now the other way around")
    assert found_by(check_of("words"), copy, PAGE)


@pytest.mark.parametrize("name", [LESSON, FAMILY, KEY, RULES, COURSE])
def test_every_content_file_is_read_for_words(copy, name):
    found = {LESSON: "summary", FAMILY: "story", KEY: "mechanism", RULES: "wording", COURSE: "title"}[name]
    text = (copy / name).read_text(encoding="utf-8")
    (copy / name).write_text(
        re.sub(rf'(?m)^{found} = (""")?"?\n?', r"\g<0>Obviously ", text, count=1), encoding="utf-8"
    )
    assert len(found_by(check_of("words"), copy, name)) == 1


@pytest.mark.parametrize(
    "picture", ["![](throat.svg)", '<img src="throat.svg">', '<img src="throat.svg" alt="">', ":::{figure} a.svg\n:::"]
)
def test_a_picture_without_words_is_named(copy, picture):
    edit(copy, PAGE, "Now the other way around", f"{picture}\n\nNow the other way around")
    assert found_by(check_of("figures"), copy, PAGE)


def test_a_picture_with_words_passes(copy):
    picture = '![A throat](a.svg) <img src="a.svg" alt="A throat">\n\n:::{figure} a.svg\n:alt: A throat\n:::\n\n'
    edit(copy, PAGE, "Now the other way around", f"{picture}Now the other way around")
    assert not found_by(check_of("figures"), copy, PAGE)


@pytest.mark.parametrize("name", [PAGE, LESSON_BOOK, FAMILY, "flysolo/server/static/odd.css", "flysolo/odd.html.j2"])
def test_an_address_outside_is_named(copy, name):
    (copy / name).parent.mkdir(parents=True, exist_ok=True)
    before = (copy / name).read_text(encoding="utf-8") if (copy / name).exists() else ""
    (copy / name).write_text(f"{before}\n# https://fonts.example.com/a.woff\n", encoding="utf-8")
    assert any("fonts.example.com" in each.found for each in found_by(check_of("remote"), copy, name))


def test_a_link_to_a_paper_passes(copy):
    (copy / "flysolo").mkdir()
    page = '<a href="https://doi.org/10.1/x">Paper</a> <svg xmlns="http://www.w3.org/2000/svg"/>'
    (copy / "flysolo/card.html").write_text(page, encoding="utf-8")
    assert not found_by(check_of("remote"), copy, "flysolo/card.html")


# notebooks -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [LESSON_BOOK, CASES_BOOK])
def test_a_notebook_that_differs_from_its_text_is_named(copy, name):
    edit(copy, name, "awaiting clinical review", "signed by a physician")
    assert any("it differs from" in each.found for each in found_by(check_of("notebooks"), copy, name))


@pytest.mark.parametrize(
    "old, new",
    [
        ('"outputs": []', '"outputs": [{"output_type": "stream", "name": "stdout", "text": ["x"]}]'),
        ('"execution_count": null', '"execution_count": 3'),
    ],
)
def test_stored_outputs_and_counts_are_named(copy, old, new):
    edit(copy, CASES_BOOK, old, new)
    assert any(each.field.startswith("cell ") for each in found_by(check_of("notebooks"), copy, CASES_BOOK))


@pytest.mark.parametrize("call", ["widgets.Output()", "interact(f)", "clear_output()", 'input("Name?")'])
def test_calls_that_need_a_prompt_or_an_output_area_are_named(copy, call):
    edit(copy, PAGE, "lesson.summary()", f"lesson.summary()\n{call}")
    assert any(call.split("(")[0].split(".")[-1] in each.found for each in found_by(check_of("notebooks"), copy, PAGE))


# the exercise as a whole -------------------------------------------------------------------------


def balance_after(root: Path, pattern: str, replacement: str) -> list[Problem]:
    for path in sorted((root / f"graders/keys/{EXERCISE}").glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(pattern, replacement, text), encoding="utf-8")
    return list(bank.balance(read_content(root), EXERCISE))


@pytest.mark.parametrize(
    "pattern, replacement, field",
    [
        (r"rule_breaking = true", "rule_breaking = false", "rule_breaking"),
        (r'twin_look = "dull"', 'twin_look = "eye-catching"', "twin_effect, twin_look"),
        (r'(\[choice\.new-information\]\nsupported = ")\w+', r"\g<1>less", "new_information"),
        (r'(\[choice\.new-information\]\nsupported = ")\w+', r"\g<1>same", "new information"),
    ],
)
def test_an_uneven_exercise_is_named(copy, pattern, replacement, field):
    assert field in {each.field for each in balance_after(copy, pattern, replacement)}


def test_an_exercise_asks_for_two_written_reasons(copy):
    for path in (copy / f"exercises/{EXERCISE}/families").glob("*.toml"):
        if 'kind = "justification"' in path.read_text(encoding="utf-8"):
            path.unlink()
    assert "questions" in {each.field for each in bank.balance(read_content(copy), EXERCISE)}


@pytest.mark.parametrize(
    "place, words", [("longest", " which is a very long way to say this much" * 4), ("shortest", "")]
)
def test_a_supported_reason_that_shows_by_its_length_is_named(copy, place, words):
    content = read_content(copy)
    for stem, family in content.families[EXERCISE].items():
        reason = next(question for question in family.questions if question.kind == "reason")
        supported = content.keys[EXERCISE][stem].choice[reason.id].supported
        text = next(option.text for option in reason.options if option.id == supported)
        edit(copy, f"exercises/{EXERCISE}/families/{stem}.toml", text, text + words if words else "It shuts.")
    found = [each for each in bank.balance(read_content(copy), EXERCISE) if each.field == "the reason's options"]
    assert any(place in each.found for each in found)


def test_a_constant_answer_that_beats_the_cases_is_named(copy):
    content = read_content(copy)
    for stem, family in content.families[EXERCISE].items():
        name = f"graders/keys/{EXERCISE}/{stem}.toml"
        text = (copy / name).read_text(encoding="utf-8")
        for question in family.questions:
            if question.kind in ("decision", "reason", "twin"):
                longest = max(family.options_of(question), key=lambda option: len(option.text)).id
                text = re.sub(
                    rf'(\[choice\.{question.id}\]\nsupported = ")[a-z0-9-]+', rf"\g<1>{longest}", text, count=1
                )
        (copy / name).write_text(text, encoding="utf-8")
    found = [each.found for each in bank.balance(read_content(copy), EXERCISE)]
    assert any(each.startswith("“always the longest” scores") for each in found)
