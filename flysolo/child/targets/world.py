"""The cohorts behind the calibration table, each drawn once and shared by the tables that look at it.

A study is copied by its ages, its entry criteria and the scoring rules of its years; nothing else is set for it.
Rules by year of publication: to 2013 the child rules of 2007, later those of 2012 (adults: 2007 alternative, 2012).
"""

from __future__ import annotations

import zlib
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from flysolo.child import populations as pop
from flysolo.child import reports as told
from flysolo.child.children import Children
from flysolo.child.cluster import Report, reports
from flysolo.child.treatment import natural_course
from flysolo.child.trials import Arm, run_trial


class World:
    """Cohorts from one seed. `n` is the usual size of a cohort; `workers` as in `cluster.reports`."""

    def __init__(self, seed: int = 1, n: int = 3000, workers: int | str = 1):
        self.seed, self.n, self.workers = seed, n, workers
        self._cohorts: dict[tuple, tuple[Children, Report]] = {}
        self._trials: dict[str, dict[str, Arm]] = {}

    def own_seed(self, name: str) -> int:
        """A seed for one use: the same name gives the same numbers whatever else is computed."""
        return self.seed * 1_000_003 + zlib.crc32(name.encode()) % 1_000_000

    def cohort(self, who: str, rules: str, share: float = 1.0, **design: object) -> tuple[Children, Report]:
        """Return children of a population and the report of one night; the baseline night where one let them in."""
        key = (who, rules, share, repr(sorted(design.items(), key=str)))
        if key not in self._cohorts:
            wanted = pop.narrowed(who, rules=rules, **design) if design else pop.narrowed(who, rules=rules)
            sample = pop.draw_with_baseline(wanted, max(int(self.n * share), 200), self.own_seed(str(key[:2])))
            night = sample.baseline or self.night(sample.children, rules, str(key[:2]))
            self._cohorts[key] = sample.children, night
        return self._cohorts[key]

    def night(self, children: Children, rules: str, name: str) -> Report:
        """Return the report of a further night."""
        return reports(children, self.own_seed(name + " night"), rules, workers=self.workers)

    def later(self, children: Children, years: float, rules: str, name: str) -> tuple[Children, Report]:
        """Return the children some years later, untreated, and a night then."""
        older = natural_course(children, self.own_seed(name + " course"), years)
        return older, self.night(older, rules, name + " later")

    def trial(self, name: str, who, arms: dict, years: float, share: float = 0.5, rules: str | None = None) -> dict:
        """Return a trial's arms, run once."""
        if name not in self._trials:
            n, seed = max(int(self.n * share), 200), self.own_seed(name)
            self._trials[name] = run_trial(who, arms, n, seed, years=years, rules=rules, workers=self.workers)
        return self._trials[name]

    @cached_property
    def referred(self) -> tuple[Children, Report]:
        """Referred children of all ages, scored as before 2013."""
        return self.cohort("referred", "child-2007", 1.5)

    @cached_property
    def chat(self) -> dict[str, Arm]:
        """A trial of surgery against waiting in children of 5 to 9 years, seven months."""
        arms = {"surgery": "adenotonsillectomy", "waiting": "waiting"}
        return self.trial("chat", "chat", arms, 7 / 12)

    def symptomatic(self, children: Children, name: str) -> NDArray[np.bool_]:
        """Who is positive on a sleep questionnaire when asked now."""
        return told.positive(children, "sleep questionnaire", self.own_seed(name + " asked"))
