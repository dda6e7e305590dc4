"""Reads how terms of the model relate to those of other vocabularies (SSSOM tables), as records from which nothing follows.

SKOS makes concepts of whatever its mapping properties link, so what links classes and properties stands in no statement of its
own: only the record of the mapping names both ends.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode, Quad

from allegata.corpus.quad_file import subjects
from allegata.corpus.reader import TABLES, Corpus
from allegata.corpus.sssom import COLUMNS, rows_of
from allegata.corpus.sssom_table import read_table
from allegata.corpus.text_files import list_files
from allegata.errors import LinkError
from allegata.model.namespaces import expand

#: Where the tables stand, below the folder of a corpus.
FOLDER: Final = "ontology/alignments"
#: Slots of the metadata of a table → the properties that the header of its mapping set has them by.
_HEADER: Final = {
    "mapping_set_title": "dct:title",
    "mapping_set_description": "dct:description",
    "mapping_set_version": "owl:versionInfo",
    "license": "dct:license",
    "creator_id": "dct:creator",
    "publication_date": "dct:issued",
    "object_source": "dct:relation",
}


def read_alignments(corpus: Corpus) -> list[Quad]:
    """Return the mappings of ontology/alignments as statements; raise LinkError for a row or a header that cannot be used."""
    known = subjects(corpus.quads)
    return [quad for path in list_files(corpus.root / FOLDER, TABLES) for quad in _set(corpus, path, known)]


def _set(corpus: Corpus, path: Path, known: Container[object]) -> Iterator[Quad]:
    graph = corpus.graph(f"{FOLDER}/{path.name.removesuffix(TABLES)}")
    metadata = read_table(path, COLUMNS).metadata
    address = metadata.get("mapping_set_id")
    if not isinstance(address, str):
        raise LinkError(f"{path}: the header has no mapping_set_id.", remedy="Name the table by an IRI.")
    mappings = NamedNode(address)
    yield Quad(mappings, NamedNode(expand("rdf:type")), NamedNode(expand("sssom:MappingSet")), graph)
    for slot, curie in _HEADER.items():
        if slot in metadata:
            yield Quad(mappings, NamedNode(expand(curie)), _value(slot, str(metadata[slot])), graph)
    for row in rows_of(path):
        if isinstance(row, LinkError):
            raise row
        if row.subject not in known:
            raise LinkError(f"{row.place}: the model has no {row.subject.value}.", remedy="Mend the subject_id.")
        if not row.kept_back:
            mapping = NamedNode(f"{address}#{_last(row.subject)}-{_last(row.target)}")
            yield Quad(mapping, NamedNode(expand("dct:isPartOf")), mappings, graph)
            yield from row.record(mapping, graph)


def _value(slot: str, text: str) -> NamedNode | Literal:
    if text.startswith(("https://", "http://")):
        return NamedNode(text)
    if slot == "publication_date":
        return Literal(text, datatype=NamedNode(expand("xsd:date")))
    return Literal(text) if slot == "mapping_set_version" else Literal(text, language="en")


def _last(term: NamedNode) -> str:
    return term.value.replace("#", "/").rsplit("/", 1)[-1]
