"""Makes the folder of a new corpus: the model of this version, a workbook, a small example or a state, or worked cases."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from pyoxigraph import Literal, NamedNode

from allegata import __version__
from allegata.corpus.draft import Model
from allegata.corpus.library.library import Library
from allegata.corpus.library.states import cldr_name
from allegata.corpus.scaffold_words import words_in
from allegata.corpus.workbook.columns import is_language
from allegata.corpus.workbook.names import read_names
from allegata.corpus.workbook.sheets import KOREAN
from allegata.corpus.workbook.workbook_file import write_workbook
from allegata.corpus.worked_example import WORDS, readme, worked_example
from allegata.errors import UsageError
from allegata.model.labels import ENGLISH
from allegata.model.languages import language_iri
from allegata.model.namespaces import BASE, PREFIXES, SCHEMES

#: The licence of a new corpus, where its maker names no other.
LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True)
class Scaffold:
    """What a new corpus says of itself: title, base of its names, licence, first day, language; whether it is the worked example.

    `country` is the state that it is about, by a code of ISO 3166 or a name; its record comes from the library. Such a corpus is
    `empty`: it has no example that would have to go. With `workbook` it has a workbook to fill in.
    """

    title: str
    base: str
    licence: str
    day: date
    worked: bool = False
    language: str = ENGLISH
    country: str = ""
    empty: bool = False
    workbook: bool = False


def create_corpus(folder: Path, about: Scaffold, package: Path) -> list[Path]:
    """Make a corpus in a folder that is empty or not there yet, and give the files to edit; raise UsageError otherwise.

    `package` holds the ontology, the shapes and the library. The folder is made aside and put in place by one rename.
    """
    _check(about)
    content = _content(about, package)
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
        files = _write(aside, about, package, content)
        aside.chmod(0o755)
        aside.rename(folder)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror or error}.") from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return [folder / path.relative_to(aside) for path in files]


def title_of(country: str, language: str, package: Path) -> str:
    """Return what a corpus is called where its maker says nothing: by the state that it is about, in a language if known."""
    if not country:
        return "A new corpus"
    state = Library(package).state(country)
    return next(iter(state.names.get(language, ())), "") or cldr_name(state, language) or state.name


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
    if not is_language(about.language):
        raise UsageError(f"--language {about.language!r} is no tag of a language.", remedy="Give one such as en, es, ar or ti.")
    if not about.title.strip():
        raise UsageError("--title is empty.", remedy="Say in a few words what the corpus is about.")


def _content(about: Scaffold, package: Path) -> dict[str, bytes]:
    """Return the files of the corpus but for its model and its workbook; raise UsageError for a state that there is not."""
    if about.worked:
        return {name: text.encode() for name, text in _worked(about, package).items()} | dict(worked_example(about.base))
    content = _empty(about, package) if about.empty or about.country else _small(about, package)
    return {name: text.encode() for name, text in content.items()}


def _write(folder: Path, about: Scaffold, package: Path, content: Mapping[str, bytes]) -> list[Path]:
    shutil.copytree(package / "ontology", folder / "ontology")
    shutil.copytree(package / "shapes", folder / "shapes")
    for name, data in content.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    (folder / ".gitignore").write_text(_IGNORED, "utf-8")
    for name, target in _PUBLISHING.items():
        (folder / target).parent.mkdir(parents=True, exist_ok=True)
        text = (resources.files("allegata.corpus.publishing") / name).read_text("utf-8")
        (folder / target).write_text(text.replace("allegata==VERSION", f"allegata=={__version__}"), "utf-8")
    if not about.workbook:
        return [folder / name for name in content]
    names, _ = read_names(folder)
    for name in WORKBOOKS:
        write_workbook(folder / name, {}, names, about.language if about.language == KOREAN else ENGLISH)
    return [folder / name for name in (*content, *WORKBOOKS)]


def _worked(about: Scaffold, package: Path) -> dict[str, str]:
    return {
        "README.md": readme(about.title.strip()),
        "data/corpus.ttl": _head(about, "The corpus: title, base of its names, licence, version, model. All of it is invented.")
        + _corpus(
            about, Model(package), words_in(ENGLISH) | {name: Literal(text, language=ENGLISH) for name, text in WORDS.items()}
        ),
    }


def _empty(about: Scaffold, package: Path) -> dict[str, str]:
    """Return the files of a corpus without records, but for the curators and the state that it is about, from the library."""
    state = Library(package).state(about.country) if about.country else None
    further = () if not state or about.language in state.names else (about.language,)
    taken = Library(package).files("states", states=(state.code,), languages=further) if state else ()
    said = words_in(about.language)
    return {
        "README.md": _readme(about),
        "data/corpus.ttl": _head(about, "The corpus: title, base of its names, licence, version, model.")
        + _corpus(about, Model(package), said, state.iri if state else ""),
        "data/actors/curators.ttl": _head(about, "Who keeps the corpus.") + _ACTORS.format(said["curators"]),
        "texts/README.md": _TEXTS,
        **{f"data/{item.path}": item.text for item in taken},
    }


def _small(about: Scaffold, package: Path) -> dict[str, str]:
    return {
        **_empty(about, package),
        "data/sources/example.ttl": _head(about, "An example of a source. Replace it by your first document.") + _SOURCE,
        "data/claims/example.ttl": _head(about, "An example: one claim, one assertion of it. Replace it by your first.") + _CLAIM,
    }


def _head(about: Scaffold, says: str) -> str:
    used = ("alg", "dcat", "dct", "prov", "rdfs", "schema", "skos", "vcard", "void", "xsd")
    prefixes = "".join(f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n" for prefix in used)
    return f"# {says}\n@base <{about.base}> .\n{prefixes}\n"


def _corpus(about: Scaffold, model: Model, said: Mapping[str, Literal], state: str = "") -> str:
    title = Literal(about.title.strip(), language=about.language)
    return f"""<dataset> a dcat:Dataset , void:Dataset ;
    rdfs:label {title} ;
    dct:title {title} ;
    dct:description {said["description"]} ;
    dct:license <{about.licence}> ;
    dct:rights {said["rights"]} ;
    dct:creator <actor/curators> ;
    dct:publisher <actor/curators> ;
    dct:language <{language_iri(about.language)}> ;{
        f'''
    dct:spatial <{state}> ;'''
        if state
        else ""
    }
    dct:issued "{about.day.isoformat()}"^^xsd:date ;
    dcat:version "0.1.0" ;
    dct:conformsTo {model.iri} ;
    dcat:keyword {said["keyword"]} ;
    dcat:theme <http://publications.europa.eu/resource/authority/data-theme/JUST> ;
    dcat:landingPage <{about.base}> ;
    dcat:contactPoint <contact/curators> ;
    void:uriSpace "{about.base}" .

<http://publications.europa.eu/resource/authority/data-theme/JUST> skos:prefLabel "Justice, legal system and public safety"@en .

# Who answers objections and replies: a role or a name, with vcard:hasEmail or vcard:hasURL where there is an address.
<contact/curators> a vcard:Group ;
    rdfs:label {said["contact"]} ;
    vcard:fn {said["contact"]} .
"""


_IGNORED: Final = """# Records that are not for everybody, and what is built.
/restricted/
/build/
/published/
/published.tar.gz
# What quotes documents: the workbook and the texts.
/*.xlsx
/workbook/
/texts/
"""
#: The files with which a corpus is kept in git, and where they stand in it.
_PUBLISHING: Final = {
    "gitattributes": ".gitattributes",
    "publish.sh": "publish.sh",
    "workflow.yml": ".github/workflows/corpus.yml",
}
#: The workbook of a new corpus, as one file and as a folder of CSV.
WORKBOOKS: Final = ("workbook.xlsx", "workbook")
_TEXTS: Final = """# Texts of the documents

One file for each document, in plain text and UTF-8: `ID.txt`, where ID is what the sheet Documents calls it.
"""
_ACTORS: Final = """<actor/curators> a prov:Agent , schema:Organization ;
    rdfs:label {} .
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


_IMPORT: Final = "    allegata import workbook workbook.xlsx --root .   # take over what stands in the workbook\n"
_WORKBOOK: Final = """\
| `workbook.xlsx`, `workbook/` | as one file and as a folder of CSV: use one; git ignores both |
| `texts/` | the texts of the documents; git ignores it |
| `data/workbooks/` | what is made of the workbook; change it there |
"""
_EXAMPLES: Final = (
    "| `data/actors/`, `data/sources/`, `data/claims/` | an example of each; replace it, and add files as you like |\n"
)
_STATE: Final = "| `data/library/` | the record of the state, from the library; `allegata library add` takes more |\n"


def _readme(about: Scaffold) -> str:
    return f"""# {about.title.strip()}

A corpus of attributed claims: who says what, where exactly, on what evidence, and who disputes it. It asserts attributions only.

{_IMPORT if about.workbook else ""}\
    allegata validate --root .      # check it against shapes and rules
    allegata build --root .         # make a release in the folder build/
    allegata serve                  # show it on http://127.0.0.1:8000/

| folder | what it holds |
| --- | --- |
| `data/` | the corpus; each file becomes one named graph, `{about.base}graph/<path without suffix>` |
| `data/corpus.ttl` | title, base of all names, licence, version and date: raise the last two with each release |
{_STATE if about.country else "" if about.empty else _EXAMPLES}\
{_WORKBOOK if about.workbook else ""}\
| `restricted/` | where you make it: records that are not for everybody; git ignores it, and no public release holds them |
| `publish.sh`, `.github/`, `.gitattributes` | checking and publishing the corpus where it is kept in git |
| `ontology/`, `shapes/` | the model, its schemes of concepts, and what a corpus must satisfy, as of allegata {__version__} |

Things are named below `{about.base}`: `claim/<name>`, `assertion/<document>/<name>`, `actor/<name>`, `source/<name>`. Give
everything a name; blank nodes are refused. Topics and other concepts are in `ontology/schemes/`; add your own beside them.

Files are UTF-8. Keep the folder under version control: it is all that a release is made from.
"""
