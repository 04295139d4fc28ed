"""Rule sets are data with sources, kept apart from the night."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml

import flysolo.child.rules as rules_module
from flysolo.child.rules import RULES, load_rules, rules_by_id
from flysolo.problems import InputError

FINDINGS = Path(__file__).parents[2] / "curriculum" / "evidence" / "findings"


def findings() -> dict[str, dict]:
    files = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in FINDINGS.glob("*.yaml")]
    return {finding["id"]: finding for file in files for finding in file["findings"]}


def test_child_and_adult_sets_by_era_with_and_without_eeg_and_carbon_dioxide_are_there():
    assert {"child-2012", "child-2007", "adult-2012-recommended", "adult-2012-acceptable"} <= set(RULES)
    assert {"adult-2007-alternative", "child-2012-no-co2", "home-no-eeg", "oximetry-only"} <= set(RULES)
    assert RULES["home-no-eeg"].uses_eeg is False and RULES["child-2012"].uses_eeg
    assert RULES["child-2012-no-co2"].uses_co2 is False and RULES["child-2012"].uses_co2
    assert RULES["oximetry-only"].oximetry_only


def test_every_set_rests_on_findings_that_exist_and_were_read():
    known = findings()
    for rules in RULES.values():
        assert rules.source
        for finding_id in rules.source:
            assert known[finding_id]["verified"] != "memory", finding_id


def test_the_childs_set_is_the_finding_s():
    numbers = findings()["def-paediatric-event-rules"]["numbers"]
    child = RULES["child-2012"]
    assert numbers["min_duration"] == f"{child.min_breaths} breaths"
    assert numbers["apnea_flow_reduction"] == f">={child.apnea_fall:.0%}"
    assert numbers["hypopnea_flow_reduction"].startswith(f">={child.hypopnea_fall:.0%}")
    assert child.hypopnea_needs == {"desaturation", "arousal"} and child.desaturation_percent == 3


def test_the_trial_s_set_is_the_finding_s():
    numbers = findings()["def-chat-rules-differ"]["numbers"]
    trial = RULES["child-2007"]
    assert numbers["hypopnea_flow_reduction"] == f">={trial.hypopnea_fall:.0%}"
    assert "not <5 s" in numbers["min_duration"] and trial.event_seconds == 5
    assert numbers["AHI_includes_central"] is trial.counts_central is False
    assert findings()["def-central-apnoea"]["numbers"]["duration_s"] == trial.central_seconds


def test_adult_numbers_that_were_recalled_say_so():
    for rule_id in ("adult-2012-recommended", "adult-2012-acceptable", "adult-2007-alternative"):
        assert "recalled" in RULES[rule_id].assumed_for_teaching["hypopnea_fall"]
    for rules in RULES.values():
        if rules.uses_co2:
            assert "recalled" in rules.assumed_for_teaching["co2_line_mmhg"]


def test_the_words_of_a_set_name_length_fall_and_sign():
    assert RULES["child-2012"].words() == (
        "Child, 2012 rules: flow down by 30% or more for at least 2 breaths, with a fall of saturation by 3 points or "
        "an arousal; by 90% it is an apnea."
    )
    assert "10 s" in RULES["adult-2012-acceptable"].words()


@pytest.mark.parametrize(
    ("field", "value", "rule"),
    [
        ("hypopnea_fall", 30, "from 0.05 to 1"),
        ("apnea_fall", 0.2, "no smaller than hypopnea_fall"),
        ("event_seconds", -1.0, "from 0 to 120"),
        ("event_seconds", float("nan"), "from 0 to 120"),
        ("desaturation_percent", 0.0, "from 1 to 20"),
        ("min_breaths", 0, "from 1 to 20"),
        ("hypopnea_needs", frozenset({"snoring"}), "arousal, desaturation"),
        ("co2_line_mmhg", None, "a line in mmHg"),
        ("uses_eeg", False, "an EEG shows it"),
    ],
)
def test_a_set_that_cannot_be_is_refused_naming_set_and_field(field, value, rule):
    with pytest.raises(InputError) as refusal:
        replace(RULES["child-2012"], **{field: value})
    (problem,) = refusal.value.problems
    assert problem.file == "rules.toml" and problem.field.startswith("child-2012.")
    assert rule in problem.rule and problem.next_step


def test_a_near_id_is_offered():
    assert rules_by_id("child-2012") is RULES["child-2012"]
    with pytest.raises(InputError, match="Did you mean “child-2012”"):
        rules_by_id("child-2021")


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("apnea_fall = 0.9\n", "", "apnea_fall"),
        ("apnea_fall = 0.9\n", "apnea_fall = 0.9\napnoea = 1\n", "apnoea"),
        ('hypopnea_fall = "recalled', 'hypopnea_drop = "recalled', "assumed_for_teaching.hypopnea_drop"),
        ("[child-2012]", "[child-2012", "whole file"),
    ],
)
def test_a_file_with_a_field_missing_or_strange_is_refused(tmp_path, old, new, field):
    text = Path(rules_module.__file__).with_name("rules.toml").read_text(encoding="utf-8")
    path = tmp_path / "rules.toml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(InputError) as refusal:
        load_rules(path)
    assert refusal.value.problems[0].field.endswith(field)
