"""Instruments: models a mentee can move. Each is known by the name the lesson file gives."""

from __future__ import annotations

from importlib import import_module

#: Name in ``lesson.toml`` -> module that offers ``Instrument``. Loaded on use, since a lesson needs only its own.
INSTRUMENTS = {
    "floppy-tube": "flysolo.instruments.floppy_tube",
    "thousand-children": "flysolo.instruments.thousand_children",
}


def make(name: str):
    """The instrument called ``name``; KeyError if no instrument has that name."""
    return import_module(INSTRUMENTS[name]).Instrument()
