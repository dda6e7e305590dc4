"""Makes odd corpora of a sound one: statements that parse, and say what nobody foresaw; the same ones for the same seed."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from allegata.corpus.rdf import parse_turtle
from allegata.model.namespaces import expand
from other_corpus import BASE, write_other_corpus
from support import ROOT

_VALID: Final = sorted(
    path for path in (ROOT / "tests" / "examples" / "valid").glob("*.ttl") if path.stem not in ("dataset", "redaction")
)
_XSD: Final = "http://www.w3.org/2001/XMLSchema#"
#: Literals that parse and are odd: of a type that they do not fit, huge, empty, of many or of no signs.
LITERALS: Final = (
    *(
        Literal(text)
        for text in (
            "",
            " ",
            "\x7f",
            "\ufffd\u200f\u202e",
            "x" * 100_000,
            "=cmd|' /C calc'!A0",
            "</script>",
            "a\nb\rc\td",
            "\U0001f600",
        )
    ),
    *(Literal("x", language=tag) for tag in ("en", "x-none", "zh-Hant-CN-x-private", "abcdefgh-abcdefgh")),
    *(
        Literal(text, datatype=NamedNode(f"{_XSD}{kind}"))
        for kind in (
            "date",
            "gYear",
            "integer",
            "decimal",
            "double",
            "boolean",
            "dateTime",
            "anyURI",
            "nonNegativeInteger",
            "duration",
            "nothing",
        )
        for text in (
            "",
            "x",
            "-1",
            "0",
            "9" * 400,
            "1e400",
            "NaN",
            "INF",
            "2020-02-30",
            "-0001",
            "99999-12-31",
            "2020-01-01Z",
            "24:00:00",
            "+0.0",
        )
    ),
    Literal("<a>&b;</a>", datatype=NamedNode(expand("rdf:XMLLiteral"))),
    Literal('{"a": [1, {}]}', datatype=NamedNode(expand("rdf:JSON"))),
    Literal("POINT(x y)", datatype=NamedNode("http://www.opengis.net/ont/geosparql#wktLiteral")),
    Literal("9" * 5000, datatype=NamedNode(f"{_XSD}integer")),
)
#: IRIs that parse and are odd: of other schemes, at the edges of the base, long, with signs that paths and files know.
IRIS: Final = tuple(
    NamedNode(iri)
    for iri in (
        "urn:x", "x:", "mailto:a@b", "data:,x", "javascript:alert(1)", "file:///etc/passwd", "http://[::1]:99999/", "http://user:password@host/",
        BASE, BASE[:-1], f"{BASE}claim/", f"{BASE}claim/../../x", f"{BASE}claim/%2e%2e%2Fx", f"{BASE}claim/a//b", f"{BASE}graph/things",
        f"{BASE}graph/inferred", f"{BASE}claim/{'x' * 3000}", f"{BASE}claim/한글", f"{BASE}claim/a?b=c#d", f"{BASE}claim/a'b*c$d", f"{BASE}CON",
        "https://w3id.org/allegata/ns#Claim", "https://w3id.org/allegata/ns#nothing", "https://w3id.org/allegata/scheme/polarity/affirms",
        expand("rdf:nil"), expand("rdfs:Literal"), expand("owl:Thing"), expand("skos:Concept"),
    )
)  # fmt: skip
#: Properties along which the program goes on from thing to thing.
_LEADING: Final = (
    "skos:broader org:subOrganizationOf schema:containedInPlace prov:actedOnBehalfOf alg:partOfClaim alg:relays dct:isPartOf alg:to alg:from"
    " rdfs:subClassOf rdfs:subPropertyOf owl:inverseOf schema:superEvent alg:repliesTo skos:exactMatch owl:sameAs"
).split()  # fmt: skip

Statements = list[Triple]
Mutation = Callable[[Statements, random.Random], None]


def _odd_literal(found: Statements, chance: random.Random) -> None:
    at = chance.randrange(len(found))
    found[at] = Triple(found[at].subject, found[at].predicate, chance.choice(LITERALS))


def _odd_object(found: Statements, chance: random.Random) -> None:
    at = chance.randrange(len(found))
    found[at] = Triple(found[at].subject, found[at].predicate, chance.choice(IRIS))


def _odd_name(found: Statements, chance: random.Random) -> None:
    """Name a thing oddly, wherever it is spoken of."""
    old, new = chance.choice(found).subject, chance.choice(IRIS)
    found[:] = [Triple(new if t.subject == old else t.subject, t.predicate, new if t.object == old else t.object) for t in found]


def _missing(found: Statements, chance: random.Random) -> None:
    for _ in range(min(len(found) - 1, chance.choice((1, 1, 3)))):
        del found[chance.randrange(len(found))]


def _twice(found: Statements, chance: random.Random) -> None:
    """State a property of a thing once more, with a value of another statement."""
    one, other = chance.choice(found), chance.choice(found)
    found.append(Triple(one.subject, one.predicate, other.object))


def _elsewhere(found: Statements, chance: random.Random) -> None:
    """State something with a property that belongs to other things."""
    one, other = chance.choice(found), chance.choice(found)
    found.append(Triple(one.subject, other.predicate, other.object))


def _circle(found: Statements, chance: random.Random) -> None:
    """Lead from a thing back to it, by itself or another."""
    things = list(dict.fromkeys(t.subject for t in found if isinstance(t.subject, NamedNode)))
    way = NamedNode(expand(chance.choice(_LEADING)))
    ring = [chance.choice(things) for _ in range(chance.choice((1, 2, 3)))]
    found += [Triple(one, way, other) for one, other in zip(ring, [*ring[1:], ring[0]], strict=True)]


def _nameless(found: Statements, chance: random.Random) -> None:
    if chance.random() < 0.8:  # it is refused, whatever else there is
        return
    at, node = chance.randrange(len(found)), BlankNode()
    found[at] = Triple(found[at].subject, found[at].predicate, node)
    found.append(Triple(node, chance.choice(found).predicate, chance.choice(found).object))


def _of_every_class(found: Statements, chance: random.Random) -> None:
    kinds = list(dict.fromkeys(t.object for t in found if t.predicate.value == expand("rdf:type")))
    thing = chance.choice(found).subject
    found += [Triple(thing, NamedNode(expand("rdf:type")), kind) for kind in kinds]


#: What is done to the statements of a file: one row each.
MUTATIONS: Final[tuple[Mutation, ...]] = (
    _odd_literal,
    _odd_object,
    _odd_name,
    _missing,
    _twice,
    _elsewhere,
    _circle,
    _nameless,
    _of_every_class,
)


class Mutations:
    """Odd corpora in a folder, one after the other in the place of each other: each second one has no shapes that could refuse it."""

    def __init__(self, folder: Path):
        self.root = write_other_corpus(folder / "corpus")
        self._shapes, self._aside = self.root / "shapes", folder / "shapes-aside"
        for path in _VALID:
            text = path.read_text("utf-8").replace("<scheme/", "<https://w3id.org/allegata/scheme/")
            text = text.replace("@base <https://w3id.org/allegata/> .", f"@base <{BASE}> .")
            (self.root / "data" / f"example-{path.name}").write_text(text, "utf-8")
        self._files = {path: list(parse_turtle(path)) for path in sorted((self.root / "data").rglob("*.ttl"))}

    def write(self, seed: int) -> str:
        """Write the corpus of a seed, and return what was done to it, in words."""
        chance = random.Random(seed)
        self._choose_shapes(seed % 2 == 0)
        files = {path: list(statements) for path, statements in self._files.items()}
        done = []
        for _ in range(chance.choice((1, 2, 5))):
            path, mutation = chance.choice(list(files)), chance.choice(MUTATIONS)
            mutation(files[path], chance)
            done.append(f"{path.stem}: {mutation.__name__.strip('_')}")
        for path, statements in files.items():
            path.write_bytes(serialize(statements, format=RdfFormat.TURTLE) or b"")
        return ", ".join(done)

    def _choose_shapes(self, wanted: bool) -> None:
        if wanted and self._aside.exists():
            shutil.rmtree(self._shapes)
            self._aside.rename(self._shapes)
        elif not wanted and not self._aside.exists():
            self._shapes.rename(self._aside)
            self._shapes.mkdir()
