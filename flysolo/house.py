"""Who sees what, and when to phone somebody today, as HTML: one wording for the first unit and for the pages around.

Everything in it is our own content; nothing that a person typed passes through here.
"""

from __future__ import annotations

from html import escape

from flysolo.content import load_privacy, load_safety
from flysolo.evidence import card_html
from flysolo.markup import inline
from flysolo.problems import ContentError
from flysolo.schema.house import SafetyRow

#: Who sees a thing, as the table says it, in the order of the table.
WHO = {
    "mentor": "Your mentor sees",
    "shared": "Your mentor sees only if you share it",
    "nobody": "Nobody sees but you",
}
SPEED = {
    "now": "Now: the emergency number",
    "today": "Today: the phone",
    "week": "This week, marked urgent or prompt",
}
_COLUMNS = ("What you see or hear", "Then")
AWAITS = "Our rule, awaiting clinical review."


def privacy_html() -> str:
    """The exception first, then who sees what, as one table."""
    privacy = load_privacy()
    groups = []
    for who, heading in WHO.items():
        rows = [row for row in privacy.rows if row.who == who]
        items = "".join(
            f"<li>{inline(row.what)}{f' <small>{inline(row.words)}</small>' if row.words else ''}</li>" for row in rows
        )
        groups.append(f'<tr><th scope="row">{escape(heading)}</th><td><ul>{items}</ul></td></tr>')
    return f'<div class="fs-note"><p>{inline(privacy.exception)}</p></div>' + _table(
        "Who sees what", "What leaves this computer, and what never does", ("Who", "What"), groups
    )


def safety_html() -> str:
    """The lines by how fast they call, what to say on the phone, and the pathways under them."""
    safety, rows = load_safety(), safety_rows()
    say = "".join(f"<li>{inline(line)}</li>" for line in safety.say)
    return (
        f'<div class="fs-note"><p>{inline(safety.first)}</p></div>'
        + _table("When to phone", "By how fast it calls; local pathways differ", _COLUMNS, _by_speed(rows))
        + f"<h3>What to say on the phone</h3><ol>{say}</ol><p>{inline(safety.numbers)}</p>"
        + f"<h3>Where these lines come from</h3>{_sources(rows)}"
    )


def safety_rows() -> list[SafetyRow]:
    """Lines whose findings can all be shown; a statement that has lost its source is not made."""
    return [row for row in load_safety().rows if all(_card(each) for each in row.findings)]


def _by_speed(rows: list[SafetyRow]) -> list[str]:
    """Table rows, each group under a heading of its own."""
    made = []
    for speed, heading in SPEED.items():
        group = [row for row in rows if row.speed == speed]
        if group:
            made.append(f'<tr><th scope="rowgroup" colspan="2" class="fs-speed">{escape(heading)}</th></tr>')
        made += [f'<tr><th scope="row">{inline(row.when)}</th><td>{inline(row.do)}</td></tr>' for row in group]
    return made


def _sources(rows: list[SafetyRow]) -> str:
    ours = "".join(
        f"<li><strong>{inline(row.when)}</strong>: {inline(row.course_rule)} <em>{AWAITS}</em></li>"
        for row in rows
        if row.course_rule
    )
    cards = "".join(_card(each) for each in dict.fromkeys(each for row in rows for each in row.findings))
    return (
        f'<details class="fs-details"><summary>What the course decided itself</summary><ul>{ours}</ul></details>'
        f'<details class="fs-details"><summary>The pathways and studies</summary>'
        f'<div class="fs-evidence-list">{cards}</div></details>'
    )


def _card(finding: str) -> str:
    """An evidence card, or "" when it cannot be shown."""
    try:
        return card_html(finding)
    except (ContentError, KeyError):
        return ""


def _table(label: str, caption: str, columns: tuple[str, str], rows: list[str]) -> str:
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in columns)
    return (
        f'<div class="fs-table-wrap" role="region" aria-label="{escape(label)}" tabindex="0">'
        f'<table class="fs-table fs-house"><caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )
