"""Marking cut off at many instants, on a full disk, twice at once, and with a clock set back."""
