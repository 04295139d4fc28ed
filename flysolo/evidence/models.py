"""What the evidence files may hold: findings, papers, disputed claims and pitfalls, closed to undeclared fields."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AnyHttpUrl, ConfigDict, Field, StringConstraints, TypeAdapter, field_validator

from flysolo.schema.base import Slug, Strict, Words

Verified = Literal["full-text", "abstract", "secondary", "memory"]
CslField = Literal["title", "author", "container-title", "issued", "volume", "issue", "page", "DOI", "PMID", "URL"]
Doi = Annotated[str, StringConstraints(pattern=r"^10\.\d{4,9}/\S+$")]
_WEB = TypeAdapter(AnyHttpUrl)


def _web_address(value: str | None) -> str | None:
    """An address that a browser may be sent to; the text itself is kept as it stands."""
    if value is not None:
        _WEB.validate_python(value)
    return value


class Finding(Strict):
    """What one source reports, in whom, by what design, and how far it was checked.

    Attributes
    ----------
    numbers : as the source gives them; words for the keys stand in ``number_words.json``
    derived : our arithmetic from the published numbers
    source : the paper it rests on; ``also_source`` bears on it too, ``contradicted_by`` disagrees
    same_as : findings that say nearly the same of the same paper
    verified : ``memory`` was recalled and not read: it is never shown
    limits : the main reasons for doubt
    would_change_our_mind : which study, in whom, measured how, would overturn it
    unconfirmed : parts that were recalled and not read; kept to be checked, never shown
    """

    id: Slug
    topic: Slug
    claim: Words
    numbers: dict[str, Any]
    derived: dict[str, Any] = Field(default_factory=dict)
    population: Words
    design: Words
    source: Slug
    also_source: tuple[Slug, ...] = ()
    contradicted_by: tuple[Slug, ...] = ()
    same_as: tuple[Slug, ...] = ()
    verified: Verified
    checked_url: str | None = None
    check_note: Words | None = None
    limits: Words
    teaches: Words
    would_change_our_mind: Words | None = None
    unconfirmed: dict[str, Any] = Field(default_factory=dict)

    _address = field_validator("checked_url")(_web_address)


class Author(Strict):
    """A person (``family``, ``given``) or a body (``literal``), as CSL has it."""

    family: Words | None = None
    given: Words | None = None
    literal: Words | None = None


class Issued(Strict):
    """When a paper appeared; the course keeps the year alone."""

    date_parts: tuple[tuple[int, ...], ...] = Field(alias="date-parts", min_length=1)


class Standing(Strict):
    """How far a paper's own record was checked, and its citation as cards show it.

    Attributes
    ----------
    recalled : fields that were remembered and not read; never shown, on the list to check
    not_seen : fields nobody has; a title in brackets is then our description
    truncated : an author list of which only the beginning is known
    confirmed : fields once recalled and since read, and how
    citation : rendered from the fields that may be shown
    """

    recalled: tuple[CslField, ...] = ()
    not_seen: tuple[CslField, ...] = ()
    truncated: tuple[Literal["author"], ...] = ()
    confirmed: dict[CslField, Words] = Field(default_factory=dict)
    citation: Words | None = None


class Reference(Strict):
    """One paper, as CSL-JSON has it."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    id: Slug
    type: Words
    title: Words
    author: tuple[Author, ...] = ()
    container_title: Words | None = Field(default=None, alias="container-title")
    issued: Issued | None = None
    volume: Words | None = None
    issue: Words | None = None
    page: Words | None = None
    DOI: Doi | None = None
    PMID: Annotated[str, StringConstraints(pattern=r"^\d+$")] | None = None
    URL: str | None = None
    note: Words | None = None
    custom: Standing = Field(default_factory=Standing)

    _address = field_validator("URL")(_web_address)

    def known(self, field: CslField) -> Any:
        """A field that may be shown: None if it is absent or was only recalled."""
        return None if field in self.custom.recalled else getattr(self, field.replace("-", "_"))

    @property
    def year(self) -> int | None:
        """Year of the paper, if somebody read it."""
        issued = self.known("issued")
        return issued.date_parts[0][0] if issued else None


class Disputed(Strict):
    """A claim as it is taught, and where the evidence stands."""

    id: Slug
    claim_as_taught: Words
    verdict: Words
    state_of_evidence: Words | None = None
    references_supporting: tuple[Slug, ...] = ()
    references_against: tuple[Slug, ...] = ()
    how_to_teach: Words
    what_would_settle_it: Words | None = None
    same_as: tuple[Slug, ...] = ()
    unconfirmed: dict[str, Any] = Field(default_factory=dict)


class Pitfall(Strict):
    """A rule that looks right, what the mechanism says instead, and what to do."""

    id: Slug
    looks_right_by_rule: Words
    wrong_by_mechanism: Words
    mechanism: Words | None = None
    do_instead: Words
    source: Slug
    also_source: tuple[Slug, ...] = ()
    verified: Verified


class TopicFile(Strict):
    """One file of findings, all on one topic."""

    topic: Slug
    title: Words
    findings: tuple[Finding, ...]


class DisputedFile(Strict):
    """The content of ``disputed.yaml``."""

    disputed: tuple[Disputed, ...]


class PitfallsFile(Strict):
    """The content of ``pitfalls.yaml``."""

    pitfalls: tuple[Pitfall, ...]


class NumberWordsFile(Strict):
    """The content of ``number_words.json``."""

    labels: dict[str, Words] = Field(default_factory=dict)
    parts: dict[str, Words] = Field(default_factory=dict)
    units: dict[str, str] = Field(default_factory=dict)
    shares: frozenset[str] = frozenset()
    ratios: frozenset[str] = frozenset()
    apart: frozenset[str] = frozenset()
