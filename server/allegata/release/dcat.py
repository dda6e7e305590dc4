"""Describes the releases of a site and their files as a catalogue (DCAT 3, with the classes and code lists of DCAT-AP 3.0.1)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pyoxigraph import Literal, NamedNode, Triple

from allegata.model.formats import of_file
from allegata.model.languages import language_of
from allegata.model.licences import licence_of
from allegata.model.namespaces import expand
from allegata.release.manifest import FileEntry, Manifest

_EU: Final = "http://publications.europa.eu/resource/authority/"
_IANA: Final = "https://www.iana.org/assignments/media-types/"
#: SHA-256 under the name that DCAT-AP's code lists want (mdr-vocabularies, ChecksumAlgorithmRestriction); SPDX writes http.
_SHA256: Final = "https://spdx.org/rdf/terms#checksumAlgorithm_sha256"
_ADMS_TYPES: Final = "http://purl.org/adms/licencetype/"
_VOCABULARY: Final = {
    "language": ("dct:LinguisticSystem", f"{_EU}language"),
    "format": ("dct:MediaTypeOrExtent", f"{_EU}file-type"),
    "theme": ("skos:Concept", f"{_EU}data-theme"),
}


def catalogue(manifests: Sequence[Manifest]) -> list[Triple]:
    """Return the catalogue of some releases, the newest last; the last is the current one. Sorted, without repetition."""
    return sorted(set(_Writer(manifests).statements()), key=str)


class _Writer:
    """Writes the statements of a catalogue."""

    def __init__(self, manifests: Sequence[Manifest]):
        self.manifests = manifests
        self.current = manifests[-1]
        self.base = self.current.base

    def statements(self) -> Iterator[Triple]:
        """Yield all statements of the catalogue."""
        yield from self._catalogue()
        yield from self._dataset(f"{self.base}dataset", self.current)
        yield from self._service()
        earlier: Manifest | None = None
        for manifest in self.manifests:
            yield from self._release(manifest, earlier)
            earlier = manifest

    def _catalogue(self) -> Iterator[Triple]:
        catalogue, current = f"{self.base}catalog", self.current
        yield _thing(catalogue, "rdf:type", expand("dcat:Catalog"))
        yield _text(catalogue, "dct:title", f"Catalogue of {current.title}")
        yield _text(catalogue, "dct:description", "The dataset, its releases with their files, and the query service.")
        yield _thing(catalogue, "dcat:dataset", f"{self.base}dataset")
        for manifest in self.manifests:
            yield _thing(catalogue, "dcat:dataset", manifest.release_iri)
        yield _thing(catalogue, "dcat:service", f"{self.base}sparql#service")
        yield _thing(catalogue, "dcat:themeTaxonomy", f"{_EU}data-theme")
        yield _thing(f"{_EU}data-theme", "rdf:type", expand("skos:ConceptScheme"))
        yield _text(f"{_EU}data-theme", "dct:title", "Data theme")
        yield _thing(catalogue, "foaf:homepage", self.base)
        yield _thing(self.base, "rdf:type", expand("foaf:Document"))
        yield _date(catalogue, "dct:issued", self.manifests[0].created)
        yield _date(catalogue, "dct:modified", current.created)
        yield from self._common(catalogue, current)

    def _common(self, thing: str, manifest: Manifest) -> Iterator[Triple]:
        """Return who publishes a resource, in which language, under which licence and with which rights."""
        publisher = manifest.publisher
        yield _thing(thing, "dct:publisher", publisher.iri)
        yield _thing(publisher.iri, "rdf:type", expand("foaf:Agent"))
        yield _text(publisher.iri, "foaf:name", publisher.name, manifest)
        for language in map(language_of, manifest.languages):
            yield from _concept(thing, "dct:language", language.iri, "language", language.name)
        yield from self._rights(thing, manifest)

    def _rights(self, thing: str, manifest: Manifest) -> Iterator[Triple]:
        licence = manifest.licence
        if licence:
            yield _thing(thing, "dct:license", licence)
            yield _thing(licence, "rdf:type", expand("dct:LicenseDocument"))
        for kind in licence_of(licence).kinds:
            yield _thing(licence, "dct:type", _ADMS_TYPES + kind)
            yield from _listed(_ADMS_TYPES + kind, "skos:Concept", f"{_ADMS_TYPES}1.0", kind)
        if manifest.rights:
            yield _thing(thing, "dct:rights", f"{self.base}dataset/rights")
            yield _thing(f"{self.base}dataset/rights", "rdf:type", expand("dct:RightsStatement"))
            yield _text(f"{self.base}dataset/rights", "rdfs:label", manifest.rights, manifest)

    def _dataset(self, dataset: str, manifest: Manifest) -> Iterator[Triple]:
        """Describe the dataset, or one release of it, with its files."""
        yield _thing(dataset, "rdf:type", expand("dcat:Dataset"))
        yield _text(dataset, "dct:title", manifest.title, manifest)
        yield _text(dataset, "dct:description", manifest.description or manifest.title, manifest)
        yield Triple(NamedNode(dataset), NamedNode(expand("dcat:version")), Literal(manifest.version))
        yield _date(dataset, "dct:issued", manifest.created)
        yield Triple(NamedNode(dataset), NamedNode(expand("dct:identifier")), Literal(dataset))
        for word in manifest.keywords:
            yield _text(dataset, "dcat:keyword", word, manifest)
        yield from self._subjects(dataset, manifest)
        page = manifest.landing_page or self.base
        yield _thing(dataset, "dcat:landingPage", page)
        yield _thing(page, "rdf:type", expand("foaf:Document"))
        yield from self._contacts(dataset, manifest)
        access = access_right(manifest)
        yield _thing(dataset, "dct:accessRights", access)
        yield _thing(access, "rdf:type", expand("dct:RightsStatement"))
        yield _thing(access, "skos:inScheme", f"{_EU}access-right")
        yield _thing(dataset, "dct:conformsTo", f"{self.base}ns")
        yield _thing(f"{self.base}ns", "rdf:type", expand("dct:Standard"))
        yield from self._common(dataset, manifest)
        for name in manifest.files:
            if _offered(name):
                yield _thing(dataset, "dcat:distribution", f"{manifest.release_iri}/{name}")

    def _contacts(self, dataset: str, manifest: Manifest) -> Iterator[Triple]:
        """Return to whom objections and replies go, where the corpus says so (DCAT 3, section 6.4.3)."""
        for contact in manifest.contacts:
            yield _thing(dataset, "dcat:contactPoint", contact.iri)
            yield _thing(contact.iri, "rdf:type", expand("vcard:Kind"))
            yield _text(contact.iri, "vcard:fn", contact.name, manifest)
            for address in contact.addresses:
                yield _thing(contact.iri, "vcard:hasEmail" if address.startswith("mailto:") else "vcard:hasURL", address)

    def _subjects(self, dataset: str, manifest: Manifest) -> Iterator[Triple]:
        """Return the themes of the dataset, and the countries and places that it covers."""
        for theme in manifest.themes:
            yield from _concept(dataset, "dcat:theme", theme.iri, "theme", "" if theme.label == theme.iri else theme.label)
        for place in manifest.coverage:
            yield _thing(dataset, "dct:spatial", place.iri)
            yield _thing(place.iri, "rdf:type", expand("dct:Location"))
            yield _text(place.iri, "skos:prefLabel", place.label, manifest)

    def _release(self, manifest: Manifest, earlier: Manifest | None) -> Iterator[Triple]:
        release = manifest.release_iri
        yield from self._dataset(release, manifest)
        yield _thing(release, "dcat:isVersionOf", f"{self.base}dataset")
        yield _thing(f"{self.base}dataset", "dcat:hasVersion", release)
        if manifest is self.current:
            yield _thing(f"{self.base}dataset", "dcat:hasCurrentVersion", release)
        if earlier is not None:
            yield _thing(release, "dcat:previousVersion", earlier.release_iri)
        for note in manifest.notes:
            yield _text(release, "adms:versionNotes", note, manifest)
        yield _thing(release, "foaf:page", f"{release}/changes")
        yield _thing(f"{release}/changes", "rdf:type", expand("foaf:Document"))
        for name, entry in manifest.files.items():
            if _offered(name):
                yield from self._distribution(f"{release}/{name}", name.removeprefix("dumps/"), entry, manifest)

    def _distribution(self, file: str, name: str, entry: FileEntry, manifest: Manifest) -> Iterator[Triple]:
        """Describe a file: where it is, what it is, how long it is and its digest."""
        yield _thing(file, "rdf:type", expand("dcat:Distribution"))
        yield _text(file, "dct:title", name)
        yield _text(file, "dct:description", f"{name} of release {manifest.version}")
        yield _thing(file, "dcat:accessURL", file)
        yield _thing(file, "dcat:downloadURL", file)
        yield from self._kind(file, name)
        yield _number(file, "dcat:byteSize", entry.bytes, "nonNegativeInteger")
        digest = f"{file}#sha256"
        yield _thing(file, "spdx:checksum", digest)
        yield _thing(digest, "rdf:type", expand("spdx:Checksum"))
        yield _thing(digest, "spdx:algorithm", _SHA256)
        yield _thing(_SHA256, "rdf:type", expand("spdx:ChecksumAlgorithm"))
        yield _thing(_SHA256, "owl:sameAs", expand("spdx:checksumAlgorithm_sha256"))
        yield _number(digest, "spdx:checksumValue", entry.sha256, "hexBinary")
        yield _date(file, "dct:issued", manifest.created)
        available = f"{_EU}planned-availability/STABLE"
        yield _thing(file, "dcatap:availability", available)
        yield from _listed(available, "skos:Concept", f"{_EU}planned-availability", "stable")
        yield from self._rights(file, manifest)

    def _kind(self, file: str, name: str) -> Iterator[Triple]:
        form, packing = of_file(name)
        for curie, item in (("dcat:compressFormat", packing), ("dcat:mediaType", form)):
            if item:
                yield _thing(file, curie, _IANA + item.media_type)
                yield _thing(_IANA + item.media_type, "rdf:type", expand("dct:MediaType"))
        if form and form.file_type:
            yield from _concept(file, "dct:format", f"{_EU}file-type/{form.file_type}", "format", "")

    def _service(self) -> Iterator[Triple]:
        """Describe the query service as a data service."""
        service = f"{self.base}sparql#service"
        yield _thing(service, "rdf:type", expand("dcat:DataService"))
        yield _text(service, "dct:title", "SPARQL endpoint")
        yield _text(service, "dct:description", "SPARQL 1.1 queries on the current release, or with ?release= on an earlier one.")
        yield _thing(service, "dcat:endpointURL", f"{self.base}sparql")
        yield _thing(service, "dcat:endpointDescription", f"{self.base}sparql")
        yield _thing(service, "dct:conformsTo", "https://www.w3.org/TR/sparql11-protocol/")
        yield _thing("https://www.w3.org/TR/sparql11-protocol/", "rdf:type", expand("dct:Standard"))
        yield _thing(service, "dcat:servesDataset", f"{self.base}dataset")
        yield _text(service, "dcat:keyword", "SPARQL")
        for theme in self.current.themes:
            yield _thing(service, "dcat:theme", theme.iri)
        yield _thing(service, "dct:publisher", self.current.publisher.iri)
        yield from self._contacts(service, self.current)
        if self.current.licence:
            yield _thing(service, "dct:license", self.current.licence)


def access_right(manifest: Manifest) -> str:
    """Return who may have a release, as an IRI of the EU's list of access rights."""
    return f"{_EU}access-right/{'RESTRICTED' if manifest.protection else 'PUBLIC'}"


def _offered(name: str) -> bool:
    """Return whether a file is a distribution of the dataset; the dumps of single graphs are those of its VoID subsets."""
    return name.startswith("dumps/") and not name.startswith("dumps/graphs/")


def _concept(thing: str, curie: str, value: str, kind: str, label: str) -> Iterator[Triple]:
    """Refer to a member of a code list, and say which list it is in."""
    yield _thing(thing, curie, value)
    yield from _listed(value, *_VOCABULARY[kind], label)


def _listed(value: str, curie: str, scheme: str, label: str) -> Iterator[Triple]:
    yield _thing(value, "rdf:type", expand(curie))
    if value.startswith(scheme.removesuffix("1.0")):
        yield _thing(value, "skos:inScheme", scheme)
    if label:
        yield _text(value, "skos:prefLabel", label)


def _thing(subject: str, curie: str, value: str) -> Triple:
    return Triple(NamedNode(subject), NamedNode(expand(curie)), NamedNode(value))


def _text(subject: str, curie: str, value: str, manifest: Manifest | None = None) -> Triple:
    """Say something in the words of the program, which are English, or of a corpus, in the language of its description."""
    language = manifest.text_language if manifest else "en"
    return Triple(NamedNode(subject), NamedNode(expand(curie)), Literal(value, language=language or None))


def _number(subject: str, curie: str, value: object, datatype: str) -> Triple:
    return Triple(
        NamedNode(subject), NamedNode(expand(curie)), Literal(str(value), datatype=NamedNode(expand(f"xsd:{datatype}")))
    )


def _date(subject: str, curie: str, value: str) -> Triple:
    return _number(subject, curie, value, "dateTime" if "T" in value else "date")
