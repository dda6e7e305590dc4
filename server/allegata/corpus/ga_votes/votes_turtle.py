"""Writes roll calls as corpus files: for each session the texts voted on, the votes and the positions of states."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pyoxigraph import Literal

from allegata.corpus.ga_votes.roll_calls import CHOICES, RollCall
from allegata.model.namespaces import SCHEMES

_PREFIXES: Final = """\
@prefix alg: <https://w3id.org/allegata/ns#> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <http://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
#: The name of the source below the base.
SOURCE: Final = "source/ga-roll-calls"
_COMMENT: Final = (
    "A table by Erik Voeten, as the package unvotes has it. A state without a row has no position; the counts are those of the "
    "rows. Where the table gives a day that is not that of the vote, the month stands. Votes of a state are under the name that "
    "the table gives it, whatever it was called at the time."
)
_SOURCE_TEXT: Final = f"""
<{SOURCE}> a alg:Source ;
    rdfs:label "Roll calls of the United Nations General Assembly"@en ;
    dct:title "Data and Analyses of Voting in the United Nations General Assembly"@en ;
    rdfs:comment "{_COMMENT}"@en ;
    schema:url "https://github.com/dgrtwo/unvotes"^^xsd:anyURI ;
    alg:targetStatus <{SCHEMES}target-status/addressGiven> .
"""
#: What of a description of later roll calls is no title.
_BEHIND_TITLE: Final = re.compile(r"\s*:\s*(?:resolution|draft resolution|decision)\b.*$", re.IGNORECASE | re.DOTALL)
#: How long a title may be; what is longer, or in capitals, is a summary or minutes, which stay in the table.
_TITLE: Final = 300
#: Minutes and numbers of the agenda, which stand in the place of a description.
_NO_TITLE: Final = re.compile(r"President|^A/\d+/\d+ ")
#: Where the table cuts catchwords off.
_CUT: Final = (40, 60)
#: What shows that letters of a title were lost on the way into the table.
_GARBLED: Final = "\u00c3"


@dataclass(frozen=True)
class Voter:
    """A state in a roll call: its IRI, the last part of it, its name, and the choice."""

    iri: str
    slug: str
    name: str
    choice: str


@dataclass(frozen=True)
class Recorded:
    """A roll call with its name below the base, the counts of the table, and the positions that are taken over."""

    roll_call: RollCall
    slug: str
    counts: Mapping[str, int]
    voters: Sequence[Voter]
    further: bool


def slugs(roll_calls: Iterable[RollCall]) -> dict[str, str]:
    """Name each roll call by its text: the first that is on neither part nor amendment has the name of the text alone."""
    named: dict[str, str] = {}
    taken: set[str] = set()
    marked = sorted(roll_calls, key=lambda item: (bool(item.amendment or item.part), int(item.rcid)))
    for item in marked:
        text = text_slug(item)
        plain = not (item.amendment or item.part) and text not in taken
        named[item.rcid] = text if plain or not item.text else f"{text}-roll-call-{item.rcid}"
        taken.add(named[item.rcid])
    return named


def text_slug(item: RollCall) -> str:
    """Return the name of the text that a roll call is about: by its symbol, its number in the table, or the roll call."""
    if item.symbol:
        return _plain(item.symbol)
    return f"ga-text-{_plain(item.text)}" if item.text else f"ga-roll-call-{item.rcid}"


def titles(roll_calls: Iterable[RollCall]) -> dict[str, RollCall]:
    """Return for each text the roll call that names it: of those with a catchword one on the text, and not on a part of it."""
    found: dict[str, RollCall] = {}
    for item in sorted(roll_calls, key=lambda item: (not item.short, bool(item.amendment or item.part), int(item.rcid))):
        found.setdefault(text_slug(item), item)
    return found


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def source_file(base: str) -> str:
    """Return the file that describes the table."""
    return f"# Where votes of the General Assembly were looked up.\n@base <{base}> .\n{_PREFIXES}{_SOURCE_TEXT}"


def session_file(base: str, session: int, recorded: Sequence[Recorded], titled: Mapping[str, RollCall]) -> str:
    """Return the file of a session; `titled` has for each text the roll call from which its title is taken."""
    parts = [
        f"# Roll calls of the {session}{_ordinal(session)} session of the General Assembly, by the table of {SOURCE}.\n"
        f"@base <{base}> .\n{_PREFIXES}"
    ]
    for text in dict.fromkeys(text_slug(item.roll_call) for item in recorded):
        parts.append(_text(text, titled[text]))
    parts += [_vote(item) for item in recorded]
    parts += [_positions(item) for item in recorded if item.voters]
    return "\n".join(parts)


def _ordinal(number: int) -> str:
    return "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _text(slug: str, item: RollCall) -> str:
    kind = "Resolution" if item.symbol else "Instrument"
    title = _title(item)
    return (
        f"<instrument/{slug}> a alg:{kind} ;\n"
        f"    rdfs:label {_english(f'{_called(item)}: {title}' if title else _called(item))} ;\n"
        f"    dct:identifier {Literal(item.symbol or item.text or f'roll call {item.rcid}')} ;\n"
        f"    dct:source <{SOURCE}> .\n"
    )


def _called(item: RollCall) -> str:
    if item.symbol:
        return f"General Assembly resolution {item.symbol.removeprefix('A/RES/')}"
    return f"General Assembly, session {item.session}, {item.text or f'roll call {item.rcid}'}"


def _title(item: RollCall) -> str:
    """Return the title that the table gives, cut before what it says of the kind of text; else its catchword, in its capitals."""
    said, short = _BEHIND_TITLE.sub("", item.description).strip(" :"), item.short.strip(" :")
    whole = 0 < len(said) <= _TITLE and not said.isupper() and not _NO_TITLE.search(said)
    title = said if whole else f"{short}…" if len(item.short) in _CUT else _BEHIND_TITLE.sub("", short)
    return "" if _GARBLED in title else title


def _vote(item: Recorded) -> str:
    call = item.roll_call
    on = [word for word, said in (("amendment", call.amendment), ("part", call.part)) if said]
    if call.amendment is False and call.part is False:
        on = ["textOrMotion"]
    objects = " , ".join(f"<{SCHEMES}vote-object/{word}>" for word in on)
    counts = "".join(f"    alg:{choice}Count {item.counts[choice]} ;\n" for choice in CHOICES)
    return (
        f"<vote/{item.slug}> a alg:Vote ;\n"
        f"    rdfs:label {_english(_vote_label(item, on))} ;\n"
        f"    dct:identifier {Literal(f'roll call {call.rcid}')} ;\n"
        f"    alg:instrument <instrument/{text_slug(call)}> ;\n"
        f'    dct:date "{call.day}"^^xsd:{"date" if len(call.day) == 10 else "gYearMonth"} ;\n'
        f"    alg:voteProcedure <{SCHEMES}vote-procedure/recordedVote> ;\n"
        + f"    alg:voteObject {objects} ;\n" * bool(on)
        + "    alg:rollCallComplete false ;\n" * item.further
        + counts
        + f"    dct:source <{SOURCE}> .\n"
    )


def _vote_label(item: Recorded, on: Sequence[str]) -> str:
    what = {("amendment",): "an amendment to ", ("part",): "a part of ", ("amendment", "part"): "an amendment to a part of "}
    named = f"Vote on {what.get(tuple(on), '')}{_called(item.roll_call)}"
    return named if item.slug == text_slug(item.roll_call) else f"{named} (roll call {item.roll_call.rcid})"


def _positions(item: Recorded) -> str:
    """Return the positions in a vote under the choice that they took, each choice in the order of the names."""
    called = item.roll_call.symbol or item.roll_call.text or f"roll call {item.roll_call.rcid}"
    numbers = Counter(voter.choice for voter in item.voters)
    parts = []
    for choice in CHOICES:
        parts += [f"# -- {item.slug}: {choice} ({numbers[choice]})"] if numbers[choice] else []
        parts += [
            f"<position/{item.slug}/{voter.slug}> a alg:Position ; "
            f"rdfs:label {_english(f'{voter.name}: {choice} on {called}')} ; "
            f"alg:vote <vote/{item.slug}> ; alg:state <{voter.iri}> ; alg:choice <{SCHEMES}choice/{choice}> ."
            for voter in sorted(item.voters, key=lambda voter: voter.slug)
            if voter.choice == choice
        ]
    return "\n".join(parts) + "\n"


def _english(text: str) -> str:
    return str(Literal(text, language="en"))
