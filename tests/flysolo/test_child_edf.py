"""Nights go out as EDF+ that other readers open, and come in only when they are whole, readable and name nobody."""

from __future__ import annotations

import struct
import warnings
from pathlib import Path

import numpy as np
import pyedflib
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flysolo.child.channels import KINDS, Mark, Recording
from flysolo.child.edf import read_edf, step_of, without_identity, write_edf
from flysolo.child.rules import RULES
from flysolo.child.scorer import score
from flysolo.child.waveform import event_marks, render
from flysolo.problems import ContentError
from tests.flysolo.child_nights import random_night

NIGHT = random_night(2, hours=0.5, per_h=30)
WHOLE = render(NIGHT, 0, 1)


@pytest.fixture(scope="module")
def night_file(tmp_path_factory) -> Path:
    return write_edf(WHOLE, tmp_path_factory.mktemp("edf") / "night.edf", marks=event_marks(NIGHT, 0))


@pytest.fixture
def changed(night_file, tmp_path):
    """A copy of the file with bytes replaced, cut off or added."""

    def make(at=None, new=b"", cut=None, more=b"") -> Path:
        data = bytearray(night_file.read_bytes())
        if at is not None:
            data[at : at + len(new)] = new
        path = tmp_path / "changed.edf"
        path.write_bytes(bytes(data[:cut]) + more)
        return path

    return make


def written(path: Path, signals: list[tuple[str, str, int, np.ndarray]], annotations=()) -> Path:
    """An EDF+ file as some other recorder would write it: (label, unit, rate, samples)."""
    with warnings.catch_warnings(), pyedflib.EdfWriter(str(path), len(signals)) as writer:
        warnings.simplefilter("ignore")
        for place, (label, unit, rate, samples) in enumerate(signals):
            low, high = float(np.floor(samples.min())) - 1, float(np.ceil(samples.max())) + 1
            bounds = {"physical_min": low, "physical_max": high, "digital_min": -32768, "digital_max": 32767}
            writer.setSignalHeader(place, {"label": label, "dimension": unit, "sample_frequency": rate, **bounds})
        writer.writeSamples([np.ascontiguousarray(samples, float) for *_, samples in signals])
        for start, length, text in annotations:
            writer.writeAnnotation(start, length, text)
    return path


def slow_breathing(rate, minutes=15):
    return np.sin(2 * np.pi * 0.3 * np.arange(minutes * 60 * rate) / rate)


def refused(call) -> list:
    with pytest.raises(ContentError) as refusal:
        call()
    for problem in refusal.value.problems:
        assert problem.file and problem.found and problem.rule and problem.next_step
    return refusal.value.problems


# There and back


def test_a_night_comes_back_within_half_a_step_with_stages_rates_and_marks(night_file):
    back = read_edf(night_file)
    assert list(back.channels) == list(WHOLE.channels)
    for name in KINDS:
        assert back.rates_hz[name] == WHOLE.rates_hz[name]
        # half a step, and what single precision adds to a value of this size
        reach = step_of(WHOLE, name) / 2 + 1e-6 * np.abs(WHOLE.channel(name)).max()
        assert np.abs(back.channel(name) - WHOLE.channel(name)).max() <= reach
    assert np.array_equal(back.stage, WHOLE.stage) and back.epoch_seconds == 30
    assert back.notes == () or all("left behind" in note for note in back.notes)


def test_a_night_that_came_back_is_scored_the_same(night_file):
    for rule_id in ("child-2012", "adult-2012-acceptable", "oximetry-only"):
        there, back = score(WHOLE, RULES[rule_id]), score(read_edf(night_file), RULES[rule_id])
        assert np.array_equal(there.kind, back.kind)
        assert there.odi3 == back.odi3


def test_the_file_is_the_same_bytes_each_time(night_file, tmp_path):
    again = write_edf(WHOLE, tmp_path / "again.edf", marks=event_marks(NIGHT, 0))
    assert again.read_bytes() == night_file.read_bytes()


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_values_come_back_within_half_a_step(tmp_path, data):
    name = data.draw(st.sampled_from(["flow", "spo2", "etco2", "heart_rate"]))
    kind = KINDS[name]
    rng = np.random.default_rng(data.draw(st.integers(0, 1000)))
    wide = data.draw(st.sampled_from([1.0, 1.5])) if name in ("flow", "etco2") else 1.0
    values = (rng.uniform(kind.low, kind.high, 600 * int(kind.rate_hz)) * wide).astype(np.float32)
    night = Recording({name: values}, {name: kind.rate_hz}, None)
    back = read_edf(write_edf(night, tmp_path / "any.edf"))
    reach = step_of(night, name) / 2 + 1e-6 * np.abs(values).max()
    assert np.abs(back.channel(name) - values).max() <= reach


# What other readers see


def test_a_reader_that_knows_only_the_published_layout_finds_channels_and_values(night_file):
    data = night_file.read_bytes()
    count = int(data[252:256])
    records, record_s = int(data[236:244]), float(data[244:252])
    at = 256

    def column(width):
        nonlocal at
        cells = [data[at + i * width : at + (i + 1) * width].decode("ascii").strip() for i in range(count)]
        at += width * count
        return cells

    labels, _, units = column(16), column(80), column(8)
    physical_low, physical_high, digital_low, digital_high = (list(map(float, column(8))) for _ in range(4))
    column(80)
    per_record = [int(each) for each in column(8)]
    assert labels[:-1] == [kind.label for kind in KINDS.values()] and labels[-1] == "EDF Annotations"
    assert units[:-1] == [kind.unit for kind in KINDS.values()]
    assert data[192:197] == b"EDF+C" and records * record_s == WHOLE.seconds
    assert int(data[184:192]) == 256 * (count + 1)
    assert len(data) == 256 * (count + 1) + 2 * records * sum(per_record)
    place, begin = labels.index("SaO2 SpO2"), 256 * (count + 1)
    skipped = 2 * sum(per_record[:place])
    stored = [
        struct.unpack_from("<h", data, begin + record * 2 * sum(per_record) + skipped)[0] for record in range(records)
    ]
    scale = (physical_high[place] - physical_low[place]) / (digital_high[place] - digital_low[place])
    values = physical_low[place] + (np.array(stored) - digital_low[place]) * scale
    assert np.allclose(values, WHOLE.channel("spo2"), atol=step_of(WHOLE, "spo2"))
    assert b"Sleep stage N2" in data and b"Obstructive event" in data


def test_the_library_s_low_reader_finds_rates_units_and_annotations(night_file):
    with pyedflib.EdfReader(str(night_file)) as reader:
        assert reader.getSampleFrequencies().tolist() == [kind.rate_hz for kind in KINDS.values()]
        assert reader.getSignalLabels() == [kind.label for kind in KINDS.values()]
        starts, lengths, texts = reader.readAnnotations()
    assert sum(text.startswith("Sleep stage") for text in texts) == len(WHOLE.stage)
    assert (lengths >= 0).all() and (np.diff(starts) >= 0).all()


def test_the_header_names_nobody_and_no_day(night_file):
    start = night_file.read_bytes()[:256]
    assert start[8:88].decode().split() == ["X"] * 4
    assert start[88:168].decode().split()[:4] == ["Startdate", "01-JAN-1985", "X", "X"]
    assert start[168:176] == b"01.01.85"


# A mentor's own recording


def test_a_recording_from_another_recorder_is_recognized_by_its_labels(tmp_path):
    signals = [
        ("Cannula Flow", "cmH2O", 200, slow_breathing(200)),
        ("Thermistor", "uV", 32, slow_breathing(32)),
        ("RIP Thorax", "V", 25, slow_breathing(25)),
        ("RIP-Abdomen", "V", 32, slow_breathing(32)),
        ("SpO2", "%", 10, 97 + 0.5 * slow_breathing(10)),
        ("etCO2", "kPa", 1, 5.5 + 0.1 * slow_breathing(1)),
        ("C4-M1", "uV", 64, slow_breathing(64)),
    ]
    said = [(0, 300, "Sleep stage N2"), (300, 600, "Sleep stage 4"), (100, 5, "Arousal"), (5, 1, "talked to Anna")]
    night = read_edf(written(tmp_path / "other.edf", signals, said))
    assert set(night.channels) == {"flow", "thermistor", "chest", "abdomen", "spo2", "etco2", "arousal"}
    assert night.stage.tolist() == [2] * 10 + [3] * 20
    assert night.channel("etco2").mean() == pytest.approx(5.5 * 7.5, abs=0.5)
    words = " ".join(night.notes)
    assert "flow (Cannula Flow) came at 200 Hz and was resampled to 32 Hz." in words
    assert "chest (RIP Thorax) came at 25 Hz" in words and "kPa" in words
    assert "1 annotations were left behind" in words and "Anna" not in words
    assert "painted from the arousals" in words
    assert not any("Anna" in mark.text for mark in night.marks)


@pytest.mark.parametrize("rate", [8, 25, 50, 100, 200, 256])
def test_resampling_keeps_breaths_and_length(tmp_path, rate):
    path = written(tmp_path / "rate.edf", [("Flow", "V", rate, slow_breathing(rate))])
    flow = read_edf(path).channel("flow")
    assert len(flow) == 15 * 60 * 32
    assert np.abs(flow[320:-320] - slow_breathing(32)[320:-320]).max() < 0.05  # the filter's ripple


def test_a_label_that_is_not_recognized_can_be_named(tmp_path):
    path = written(tmp_path / "named.edf", [("Chan 7", "V", 32, slow_breathing(32))])
    (problem,) = refused(lambda: read_edf(path))
    assert problem.field == "channels" and "Chan 7" in problem.found and "labels=" in problem.next_step
    assert "flow" in read_edf(path, labels={"flow": "Chan 7"}).channels
    assert refused(lambda: read_edf(path, labels={"flow": "Chan 8"}))[0].field == "channel flow"
    assert refused(lambda: read_edf(path, labels={"flw": "Chan 7"}))[0].field == "labels"


def test_of_two_signals_for_one_channel_the_first_is_taken_and_it_is_said(tmp_path):
    path = written(tmp_path / "two.edf", [(f"Nasal {n}", "V", 32, slow_breathing(32)) for n in (1, 2)])
    assert "'Nasal 2' was left out: 'Nasal 1' already stands for flow." in read_edf(path).notes


def test_where_the_finger_was_lost_the_value_before_stands_and_it_is_said(tmp_path):
    spo2 = 97 + 0.5 * slow_breathing(1)
    spo2[100:140] = 0
    night = read_edf(written(tmp_path / "lost.edf", [("SpO2", "%", 1, spo2)]))
    assert night.channel("spo2").min() > 95
    assert any("lost for 4.4%" in note for note in night.notes)


def test_a_night_without_stages_says_so_and_is_scored_without_an_eeg(tmp_path):
    signals = [("Flow", "V", 32, slow_breathing(32)), ("Chest", "V", 32, slow_breathing(32))]
    signals += [("SpO2", "%", 1, 97 + 0.5 * slow_breathing(1))]
    path = written(tmp_path / "home.edf", signals)
    night = read_edf(path, rules=RULES["home-no-eeg"])
    assert night.stage is None and any("without an EEG" in note for note in night.notes)
    assert score(night, RULES["home-no-eeg"]).ahi == 0
    fields = [problem.field for problem in refused(lambda: read_edf(path, rules=RULES["child-2012"]))]
    assert fields == ["channel arousal", "channel etco2", "stages"]


@pytest.mark.parametrize(
    ("signal", "field", "words"),
    [
        (("SpO2", "", 1, np.tile([0.96, 0.97], 450)), "channel spo2 (SpO2)", "100% outside 30 to 100"),
        (("SpO2", "%", 1, np.full(900, 97.0)), "channel spo2 (SpO2)", "97 all night"),
        (("Flow", "V", 4, slow_breathing(4)), "channel flow (Flow)", "4 Hz"),
        (("etCO2", "%", 1, 5 + 0.1 * slow_breathing(1)), "channel etco2 (etCO2)", "unit '%'"),
        (("Flow", "V", 32, slow_breathing(32, minutes=5)), "length of the night", "300 s"),
    ],
)
def test_a_channel_that_cannot_be_used_is_named_with_the_rule(tmp_path, signal, field, words):
    (problem,) = refused(lambda: read_edf(written(tmp_path / "odd.edf", [signal])))
    assert problem.field == field and words in problem.found


# Files that cannot be used


def test_a_file_that_is_not_there_is_refused(tmp_path):
    assert refused(lambda: read_edf(tmp_path / "none.edf"))[0].file == "none.edf"


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "an empty file"),
        (b"%PDF-1.7" + b"x" * 500, "do not begin as EDF"),
        (b"\xffBIOSEMI" + b" " * 500, "a BDF file"),
        (b"0       ", "do not begin as EDF"),
    ],
)
def test_bytes_that_are_no_edf_are_refused(tmp_path, data, found):
    path = tmp_path / "night.edf"
    path.write_bytes(data)
    assert found in refused(lambda: read_edf(path))[0].found


@pytest.mark.parametrize("cut", [300, 2000, 100_000, -1, -1000])
def test_a_file_that_was_cut_off_says_how_much_is_there(changed, cut):
    (problem,) = refused(lambda: read_edf(changed(cut=cut)))
    assert problem.field in ("header", "length of the file") and " of " in problem.found
    assert "Copy the file again" in problem.next_step


def test_a_file_longer_than_its_header_says_is_refused(changed):
    assert "longer" in refused(lambda: read_edf(changed(more=b"\0" * 9000)))[0].found


@pytest.mark.parametrize(
    ("at", "new", "field"),
    [
        (236, b"-1      ", "number of records"),
        (236, b"0       ", ""),
        (236, b"many    ", "header field 'number of records'"),
        (244, b"nan     ", "header field 'length of a record'"),
        (252, b"0   ", "header field 'number of signals'"),
        (192, b"EDF+D", "header"),
        # ten signals: labels 160, transducers 800, units 80, then the lowest values
        (256 + 160 + 800 + 80, b"nan     ", "header field \"channel 'Resp Nasal', physical minimum\""),
    ],
)
def test_a_header_that_cannot_be_names_its_field(changed, at, new, field):
    assert refused(lambda: read_edf(changed(at=at, new=new)))[0].field == field


# Nobody's name


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (8, b"X F 02-MAY-2019 X"),
        (8, b"X F X Jane_Doe"),
        (8, b"12345678 F X X"),
        (8, b"Doe Jane 2019"),
        (8, b"02.05.19"),
        (88, b"Startdate 02-MAY-2024 PSG-1234/2024 X X"),
        (88, b"Startdate 02-MAY-2024 X Mary_Smith X"),
        (88, b"Doe, Jane"),
    ],
)
def test_a_header_that_may_name_a_person_is_refused_without_repeating_it(changed, at, text):
    (problem,) = refused(lambda: read_edf(changed(at=at, new=text.ljust(80))))
    assert "header field" in problem.field
    for word in (b"Jane", b"Doe", b"Mary", b"12345678", b"2019", b"1234"):
        assert word.decode() not in str(problem)
    assert "without_identity" in problem.next_step


@pytest.mark.parametrize("text", [b"X X X X", b"S-0123 M X X", b"X F X X"])
def test_a_header_that_names_nobody_is_read(changed, text):
    assert read_edf(changed(at=8, new=text.ljust(80))).channels


@pytest.mark.parametrize("text", [b"", b"anonymous", b"S-0123"])
def test_a_free_header_of_the_older_edf_that_names_nobody_is_read(night_file, tmp_path, text):
    data = bytearray(night_file.read_bytes())
    data[8:88], data[192:236] = text.ljust(80), b" " * 44
    path = tmp_path / "older.edf"
    path.write_bytes(data)
    assert np.allclose(read_edf(path).channel("spo2"), WHOLE.channel("spo2"), atol=step_of(WHOLE, "spo2"))


def test_a_patient_field_that_edf_plus_forbids_is_refused_without_the_file_s_place(changed):
    (problem,) = refused(lambda: read_edf(changed(at=8, new=b" " * 80)))
    assert "/" not in problem.found and "EDF+" in problem.rule


def test_a_clean_copy_names_nobody_and_holds_the_same_night(changed, tmp_path):
    named = changed(at=8, new=b"X F 02-MAY-2019 Jane_Doe".ljust(80))
    clean = without_identity(named, tmp_path / "clean.edf")
    assert b"Jane" not in clean.read_bytes() and b"2019" not in clean.read_bytes()[:256]
    assert np.array_equal(read_edf(clean).channel("spo2"), read_edf(changed()).channel("spo2"))


def test_a_rate_that_is_not_whole_cannot_be_written(tmp_path):
    night = Recording({"flow": np.ones(1000)}, {"flow": 12.5}, None)
    assert refused(lambda: write_edf(night, tmp_path / "x.edf"))[0].field == "channel flow"


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2800), st.binary(min_size=1, max_size=40))
def test_a_broken_header_is_refused_in_words_or_read_never_a_crash(changed, at, new):
    try:
        assert read_edf(changed(at=at, new=new)).channels
    except ContentError as refusal:
        assert all(each.found and each.rule and each.next_step for each in refusal.problems)


def test_marks_are_written_at_their_times(tmp_path):
    path = write_edf(WHOLE, tmp_path / "marks.edf", marks=[Mark(61.5, 12.0, "Hypopnea")])
    (mark,) = read_edf(path).marks
    assert (mark.start_s, mark.duration_s, mark.text) == (61.5, 12.0, "Hypopnea")
