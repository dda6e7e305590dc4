"""Gives the packs of the library as files for a corpus; records keep their IRIs, so that corpora that take them can be joined."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from importlib import resources
from pathlib import Path, PurePosixPath
from typing import Any, Final

from pyoxigraph import Literal, NamedNode

from allegata import settings
from allegata.corpus.importers import CorpusFile, write_files
from allegata.corpus.library.records import COUNTRY, TYPE, read_records, region_iri, table
from allegata.corpus.library.states import State, States, cldr_name, territory_name
from allegata.corpus.rdf import rdflib_term
from allegata.corpus.reader import TABLES
from allegata.corpus.text_files import read_text
from allegata.corpus.turtle_writer import Document
from allegata.errors import UsageError
from allegata.model.namespaces import ALG, BASE, SCHEMES, expand, slug

#: The folder below data/ in which packs stand; nothing else does.
FOLDER: Final = PurePosixPath("library")
_LABEL: Final = NamedNode(expand("rdfs:label"))
_HEADING: Final = "{}. Taken from the library by: allegata library add {}. Not to be edited: taking it again writes it anew."


class Library:
    """The library that comes with the program; `package` is the folder that holds data/ of the bundled corpus."""

    def __init__(self, package: Path):
        said = tomllib.loads((resources.files("allegata.corpus.library") / "packs.toml").read_text("utf-8"))
        self.package = package
        self.packs: Mapping[str, Mapping[str, Any]] = said["packs"]
        #: The source of acts that are taken from a table of participants.
        self.acts_source = f"{BASE}{said['acts_source']}"
        self._tables: list[str] = said["tables"]
        self._without = frozenset(said["without"])
        self._not_followed = frozenset(BASE + path for path in said["not_followed"])
        self._store = read_records(package, said["folders"])

    @cached_property
    def _states(self) -> States:
        return States(self._store)

    def state(self, text: str) -> State:
        """Return the state that a code (ISO 3166, M49) or a name in any language means; raise UsageError with the nearest."""
        return self._states.find(text)

    def states(self) -> tuple[State, ...]:
        """Return all states, in the order of their codes."""
        return self._states.all

    def treaty(self, text: str) -> tuple[str, str]:
        """Return the IRI and the short name of a treaty by its slug, such as iccpr, or its number, such as IV-4."""
        wanted, treaties = text.strip().lower(), sorted(self._instances("alg:Treaty"), key=str)
        for node in treaties:
            if wanted in (slug(node.value), *(value.lower() for value in self._texts(node, "dct:identifier"))):
                return node.value, next(iter((*self._texts(node, "skos:altLabel"), *self._texts(node, "rdfs:label"))))
        raise UsageError(
            f"The library has no treaty {text!r}.", remedy=f"There is: {', '.join(slug(node.value) for node in treaties)}."
        )

    def _instances(self, *curies: str) -> set[NamedNode]:
        wanted = [NamedNode(expand(curie)) for curie in curies]
        found = {quad.subject for name in wanted for quad in self._store.quads_for_pattern(None, TYPE, name)}
        return {node for node in found if isinstance(node, NamedNode)}

    def _texts(self, node: NamedNode, curie: str) -> list[str]:
        said = (quad.object for quad in self._store.quads_for_pattern(node, NamedNode(expand(curie)), None))
        return sorted(value.value for value in said if isinstance(value, Literal))

    def title(self, pack: str) -> str:
        """Return what a pack holds, in words; raise UsageError where there is none of that name."""
        if pack not in self.packs:
            raise UsageError(f"The library has no {pack!r}.", remedy=f"There is: {', '.join(self.packs)}.")
        return str(self.packs[pack]["title"])

    def things(self, pack: str, states: Iterable[str] = ()) -> list[NamedNode]:
        """Return the records that a pack has for their own sake, sorted; of states those that are named, or all."""
        self.title(pack)
        if pack == "regions":
            return [NamedNode(region_iri(row["code"])) for row in table("regions.csv")]
        if pack == "states" and (named := list(states)):
            return sorted({NamedNode(self.state(text).iri) for text in named}, key=str)
        listed = {NamedNode(BASE + path) for path in self.packs[pack].get("things", ())}
        return sorted(self._instances(*self.packs[pack]["classes"]) | listed, key=str)

    def files(self, pack: str, states: Iterable[str] = (), languages: Iterable[str] = ()) -> Iterator[CorpusFile]:
        """Yield the files of a pack: its records with what they rest on, and the rows of mapping tables that lead out of them.

        `states` chooses states by code or name; `languages` adds the names that the Unicode CLDR has in them.
        """
        chosen = self.things(pack, states)
        left_out = self._without | frozenset(self.packs[pack].get("without", ()))
        nodes = list(chosen)
        taken = set(nodes)
        for node in nodes:
            for value in self._followed(node, left_out):
                if value not in taken:
                    taken.add(value)
                    nodes.append(value)
        document = Document(BASE)
        for node in sorted(nodes, key=str):
            self._describe(document, node, taken, left_out, tuple(languages))
        yield CorpusFile(FOLDER / f"{pack}.ttl", document.turtle(_HEADING.format(self.title(pack), pack)))
        yield from self._mappings(pack, {node.value for node in nodes})

    def _followed(self, node: NamedNode, left_out: Collection[str]) -> list[NamedNode]:
        """Return the records that one leads to and that the library has."""
        found: list[NamedNode] = []
        for quad in self._store.quads_for_pattern(node, None, None):
            value = quad.object
            if isinstance(value, NamedNode) and self._is_record(value) and not _is_one_of(quad.predicate, left_out):
                found.append(value)
        return sorted(found, key=str)

    def _is_record(self, node: NamedNode) -> bool:
        if not node.value.startswith(BASE) or node.value.startswith(SCHEMES) or node.value in self._not_followed:
            return False
        return next(self._store.quads_for_pattern(node, TYPE, None), None) is not None

    def _describe(
        self,
        document: Document,
        node: NamedNode,
        taken: Collection[NamedNode],
        left_out: Collection[str],
        languages: Iterable[str],
    ) -> None:
        subject = document.describe(node.value.removeprefix(BASE), ())
        for quad in self._store.quads_for_pattern(node, None, None):
            if not _is_one_of(quad.predicate, left_out) and (quad.object in taken or not _is_of_corpus(quad.object)):
                document.add((subject, rdflib_term(quad.predicate), rdflib_term(quad.object)))
        for language in languages:
            if name := self._name(node, language):
                document.add((subject, rdflib_term(_LABEL), rdflib_term(Literal(name, language=language))))

    def _name(self, node: NamedNode, language: str) -> str:
        """Return the name of a state or region in a language by the Unicode CLDR, where a label in it is not there already."""
        labels = [quad.object for quad in self._store.quads_for_pattern(node, _LABEL, None)]
        if any(isinstance(label, Literal) and label.language == language for label in labels):
            return ""
        if node.value.startswith(region_iri("")):
            return territory_name(node.value.removeprefix(region_iri("")), language)
        is_state = next(self._store.quads_for_pattern(node, TYPE, COUNTRY), None) is not None
        return cldr_name(self._states.by_iri(node.value), language) if is_state else ""

    def _mappings(self, pack: str, iris: Collection[str]) -> Iterator[CorpusFile]:
        for name in self._tables:
            path = self.package / "data" / "links" / f"{name}{TABLES}"
            lines = read_text(path).splitlines(keepends=True)
            head = [line for line in lines if line.startswith(("#", "subject_id"))]
            rows = [line for line in lines if BASE + line.partition("\t")[0].partition(":")[2] in iris]
            if rows:
                yield CorpusFile(PurePosixPath("links") / f"library-{pack}-{name}{TABLES}", "".join(head + rows))


def take(root: Path, pack: str, states: Iterable[str] = (), languages: Iterable[str] = ()) -> list[Path]:
    """Write a pack into a corpus in the place of what was taken of it before; return the files.

    Raises UsageError for a pack, a state or a language that there is not; nothing is written then.
    """
    files = list(Library(settings.default_root()).files(pack, states, languages))
    for stale in (root / "data" / "links").glob(f"library-{pack}-*{TABLES}"):
        stale.unlink()
    return write_files(root, files, replace=True)


def _is_of_corpus(value: object) -> bool:
    """Return whether a value names a record of the bundled corpus, and no concept or term of the model."""
    return isinstance(value, NamedNode) and value.value.startswith(BASE) and not value.value.startswith((SCHEMES, ALG))


def _is_one_of(predicate: NamedNode, curies: Collection[str]) -> bool:
    return any(predicate.value == expand(curie) for curie in curies)
