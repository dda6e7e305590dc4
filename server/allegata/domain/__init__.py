"""Describes the things of a release for people: any thing, and closely what attributes claims to speakers.

store         patterns over the store
labels        a name for everything
things        any thing, its statements and its parts
answers       answers to queries, with names and links
attributions  assertions with speakers, relays, evidence and passages; stances; the sides of a claim
comparisons   disputes, estimates and who answers whom
contacts      where objections go
featured      disputes to begin with
summaries     the first lines of a claim: who says it, who disputes it, the reply
geography     where sources put places
record        what a right, a state and an instrument have to do with each other
standings     how states stand to instruments, by the acts on record
statistics    how many of what
what_if       what claims lose and keep where evidence is withdrawn
search        questions to the full-text index
"""

from __future__ import annotations

from allegata.domain.attributions import Assertion, Attributions, ClaimSides, Evidence, Passage, Stance
from allegata.domain.geography import Geography, Located, Point, kilometres
from allegata.domain.record import Commitment, Conclusion, Obligation, Record, Vote
from allegata.domain.statistics import beside, by_document, concepts_in_use, documents, figures
from allegata.domain.things import Descriptions, Statement, Thing, Value

__all__ = [
    "Assertion",
    "Attributions",
    "ClaimSides",
    "Commitment",
    "Conclusion",
    "Descriptions",
    "Evidence",
    "Geography",
    "Located",
    "Obligation",
    "Passage",
    "Point",
    "Record",
    "Stance",
    "Statement",
    "Thing",
    "Value",
    "Vote",
    "beside",
    "by_document",
    "concepts_in_use",
    "documents",
    "figures",
    "kilometres",
]
