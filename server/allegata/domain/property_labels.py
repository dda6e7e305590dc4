"""Says in words what properties and classes of other vocabularies are called where they stand on our things."""

from __future__ import annotations

from typing import Final

from allegata.model.namespaces import expand

_TABLE = """
rdf:type kind
rdfs:label label
rdfs:comment note
rdfs:isDefinedBy defined in
skos:prefLabel label
skos:altLabel also called
skos:definition definition
skos:example example
skos:broader broader
skos:narrower narrower
skos:inScheme in scheme
skos:topConceptOf top concept of
skos:hasTopConcept top concept
skos:exactMatch exactly matches
skos:closeMatch closely matches
skos:relatedMatch related to
skos:Concept concept
skos:ConceptScheme scheme
owl:sameAs same as
dct:temporal time
dct:date date
dct:issued issued
dct:source source
dct:identifier identifier
dct:title title
dct:creator creator
dct:publisher publisher
dct:language language
dct:description description
dct:isPartOf part of
dct:isReferencedBy cited in
dct:relation related
prov:wasGeneratedBy concluded by
prov:Activity activity
dcat:startDate from
dcat:endDate to
dcat:byteSize bytes
schema:Organization organization
schema:Person person
schema:Country state
schema:Place place
schema:about about
schema:startDate start
schema:endDate end
schema:organizer organizer
schema:url address
schema:value value
schema:position place in the order
schema:minValue at least
schema:maxValue at most
schema:unitText unit
schema:latitude latitude
schema:longitude longitude
schema:sameAs same as
schema:containedInPlace in
prov:Agent actor
prov:wasAttributedTo attributed to
prov:actedOnBehalfOf acted on behalf of
org:hasMembership role
org:member member
org:organization organization
oa:hasSource source
oa:hasSelector position
oa:start first code point
oa:end behind the last
spdx:checksum digest
spdx:checksumValue digest
spdx:algorithm algorithm
sssom:Mapping link
"""
#: IRI of another vocabulary → words.
WORDS: Final = {expand(curie): words for curie, _, words in (line.partition(" ") for line in _TABLE.strip().splitlines())}
