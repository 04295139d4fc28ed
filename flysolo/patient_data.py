"""Looking over free text for what might point to a real patient, before it is saved; nothing leaves this computer.

It warns and never forbids: a pattern cannot know whether “Anna Schmidt” was invented, and the person who typed it does.
So it errs on the quiet side, names the spot, and lets the words be saved as they are. It replaces no one's judgement:
a rare story can point to a child without any name in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from flysolo.given_names import GIVEN_NAMES

_MONTHS = (
    "jan(?:uary|uar)?|feb(?:ruary|ruar)?|mar(?:ch)?|märz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?"
    "|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?"
)
_YEAR = r"(?:19|20)\d\d"
_DAY, _MONTH = r"(?:0?[1-9]|[12]\d|3[01])", r"(?:0?[1-9]|1[0-2])"
_CAP = r"[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿß]+(?:['’-][A-ZÀ-ÖØ-Þa-zà-öø-ÿß]+)*"
_PERSON = (
    "patient|pt|mother|father|mum|mom|dad|parent|parents|brother|sister|sibling|cousin|aunt|uncle|grandmother"
    "|grandfather|girl|boy|child|son|daughter|twin|man|woman|baby|toddler|teenager|kid|lady|gentleman"
)
_STREET = (
    "Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Ct|Crescent|Close|Terrace|Highway|Way|Place"
    "|Square"
)
_EPONYM_WORDS = """
mallampati brodsky friedman down prader willi pierre robin marfan crouzon apert treacher collins stickler ehlers danlos
noonan turner kleefstra arnold chiari hunter hurler duchenne moebius mobius goldenhar beckwith wiedemann epworth berlin
stop bang cochrane angle frankfort waldeyer starling mueller müller cheyne stokes cottle ricketts herbst bionator
frankel fränkel hyrax haas marchesani bernoulli bayes poiseuille fick
"""
#: Names of tests, syndromes and measures: after “patient” they name no patient, after a given name they may.
_EPONYMS = frozenset(_EPONYM_WORDS.split())
_ORDINARY_WORDS = """
i he she we they it his her the a an and but or if so then because when while since after before with without no not
yes this that these those there here who what where why how is was has had does did can could should would may might
must will refer watch wait order ask see send call keep treat test class grade type stage phase score level night
day twin january february march april may june july august september october november december monday tuesday
wednesday thursday friday saturday sunday english german french spanish american european british canadian asian
african information leaflet education safety centered care history consent records chart note letter
"""
#: Words that stand capitalized where a name could, and are none.
_ORDINARY = frozenset(_ORDINARY_WORDS.split())


@dataclass(frozen=True)
class Spot:
    """One place that looks like patient data: what kind of thing it is, and the words themselves."""

    kind: str
    text: str
    start: int


def _compile(pattern: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile(pattern, flags)


#: What is found by its form alone. Numbers of papers and trials are kept out by what stands before them.
_FORMS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("an e-mail address", _compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("a date", _compile(rf"(?<![\d./-]){_DAY}([./]){_MONTH}\1(?:{_YEAR}|\d\d)(?![\d./]\d|\d)")),
    ("a date", _compile(rf"(?<![\d./-]){_MONTH}([./]){_DAY}\1(?:{_YEAR}|\d\d)(?![\d./]\d|\d)")),
    ("a date", _compile(rf"(?<![\d./-]){_DAY}-{_MONTH}-{_YEAR}(?!\d)")),
    ("a date", _compile(rf"(?<![\d./-]){_YEAR}[-./]{_MONTH}[-./]{_DAY}(?!\d)")),
    ("a date", _compile(rf"\b{_DAY}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?:{_MONTHS})\.?,?\s+{_YEAR}\b")),
    ("a date", _compile(rf"\b(?:{_MONTHS})\.?\s+{_DAY}(?:st|nd|rd|th)?,?\s+{_YEAR}\b")),
    (
        "a date of birth",
        _compile(
            rf"\b(?:born|geb(?:oren)?\.?|birthday|birth\s?date|date of birth|d\.?o\.?b\.?)\b\W{{0,3}}"
            rf"(?:(?:is|was|on|in|am|the)\s+){{0,3}}"
            rf"(?:{_DAY}[./-]{_MONTH}[./-]{_YEAR}|{_YEAR}-{_MONTH}-{_DAY}|{_DAY}(?:st|nd|rd|th|\.)?\s+(?:of\s+)?(?:{_MONTHS})\b|(?:{_MONTHS})\s+(?:{_YEAR}|{_DAY})\b"
            rf"|{_YEAR}\b|{_DAY}[./-]{_MONTH}\b)"
        ),
    ),
    (
        "a record or insurance number",
        _compile(
            r"\b(?:mrn|nhs|medicare|medicaid|ssn|social security|insurance|policy|versicherten\w*|kvnr"
            r"|(?:patient|record|chart|file|hospital|case|member|health card)s?[\s-]*(?:id|no|nr|num|number|#))"
            r"(?:\s*(?:id|no|nr|num|number))?[\s.:#=]*(?:is\s+|was\s+)?[\s:#]*(?=[A-Z]{0,3}[\d-])[A-Z]{0,3}\d[\d\s/-]{2,}\d"
        ),
    ),
    ("a record or insurance number", _compile(r"\bMRN?[\s.:#]*\d{3,}", re.IGNORECASE)),
    ("a number like a social security number", _compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])")),
    ("a number like an insurance number", _compile(r"\b[A-Z]\d{9}\b", 0)),
    (
        "a long number",
        _compile(r"(?<![\w./-])(?<!PMID )(?<!PMID: )(?<!PMID:)(?<!PMC)(?<!doi )(?<!trial )\d{8,12}(?![\w/]|\.\d)"),
    ),
    ("a phone number", _compile(r"(?<![\w.])\+\d{1,3}[\s./-]?(?:\(?\d{1,5}\)?[\s./-]?){2,5}\d{2,}")),
    ("a phone number", _compile(r"(?<![\w.])\(?0?\d{3}\)?[\s./-]\d{3}[\s./-]\d{4}(?!\d)")),
    (
        "a phone number",
        _compile(
            r"\b(?:phone|tel|telephone|mobile|cell|call(?: (?:her|him|them))?(?: on| at)?)\W{1,3}"
            r"(?:is\s+)?\(?[\d+][\d\s()/.-]{5,}\d"
        ),
    ),
    ("a phone number", _compile(r"(?<![\w./-])0\d{2,4}[\s/-]\d{4,}(?!\d)")),
    ("an address", _compile(rf"\b\d{{1,5}}[a-z]?\s+(?:{_CAP}\s+){{1,3}}(?:{_STREET})\b", 0)),
    ("an address", _compile(r"\b[A-ZÄÖÜ][a-zäöüß-]+(?:straße|strasse|str\.|weg|gasse|allee|platz)\s+\d{1,4}\b", 0)),
    ("an address", _compile(r"\b(?:rue|via|calle|avenida)\s+(?:[a-z]{2,3}\s+){0,2}[A-Z][a-z]+,?\s+\d{1,4}\b", 0)),
    (
        "an address",
        _compile(rf"\b[A-Z]{{1,2}}\d[A-Z\d]?\s\d[A-Z]{{2}}\b|\b[A-Z]{{2}}\s\d{{5}}\b|(?<!\d )\bD-\d{{5}}\s{_CAP}", 0),
    ),
    (
        "an address",
        _compile(
            rf"\b(?:lives?|living|resides?|address)\b\W{{1,3}}(?:(?:at|in|is)\W{{1,2}}){{0,2}}(?:\d{{5}}\s+{_CAP}|\d{{1,5}}\s+{_CAP})",
            0,
        ),
    ),
)
_TITLE = _compile(
    rf"\b(?:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Herr|Frau|Mme|Madame|Monsieur|Señora?|Sra?)\b\.?\s+((?:[A-Z]\.\s*)?{_CAP}(?:\s+{_CAP})?)",
    0,
)
_INITIALS = _compile(rf"(?i:\b(?:{_PERSON}|initials))\W{{1,3}}(?:(?:is|are|was)\s)?([A-Z]\.\s?[A-Z]\.)(?!\w)", 0)
_AFTER_PERSON = _compile(rf"(?i:\b(?:{_PERSON})),?\s+({_CAP})((?:\s+{_CAP})?)", 0)
_LOWER_AFTER_PERSON = _compile(r"\b(?:my|our|a|the) patient,?\s+([a-zà-öø-ÿ]+)\b")
_NAMED = _compile(
    rf"(?i:\b(?:name(?:'s|’s)?(?:\s+(?:is|was))?|named|called|surname|family name))\s*:?\s+({_CAP})((?:\s+{_CAP})?)", 0
)
_TWO = _compile(rf"\b({_CAP}) +(?:(?:von|van|de|da|di|la|el|al|der|den) +){{0,2}}({_CAP})\b", 0)
_TURNED = _compile(rf"\b({_CAP}),\s+({_CAP})\b(?=\s*(?:[,;(]|born|\d|$))", 0)


def spots(text: str, known: Iterable[str] = ()) -> tuple[Spot, ...]:
    """Places in ``text`` that look like patient data, in order.

    Parameters
    ----------
    known : words that stand on the page already, such as the name drawn for the invented child of the case
    """
    ours = {word.lower() for word in known}
    found = [Spot(kind, match.group().strip(), match.start()) for kind, form in _FORMS for match in form.finditer(text)]
    found += [Spot("a name", words, start) for words, start in _names(text, ours)]
    return tuple(_apart(found))


def _apart(found: list[Spot]) -> list[Spot]:
    """Each place once: of spots that overlap the longer one is named."""
    kept: list[Spot] = []
    for spot in sorted(found, key=lambda each: (-len(each.text), each.start)):
        end = spot.start + len(spot.text)
        if all(end <= each.start or each.start + len(each.text) <= spot.start for each in kept):
            kept.append(spot)
    return sorted(kept, key=lambda each: each.start)


def _names(text: str, ours: set[str]) -> Iterator[tuple[str, int]]:
    """Names of people, and where they begin."""
    for match in _TITLE.finditer(text):
        if not _is_none(match.group(1).split()[-1], ours):
            yield match.group(), match.start()
    for match in _INITIALS.finditer(text):
        yield match.group(1), match.start(1)
    for match in (*_AFTER_PERSON.finditer(text), *_NAMED.finditer(text)):
        first, second = match.group(1), match.group(2).strip()
        if _is_none(first, set()) or _plain(first) in _EPONYMS:
            continue
        has_family_name = bool(second) and not _is_none(second, ours)
        if has_family_name or (_given(first) and not _is_none(first, ours)):
            yield f"{first} {second}".strip() if has_family_name else first, match.start(1)
    for match in _LOWER_AFTER_PERSON.finditer(text):
        if _given(match.group(1)) and match.group(1).lower() not in ours:
            yield match.group(1), match.start(1)
    for form, given, family in ((_TWO, 1, 2), (_TURNED, 2, 1)):
        for match in form.finditer(text):
            if _whole_name(match.group(given), match.group(family), ours):
                yield match.group(), match.start()


def _whole_name(given: str, family: str, ours: set[str]) -> bool:
    """Whether two words are somebody's given and family name; “Pierre Robin” is a sequence."""
    eponym = _plain(given) in _EPONYMS and _plain(family) in _EPONYMS
    return _given(given) and not eponym and not _is_none(given, set()) and not _is_none(family, ours)


def _given(word: str) -> bool:
    return word.lower().split("-")[0] in GIVEN_NAMES


def _plain(word: str) -> str:
    return re.split(r"['’-]", word.lower())[0]


def _is_none(word: str, ours: set[str]) -> bool:
    """Whether a capitalized word names nobody: an ordinary word, or one that stands on the page."""
    return _plain(word) in _ORDINARY or word.lower() in ours or _plain(word) in ours


def warning(found: tuple[Spot, ...]) -> str:
    """What is said about the spots: where they are, and the two things that can be done; "" when there are none."""
    if not found:
        return ""
    named = "; ".join(f"“{spot.text[:60]}” looks like {spot.kind}" for spot in found[:4])
    more = f"; and {len(found) - 4} more" if len(found) > 4 else ""
    return (
        f"Please look once more before this is saved: {named}{more}. If it could point to a real patient, take it out "
        "(“the child” or “a girl of 7” is enough). If it is invented, or nobody's, save it as it is."
    )
