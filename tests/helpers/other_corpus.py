"""A small corpus about an invented country: in Spanish and Arabic, with a licence, a publisher, a map and a base of its own."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

from allegata.corpus.scaffold import Scaffold, create_corpus
from allegata.model.namespaces import PREFIXES
from support import ROOT

BASE = "https://voces.example/arlandia/"
TITLE = "Voces de Arlandia: quién dice qué sobre las escuelas"
LICENCE = "https://opendatacommons.org/licenses/odbl/1-0/"
PUBLISHER = "Ana Editora"
_SCHEME = "https://w3id.org/allegata/scheme"
_EU = "http://publications.europa.eu/resource/authority"
_HEAD = f"@base <{BASE}> .\n" + "".join(
    f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n"
    for prefix in ("alg", "dcat", "dct", "prov", "rdfs", "schema", "skos", "void", "xsd")
)
_CORPUS = f"""
<dataset> a dcat:Dataset , void:Dataset ;
    rdfs:label "Voces de Arlandia"@es ;
    dct:title "{TITLE}"@es , "أصوات أرلانديا"@ar ;
    dct:description "Afirmaciones atribuidas sobre las escuelas de Arlandia."@es ;
    dct:rights "Los enunciados son palabras propias de la editora."@es ;
    dct:license <{LICENCE}> ;
    dct:creator <actor/ana> ;
    dct:publisher <actor/ana> ;
    dct:language <{_EU}/language/SPA> , <{_EU}/language/ARA> ;
    dct:issued "2026-02-01"^^xsd:date ;
    dct:spatial <actor/arlandia> ;
    schema:hasMap "map/land.geojson" ;
    dcat:version "2.0" ;
    dcat:keyword "escuelas"@es ;
    dcat:theme <{_EU}/data-theme/EDUC> ;
    void:uriSpace "{BASE}" .
<{_EU}/data-theme/EDUC> skos:prefLabel "Education"@en .
<source/respuesta> schema:position 1 .
<source/informe> schema:position 2 .
"""
_THINGS = f"""
<actor/ana> a prov:Agent , schema:Person ; rdfs:label "{PUBLISHER}"@es ; alg:namedBecause <{_SCHEME}/ground/selfPublished> .
<actor/arlandia> a prov:Agent , schema:Country ; rdfs:label "Arlandia"@es , "أرلانديا"@ar .
<actor/instituto> a prov:Agent , schema:Organization ; rdfs:label "Instituto de Escuelas"@es .
<actor/ministerio> a prov:Agent , schema:Organization ; rdfs:label "Ministerio de Educación"@es ;
    prov:actedOnBehalfOf <actor/arlandia> .
<source/informe> a alg:Source ; rdfs:label "Informe anual"@es ; dct:title "Informe anual"@es ;
    alg:targetStatus <{_SCHEME}/target-status/namedOnly> .
<source/respuesta> a alg:Source ; rdfs:label "Respuesta del Ministerio"@es ; dct:title "Respuesta del Ministerio"@es ;
    alg:targetStatus <{_SCHEME}/target-status/namedOnly> .
<scheme/temas> a skos:ConceptScheme ; rdfs:label "Temas"@es ; skos:hasTopConcept <scheme/temas/escuelas> .
<scheme/temas/escuelas> a skos:Concept ; skos:prefLabel "Escuelas"@es ; skos:definition "Las escuelas y quien va a ellas."@es ;
    skos:inScheme <scheme/temas> ; skos:topConceptOf <scheme/temas> ; rdfs:isDefinedBy <scheme/temas> .
<place/puerto> a schema:Place ; rdfs:label "Puerto Viejo"@es .
<point/puerto/informe> a alg:PointStatement ; alg:locates <place/puerto> ; dct:source <source/informe> ;
    schema:latitude 40.5 ; schema:longitude -3.5 .
<claim/escuelas> a alg:Claim ; alg:statement "La mitad de las escuelas cerró en 2020."@es ;
    alg:topic <scheme/temas/escuelas> ; alg:dutyBearer <actor/arlandia> ; alg:place <place/puerto> .
<stance/respuesta> a alg:Stance ; alg:from <assertion/respuesta/escuelas> ; alg:to <assertion/informe/escuelas> ;
    alg:stance <{_SCHEME}/stance/rebuts> ; alg:basis <{_SCHEME}/basis/explicit> .
"""


def write_other_corpus(folder: Path) -> Path:
    """Write the corpus with the ontology and shapes of this version, and give its folder."""
    create_corpus(folder, Scaffold(TITLE, BASE, LICENCE, date(2026, 2, 1)), ROOT)
    shutil.rmtree(folder / "data")
    (folder / "data" / "map").mkdir(parents=True)
    ring = [[-9.0, 36.0], [3.0, 36.0], [3.0, 44.0], [-9.0, 36.0]]
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "MultiPolygon", "coordinates": [[ring]]}}
    land = {"type": "FeatureCollection", "bbox": [-9.0, 36.0, 3.0, 44.0], "features": [feature]}
    (folder / "data" / "map" / "land.geojson").write_text(json.dumps(land), "utf-8")
    (folder / "data" / "corpus.ttl").write_text(_HEAD + _CORPUS, "utf-8")
    assertions = _assertion("informe", "instituto", "affirms") + _assertion("respuesta", "ministerio", "denies")
    (folder / "data" / "things.ttl").write_text(_HEAD + _THINGS + assertions, "utf-8")
    return folder


def _assertion(source: str, speaker: str, polarity: str) -> str:
    return (
        f"<assertion/{source}/escuelas> a alg:Assertion ; alg:asserts <claim/escuelas> ; alg:assertedBy <actor/{speaker}> ;\n"
        f"    alg:polarity <{_SCHEME}/polarity/{polarity}> ; alg:modality <{_SCHEME}/modality/categorical> ;\n"
        f"    alg:evidenceKind <{_SCHEME}/evidence-kind/notStated> ; alg:protectionLevel <{_SCHEME}/protection-level/public> ;\n"
        f'    alg:statedIn <source/{source}> ; alg:noAnchorBecause "El texto no se conserva."@es .\n'
    )
