"""The calibration table: complete, honest about what it leaves out, and the same from its seed."""

from __future__ import annotations

import json
from collections import Counter

import numpy as np
import pytest
import yaml
from typer.testing import CliRunner

from flysolo import cli
from flysolo.child.targets import calibration as tables
from flysolo.child.targets import show
from flysolo.child.targets.agreement import intraclass, kappa
from flysolo.child.targets.also import also
from flysolo.child.targets.estimate import Estimate, area_under_curve, mean, rank_correlation
from flysolo.child.targets.rows import TARGETS, Quantity, Row
from flysolo.child.targets.world import World
from flysolo.problems import InputError

QUICK = ("tgt-18", "tgt-30", "tgt-35", "tgt-39", "ct-pcrit-child")


@pytest.fixture(scope="module")
def world():
    return World(seed=2, n=300)


@pytest.fixture(scope="module")
def quick():
    return [row for row in tables.published() if row["id"] in QUICK]


def test_every_published_table_is_measured_or_left_out_with_a_reason():
    for row in tables.published():
        target = TARGETS[row["id"]]
        assert target.measure or len(target.note) > 20, row["id"]


def test_the_split_is_written_and_about_a_third_is_held_back():
    split = Counter(row["split"] for row in tables.published())
    assert set(split) == {"fit", "held"}
    assert 0.25 < split["held"] / split.total() < 0.42


def test_a_recalled_table_is_never_fitted():
    assert not [row["id"] for row in tables.published() if row.get("verified") == "memory" and row["split"] == "fit"]


def test_the_evidence_files_speak_of_the_project_alone():
    folder = tables.content_root() / "curriculum" / "evidence"
    for name in ("cohort_targets", "simulation_parameters", "model_parameters"):
        text = (folder / f"{name}.yaml").read_text(encoding="utf-8")
        assert yaml.safe_load(text)[name]
        assert "/work" not in text


def test_a_table_is_the_same_from_its_seed(quick):
    row = next(row for row in quick if row["id"] == "ct-pcrit-child")
    first, again, other = (tables._row(row, World(seed, 300)) for seed in (4, 4, 5))
    assert first == again
    assert first != other


def test_one_quantity_outside_puts_its_table_outside():
    inside, outside = (Quantity("x", 1.0, 0.0, 2.0, Estimate(value, value, value)) for value in (1.5, 2.5))
    head = {"id": "a", "name": "", "source": "", "split": "fit", "tolerance": ""}
    assert Row(**head, quantities=(inside,)).inside is True
    assert Row(**head, quantities=(inside, outside)).inside is False
    assert Row(**head).inside is None


def test_what_was_put_in_is_marked_as_an_echo(world):
    norms = next(row for row in tables.published() if row["id"] == "tgt-02")
    marked = {q.name: q.echo for q in tables._row(norms, world).quantities}
    assert marked["REM %"] and not marked["lowest SpO2"]
    assert TARGETS["ct-larsen"].echo and not TARGETS["ct-chat-arms"].echo


def test_the_command_prints_writes_and_draws(tmp_path, monkeypatch, quick):
    monkeypatch.setattr(tables, "published", lambda path=None: quick if path is None else [])
    monkeypatch.setattr(show, "published", lambda path: [{"id": "x-1", "name": "Moon phases", "numbers": {"moon": 1}}])
    files = {name: tmp_path / name for name in ("rows.json", "table.png", "more.yaml")}
    arguments = ["--seed", "2", "--children", "300", "--workers", "1", "--json", str(files["rows.json"])]
    arguments += ["--picture", str(files["table.png"]), "--also", str(files["more.yaml"])]
    result = CliRunner().invoke(cli.commands, ["targets", *arguments])
    assert result.exit_code == 0, result.output
    rows = json.loads(files["rows.json"].read_text(encoding="utf-8"))
    assert {row["id"] for row in rows} == {*QUICK, "x-1"}
    assert all({"id", "published", "simulated", "inside"} <= set(row) for row in rows)
    assert next(row for row in rows if row["id"] == "tgt-39")["inside"] is None
    assert "not simulated" in result.output and "Held back" not in result.output.split("Used for fitting")[0]
    assert files["table.png"].read_bytes().startswith(b"\x89PNG")


def test_a_picture_of_another_format_is_refused(tmp_path):
    from flysolo.child.targets.picture import draw

    with pytest.raises(InputError, match="picture"):
        draw([], tmp_path / "table.docx")


def test_further_tables_are_measured_where_the_model_knows_their_words(world):
    rows = [
        {
            "id": "z-1",
            "name": "Unselected school children",
            "population": "community children, 6-10 y",
            "numbers": {"OAHI_ge_5": 0.02, "nadir": {"mean": 92.0, "sd": 3.0}},
            "n": 400,
        },
        {"id": "z-2", "name": "School children", "numbers": {"AHI_ge_5": 0.01, "favorite_color": 3}},
        {"id": "z-3", "name": "Moon phases", "numbers": {"full": 1}},
        {"id": "z-4", "name": "School children"},
    ]
    known, partly, nobody, empty = also(rows, world)
    assert [quantity.name for quantity in known.quantities] == ["OAHI_ge_5", "nadir, mean"]
    assert known.inside in (True, False)
    assert partly.inside is None and "favorite_color" in partly.note
    assert nobody.inside is None and empty.inside is None and "no numbers" in empty.note


def test_printed_intervals_and_tolerances_are_read_as_they_stand(world):
    def bounds(value, tolerance="", n=None):
        row = {"id": "b", "name": "school", "numbers": {"nadir": value}, "tolerance": tolerance, "n": n}
        (quantity,) = also([row], world)[0].quantities
        return round(quantity.low, 2), round(quantity.high, 2)

    assert bounds({"value": 92, "ci95": [90, 94]}) == (90, 94)
    assert bounds([92, 90, 93]) == (90, 93)
    assert bounds([92, 3], "mean within 2 SE", 100) == (91.4, 92.6)
    assert bounds(92, "+/- 2") == (90, 94)
    assert bounds(92, "within 25%") == (69, 115)


@pytest.mark.parametrize("text", ["cohort_targets: 3", "- name: no id", "a: [", ""])
def test_a_file_of_further_tables_that_cannot_be_read_is_named(tmp_path, text):
    file = tmp_path / "more.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=r"more\.yaml") as error:
        tables.published(file)
    assert error.value.problems[0].next_step


def test_a_missing_file_of_further_tables_is_named(tmp_path):
    with pytest.raises(InputError, match="nowhere"):
        tables.published(tmp_path / "nowhere.yaml")


def test_the_interval_of_a_mean_covers_its_truth():
    rng = np.random.default_rng(1)
    covered = [abs((e := mean(rng.normal(0, 1, 400))).value) <= e.high - e.value for _ in range(200)]
    # ten parts: a normal factor on nine degrees of freedom covers a little less than 95%
    assert 0.85 < np.mean(covered) <= 1.0


def test_agreement_measures_know_their_ends():
    grades = np.random.default_rng(1).integers(1, 5, 500)
    other = np.random.default_rng(2).integers(1, 5, 500)
    assert kappa(grades, grades) == pytest.approx(1.0)
    assert abs(kappa(grades, other)) < 0.1
    assert intraclass(np.stack([grades, grades], 1)) == pytest.approx(1.0)
    assert abs(intraclass(np.stack([grades, other], 1))) < 0.15
    assert area_under_curve(grades, grades > 2).value == pytest.approx(1.0)
    assert rank_correlation(grades, -grades).value == pytest.approx(-1.0)
