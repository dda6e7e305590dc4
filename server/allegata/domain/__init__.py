"""Describes the things of a release for people: any thing, and closely what attributes claims to speakers.

reader        patterns over the store
naming        a name for everything
thing         any thing, its statements and its parts
attribution   assertions with speakers, relays, evidence and passages; stances; the sides of a claim
geography     where sources put places
record        what a right, a state and an instrument have to do with each other
figures       how many of what
"""

from __future__ import annotations

from allegata.domain.attributions import Assertion, Attributions, Evidence, Passage, Sides, Stance
from allegata.domain.geography import Geography, Located, Point, kilometres
from allegata.domain.record import Commitment, Obligation, Record, Vote
from allegata.domain.statistics import by_document, figures
from allegata.domain.things import Descriptions, Statement, Thing, Value

__all__ = [
    "Assertion",
    "Attributions",
    "Commitment",
    "Descriptions",
    "Evidence",
    "Geography",
    "Located",
    "Obligation",
    "Passage",
    "Point",
    "Record",
    "Sides",
    "Stance",
    "Statement",
    "Thing",
    "Value",
    "Vote",
    "by_document",
    "figures",
    "kilometres",
]
