"""The word list as data: words that judge a person or press a reader, and British spellings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pydantic import Field

from flysolo.schema.base import Strict, Words


class BannedWord(Strict):
    """One word or phrase no mentee should read; a final ``*`` stands for any ending."""

    word: Words
    why: Words
    say: Words


class WordList(Strict):
    """The word list, as ``curriculum/banned_words.toml`` holds it.

    Attributes
    ----------
    words : words and phrases with the reason, and what to say instead
    allowed : phrases in which such a word is clinical or plain fact ("growth failure")
    spellings : British spelling -> American spelling; a final ``*`` stands for any ending
    """

    format: Literal[1]
    words: tuple[BannedWord, ...] = Field(min_length=1)
    allowed: tuple[Words, ...] = ()
    spellings: dict[str, Words] = {}


@dataclass(frozen=True)
class Hit:
    """One place where a text says what the list asks not to say."""

    said: str
    rule: str
    instead: str


@dataclass(frozen=True)
class _Rule:
    """One entry of the list, ready to look for; ``stem`` rules most texts out before the pattern is tried."""

    stem: str
    pattern: re.Pattern
    rule: str
    instead: str


@dataclass(frozen=True)
class Reader:
    """A word list ready to read texts."""

    words: WordList

    @cached_property
    def _rules(self) -> list[_Rule]:
        banned = [_rule(each.word, f"“{each.word}” is not said: {each.why}", each.say) for each in self.words.words]
        spelled = self.words.spellings.items()
        return banned + [_rule(british, "spelling is American", f"write “{american}”") for british, american in spelled]

    @cached_property
    def _allowed(self) -> list[re.Pattern]:
        return [_pattern(each) for each in self.words.allowed]

    def hits(self, text: str) -> Iterator[Hit]:
        """Every place in ``text`` that the list objects to."""
        plain = " ".join(text.replace("’", "'").split())
        lowered = plain.lower()
        for rule in self._rules:
            if rule.stem in lowered:
                for match in rule.pattern.finditer(plain):
                    if not self._spared(plain, match):
                        yield Hit(_around(plain, match), rule.rule, rule.instead)

    def _spared(self, text: str, match: re.Match) -> bool:
        """Whether a match lies inside a phrase that is allowed."""
        spans = (found.span() for pattern in self._allowed for found in pattern.finditer(text))
        return any(low <= match.start() and match.end() <= high for low, high in spans)


def _rule(word: str, rule: str, instead: str) -> _Rule:
    return _Rule(word.removesuffix("*").lower().replace("’", "'").split()[0], _pattern(word), rule, instead)


def _pattern(word: str) -> re.Pattern:
    stem = re.escape(word.removesuffix("*").replace("’", "'")).replace(r"\ ", r"[\s-]+")
    ending = r"\w*" if word.endswith("*") else ""
    return re.compile(rf"(?<!\w){stem}{ending}(?!\w)", re.IGNORECASE)


def _around(text: str, match: re.Match) -> str:
    before, after = text[: match.start()][-30:], text[match.end() :][:30]
    return f"“…{before}{match.group()}{after}…”"
