"""A key for every family and a family for every key; words for every option; names that exist."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flysolo.problems import Problem, nearest
from flysolo.schema.family import Family, Question
from graders.check.content import Content, family_file, key_file
from graders.check.course import unknown
from graders.keys import ChoiceKey, FeatureKey, JustificationKey, Key, ListKey

#: Part of the key in which a question of each kind is keyed; confidence has no key.
GROUPS = {
    "decision": "choice",
    "reason": "choice",
    "twin": "choice",
    "new_information": "choice",
    "safety": "choice",
    "key_features": "features",
    "justification": "justification",
    "probability": "probability",
    "evidence": "evidence",
}


def check(content: Content) -> Iterator[Problem]:
    """Files that pair, then each key against its family."""
    for exercise in sorted({*content.families, *content.keys}):
        yield from _pairs(content, exercise)
        for stem, key in content.keys.get(exercise, {}).items():
            name = key_file(exercise, stem)
            yield from _names(key, exercise, stem, name)
            yield from _status(content, key, name)
            yield from _rules(content, key, name)
            family = content.families.get(exercise, {}).get(stem)
            if family is not None:
                yield from _questions(family, key, name)
                yield from _twin(family, key, name)


def _pairs(content: Content, exercise: str) -> Iterator[Problem]:
    families, keys = content.family_ids(exercise), content.key_ids(exercise)
    for each in sorted(families - keys):
        step = f"write {key_file(exercise, each)}.{nearest(each, keys - families)}"
        yield Problem(family_file(exercise, each), "", "a family without a key", "every family has a key", step)
    for each in sorted(keys - families):
        step = f"write {family_file(exercise, each)}, or move the key to its drafts.{nearest(each, families - keys)}"
        yield Problem(key_file(exercise, each), "", "a key without a family", "every key has a family", step)


def _names(key: Key, exercise: str, stem: str, name: str) -> Iterator[Problem]:
    for field, found, wanted in (("exercise", key.exercise, exercise), ("family", key.family, stem)):
        if found != wanted:
            step = f"write {field} = “{wanted}”, or move the file"
            yield Problem(name, field, f"“{found}”", "a key names the family it lies beside", step)


def _status(content: Content, key: Key, name: str) -> Iterator[Problem]:
    if key.status == "draft" and not content.is_draft(key.exercise):
        step = "key it and write status = “keyed” (or “contested”), or move it and its family to their drafts"
        yield Problem(name, "status", "“draft”", "what mentees see is keyed, or contested and said so", step)


def _rules(content: Content, key: Key, name: str) -> Iterator[Problem]:
    if key.rule_breaking and not key.rules:
        step = "name the rote rule that this case breaks, or write rule_breaking = false"
        yield Problem(name, "rules", "none", "a rule-breaking case names its rule", step)
    if content.rules is None:
        return
    catalog = {rule.id: rule for rule in content.rules.rules}
    yield from unknown(name, "rules", key.rules, catalog, "rule of curriculum/rote_rules.toml")
    for field, rule in _option_rules(key):
        yield from unknown(name, field, [rule] if rule else [], catalog, "rule of curriculum/rote_rules.toml")
    for rule in key.rules:
        if key.status == "keyed" and rule in catalog and catalog[rule].status == "needs-evidence":
            step = "find evidence for the rule, or write status = “contested”"
            yield Problem(name, "rules", f"{rule}, which no finding supports yet", "no case is keyed on it", step)


def _option_rules(key: Key) -> Iterator[tuple[str, str]]:
    for group in ("choice", "features", "evidence"):
        for question, found in getattr(key, group).items():
            for option, words in found.options.items():
                yield f"{group}.{question}.options.{option}.rule", words.rule


def _questions(family: Family, key: Key, name: str) -> Iterator[Problem]:
    wanted = {question.id: question for question in family.questions if question.kind != "confidence"}
    for question in wanted.values():
        group = GROUPS[question.kind]
        found = getattr(key, group).get(question.id)
        if found is None:
            step = f"add [{group}.{question.id}]"
            yield Problem(
                name, group, f"nothing for “{question.id}”", f"a {question.kind} question is keyed here", step
            )
        else:
            yield from _options(family, question, found, f"{group}.{question.id}", name)
    for group in sorted(set(GROUPS.values())):
        for question in getattr(key, group):
            if question not in wanted or GROUPS[wanted[question].kind] != group:
                step = f"remove it, or correct its name.{nearest(question, wanted)}"
                yield Problem(name, f"{group}.{question}", "no such question", "a key answers its family", step)


def _options(family: Family, question: Question, found: object, field: str, name: str) -> Iterator[Problem]:
    ids = [option.id for option in family.options_of(question)]
    for part, chosen in _chosen(found):
        yield from unknown(name, f"{field}.{part}", chosen, ids, "option of this question")
    if isinstance(found, JustificationKey) or not hasattr(found, "options"):
        return
    for each in ids:
        if each not in found.options:
            step = f"add [{field}.options.{each}] with sees, leads, breaks and look"
            yield Problem(name, f"{field}.options", f"no words for “{each}”", "every option has its words", step)
    yield from unknown(name, f"{field}.options", found.options, ids, "option of this question")
    if isinstance(found, FeatureKey) and question.limit and len(found.hits) < question.limit:
        step = f"name {question.limit} hits, or lower the limit in the family"
        found_hits = f"{len(found.hits)} hits for {question.limit} picks"
        yield Problem(name, f"{field}.hits", found_hits, "every pick can be a hit", step)


def _chosen(found: object) -> Iterable[tuple[str, tuple[str, ...]]]:
    match found:
        case ChoiceKey():
            return (("supported", (found.supported,)), ("acceptable", found.acceptable))
        case FeatureKey():
            return (("hits", found.hits), ("harmful", found.harmful))
        case JustificationKey():
            return (("links", found.links),)
        case ListKey():
            return (("can", found.can),)
        case _:
            return ()


def _twin(family: Family, key: Key, name: str) -> Iterator[Problem]:
    kinds = {question.kind: question.id for question in family.questions}
    base, twin = key.choice.get(kinds["decision"]), key.choice.get(kinds["twin"])
    if base and twin:
        effect = "holds" if base.supported == twin.supported else "flips"
        if effect != key.twin_effect:
            found = f"“{key.twin_effect}”, with “{base.supported}” for the base and “{twin.supported}” for the twin"
            rule = "a twin flips when the supported decision changes, and holds when it stays"
            yield Problem(name, "twin_effect", found, rule, f"write “{effect}”, or key the twin anew")
    altered = family.twin.altered
    for finding in family.findings:
        if finding.label == altered.label and finding.text.strip() == altered.text.strip():
            file = family_file(key.exercise, key.family)
            rule = "a twin alters one row of the findings"
            yield Problem(file, "twin.altered.text", "the base's own text", rule, "write the row as the twin has it")
