"""Names things for people: by label where there is one, by what they say where there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from pyoxigraph import NamedNode

from allegata.domain.property_labels import WORDS
from allegata.domain.store import Reader
from allegata.model.labels import ALIASES, ENGLISH, LABELS, NAMES
from allegata.model.namespaces import expand, shorten, slug

_REMEMBERED = 1 << 16
#: The polarities, said so that they fit one speaker and several.
PASSIVE = {"affirms": "affirmed by", "denies": "denied by", "doubts": "doubted by", "leavesOpen": "left open by"}


class Names:
    """Names each thing so that it can stand in a heading or a link."""

    def __init__(self, reader: Reader):
        self.reader = reader
        self.label: Callable[[NamedNode], str] = lru_cache(_REMEMBERED)(self._label)

    def short(self, iri: str) -> str:
        """Shorten an IRI by a prefix or the base."""
        return shorten(iri, self.reader.base)

    def known_in(self, node: NamedNode, language: str) -> str:
        """Return the name of a thing in a language: its label, else its longest further name (the formal one), or nothing."""
        labels = [item.value for curie in NAMES for item in self.reader.literals(node, curie) if item.language == language]
        further = [item.value for curie in ALIASES for item in self.reader.literals(node, curie) if item.language == language]
        translated = self.reader.translations.name(node.value, language)
        return next(iter(labels), "") or translated or max(sorted(further), key=len, default="")

    def language_of(self, node: NamedNode, text: str) -> str:
        """Return the language in which a thing has a text as its name or statement, or nothing where it has it in none."""
        said = (item for curie in (*LABELS, *ALIASES) for item in self.reader.literals(node, curie))
        return next((item.language for item in said if item.value == text and item.language), "")

    def _label(self, node: NamedNode) -> str:
        if self.reader.language != ENGLISH and (own := self.known_in(node, self.reader.language)):
            return own
        if node.value in WORDS:
            return WORDS[node.value]
        labelled = self.reader.text(node, *LABELS)
        if labelled:
            return labelled
        for name, namer in NAMERS.items():
            if expand(name) in self.reader.classes(node):
                return namer(self, node)
        graphs = f"{self.reader.base}graph/"
        return f"data file {node.value.removeprefix(graphs)}" if node.value.startswith(graphs) else self.short(node.value)

    def of(self, node: NamedNode, curie: str) -> str:
        """Name what a property leads to; several are joined, or says that none is given."""
        return listed([self.label(value) for value in self.reader.nodes(node, curie)]) or "not given"


def listed(names: Sequence[str]) -> str:
    """Join names as English does."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _assertion(names: Names, node: NamedNode) -> str:
    return f"“{names.of(node, 'alg:asserts').rstrip('.')}”, {attribution(names, node)}"


def attribution(names: Names, node: NamedNode) -> str:
    """Return how an assertion puts its claim and who puts it, in words that fit one speaker and several."""
    polarity = names.reader.node(node, "alg:polarity")
    word = slug(polarity.value) if polarity else ""
    return f"{PASSIVE.get(word, f'{word} by')} {names.of(node, 'alg:assertedBy')}"


def _stance(names: Names, node: NamedNode) -> str:
    return f"{_end(names, node, 'alg:from')} {names.of(node, 'alg:stance')} {_end(names, node, 'alg:to')}"


def _end(names: Names, node: NamedNode, curie: str) -> str:
    target = names.reader.node(node, curie)
    claim = target and names.reader.node(target, "alg:asserts")
    if target is None or claim is None:
        return f"“{names.of(node, curie).rstrip('.')}”"
    return f"“{names.label(claim).rstrip('.')}” ({attribution(names, target)})"


def _commitment(names: Names, node: NamedNode) -> str:
    date = names.reader.text(node, "dct:date")
    act, instrument = names.of(node, "alg:act"), names.of(node, "alg:instrument")
    return f"{names.of(node, 'alg:state')}: {act}, {instrument}{f', {date}' * bool(date)}"


def _vote(names: Names, node: NamedNode) -> str:
    date = names.reader.text(node, "dct:date")
    return f"Vote on {names.of(node, 'alg:instrument')}{f', {date}' * bool(date)}"


def _point(names: Names, node: NamedNode) -> str:
    latitude, longitude = (names.reader.text(node, f"schema:{name}") for name in ("latitude", "longitude"))
    return f"{names.of(node, 'alg:locates')}: {latitude}, {longitude}, {names.of(node, 'dct:source')}"


def _evidence_use(names: Names, node: NamedNode) -> str:
    return f"{names.of(node, 'alg:usedLine')}: {names.of(node, 'alg:direction')}"


def _event_statement(names: Names, node: NamedNode) -> str:
    return f"{names.of(node, 'alg:ofEvent')}, by {names.of(node, 'dct:source')}"


def _position(names: Names, node: NamedNode) -> str:
    return f"{names.of(node, 'alg:state')}: {names.of(node, 'alg:choice')}, {names.of(node, 'alg:vote')}"


def _mapping(names: Names, node: NamedNode) -> str:
    return f"{names.of(node, 'sssom:subject_id')} {names.of(node, 'sssom:predicate_id')} {names.of(node, 'sssom:object_id')}"


def _assessment(names: Names, node: NamedNode) -> str:
    return f"Assessment of {names.of(node, 'alg:assesses')} by {names.of(node, 'prov:wasAttributedTo')}"


def _passage(names: Names, node: NamedNode) -> str:
    selector = names.reader.node(node, "oa:hasSelector")
    places = [names.reader.text(selector, curie) for curie in ("oa:start", "oa:end")]
    return f"{names.of(node, 'oa:hasSource')}, code points {' to '.join(places)}"


def _quantity(names: Names, node: NamedNode) -> str:
    exact, least, most = (names.reader.text(node, f"schema:{name}") for name in ("value", "minValue", "maxValue"))
    number = exact or (f"{least} to {most}" if least and most else f"{least} or more" if least else f"up to {most}")
    about = "about " if names.reader.text(node, "alg:approximate") == "true" else ""
    return f"{about}{number} {names.reader.text(node, 'schema:unitText')}".strip()


def _period(names: Names, node: NamedNode) -> str:
    return period(names.reader.text(node, "dcat:startDate"), names.reader.text(node, "dcat:endDate"))


def period(start: str, end: str) -> str:
    """Return a period in words."""
    if start and end:
        return start if start == end else f"{start} to {end}"
    return f"from {start}" if start else f"as of {end}" if end else "no date given"


def _comparison(names: Names, node: NamedNode) -> str:
    first, second = (names.of(node, curie).rstrip(".") for curie in ("alg:first", "alg:second"))
    return f"“{first}” and “{second}”: numbers that do not overlap"


def _conclusion(names: Names, node: NamedNode) -> str:
    state, concluded, provision = (names.of(node, f"alg:{name}") for name in ("state", "conclusion", "provision"))
    return f"{provision} {concluded}: {state}, “{names.of(node, 'alg:ofClaim').rstrip('.')}”"


#: Class → what composes the name of a thing that has no label.
NAMERS: dict[str, Callable[[Names, NamedNode], str]] = {
    "alg:Assertion": _assertion,
    "alg:Stance": _stance,
    "alg:Commitment": _commitment,
    "alg:Vote": _vote,
    "alg:PointStatement": _point,
    "alg:EvidenceUse": _evidence_use,
    "alg:EventStatement": _event_statement,
    "alg:Position": _position,
    "alg:LegalConclusion": _conclusion,
    "alg:Assessment": _assessment,
    "schema:QuantitativeValue": _quantity,
    "dct:PeriodOfTime": _period,
    "oa:SpecificResource": _passage,
    "alg:Comparison": _comparison,
    "sssom:Mapping": _mapping,
}
