"""What all content models share: unknown fields are refused, and every problem is reported at once, in four parts."""

from __future__ import annotations

import reprlib
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from flysolo.problems import ContentError, Problem, nearest

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
FORMAT = 1


class Strict(BaseModel):
    """A content model: frozen, and closed to fields nobody declared."""

    model_config = ConfigDict(extra="forbid", frozen=True)


#: What was found, in a few words: a stranger's file may be nested or long beyond what repr() bears.
_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxother, _SHORT.maxlong = 5, 200, 200, 200
_SHORT.maxdict = _SHORT.maxlist = _SHORT.maxtuple = _SHORT.maxset = 20

Model = TypeVar("Model", bound=BaseModel)


def parse(model: type[Model], data: Any, file: str) -> Model:
    """Check ``data`` against ``model``; raises ContentError with every problem, each naming file and field."""
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ContentError([_problem(model, issue, file) for issue in error.errors()]) from None


def _problem(model: type[BaseModel], issue: dict, file: str) -> Problem:
    field = _path(issue["loc"])
    found = _SHORT.repr(issue.get("input"))
    found = found if len(found) <= 120 else found[:117] + "..."
    if issue["type"] == "extra_forbidden":
        name = str(issue["loc"][-1])
        hint = "" if len(issue["loc"]) > 1 else nearest(name, model.model_fields)
        return Problem(
            file,
            field,
            f"a field nobody declared: “{name}”",
            "only declared fields stand here",
            f"remove it, or correct its name.{hint}",
        )
    if issue["type"] == "missing":
        return Problem(file, field, "nothing", "this field is needed", "add it; CONTRIBUTING.md shows an example")
    rule = issue["msg"].removeprefix("Value error, ")
    return Problem(file, field, found, rule, "correct it and run the check again")


def _path(parts: tuple) -> str:
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else (f".{part}" if text else str(part))
    return text
