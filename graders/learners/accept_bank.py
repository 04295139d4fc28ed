"""Acceptance tests that rest on the real bank and its marking: constant answers, re-marking, words, rules covered."""

from __future__ import annotations

from collections import Counter
from math import ceil

import numpy as np

from flysolo.answers import dump, read_book
from flysolo.content import Case
from flysolo.draws import seed_for
from flysolo.files import read_toml
from flysolo.places import content_root
from flysolo.schema.base import parse
from flysolo.schema.rules import RoteRules
from graders import words as reply_words
from graders.check.wordlist import Reader, WordList
from graders.learners import constants, probe, sheets
from graders.learners.bank import Template
from graders.learners.run import Simulation
from graders.learners.verdict import Verdict, judged, needs
from graders.marking import mark_family

RULE_USERS = ("L3", "L5", "L6", "L7", "L8", "L9")
WANTED_EACH = 2


def constant_answers(simulation: Simulation) -> Verdict:
    """Test 5: the best that one fixed answer can do, by kind of question."""
    found = constants.best(simulation)
    over = {name: value for name, value in found.items() if value > constants.line(name)}
    figure = "all within chance + 0.05"
    if over:
        parts = [f"{name} {value:.2f} (line {constants.line(name):.2f})" for name, value in over.items()]
        figure = "over the line: " + "; ".join(parts)
        if all(name.endswith("probability") for name in over):
            figure += ". A fixed number is never far from a rate; probability enters neither Decision nor Reasoning"
    few = constants.too_few(simulation.bank)
    if few:
        wanted = ", ".join(f"{constants.FEWEST - count} more with {kind}" for kind, count in few.items())
        figure += f"; to say it of the real bank needs {wanted}"
    claim = "One fixed answer, on any kind of question, stays within chance + 0.05"
    details = {"best": {name: round(value, 4) for name, value in found.items()}, "real_questions_too_few": few}
    if few and not over:
        return needs("5", claim, figure, **details)
    return judged("5", claim, not over, figure, **details)


def marked_twice(simulation: Simulation) -> Verdict:
    """Test 9: the same file read and marked twice, for every learner."""
    parts, same, seeds, total = probe.groups(simulation.bank), 0, 0, 0
    for each in simulation.real.values():
        for exercise, book in sheets.books(simulation.bank, each.answers, 0, each.learner.id.lower()).items():
            text = dump(book.header, book.events)
            one, two = (probe.marked(parts[exercise], read_book(text, "answers.jsonl")) for _ in range(2))
            same += one == two
            seeds += book.header.seed == seed_for(sheets.COURSE, book.header.mentee, exercise)
            total += 1
    figure = f"{same} of {total} files identical, {seeds} with the seed they were drawn from"
    return judged("9", "Marking a file again gives the same bytes; seeds are recorded", same == seeds == total, figure)


def odd_hand_ins(odd: list[Verdict]) -> Verdict:
    """Test 10."""
    found = {verdict.id: verdict.status for verdict in odd if verdict.id in ("L28", "L29", "L30")}
    figure = ", ".join(f"{each} {status}" for each, status in sorted(found.items()))
    claim = "L29 loses no credit, L30 does no harm, L28 is marked alike"
    return judged("10", claim, len(found) == 3 and set(found.values()) == {"pass"}, figure)


def words(simulation: Simulation) -> Verdict:
    """Test 11: no judging word in anything said, and nothing of the twin's key before the twin is answered."""
    name = "curriculum/banned_words.toml"
    reader = Reader(parse(WordList, read_toml(content_root() / name, name), name))
    texts = [*reply_words.all_sentences(), *(text for each in simulation.bank for text in _key_words(each))]
    hits = [hit.said for text in texts for hit in reader.hits(text)]
    told = [each.family.id for each in simulation.bank if _tells_of_the_twin(each)]
    figure = (
        f"{len(texts)} texts, {len(hits)} with a listed word; {len(told)} of {len(simulation.bank)} twins told early"
    )
    claim = "No word judges a person, and no key of a twin is told before the twin is answered"
    return judged("11", claim, not hits and not told, figure, hits=hits, told=told)


def _key_words(template: Template) -> list[str]:
    """Everything a reply may say from one key."""
    key = template.key
    found = [
        each.because for group in (key.choice, key.features, key.probability, key.evidence) for each in group.values()
    ]
    for group in (key.choice, key.features, key.evidence):
        for each in group.values():
            for option in each.options.values():
                found += [option.sees, option.leads, option.breaks, option.look]
    return found


def _tells_of_the_twin(template: Template) -> bool:
    """Whether marks of a closed first part hold anything that the key says of the twin."""
    book = probe.model([template], "l11")
    twin = template.question("twin").id
    before = type(book)(book.header, tuple(event for event in book.events if event.question != twin))
    marks = {mark.question: mark for mark in mark_family(Case(template.family, book.header.seed), template.key, before)}
    because = marks["decision"].because
    own = marks[twin]
    return bool(own.keyed or own.because or own.words) or template.key.choice[twin].because == because


def templates_by_rule(simulation: Simulation) -> Verdict:
    """Test 13: two cases break each rote rule and two twins tempt with it; each case tells rule-users from experts."""
    name = "curriculum/rote_rules.toml"
    catalog = parse(RoteRules, read_toml(content_root() / name, name), name)
    base = Counter(rule for each in simulation.bank if each.key.rule_breaking for rule in each.key.rules)
    twin = Counter(rule for each in simulation.bank for rule in set(each.rules("twin")) - {""})
    short = {
        rule.id: (base[rule.id], twin[rule.id])
        for rule in catalog.rules
        if min(base[rule.id], twin[rule.id]) < WANTED_EACH
    }
    missing = sum(max(WANTED_EACH - base[rule.id], 0) for rule in catalog.rules)
    per_family = sum(base.values()) / max(sum(each.key.rule_breaking for each in simulation.bank), 1)
    blunt = [
        each.family.id
        for column, each in enumerate(simulation.bank)
        if not any(_share(simulation, user, column) < 0.5 for user in RULE_USERS)
        or _share(simulation, "L17", column) < 0.8
    ]
    details = {"short_base_twin": short, "cases_that_tell_nobody_apart": blunt}
    claim = "Each rote rule has 2 base and 2 twin families; each family tells a rule-user from L17"
    if blunt:
        return judged("13", claim, False, f"no rule-user is caught by {', '.join(blunt)}", **details)
    if short:
        more = max(ceil(missing / max(per_family, 1)), 1)
        figure = f"needs about {more} more families: {len(short)} of {len(catalog.rules)} rules have fewer than 2 and 2"
        return needs("13", claim, figure, **details)
    return judged(
        "13", claim, True, f"{len(catalog.rules)} rules covered by {len(simulation.bank)} families", **details
    )


def _share(simulation: Simulation, learner_id: str, column: int) -> float:
    return float(np.mean(simulation.real[learner_id].scores.decision[:, column]))
