"""The evidence card: one finding with its study, its numbers and its doubts, as safe HTML; and shorter forms of it."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from flysolo.evidence.citations import UNCONFIRMED, link
from flysolo.evidence.errors import NotShown, UnknownFinding
from flysolo.evidence.store import Evidence, load_evidence

if TYPE_CHECKING:
    from flysolo.evidence.models import Finding, Reference

HOW_FAR = {
    "full-text": "We read the table or passage that holds these numbers.",
    "abstract": "We read the abstract or record, not the whole paper.",
    "secondary": "We read this in another source that reports it, not in the paper itself.",
}
_COUNTS = ("n", "n_total", "n_randomized")
_TITLE_WORDS = 7
_NAMES = "Hong Kong|German|Greek|Swedish|Malaysian|Japanese|Chinese|Canadian|Caucasian|Thai|UK|US|AASM|Cochrane|Delphi"


def card_html(finding_id: str, *, evidence: Evidence | None = None) -> str:
    """One finding as a card; raises NotShown for a finding that was recalled and not read."""
    evidence = evidence or load_evidence()
    finding = _shown(finding_id, evidence)
    rows = (
        ("Study", _study(evidence.reference(finding.source))),
        ("Design", escape(_sentence(finding.design))),
        ("How many, what ages", escape(_population(finding))),
        ("Numbers", _numbers(finding, evidence)),
        ("Limits", escape(finding.limits)),
        ("A study that disagrees", _sources(finding.contradicted_by, evidence)),
        ("See also", _sources(finding.also_source, evidence)),
        ("What would change our mind", escape(finding.would_change_our_mind or "")),
        ("How far we checked it", escape(HOW_FAR[finding.verified])),
    )
    body = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in rows if text)
    return f'<article class="fs-evidence"><h4>{escape(finding.claim)}</h4><dl>{body}</dl></article>'


def cite_short(finding_id: str, *, evidence: Evidence | None = None) -> str:
    """The paper behind a finding in a few words: “Goh 2000”, or its short title if its authors were not read."""
    evidence = evidence or load_evidence()
    return short_name(evidence.reference(_shown(finding_id, evidence).source))


def one_line(finding_id: str, *, evidence: Evidence | None = None) -> str:
    """The claim with what it rests on: design, in how many of what age, year."""
    evidence = evidence or load_evidence()
    finding = _shown(finding_id, evidence)
    year = evidence.reference(finding.source).year
    parts = (_lower_first(finding.design), _lower_first(_population(finding)), year)
    basis = "; ".join(str(part) for part in parts if part)
    return f"{finding.claim.rstrip('.')} ({basis})."


def short_name(reference: Reference) -> str:
    """A paper in a few words, from fields that were read."""
    if authors := reference.known("author"):
        name = authors[0].family or authors[0].literal
    elif title := reference.known("title"):
        name = _short_title(title)
    else:
        name = "a paper whose record awaits confirmation"
    return f"{name} {reference.year}" if reference.year else str(name)


def _shown(finding_id: str, evidence: Evidence) -> Finding:
    finding = evidence.finding(finding_id)
    if finding.verified == "memory":
        raise NotShown(finding)
    return finding


def _short_title(title: str) -> str:
    plain = title.strip("[]")
    head = re.split(r"[:;?]", plain)[0]
    words = head.split()
    short = " ".join(words[:_TITLE_WORDS]).rstrip(",")
    return f"“{short}…”" if len(words) > _TITLE_WORDS or head != plain else f"“{short}”"


def _study(reference: Reference) -> str:
    if reference.custom.citation:
        citation = reference.custom.citation
    else:  # a paper added since the citations were last rendered
        from flysolo.evidence.citations import render

        citation = render(reference)
    found = link(reference)
    if not found:
        return escape(citation)
    address, words = found
    anchor = f'<a href="{escape(address, quote=True)}" rel="noopener noreferrer">{escape(words)}</a>'
    return anchor if citation == UNCONFIRMED else f"{escape(citation)} {anchor}"


def _numbers(finding: Finding, evidence: Evidence) -> str:
    from flysolo.evidence.numbers import in_words

    def cite(source: str) -> str:
        try:
            return short_name(evidence.reference(source))
        except UnknownFinding:  # a phrase, not a paper
            return source

    rows = in_words(finding.numbers, evidence.number_words, cite)
    items = [f"<li>{escape(label)}: {escape(text)}</li>" for label, text in rows]
    ours = in_words(finding.derived, evidence.number_words, cite)
    items += [f"<li>{escape(label)}: {escape(text)} (our arithmetic)</li>" for label, text in ours]
    return f"<ul>{''.join(items)}</ul>" if items else ""


def _sources(names: tuple[str, ...], evidence: Evidence) -> str:
    return escape("; ".join(short_name(evidence.reference(name)) for name in names))


def _population(finding: Finding) -> str:
    """Whom it was seen in; the number studied is added when the words do not carry one."""
    text = _sentence(finding.population)
    counted = next((finding.numbers[key] for key in _COUNTS if isinstance(finding.numbers.get(key), int)), None)
    if counted is None or str(counted) in re.sub(r"\D+", " ", text).split():
        return text
    return f"{text}; n = {counted:,}" if counted >= 10_000 else f"{text}; n = {counted}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower_first(text: str) -> str:
    """A phrase as it stands inside a sentence; abbreviations (RCT, CHAT) and names keep their capitals."""
    common = re.match(r"[A-Z][a-z-]*(?=[ ,;/]|$)", text)
    return text[:1].lower() + text[1:] if common and not re.match(_NAMES, text) else text
