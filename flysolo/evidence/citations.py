"""A paper's citation, rendered by citeproc from the fields that somebody read.

Citeproc and its style cost more than half of what a lesson may take to open, so citations are rendered when the
library is built (``python -m flysolo.evidence``) and stored with the papers; a test renders them afresh.
"""

from __future__ import annotations

import json
import warnings
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from flysolo.files import write_whole

if TYPE_CHECKING:
    from flysolo.evidence.models import Reference

STYLE = Path(__file__).with_name("style.csl")
UNCONFIRMED = "The record of this paper awaits confirmation."
_SHOWN = ("title", "author", "container-title", "issued", "volume", "issue", "page")
# The style names the first author and "et al." from four authors on; a list known only in part is filled up to that.
_ENOUGH_FOR_ET_AL = 4


def render(reference: Reference) -> str:
    """The citation as plain text, without fields that were only recalled."""
    item = csl_item(reference)
    if not ({"title", "container-title"} & set(item)):
        return UNCONFIRMED
    item.setdefault("title", "[title awaits confirmation]")
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # citeproc warns about every field it does not use
        bibliography = CitationStylesBibliography(_style(), CiteProcJSON([item]), formatter.plain)
        bibliography.register(Citation([CitationItem(reference.id)]))
        return " ".join(str(bibliography.bibliography()[0]).split()).replace("?.", "?")


def csl_item(reference: Reference) -> dict[str, Any]:
    """What citeproc is given: only fields that may be shown."""
    data = reference.model_dump(by_alias=True, exclude_none=True, mode="json")
    item = {key: data[key] for key in _SHOWN if data.get(key) and key not in reference.custom.recalled}
    if "author" in item and reference.custom.truncated:
        missing = _ENOUGH_FOR_ET_AL - len(item["author"])
        item["author"] += [{"family": "and others"}] * max(missing, 0)
    return {"id": reference.id, "type": reference.type, **item}


def link(reference: Reference) -> tuple[str, str] | None:
    """Address and words of the best link to the paper's own record; None if only a place of reading is known."""
    if doi := reference.known("DOI"):
        return f"https://doi.org/{quote(doi, safe='/()')}", f"doi:{doi}"
    if pmid := reference.known("PMID"):
        return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/", f"PubMed {pmid}"
    url = reference.known("URL")
    if url and url.startswith("https://pmc.ncbi.nlm.nih.gov/articles/"):
        return url, "PubMed Central"
    return (url, "the document itself") if url and reference.type in ("webpage", "report") else None


@lru_cache(maxsize=1)
def _style() -> Any:
    from citeproc import CitationStylesStyle

    return CitationStylesStyle(str(STYLE), validate=False)


def build(folder: Path) -> int:
    """Render every citation afresh into ``references.json``; returns how many changed."""
    from flysolo.evidence.store import Evidence

    evidence = Evidence(folder)
    changed = 0
    for reference_id, data in evidence._raw_references.items():
        citation = render(evidence.reference(reference_id))
        changed += data.get("custom", {}).get("citation") != citation
        data.setdefault("custom", {})["citation"] = citation
    write_whole(folder / "references.json", _written(list(evidence._raw_references.values())))
    return changed


def _written(references: list[dict]) -> str:
    """One field to a line, so that a changed field is one changed line."""
    papers = []
    for each in references:
        fields = (f"  {json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in each.items())
        papers.append(" {\n" + ",\n".join(fields) + "\n }")
    return "[\n" + ",\n".join(papers) + "\n]\n"
