"""What panels, dials and charts do without a browser."""

from __future__ import annotations

import logging
import re
import subprocess
import sys

import numpy as np
import pytest
from jupyterlab_server.config import get_federated_extensions
from voila.utils import get_voila_labextensions_path

from flysolo.problems import ContentError, InputError
from flysolo.ui.assets import STYLESHEET, stylesheet
from flysolo.ui.chart import label_places, line_chart, ticks
from flysolo.ui.dials import Dials
from flysolo.ui.fold import Fold
from flysolo.ui.panel import FAULT_STATUS, Panel
from flysolo.ui.voila_config import EXTENSIONS, TEMPLATE, jupyter_path, voila_settings

QUESTION = {
    "type": "question",
    "id": "q",
    "legend": "What first?",
    "kind": "one",
    "options": [{"id": "a", "text": "A"}],
}
SLIDER = {
    "name": "nose",
    "label": "Nose",
    "unit": "cmH2O",
    "low": 1,
    "high": 20,
    "step": 1,
    "value": 3,
    "kind": "slider",
}
CHOICE = {"name": "stage", "label": "Stage", "kind": "choice", "options": ["awake", "asleep"], "value": "awake"}


def panel_with(*blocks: dict) -> Panel:
    return Panel({"blocks": list(blocks)})


# ---- panel -----------------------------------------------------------------------------------------------------


def test_an_event_of_the_page_reaches_every_handler_whole():
    panel, seen = panel_with(QUESTION), []
    panel.on_event(seen.append)
    panel.on_event(seen.append)
    assert panel.receive({"do": "save", "id": "q", "value": "a", "n": 7}) is True
    assert seen == [{"do": "save", "id": "q", "value": "a"}] * 2


def test_a_fault_becomes_kind_words_and_never_a_traceback(capsys):
    panel, told = panel_with(QUESTION), []
    panel.on_event(lambda event: 1 / 0)
    panel.on_fault(lambda error, event: told.append((error, event)))
    assert panel.receive({"do": "save", "id": "q", "value": "my words"}) is False
    assert panel.view["status"] == FAULT_STATUS
    assert panel.view["blocks"] == [QUESTION]
    assert "ZeroDivisionError" not in str(panel.view) + "".join(capsys.readouterr())
    assert isinstance(told[0][0], ZeroDivisionError)


def test_the_fault_log_is_not_handed_what_was_typed():
    panel, told = panel_with(QUESTION), []
    panel.on_event(lambda event: 1 / 0)
    panel.on_fault(lambda error, event: told.append(event))
    panel.receive({"do": "save", "id": "q", "value": "a name"})
    assert told == [{"do": "save", "id": "q"}]


def test_a_fault_hook_that_raises_does_not_reach_the_mentee():
    panel = panel_with(QUESTION)
    panel.on_event(lambda event: 1 / 0)
    panel.on_fault(lambda error, event: 1 / 0)
    assert panel.receive({"do": "save", "id": "q"}) is False


def test_a_fault_nobody_listens_for_is_logged(caplog):
    panel = panel_with(QUESTION)
    panel.on_event(lambda event: 1 / 0)
    with caplog.at_level(logging.ERROR, logger="flysolo.ui"):
        panel.receive({"do": "save", "id": "q", "value": "typed words"})
    assert "ZeroDivisionError" in caplog.text
    assert "typed words" not in caplog.text


def test_every_numbered_message_is_answered_so_that_silence_means_lost_touch(monkeypatch):
    panel, sent = panel_with(QUESTION), []
    monkeypatch.setattr(panel, "send", sent.append)
    panel._answer({"do": "save", "id": "q", "value": "a", "n": 1})
    panel.on_event(lambda event: 1 / 0)
    panel._answer({"do": "save", "id": "q", "value": "a", "n": 2})
    assert sent == [{"ack": 1, "ok": True}, {"ack": 2, "ok": False}]


def test_saying_something_leaves_the_rest_of_the_view_alone():
    panel = panel_with(QUESTION)
    panel.say("Saved at 14:03.")
    assert panel.view["status"] == "Saved at 14:03."
    assert panel.view["blocks"] == [QUESTION]


@pytest.mark.parametrize(
    ("block", "named"),
    [
        ({"type": "qestion"}, "Did you mean “question”?"),
        ({"type": "question", "legend": "?", "kind": "text"}, "blocks[0].id"),
        ({**QUESTION, "kind": "slider"}, "blocks[0].kind"),
        ({**QUESTION, "legend": ""}, "blocks[0].legend"),
        ({**QUESTION, "options": []}, "blocks[0].options"),
        ({**QUESTION, "kind": "fields", "fields": [{"legend": "Why?", "kind": "text"}]}, "blocks[0].fields[0].id"),
        ({**QUESTION, "kind": "fields", "fields": [{"id": "x", "legend": "?", "kind": "fields"}]}, "fields[0].kind"),
    ],
)
def test_a_block_that_cannot_be_shown_is_named_to_its_author(block, named):
    with pytest.raises(ContentError, match=re.escape(named)):
        panel_with(block)


def test_two_questions_with_one_id_are_refused():
    with pytest.raises(ContentError, match="appears once"):
        panel_with(QUESTION, QUESTION)


def test_a_form_of_several_fields_needs_no_legend_of_its_own():
    field = {"id": "x", "legend": "Why?", "kind": "text"}
    panel = panel_with({"type": "question", "id": "q", "legend": "", "kind": "fields", "fields": [field]})
    assert panel.view["blocks"][0]["fields"] == [field]


def test_page_headings_never_compete_with_the_pages_own():
    with pytest.raises(ContentError, match="level"):
        Panel({"level": 1, "blocks": []})


# ---- dials -----------------------------------------------------------------------------------------------------


def test_dials_start_where_their_specs_say():
    assert Dials([SLIDER, CHOICE]).values == {"nose": 3, "stage": "awake"}


@pytest.mark.parametrize(("sent", "kept"), [(99, 20), (-5, 1), ("7.5", 7.5), ("many", 3), (None, 3)])
def test_a_value_outside_its_dial_is_held_inside(sent, kept):
    dials = Dials([SLIDER])
    dials.values = {"nose": sent}
    assert dials.values == {"nose": kept}


def test_a_choice_that_is_not_offered_and_a_dial_that_is_not_there_are_ignored():
    dials = Dials([SLIDER, CHOICE])
    dials.values = {"stage": "flying", "mouth": 4}
    assert dials.values == {"nose": 3, "stage": "awake"}


def test_reset_puts_every_dial_back():
    dials = Dials([SLIDER, CHOICE])
    dials.values = {"nose": 9, "stage": "asleep"}
    dials.reset()
    assert dials.values == {"nose": 3, "stage": "awake"}


@pytest.mark.parametrize(
    "slip",
    [{"kind": "knob"}, {"low": None}, {"label": None}, {"value": 50}, {"kind": "choice"}],
)
def test_a_spec_that_cannot_be_turned_is_named_to_its_author(slip):
    with pytest.raises(ContentError, match=r"nose"):
        Dials([SLIDER | slip])


# ---- chart -----------------------------------------------------------------------------------------------------


def two_lines():
    return line_chart("Flow", "Effort (cmH2O)", "Flow (L/s)", (0, 20), (0, 1.2), [("then", "dashed"), ("now", "solid")])


def test_a_chart_says_in_words_and_numbers_what_it_draws():
    chart = two_lines()
    chart.update([([0, 20], [0, 1]), ([0, 20], [0, 0.5])], "Half as much.", ["Effort", "Flow"], [[20, 0.5]])
    assert chart.words.sentence == "Half as much."
    assert chart.words.rows == [["20", "0.5"]]
    assert "Effort (cmH2O)" in chart.words.name and "now (solid line)" in chart.words.name


def test_lines_that_only_color_would_tell_apart_are_refused():
    with pytest.raises(InputError, match="another dash"):
        line_chart("Flow", "x", "y", (0, 1), (0, 1), [("then", "solid"), ("now", "solid")])


def test_a_missing_series_is_named():
    with pytest.raises(InputError, match="2 lines"):
        two_lines().update([([0], [0])], "", [], [])


def test_names_of_lines_that_coincide_do_not_lie_on_each_other():
    chart = two_lines()
    x = np.linspace(0, 20, 81)
    label_x, label_y = label_places([(x, x / 20), (x, x / 20)], chart._labels.scales)
    assert abs(label_x[0] - label_x[1]) >= 0.4 * 20 or abs(label_y[0] - label_y[1]) >= 0.1 * 1.2


def test_names_stand_where_the_lines_are_apart():
    chart = two_lines()
    x = np.linspace(0, 20, 81)
    # The lines run together up to 15 and part afterwards.
    label_x, _ = label_places([(x, np.full_like(x, 0.4)), (x, np.where(x > 15, 1.0, 0.4))], chart._labels.scales)
    assert (label_x > 15).any()


@pytest.mark.parametrize(("low", "high"), [(0, 20), (0, 1.2), (-25, 5), (60, 100), (0, 0.03)])
def test_axes_carry_a_few_round_numbers_within_their_range(low, high):
    marks = ticks(low, high)
    assert 4 <= len(marks) <= 8
    assert marks[0] >= low and marks[-1] <= high + 1e-9
    assert all(len(f"{mark:g}") <= 6 for mark in marks)


def test_a_chart_does_not_make_every_lesson_wait_for_pandas():
    code = (
        "import sys; from flysolo.ui.chart import line_chart;"
        "c = line_chart('a', 'b', 'c', (0, 1), (0, 1), [('d', 'solid')]);"
        "c.update([([0, 1], [0, 1])], '', [], []);"
        "assert 'pandas' not in sys.modules; import pandas; assert pandas.DataFrame({'a': [1]}).shape == (1, 1);"
        "assert sys.modules['bqplot.traits'].pd.Series([1]).sum() == 1"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_fold_takes_new_content_under_the_name_that_html_widgets_use():
    fold = Fold("Show me the sum")
    fold.value = "<p>1 + 1</p>"
    assert (fold.summary, fold.value) == ("Show me the sum", "<p>1 + 1</p>")


# ---- settings and style ----------------------------------------------------------------------------------------


def test_the_template_lies_where_the_settings_send_the_server():
    assert voila_settings()["VoilaConfiguration"]["template"] == TEMPLATE
    assert (jupyter_path() / "voila" / "templates" / TEMPLATE / "index.html.j2").is_file()


def test_every_extension_named_is_installed():
    installed = get_federated_extensions(get_voila_labextensions_path())
    assert [name for name in EXTENSIONS if name not in installed] == []


def test_pages_never_show_a_traceback_or_an_answer_file():
    settings = voila_settings()["VoilaConfiguration"]
    assert settings["show_tracebacks"] is False
    for name in ("answers.json", "lesson.ipynb", "key.yaml", "course.db", ".hidden/a.png"):
        shown = any(re.fullmatch(rule, name, re.IGNORECASE) for rule in settings["file_allowlist"])
        kept = any(re.fullmatch(rule, name, re.IGNORECASE) for rule in settings["file_denylist"])
        assert kept or not shown, name


def _luminance(color: str) -> float:
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_text_color_can_be_read_on_every_ground():
    colors = dict(re.findall(r"--fs-([a-z-]+): (#[0-9a-f]{6});", stylesheet()))
    grounds = [colors[name] for name in ("paper", "card", "accent-wash", "ochre-wash", "plum-wash")]
    inks = [colors[name] for name in ("ink", "ink-soft", "accent", "accent-deep", "ochre", "plum")]
    low = [(ink, ground) for ink in inks for ground in grounds if _contrast(ink, ground) < 4.5]
    assert low == []
    assert all(_contrast(colors["edge"], ground) >= 3 for ground in grounds)


def test_the_stylesheet_loads_nothing():
    text = STYLESHEET.read_text(encoding="utf-8")
    assert "@import" not in text and "url(" not in text and "http" not in text


def test_a_widget_that_brings_its_style_along_changes_nothing_around_it():
    rules = re.sub(r"/\*.*?\*/", "", stylesheet(), flags=re.DOTALL)
    selectors = [each.strip() for each in re.findall(r"([^{}]+)\{", rules)]
    ours = ("fs-", ":root", "@media", "@keyframes", "to")
    assert [
        each for each in selectors if not each.startswith("html:has(.fs-") and not any(o in each for o in ours)
    ] == []
    assert [each for each in selectors if re.match(r"(\.jp-|\.lm-|body|h[1-6]|p\b|a\b|table)", each)] == []
