"""The lines that scripted learners are held against: those of readiness itself, so that both always mean the same."""

from __future__ import annotations

from graders.readiness.criteria import SoloCriteria, SoloFigures, figures_of

__all__ = ["SoloCriteria", "SoloFigures", "figures_of"]
