"""The analysis as titled tables of text: what the terminal and the page both print, gathered once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from graders.items.words import INDEX, KINDS, NOTHING, both, counted, interval, number

Found = dict[str, Any]


@dataclass(frozen=True)
class Printed:
    """One table; ``numbers`` are the columns that hold figures, set to the right, and the first is a row's name."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()
    none: str = "Nothing to show yet."


def tables(found: Found) -> list[Printed]:
    """Every table but that of single options, in the order in which it is read."""
    return [
        sets(found),
        checks(found),
        families(found),
        questions(found),
        constants(found),
        patterns(found),
        drift(found),
    ]


def sets(found: Found) -> Printed:
    """Alpha and standard error of each set."""
    rows = tuple(
        (
            row["set"],
            INDEX[row["index"]],
            str(row["people"]),
            f"{row['families']}"
            + (f" (of {row['families'] + row['families_left_out']})" * bool(row["families_left_out"])),
            number(row["mean"]),
            both(row["alpha"], row["alpha_interval"]),
            both(row["sem"], row["sem_interval"]),
            row["reading"],
        )
        for row in found["sets"]
    )
    columns = ("Set", "Number", "People", "Cases", "Mean", "Alpha", "Standard error", "Reading")
    return Printed("sets", "Sets", columns, rows, (2, 3, 4, 5, 6))


def checks(found: Found) -> Printed:
    """Checks of the bank as a whole."""
    rows = tuple(
        (row["check"], str(row["n"]), both(row["value"], row["interval"]), row["reading"]) for row in found["checks"]
    )
    return Printed("checks", "The bank as a whole", ("Check", "n", "Found", "Reading"), rows, (1, 2))


def families(found: Found) -> Printed:
    """Each case by its two numbers."""
    rows = tuple((_case(row), INDEX[row["index"]], *_figures(row)) for row in found["families"])
    return Printed("cases", "Cases", ("Case", "Number", *FIGURES), rows, (2, 3, 4))


FIGURES = ("n", "Mean", "Item-total", "Reading")


def questions(found: Found) -> Printed:
    """Each question."""
    rows = tuple((_case(row), KINDS[row["kind"]], *_figures(row)) for row in found["questions"])
    return Printed("questions", "Questions", ("Case", "Question", *FIGURES), rows, (2, 3, 4))


def _case(row: Found) -> str:
    return f"{row['exercise'][:2]} {row['family']}"


def _figures(row: Found) -> tuple[str, ...]:
    total = both(row["item_total"], row["item_total_interval"], signed=True)
    return str(row["n"]), both(row["mean"], row["interval"]), total, row["reading"]


def constants(found: Found) -> Printed:
    """What one fixed answer earns."""
    rows = tuple(
        (
            KINDS[row["kind"]],
            str(row["questions"]),
            row["answer"],
            number(row["earns"]),
            number(row["chance"]),
            "near chance" if row["holds"] else "look: earns too much",
        )
        for row in found["constants"]
    )
    columns = ("Question", "n", "Best fixed answer", "Earns", "Chance", "Reading")
    return Printed("constants", "One fixed answer throughout", columns, rows, (1, 3, 4))


def patterns(found: Found) -> Printed:
    """How decisions and reasons go together."""
    rows = []
    for entry in found["patterns"]:
        name = f"{entry['exercise'][:2]} {entry['family']}" if entry["family"] else f"{entry['exercise']}, all cases"
        for each in entry["patterns"] if not entry["reading"] else ():
            act = number(each["act"])
            rows.append((name, each["pattern"], str(entry["n"]), both(each["share"], each["interval"]), act, ""))
        if entry["reading"]:
            rows.append((name, "all patterns", str(entry["n"]), NOTHING, NOTHING, entry["reading"]))
    columns = ("Case", "Decision and reason", "n", "Share", "Share that would act", "Reading")
    return Printed("patterns", "Decision and reason together", columns, tuple(rows), (2, 3, 4))


def drift(found: Found) -> Printed:
    """How cases move over the months."""
    rows = tuple(
        (
            _case(row),
            ", ".join(f"{each['month']}: {number(each['mean'])} (n {each['n']})" for each in row["months"]) or NOTHING,
            f"{row['n_early']} and {row['n_late']}",
            number(row["change"], signed=True),
            number(row["elsewhere"], signed=True),
            interval(row["interval"], signed=True),
            row["reading"],
        )
        for row in found["drift"]
    )
    columns = (
        "Case",
        "Reasoning by month",
        "n before, now",
        "Change",
        "Other cases",
        "Beyond them, interval",
        "Reading",
    )
    return Printed("drift", "Over the months", columns, rows, (2, 3, 4, 5))


def option_table(entry: Found) -> Printed:
    """The options of one question."""
    # of the things one may ask for next, most neither help nor harm
    plain = "neither" if entry["kind"] == "key_features" else "not supported"
    rows = tuple(
        (
            each["text"],
            each["standing"] or plain,
            *_taken(each["taken"], entry["n"]),
            number(each["r"], signed=True),
            _remark(entry, each["option"]),
        )
        for each in entry["options"]
    )
    columns = ("Option", "Key", "Taken", "Share", "Goes with good answers elsewhere", "Remark")
    name = f"{entry['exercise']}--{entry['family']}--{entry['question']}"
    title = f"{KINDS[entry['kind']]}, {counted(entry['n'], 'answer', 'answers')}"
    return Printed(name, title, columns, rows, (2, 3, 4))


def _taken(count: int | None, n: int) -> tuple[str, str]:
    return (NOTHING, NOTHING) if count is None else (str(count), f"{100 * count / n:.0f} %")


def _remark(entry: Found, option: str) -> str:
    if option == entry["suspect"]:
        return "the key is suspect"
    return "nobody takes it: rewrite" if option in entry["nobody_takes"] else ""
