"""What the mentor sees of one answer inside the marked notebook: in formgrader, in JupyterLab, anywhere.

Words that a mentee typed reach a page that renders Markdown, raw HTML and formulas. They are therefore written
character by character as references inside a preformatted line, where none of the three can begin.
"""

from __future__ import annotations

import html
import re
import unicodedata

from flysolo.content import Case
from flysolo.markup import inline, to_html
from flysolo.schema.family import Question
from graders.keys import JustificationKey
from graders.marking import Mark, fill

_PLAIN = re.compile(r"[A-Za-z0-9 ,]")
#: Invisible marks that turn the direction of text; they could make an answer read as another one.
_TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f")

_QUOTE = (
    "white-space:pre-wrap;word-break:normal;overflow-wrap:anywhere;font-family:inherit;"
    "border-left:3px solid #888;padding-left:.8em;margin:.3em 0"
)
_TOP, _PAD = 'style="vertical-align:top"', 'style="padding:0 1em .8em 0"'
_OPEN = '<div class="flysolo-card">'

STATE_WORDS = {
    "answered": "",
    "not answered": "Not answered. It is 0 in the gradebook, which knows no blank; the mentee is told it is open.",
    "earlier wording": "Answered to an earlier wording. Shown, not marked.",
    "waits for mentor": "Waits for your mark.",
    "contested": "Contested: the answer is not marked, the reasons are. The gradebook gives the point back.",
    "cannot be marked": "It cannot be marked.",
}


def neutral(text: str) -> str:
    """Somebody's words as references that neither Markdown nor a browser nor MathJax can read as anything else."""
    return "".join(_reference(character) for character in text.strip())


def _reference(character: str) -> str:
    if character in _TURNING or (unicodedata.category(character) == "Cc" and character not in "\n\t"):
        return "&#65533;"
    return character if _PLAIN.match(character) else f"&#{ord(character)};"


def quoted(text: str) -> str:
    """Somebody's words as one preformatted line of HTML; MathJax leaves preformatted text alone."""
    return f'<pre class="tex2jax_ignore mathjax_ignore" style="{_QUOTE}">{neutral(text)}</pre>'


def one_line(markup: str) -> str:
    """Markup without line breaks, so that Markdown takes it for one block and reads nothing inside it."""
    return re.sub(r"\s*\n\s*", " ", markup).strip()


def excerpt(case: Case, length: int = 180) -> str:
    """The beginning of the child's story, to know which child this is."""
    text = " ".join(case.text(case.family.story).split())
    return text if len(text) <= length else text[: text.rfind(" ", 0, length)] + " …"


def card(case: Case, question: Question, mark: Mark) -> str:
    """One marked answer: the question, the child, what was chosen, the key's words."""
    parts = [f"<p><strong>{inline(case.text(question.ask))}</strong></p>"]
    parts.append(_child(case) if question.kind == "decision" else f"<p><em>{html.escape(excerpt(case))}</em></p>")
    if question.kind == "twin":
        parts.append(f"<p>{inline(case.text(case.family.twin.change))}</p>")
    if question.kind == "new_information":
        parts.append(f"<p>{inline(case.text(question.information))}<br>{inline(case.text(question.hypothesis))}</p>")
    parts += [f"<p>{html.escape(note)}</p>" for note in (STATE_WORDS[mark.state], mark.note) if note]
    parts += [_choice(mark, each, text) for each, text in mark.chosen]
    parts += [quoted(text) for text in mark.own_words.values()]
    parts += _keyed(mark)
    return one_line(f"{_OPEN}{''.join(parts)}</div>")


def _child(case: Case) -> str:
    rows = "".join(f"<tr><th>{inline(label)}</th><td>{inline(text)}</td></tr>" for label, text in case.findings())
    return f"{to_html(case.text(case.family.story))}<table>{rows}</table>"


def _choice(mark: Mark, option: str, text: str) -> str:
    stands = mark.standing.get(option, "")
    words = mark.words.get(option)
    said = "".join(
        f"<li>{label}: {inline(getattr(words, name))}</li>"
        for name, label in (("sees", "Sees"), ("leads", "Leads there"), ("breaks", "Breaks"), ("look", "Look"))
        if words
    )
    rule = f" (rote rule {words.rule})" if words and words.rule else ""
    heading = f"<p>Chosen: <strong>{inline(text)}</strong>{f' — {stands}' if stands else ''}{rule}</p>"
    return heading + (f"<ul>{said}</ul>" if said else "")


def _keyed(mark: Mark) -> list[str]:
    parts = []
    if mark.percent is not None:
        parts.append(f"<p>Said {mark.percent:g} %; known rate {mark.truth_percent or 0:g} %.</p>")
    if mark.slipped:
        parts.append("<p>Sound idea, slipped: the reason is supported, the decision is not.</p>")
    if mark.keyed:
        parts.append(f"<p>The key supports: {inline('; '.join(text for _, text in mark.keyed))}</p>")
    if mark.because:
        parts.append(f"<p>{inline(mark.because)}</p>")
    return parts


def summary_text(mark: Mark) -> str:
    """A card in one line of plain text, for where HTML is not shown."""
    chosen = "; ".join(text for _, text in mark.chosen) or mark.state
    return f"{mark.family}, {mark.question}: {chosen}"


def justification_source(case: Case, question: Question, mark: Mark, key: JustificationKey | None) -> str:
    """The words to be marked, with the anchors beside them, as Markdown that holds nothing but one HTML line."""
    labels = {"because": "How they lead to the decision", "change_mind": "What would have changed it", "text": "Words"}
    parts = [f"<p><strong>{inline(case.text(question.ask))}</strong></p>"]
    parts += [f"<p><strong>{html.escape(mark.note)}</strong></p>"] if mark.note else []
    parts.append(f"<p><em>{html.escape(excerpt(case))}</em></p>")
    if mark.chosen:
        names = {"supported": " — a link the key names", "neither": ""}
        items = "".join(
            f"<li>{inline(text)}{names.get(mark.standing.get(each, ''), '')}</li>" for each, text in mark.chosen
        )
        parts.append(f"<p>Rests on:</p><ul>{items}</ul>")
    parts += [f"<p>{labels[name]}:</p>{quoted(text)}" for name, text in mark.own_words.items()]
    if key:
        parts.append(f"<p>{inline(fill(case, key.because))}</p>{_anchors(case, key)}")
    return one_line(f"{_OPEN}{''.join(parts)}</div>")


def with_note(source: str, note: str) -> str:
    """A justification's source with a note to the mentor in front of the words."""
    return source.replace(_OPEN, f"{_OPEN}<p><strong>{html.escape(note)}</strong></p>", 1)


def _anchors(case: Case, key: JustificationKey) -> str:
    rows = "".join(
        f"<tr {_TOP}><th {_PAD}>{anchor.mark}</th><td {_PAD}>{inline(fill(case, anchor.says))}</td>"
        f"<td>{'<br><br>'.join(inline(fill(case, each)) for each in anchor.examples)}</td></tr>"
        for anchor in key.anchors
    )
    return f"<table><tr><th>Mark</th><th>What it says</th><th>Two examples</th></tr>{rows}</table>"
