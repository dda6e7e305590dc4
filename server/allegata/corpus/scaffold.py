"""Makes the folder of a new corpus: ontology and shapes of this version, and a small example, or twenty worked cases."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode

from allegata import __version__
from allegata.corpus.draft import Model
from allegata.corpus.worked_example import DESCRIPTION, KEYWORD, readme, worked_example
from allegata.errors import UsageError
from allegata.model.namespaces import BASE, PREFIXES, SCHEMES

#: The licence of a new corpus, where its maker names no other.
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True)
class Scaffold:
    """What a new corpus says of itself: title, base of its names, licence, first day; whether it is the worked example."""

    title: str
    base: str
    licence: str
    day: date
    worked: bool = False


def create_corpus(folder: Path, about: Scaffold, package: Path) -> list[Path]:
    """Make a corpus in a folder that is empty or not there yet, and give the files to edit; raise UsageError otherwise.

    `package` holds the ontology and the shapes. The folder is made aside and put in place by one rename.
    """
    _check(about)
    if folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        raise UsageError(
            f"{folder} is there already.", remedy="Give the name of a folder that is not there yet; nothing is overwritten."
        )
    if not folder.absolute().parent.is_dir():
        raise UsageError(f"{folder.absolute().parent} is no folder.", remedy="Make it first.")
    try:
        aside = Path(tempfile.mkdtemp(prefix=".allegata-", dir=folder.absolute().parent))
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}.") from None
    try:
        files = _write(aside, about, package)
        aside.chmod(0o755)
        aside.rename(folder)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror or error}.") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return [folder / path.relative_to(aside) for path in files]


def _check(about: Scaffold) -> None:
    for name, iri in (("base", about.base), ("licence", about.licence)):
        try:
            NamedNode(iri)
            parts = urlsplit(iri)
            whole = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        except ValueError:
            whole = False
        if not whole:
            raise UsageError(f"--{name} {iri!r} is no web address.", remedy="Give one such as https://example.org/claims/.")
    if not about.base.endswith("/") or "?" in about.base or "#" in about.base:
        raise UsageError(
            f"--base {about.base!r} does not end in a slash.", remedy="Names begin with it: https://example.org/claims/."
        )
    if about.base == BASE:
        raise UsageError(f"--base {BASE} is that of the bundled corpus.", remedy="Take an address of your own.")
    if not about.title.strip():
        raise UsageError("--title is empty.", remedy="Say in a few words what the corpus is about.")


def _write(folder: Path, about: Scaffold, package: Path) -> list[Path]:
    shutil.copytree(package / "ontology", folder / "ontology")
    shutil.copytree(package / "shapes", folder / "shapes")
    content = {
        name: text.encode() for name, text in (_worked(about, package) if about.worked else _small(about, package)).items()
    }
    if about.worked:
        content |= worked_example(about.base)
    for name, data in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / ".gitignore").write_text(_IGNORED, "utf-8")
    return [folder / name for name in content]


def _worked(about: Scaffold, package: Path) -> dict[str, str]:
    return {
        "README.md": readme(about.title.strip()),
        "data/corpus.ttl": _head(about, "The corpus: title, base of its names, licence, version, model. All of it is invented.")
        + _corpus(about, Model(package), DESCRIPTION, KEYWORD),
    }


def _small(about: Scaffold, package: Path) -> dict[str, str]:
    return {
        "README.md": _readme(about),
        "data/corpus.ttl": _head(about, "The corpus: title, base of its names, licence, version, model.")
        + _corpus(about, Model(package), "Who says what, where exactly, on what evidence, and who disputes it.", "claims"),
        "data/actors/curators.ttl": _head(about, "Who keeps the corpus.") + _ACTORS,
        "data/sources/example.ttl": _head(about, "An example of a source. Replace it by your first document.") + _SOURCE,
        "data/claims/example.ttl": _head(about, "An example: one claim, one assertion of it. Replace it by your first.") + _CLAIM,
    }


def _head(about: Scaffold, says: str) -> str:
    used = ("alg", "dcat", "dct", "prov", "rdfs", "schema", "skos", "vcard", "void", "xsd")
    prefixes = "".join(f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in used)
    return f"# {says}\n@base <{about.base}> .\n{prefixes}\n"


def _corpus(about: Scaffold, model: Model, description: str, keyword: str) -> str:
    title = Literal(about.title.strip(), language="en")
    return f"""<dataset> a dcat:Dataset , void:Dataset ;
    rdfs:label {title} ;
    dct:title {title} ;
    dct:description "{description}"@en ;
    dct:license <{about.licence}> ;
    dct:rights "Statements are in the curators' own words; no text of the documents is part of the dataset."@en ;
    dct:creator <actor/curators> ;
    dct:publisher <actor/curators> ;
    dct:language <http://publications.europa.eu/resource/authority/language/ENG> ;
    dct:issued "{about.day.isoformat()}"^^xsd:date ;
    dcat:version "0.1.0" ;
    dct:conformsTo {model.iri} ;
    dcat:keyword "{keyword}"@en ;
    dcat:theme <http://publications.europa.eu/resource/authority/data-theme/JUST> ;
    dcat:landingPage <{about.base}> ;
    dcat:contactPoint <contact/curators> ;
    void:uriSpace "{about.base}" .

<http://publications.europa.eu/resource/authority/data-theme/JUST> skos:prefLabel "Justice, legal system and public safety"@en .

# Who answers objections and replies: a role or a name, with vcard:hasEmail or vcard:hasURL where there is an address.
<contact/curators> a vcard:Group ;
    rdfs:label "Curators of the dataset"@en ;
    vcard:fn "Curators of the dataset"@en .
"""


_IGNORED: Final = """# Records that are not for everybody, and what is built.
/restricted/
/build/
"""
_ACTORS: Final = """<actor/curators> a prov:Agent , schema:Organization ;
    rdfs:label "The curators"@en .
"""
_SOURCE: Final = f"""<source/example> a alg:Source ;
    rdfs:label "Example report"@en ;
    dct:title "Example report"@en ;
    alg:targetStatus <{SCHEMES}target-status/namedOnly> .

<actor/example-institute> a prov:Agent , schema:Organization ;
    rdfs:label "Example institute"@en .
"""
_CLAIM: Final = f"""<claim/example> a alg:Claim ;
    alg:statement "Half of the schools in the example province were closed in 2020."@en ;
    alg:topic <{SCHEMES}topic/education> .

<assertion/example/institute-on-schools> a alg:Assertion ;
    alg:asserts <claim/example> ;
    alg:assertedBy <actor/example-institute> ;
    alg:polarity <{SCHEMES}polarity/affirms> ;
    alg:modality <{SCHEMES}modality/estimate> ;
    alg:evidenceKind <{SCHEMES}evidence-kind/notStated> ;
    alg:protectionLevel <{SCHEMES}protection-level/public> ;
    alg:statedIn <source/example> ;
    alg:noAnchorBecause "It is an example, without a document behind it."@en .
"""


def _readme(about: Scaffold) -> str:
    return f"""# {about.title.strip()}

A corpus of attributed claims: who says what, where exactly, on what evidence, and who disputes it. It asserts attributions only.

    allegata validate --root .      # check it against shapes and rules
    allegata build --root .         # make a release in the folder build/
    allegata serve                  # show it on http://127.0.0.1:8000/

| folder | what it holds |
| --- | --- |
| `data/` | the corpus; each file becomes one named graph, `{about.base}graph/<path without suffix>` |
| `data/corpus.ttl` | title, base of all names, licence, version and date: raise the last two with each release |
| `data/actors/`, `data/sources/`, `data/claims/` | an example of each; replace it, and add files as you like |
| `restricted/` | where you make it: records that are not for everybody; git ignores it, and no public release holds them |
| `ontology/`, `shapes/` | the model, its schemes of concepts, and what a corpus must satisfy, as of allegata {__version__} |

Things are named below `{about.base}`: `claim/<name>`, `assertion/<document>/<name>`, `actor/<name>`, `source/<name>`. Give
everything a name; blank nodes are refused. Topics and other concepts are in `ontology/schemes/`; add your own beside them.

Files are UTF-8. Keep the folder under version control: it is all that a release is made from.
"""
