"""The outcome of the needs assessment on the page: words first, then why, case by case; numbers only if asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flysolo import calibration, lesson_html
from flysolo.caseview import Block
from flysolo.lesson_pages import PRIVATE, option_words
from flysolo.markup import inline, to_html
from flysolo.needs import Standing, number, suggested
from flysolo.schema.course import Module
from flysolo.schema.needs import NeedsCase

_LABELS = {"decision": "Your decision", "reason": "Your reason"}


def outcome_blocks(
    found: list[Standing], words: Sequence[str], expected: int | None, modules: dict[str, Module]
) -> Iterator[Block]:
    """The reading, and the words on every answered case folded under it."""
    told = "".join(f"<p>{inline(each)}</p>" for each in words)
    yield {
        "type": "feedback",
        "id": "outcome",
        "tone": "plain",
        "heading": "Where you stand",
        "html": f"{told}{_where_to_begin(found, modules)}<p><small>{PRIVATE}</small></p>",
        "more": [{"summary": "Beside your prediction", "html": _beside(found, expected)}],
    }
    yield {"type": "html", "id": "whys", "html": "<h3>Case by case: why</h3>"}
    yield from (_why(each) for each in found if each.answered)
    if any(not each.answered for each in found):
        yield {"type": "html", "id": "left", "html": "<h3>What you left out</h3>"}


def _where_to_begin(found: list[Standing], modules: dict[str, Module]) -> str:
    """The first few modules worth beginning with; those that are open as links."""
    links = []
    for module in (modules[each] for each in suggested(found)[:3]):
        if module.status == "open":
            href = f"/voila/render/lessons/{module.id}/lesson.ipynb"
            links.append(f'<li><a href="{href}">{inline(module.title)}</a></li>')
        else:
            links.append(f"<li>{inline(module.title)} (being written)</li>")
    return f"<p>Begin in this order:</p><ol>{''.join(links)}</ol>" if links else ""


def _beside(found: list[Standing], expected: int | None) -> str:
    """The first point of the mentee's own calibration, after the words and only when asked for."""
    answered = [each for each in found if each.answered]
    steps = calibration.by_step((each.confidence, each.held) for each in answered)
    held = sum(each.held for each in answered)
    said = (
        f"You expected {expected} of {len(found)}. You answered {len(answered)}, and in {held} the evidence bears out "
        "both decision and reason. This is the first point of your own calibration; it is yours alone."
    )
    items = "".join(f"<li>{inline(calibration.step_sentence(step))}</li>" for step in steps)
    chart = calibration.chart_html(steps, "Your answers by how sure you were.")
    return f"<p>{said}</p>{chart}<ul>{items}</ul>"


def _why(each: Standing) -> Block:
    case = each.case
    html = to_html(case.story)
    for tier, chosen in (("decision", each.decision), ("reason", each.reason)):
        html += _tier_words(case, tier, chosen)
    html += f"<h4>{lesson_html.behind(case.findings)}</h4>{lesson_html.evidence(case.findings)}"
    summary = f"Module {number(case.module)}. {case.title}"
    return {"type": "details", "id": f"{case.id}-why", "summary": summary, "html": html}


def _tier_words(case: NeedsCase, tier: str, chosen: str) -> str:
    """Words for what was chosen, for what the findings support, and folded for the others."""
    question = getattr(case, tier)
    yours, supported = question.option(chosen), question.option(question.supported)
    held = chosen == question.supported
    close = "The evidence bears this out." if held else "The evidence points elsewhere here."
    html = f"<h4>{_LABELS[tier]}: {inline(yours.text)}</h4><p><em>{close}</em></p>{option_words(yours.words)}"
    if not held:
        html += f"<h4>What the evidence supports: {inline(supported.text)}</h4>{option_words(supported.words)}"
    for option in question.options:
        if option.id not in (chosen, question.supported):
            summary = f"<summary>Another choice: {inline(option.text)}</summary>"
            html += f'<details class="fs-details">{summary}<div>{option_words(option.words)}</div></details>'
    return html
