"""What marking costs: the ways of marking the same hand-ins measured against each other, by turns, in one run."""
