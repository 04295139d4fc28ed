"""What is true of all content; a new module or case adds no test here."""

from __future__ import annotations

import re

import pytest

from flysolo import draws
from flysolo.content import Case, load_course, load_families
from flysolo.content import exercises as exercise_ids
from flysolo.places import content_root
from graders import offers, words
from graders.check import problems
from graders.check.content import is_draft_file
from graders.check.leaks import CANARY, KEY_LIKE, KEY_ONLY
from graders.check.reading import content_files, read_content
from graders.check.texts import python_sentences, said_in, shown
from graders.check.wordlist import Reader
from graders.keys import load_key

ROOT = content_root()
FAMILIES = [(exercise, family) for exercise in exercise_ids() for family in load_families(exercise)]
SEEDS = [draws.seed_for("tests", f"mentee-{n}", "content") for n in range(50)]
NAMES = sorted(content_files(ROOT))
READ = [name for name in NAMES if name.endswith((".toml", ".md", ".yaml")) and not is_draft_file(name)]
SHIPPED = [name for name in NAMES if name.startswith(("curriculum/", "exercises/"))]


def family_name(value) -> str:
    return getattr(value, "id", str(value))


@pytest.fixture(scope="module")
def content():
    return read_content(ROOT)


@pytest.fixture(scope="module")
def reader(content) -> Reader:
    return Reader(content.words)


@pytest.fixture(scope="module")
def sentences(content) -> dict[str, list[tuple[str, str]]]:
    """(field, text) of every sentence a mentee may read, by file."""
    found: dict[str, list[tuple[str, str]]] = {}
    for file, field, text in shown(content):
        found.setdefault(file, []).append((field, text))
    return found


def test_the_check_finds_no_problem():
    assert "\n".join(str(problem) for problem in problems()) == ""


def test_there_is_an_open_module_with_cases():
    assert FAMILIES
    assert any(module.status == "open" for module in load_course().modules)


# case families ---------------------------------------------------------------------


@pytest.mark.parametrize("exercise, family", FAMILIES, ids=family_name)
def test_every_copy_of_a_case_is_filled_to_the_last_name(exercise, family):
    for seed in SEEDS:
        case = Case(family, seed)
        for field, text in said_in(family):
            filled = case.text(text)
            assert not re.search(r"[{}]", filled), f"{field}: {filled}"


@pytest.mark.parametrize("exercise, family", FAMILIES, ids=family_name)
def test_no_two_options_of_a_copy_say_the_same(exercise, family):
    for seed in SEEDS:
        case = Case(family, seed)
        for question in family.questions:
            texts = [text.casefold() for _, text in case.options(question)]
            assert len(texts) == len(set(texts)), question.id


@pytest.mark.parametrize("exercise, family", FAMILIES, ids=family_name)
def test_the_twin_differs_from_its_base_in_one_row(exercise, family):
    for seed in SEEDS:
        case = Case(family, seed)
        base, twin = case.findings(), case.findings(twin=True)
        assert sum(before != after for before, after in zip(base, twin, strict=True)) == 1


@pytest.mark.parametrize("exercise, family", FAMILIES, ids=family_name)
def test_mentees_meet_different_copies(exercise, family):
    copies = {tuple(Case(family, seed).drawn.items()) for seed in SEEDS}
    assert len(copies) > len(SEEDS) / 5


@pytest.mark.parametrize("exercise, family", FAMILIES, ids=family_name)
def test_every_word_of_the_key_can_be_filled(exercise, family):
    key = load_key(exercise, family.id)
    for seed in SEEDS[:5]:
        for field, text in said_in(key):
            assert not re.search(r"[{}]", Case(family, seed).text(text)), field


# nothing of a key where a mentee could find it -----------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_what_ships_holds_nothing_of_a_key(name):
    data = (ROOT / name).read_bytes()
    assert not re.search(CANARY.pattern.encode(), data)
    fields = KEY_LIKE if name.startswith("exercises/") else KEY_ONLY
    if name.endswith(".toml"):
        written = re.findall(r"(?m)^\s*\[*([a-z_]+)[\].= ]", data.decode("utf-8"))
        assert not set(written) & fields


@pytest.mark.parametrize("exercise, family", FAMILIES, ids=family_name)
def test_no_word_for_an_option_stands_in_what_ships(exercise, family, content):
    key = load_key(exercise, family.id)
    ships = " ".join(" ".join(content.texts[name].split()) for name in SHIPPED if name in content.texts)
    words = [text for field, text in said_in(key) if field.endswith((".sees", ".breaks", ".because", "mechanism"))]
    found = [text for text in words if len(text) > 40 and " ".join(text.split()) in ships]
    assert found == []


# words -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", READ)
def test_every_sentence_of_the_content_passes_the_word_list(name, sentences, reader):
    assert [hit for _, text in sentences.get(name, ()) for hit in reader.hits(text)] == []


def test_every_sentence_of_a_reply_passes_the_word_list(reader):
    assert [hit for text in (*words.all_sentences(), *offers.all_sentences()) for hit in reader.hits(text)] == []


def test_every_sentence_in_code_and_templates_passes_the_word_list(sentences, reader):
    ours = {file: said for file, said in sentences.items() if file.startswith(("flysolo/", "graders/"))}
    assert {"flysolo/exercise_page.py", "graders/words.py"} <= set(ours)
    found = [
        (file, field, hit.said) for file, said in ours.items() for field, text in said for hit in reader.hits(text)
    ]
    assert found == []


def test_docstrings_and_logs_are_not_taken_for_sentences():
    source = '"""A wrong thing."""\nlog.warning("it failed here")\nsay("a sentence to read")\n'
    assert [text for _, text in python_sentences(source)] == ["a sentence to read"]
