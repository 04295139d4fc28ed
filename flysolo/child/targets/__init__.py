"""The calibration table: every published table beside what the one model makes of it.

``flysolo targets`` prints it. A row is a published table of `curriculum/evidence/cohort_targets.yaml`; it is inside
when every quantity of it lies in its printed interval or stated tolerance. Each simulated value comes out of simulated
children who were let in by the study's ages and entry criteria and scored by the rules of its years (`world.py`).

How the model was fitted
------------------------
The file marks each table `fit` or `held`. Tables whose numbers are also inputs are `fit`; of every five others the
second and fourth are held back. The numbers marked `fitted = true` in parameters.toml were moved by hand and by
repeated linear least squares: each quantity of the fit tables, in units of its allowed half-width, was differentiated
by each fitted number with common random numbers, and the numbers were moved to bring as many as possible inside, with
far ones counting no more than a few half-widths. Cohorts of 500 to 3,000 children were used. The last small steps
were taken while looking at the fit tables at seed 1 with 3,000 children, which is also what the command prints
by itself: another seed is the better test, and some tables at the edge of their interval change sides with it.
Where a report does not print its entry criteria, the ones used here (they stand in each table's tolerance) were chosen
to resemble the study, and for expansion and the surgical series they were changed while the fit tables were in view.
Held tables were measured twice; after the first time only fit tables were used to move numbers.

Two honest limits of the split: the trial of adenotonsillectomy against waiting gives several tables, which stand on
the fit side together; and numbers that are published inputs (stage shares, nasal resistance, wearing time) come back
out by construction. Rows that show no more than that are marked `echo`.

What it leaves out: the published studies' own chance (a small study may lie far from the truth), and any statement
that a table inside is explained.
"""

from flysolo.child.targets.calibration import published, table
from flysolo.child.targets.rows import Quantity, Row
from flysolo.child.targets.show import run
from flysolo.child.targets.world import World

__all__ = ["Quantity", "Row", "World", "published", "run", "table"]
