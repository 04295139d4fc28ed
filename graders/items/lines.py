"""The lines of the item analysis: from how many answers on something is said, and what counts as in order.

The shares and correlations are those of the learning design (item analysis and bank rules). The counts are ours: below
them an interval is so wide that a reading would be a guess, so the count is shown and nothing is said.
"""

FEW_ANSWERS = 10
FEW_FOR_KEYS = 20
FEW_FOR_CORRELATION = 30
FEW_ATTEMPTS = 50
FEW_PEOPLE = 30
FEW_IN_A_SPAN = 10
FEW_PAIRS = 20
#: With fewer families than this a sum over them is no scale.
FEW_FAMILIES = 3

HARD, EASY = 0.30, 0.90
LOOK, KEEP = 0.10, 0.20
#: An unkeyed option that goes with good answers elsewhere: from this correlation on the key is looked at.
SUSPECT = 0.10
#: How far it must lead the keyed option, in standard errors of a correlation.
LEAD = 1.5
#: A family that rises by this much in three months, and by this much more than the others, may be passed around.
LEAK = 0.15
#: A fixed answer may earn this much more than chance.
CONSTANT_MARGIN = 0.15
#: Reasons should not be decisions over again.
SAME_AGAIN = 0.85
#: What double marking should reach, weighted kappa.
AGREEMENT = 0.60

TOO_FEW = "too few to say"
#: 95 % of a normal distribution lies within this many standard deviations.
Z = 1.959964
RESAMPLES, SEED = 1000, 20260105
