"""Instruments: models a mentee can move. Each is known by the name the lesson file gives."""

from __future__ import annotations

from importlib import import_module

#: Name in ``lesson.toml`` -> module that offers ``Instrument``. Loaded on use, since a lesson needs only its own.
INSTRUMENTS = {
    "floppy-tube": "flysolo.instruments.floppy_tube",
    "thousand-children": "flysolo.instruments.thousand_children",
    "two-resistors": "flysolo.instruments.two_resistors",
    "one-night": "flysolo.instruments.one_night",
    "same-night-different-rules": "flysolo.instruments.same_night",
    "treat-and-time": "flysolo.instruments.treat_and_time",
    "before-after-trap": "flysolo.instruments.before_after",
}


def make(name: str):
    """The instrument called ``name``; KeyError if no instrument has that name."""
    return import_module(INSTRUMENTS[name]).Instrument()
