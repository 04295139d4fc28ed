"""The gallery: one notebook that shows every instrument, written from what the instruments say of themselves.

``python -m flysolo.instruments.gallery FILE`` writes it; the same code always makes the same bytes, and a test holds
the stored notebook to it. It is for authors who look for an instrument, and for the check that each opens from cold.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbformat.notebooknode import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from flysolo.files import write_whole
from flysolo.instruments import INSTRUMENTS

#: Name -> heading and one sentence on what it lets a mentee see, in the order of the course.
SHOWN = {
    "floppy-tube": (
        "Floppy tube",
        "Why the same throat is silent awake, limits flow in light sleep and closes in REM.",
    ),
    "two-resistors": (
        "Two resistors",
        "Where a narrow nose, an open mouth and a floppy throat each lose the pressure.",
    ),
    "one-night": ("One night", "A whole night from above, and its channels close up."),
    "thousand-children": ("A thousand children", "What a form says of a room, and what the room says of the form."),
    "same-night-different-rules": ("Same night, different rules", "Mark ten minutes, then see what rule sets count."),
    "treat-and-time": ("Treat and time", "A treated child beside its untreated twin, through years and chance nights."),
    "before-after-trap": (
        "The before–after trap",
        "Why a group that was chosen for a bad night looks better on the next.",
    ),
}
_INTRO = (
    "# Gallery of instruments\n\n"
    "Every instrument of the course on one page, for authors and mentors. Move a dial with the mouse, with the arrow "
    "keys, or by typing in its box. Words and a table stand under each picture. The children are invented. "
    "Awaiting clinical review."
)
_KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}


def notebook() -> NotebookNode:
    """Return the gallery; KeyError when an instrument has no words here."""
    cells = [new_markdown_cell(_INTRO, id="gallery")]
    cells.append(_code("from flysolo.instruments import make", "import"))
    for name in sorted(INSTRUMENTS, key=list(SHOWN).index):
        title, sentence = SHOWN[name]
        variable = name.replace("-", "_")
        cells.append(new_markdown_cell(f"## {title}\n\n{sentence}", id=f"{name}-words"))
        cells.append(_code(f'{variable} = make("{name}")\n{variable}.widget', name))
        cells.append(_code(f"{variable}.sum", f"{name}-sum"))
    return new_notebook(cells=cells, metadata={"kernelspec": _KERNEL, "language_info": {"name": "python"}})


def text() -> str:
    """Return the stored form of the gallery."""
    return nbformat.writes(notebook(), indent=1) + "\n"


def _code(source: str, cell_id: str) -> NotebookNode:
    return new_code_cell(source, id=cell_id, metadata={"tags": ["remove-input"]})


if __name__ == "__main__":
    write_whole(Path(sys.argv[1]), text())
