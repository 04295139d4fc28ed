"""Readiness: what the solo sets say, held against named lines, and what two people then decide in a talk.

It rests on the marks of solo cases, on the days on which hand-ins came, and on what mentors noted. Nothing else enters:
no practice, no hint, no try, and no estimate of what somebody knows, since memorized answers satisfy such an estimate.
"""
