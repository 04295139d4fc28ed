"""Rote rules as data: the sentences that carry a clinician most of the way, each with the child in whom it breaks."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from flysolo.schema.base import Slug, Strict, Words


class RoteRule(Strict):
    """One rule a mentee may carry; it is named so that words about a case can point at it, never at a person.

    Attributes
    ----------
    id : ``X01`` and on; stable for ever, since options and marks carry it
    wording : the rule as a colleague would say it
    feels_right : why it is tempting
    module : modules that take it apart
    findings : evidence on where it breaks (or, for honesty, on where it holds)
    status : whether any finding bears on it yet; without one it may be asked about, never keyed as settled
    breaks_when : the kind of child in whom it breaks
    """

    id: Annotated[str, Field(pattern=r"^X\d\d$")]
    wording: Words
    feels_right: Words
    module: tuple[Slug, ...] = Field(min_length=1)
    findings: tuple[Slug, ...] = ()
    status: Literal["supported-by-finding", "needs-evidence"]
    breaks_when: Words

    @model_validator(mode="after")
    def _status_fits_findings(self) -> RoteRule:
        if (self.status == "supported-by-finding") != bool(self.findings):
            raise ValueError(f"{self.id} is supported-by-finding exactly when it names findings")
        return self


class RoteRules(Strict):
    """The catalog of rote rules, as ``curriculum/rote_rules.toml`` holds it."""

    format: Literal[1]
    rules: tuple[RoteRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_once_in_order(self) -> RoteRules:
        ids = [rule.id for rule in self.rules]
        if ids != sorted(set(ids)):
            raise ValueError("rules stand in order of their ids, each once")
        return self

    def find(self, rule_id: str) -> RoteRule:
        """The rule with that id; KeyError if there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise KeyError(rule_id)
