"""No bytes bring a reader down: what cannot be read is said in four parts, and nothing else comes out."""

from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from flysolo.answers import TEXT_LIMIT
from tests.fuzz import readers

SEEDS = {name: list(readers.seeds(name)) for name in readers.READERS}
#: Enough to find what is easy to find on every run; tests/fuzz/with_atheris.py looks for the rest.
few = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
very_few = settings(max_examples=20)


@pytest.mark.parametrize("name", readers.READERS)
def test_what_the_course_itself_wrote_is_read(name):
    """Fuzzing that begins from what no reader takes would prove nothing."""
    assert SEEDS[name]
    if name == "night":
        return  # one signal alone is no night; that it is told is enough
    assert all(readers.read(name, data) for data in SEEDS[name])


@st.composite
def spoiled(draw: st.DrawFn, name: str) -> bytes:
    """A real file with some bytes exchanged, left out, doubled or put in."""
    data = bytearray(draw(st.sampled_from(SEEDS[name])))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        until = min(len(data), at + draw(st.integers(0, 40)))
        match draw(st.sampled_from(["exchange", "leave out", "double", "cut"])):
            case "exchange":
                data[at:until] = draw(st.binary(max_size=40))
            case "leave out":
                del data[at:until]
            case "double":
                data[at:at] = data[at:until] * draw(st.integers(1, 30))
            case "cut":
                del data[at:]
    return bytes(data)


@pytest.mark.parametrize("name", readers.READERS)
@settings(few)
@given(st.data())
def test_a_spoiled_file_is_read_or_refused_in_words(name, data):
    readers.read(name, data.draw(spoiled(name)))


@pytest.mark.parametrize("name", readers.READERS)
@settings(very_few)
@given(st.binary(max_size=600))
def test_any_bytes_are_refused_in_words(name, data):
    readers.read(name, data)


_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.sampled_from(["ada", "child", "save", readers.AT, "f" * 16, "../../x", "\ud800", "x" * (TEXT_LIMIT + 1)]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@st.composite
def mutated(draw: st.DrawFn, whole: dict) -> dict:
    """A real structure with some fields exchanged for anything, left out, or added."""
    made = json.loads(json.dumps(whole))
    for _ in range(draw(st.integers(1, 3))):
        place = made
        field = draw(st.sampled_from(sorted(place)))
        while isinstance(place[field], dict) and place[field] and draw(st.booleans()):
            place = place[field]
            field = draw(st.sampled_from(sorted(place)))
        match draw(st.sampled_from(["exchange", "leave out", "add"])):
            case "exchange":
                place[field] = draw(_JSON)
            case "leave out" if len(made) > 1:
                place.pop(field, None)
                if not place:
                    return made
            case "add":
                place[draw(st.text(max_size=8))] = draw(_JSON)
    return made


def parts(name: str) -> tuple[dict, list[dict]]:
    """Manifest and lines of the real parcel."""
    manifest, _, rest = SEEDS[name][0].partition(readers.SPLIT)
    lines = [json.loads(line) for line in rest.splitlines() if line]
    return json.loads(manifest), lines


MANIFEST, LINES = parts("hand_in_parts")


@settings(few)
@given(mutated(MANIFEST))
@example(MANIFEST | {"made_at": "9999-99-99T99:99:99Z"})
@example(MANIFEST | {"families": {"x": "\ud800"}})
def test_a_manifest_of_any_shape_is_read_or_refused_in_words(manifest):
    rest = "\n".join(json.dumps(line) for line in LINES).encode()
    readers.read("hand_in_parts", json.dumps(manifest).encode() + readers.SPLIT + rest)


@settings(few)
@given(st.data())
def test_lines_of_any_shape_are_answers_or_damaged_and_never_more(data):
    at = data.draw(st.integers(0, len(LINES) - 1))
    lines = [data.draw(mutated(line)) if n == at else line for n, line in enumerate(LINES)]
    text = "\n".join(json.dumps(line) for line in lines)
    readers.read("book", text.encode())
    readers.read("hand_in_parts", json.dumps(MANIFEST).encode() + readers.SPLIT + text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 5000,
        "a = " + "1" * 6000,
        "a" + ".a" * 3000 + " = 1",
        "a = 9999-99-99",
        'a = "\\ud800"',
        "a = nan",
    ],
)
@pytest.mark.parametrize("name", ["family", "key", "lesson"])
def test_toml_that_only_a_machine_would_write_is_refused_in_words(name, text):
    assert not readers.read(name, text.encode())
