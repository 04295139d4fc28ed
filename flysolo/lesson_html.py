"""The parts of a lesson that only say something: evidence, steps, limits, the script card."""

from __future__ import annotations

from html import escape

from flysolo.evidence import card_html, cite_short, one_line
from flysolo.markup import inline, to_html
from flysolo.schema.lesson import Lesson


def evidence(finding_ids: tuple[str, ...]) -> str:
    """Evidence cards, each folded under its claim with design, number and year, so that a page can be read at once."""
    folded = (
        f'<details class="fs-details"><summary>{escape(one_line(each))}</summary>{card_html(each)}</details>'
        for each in finding_ids
    )
    return f'<div class="fs-evidence-list">{"".join(folded)}</div>'


def behind(finding_ids: tuple[str, ...]) -> str:
    """What a list of evidence cards is called."""
    return "The study behind this" if len(finding_ids) == 1 else "The studies behind this"


def folded(finding_ids: tuple[str, ...]) -> dict[str, str]:
    """Evidence cards under one summary, as a panel folds them away."""
    return {"summary": behind(finding_ids), "html": evidence(finding_ids)}


def how(lesson: Lesson) -> str:
    """Steps for the chair; each names the mechanism that earns it and the studies under that."""
    mechanisms = {mechanism.id: mechanism for mechanism in lesson.mechanisms}
    items = []
    for step in lesson.how:
        mechanism = mechanisms[step.because]
        because = inline(_lower_first(mechanism.statement))
        cites = ", ".join(dict.fromkeys(escape(cite_short(each)) for each in mechanism.findings))
        say = f'<p class="fs-say">In words: “{inline(step.say)}”</p>' if step.say else ""
        items.append(
            f"<li><p><strong>{inline(step.do)}</strong></p>{say}"
            f'<p class="fs-because">Because {because} <small>({cites})</small></p></li>'
        )
    return f'<ol class="fs-how">{"".join(items)}</ol>'


def _lower_first(text: str) -> str:
    """A sentence as the end of another; a word that is all capitals (OSA) keeps them."""
    return text if text[:2].isalpha() and text[:2].isupper() else text[0].lower() + text[1:]


def leaves_out(lesson: Lesson) -> str:
    """What the model leaves out, and the case in which it misleads."""
    items = "".join(f"<li>{inline(item)}</li>" for item in lesson.leaves_out.items)
    return (
        f'<ul class="fs-leaves-out">{items}</ul><div class="fs-note"><p><strong>A child it misleads about.</strong></p>'
        f"{to_html(lesson.leaves_out.misleads)}</div>"
    )


def script_card(lesson: Lesson) -> str:
    """The script card as a definition list; the last line says when it breaks."""
    card = lesson.script_card
    rows = (
        ("Who", card.who),
        ("What made them vulnerable", card.vulnerable),
        ("The fault", card.fault),
        ("What follows", card.consequences),
        ("What would be different in its twin", card.twin_condition),
        ("Breaks when", card.breaks_when),
    )
    body = "".join(f"<dt>{escape(name)}</dt><dd>{inline(text)}</dd>" for name, text in rows)
    return f'<section class="fs-card fs-script"><h3>{inline(card.condition)}</h3><dl>{body}</dl></section>'
