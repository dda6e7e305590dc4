"""Takes in fact checks as ClaimReview of schema.org has them: one, a list, the graph of a page, or a data feed (JSON-LD).

A rating (`reviewRating`) becomes an assertion of whoever rated, about the claim that was reviewed, and no verdict of the corpus.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from allegata.corpus.intake.importer import intake
from allegata.corpus.intake.reading import Json, bounded, members, read_json
from allegata.corpus.intake.records import Record, flat
from allegata.errors import SheetError

_TYPE: Final = "ClaimReview"
#: The members by which one is found inside others: a graph, a data feed and its items (schema.org, DataFeed).
_AROUND: Final = ("@graph", "dataFeedElement", "item")
#: What says of which kind a thing is, and how names are to be read.
_KINDS: Final = ("@type", "@context")
#: Where a claim was put forward (schema.org, Claim), the first before others; some put the address into the place of the work.
_APPEARANCES: Final = tuple(
    f"itemReviewed.{name}{member}" for name in ("firstAppearance", "appearance", "sameAs") for member in (".url", ".@id", "")
)


def read_claimreview(path: Path) -> Iterator[Record]:
    """Yield the fact checks of a file; raise SheetError where there is none, and for one without claim or author."""
    found = list(bounded(_records(path), path))
    if not found:
        raise SheetError(f"{path}: there is no {_TYPE}.", remedy='Give JSON-LD with "@type": "ClaimReview".')
    yield from found


def _records(path: Path) -> Iterator[Record]:
    for number, item in enumerate(_reviews(members(read_json(path), str(path), "@graph"), 0), 1):
        place = f"{path}, {_TYPE} {number}"
        fields = {name: values for name, values in map(_named, flat(item, place).items()) if not name.endswith(_KINDS)}
        missing = [name for name in ("claimReviewed", "author.name") if name not in fields]
        if missing:
            raise SheetError(
                f"{place}: there is no {', '.join(missing)}.", remedy="Fetch the markup again, or leave this one out."
            )
        fields.setdefault("url", (f"{_TYPE} {number}",))
        where = dict.fromkeys(value for name in _APPEARANCES for value in fields.get(name, ()))
        if where:
            fields["appearance"], *_ = ((value,) for value in where)
        yield Record(place, _TYPE, fields)


def _reviews(values: list[Json], depth: int) -> Iterator[Json]:
    for value in values:
        if not isinstance(value, dict) or depth > len(_AROUND):
            continue
        kinds = value.get("@type", "")
        if _TYPE in ([_bare(kinds)] if isinstance(kinds, str) else map(_bare, map(str, kinds))):
            yield value
        for name in _AROUND:
            inner = value.get(name)
            yield from _reviews(inner if isinstance(inner, list) else [inner], depth + 1)


def _named(field: tuple[str, tuple[str, ...]]) -> tuple[str, tuple[str, ...]]:
    """Return a field by its bare name; of whom the author is, the kind is a field that has a name of its own."""
    path, values = field
    name = ".".join(map(_bare, path.split(".")))
    return (
        (name.replace("author.@type", "author.kind"), tuple(map(_bare, values)))
        if name.endswith("author.@type")
        else (name, values)
    )


def _bare(name: str) -> str:
    """Return a name without the namespace of schema.org before it."""
    return name.removeprefix("https://schema.org/").removeprefix("http://schema.org/").removeprefix("schema:")


IMPORTER: Final = intake(
    "Draft a workbook of fact checks (ClaimReview, JSON-LD): what was claimed, and how the reviewer rates it.",
    read_claimreview,
    "claimreview",
)
