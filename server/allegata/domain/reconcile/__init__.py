"""Finds the things that names from elsewhere stand for, and says of each what others ask of it.

normalize   what makes two spellings alike
names       the names of a release
scoring     candidates, and why
properties  values of things for a table of somebody else's
suggest     candidates for the rows of an extract, for review
"""

from __future__ import annotations

from allegata.domain.reconcile.names import Entry, Names
from allegata.domain.reconcile.scoring import FEATURES, Candidate, Matcher, score_of

__all__ = ["FEATURES", "Candidate", "Entry", "Matcher", "Names", "score_of"]
