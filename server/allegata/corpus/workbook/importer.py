"""Takes over a workbook: every sheet becomes statements, all of them or none; what was made of it before is made anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode

from allegata.corpus.draft import Draft
from allegata.corpus.extensions import Option, Values
from allegata.corpus.importers import Importer, Revision
from allegata.corpus.reader import Corpus, base_of, check_root, graph_name
from allegata.corpus.repetition import OWN_WORDS, REMEDY, repetitions
from allegata.corpus.text_files import read_source
from allegata.corpus.turtle_writer import Document
from allegata.corpus.workbook.cells import Grid
from allegata.corpus.workbook.columns import SHEETS
from allegata.corpus.workbook.findings import Explainer
from allegata.corpus.workbook.made_files import check_unchanged, file_name, made_files, marked
from allegata.corpus.workbook.names import Names, read_names
from allegata.corpus.workbook.passages import Texts
from allegata.corpus.workbook.problems import Problems, shown
from allegata.corpus.workbook.records import Record, read_records
from allegata.corpus.workbook.resolution import Resolver, slugged
from allegata.corpus.workbook.restriction import restrict_following, restriction_notes
from allegata.corpus.workbook.special import Describer
from allegata.corpus.workbook.workbook_file import read_workbook
from allegata.errors import SheetError
from allegata.model.namespaces import expand, slug
from allegata.model.protection import FOLDER as RESTRICTED

TEXTS: Final = "texts"
_TYPE: Final = expand("rdf:type")


def import_workbook(
    path: Path, root: Path, sources: Path | None = None, workbook: str = "", *, replace: bool = False
) -> Revision:
    """Return the changes of a corpus that a workbook makes; raise SheetError with everything that is wrong with it.

    `sources` is the folder with the texts of documents, `<id>.txt`; texts/ in the corpus where it is not given. `workbook` names
    the workbook whose files are made anew, where that is not the name of the file. With `replace` files are written over that
    were changed since they were made. Nothing is written yet, and the shapes are not asked yet.
    """
    check_root(root)
    name = slugged(workbook or path.stem) or "workbook"
    if not replace:
        check_unchanged(root, name)
    grids = read_workbook(path)  # before the corpus, which takes longer
    there = made_files(root, name)
    base = base_of(root)
    names, corpus = read_names(root, [graph for graph, file in _graphs(root, base) if file in there])
    problems = Problems(str(path))
    described = _described(corpus, there)
    records, files = _resolved(grids, names, sources or root / TEXTS, problems, described)
    _check_own_words(records, sources or root / TEXTS, problems)
    problems.check()
    draft = _draft(root, name, files, there)
    following = restrict_following(draft, records) if any(record.is_restricted for record in records) else []
    if following:
        draft = _draft(root, name, _files(records, names, Texts(sources or root / TEXTS, problems), problems), there)
    explainer = Explainer(records, corpus.base)
    return Revision(draft, explainer.explain, explainer.locate, tuple(restriction_notes(records, following)))


def _graphs(root: Path, base: str) -> Iterable[tuple[NamedNode, str]]:
    for top in ("data", RESTRICTED):
        start = root / "data" if top == "data" else root
        for path in (root / top).rglob("*.ttl"):
            yield graph_name(base, path.relative_to(start).with_suffix("").as_posix()), path.relative_to(root).as_posix()


def _described(corpus: Corpus, apart: Mapping[str, bool]) -> Mapping[str, str]:
    """Return the file that says of which class a thing is, by IRI, but for files that are made anew."""
    files = {graph: path.relative_to(corpus.root).as_posix() for graph, path in corpus.files.items()}
    typed = ((quad.subject, files.get(quad.graph_name, "")) for quad in corpus.quads if quad.predicate.value == _TYPE)  # type: ignore[arg-type]
    return {subject.value: file for subject, file in typed if isinstance(subject, NamedNode) and file and file not in apart}


def _resolved(
    grids: Sequence[Grid], names: Names, sources: Path, problems: Problems, described: Mapping[str, str]
) -> tuple[list[Record], Mapping[str, Document]]:
    records = Resolver(names, problems, described).resolve(read_records(grids, problems))
    if not records and not len(problems):
        raise SheetError(
            f"{problems.name} holds no records.", remedy="Fill in the sheets Documents, Actors, Claims and Assertions."
        )
    texts = Texts(sources, problems)
    texts.rows = {record.iri: record.spot() for record in records}
    return records, _files(records, names, texts, problems)


def _check_own_words(records: Iterable[Record], sources: Path, problems: Problems) -> None:
    """Tell of texts that repeat nine words in a row of a document: what is published is in the curators' own words."""
    cells = [
        (record, column.name, text)
        for record in records
        for column in record.sheet.columns
        if column.predicate and expand(column.predicate) in OWN_WORDS
        for text in record.texts.get(column.name, {}).values()
    ]
    documents = {slug(record.iri): f"{slug(record.iri)}.txt" for record in records if record.sheet.name == "Documents"}
    there = [
        (file, read_source(sources / file)) for file in documents.values() if not len(problems) and (sources / file).is_file()
    ]
    for found in repetitions({str(at): text for at, (_, _, text) in enumerate(cells)}, there):
        record, column, _ = cells[int(found.key)]
        problems.add(record.spot(column), f"it repeats words of {found.document}: {shown(found.words)}", REMEDY)


def _files(records: Sequence[Record], names: Names, texts: Texts, problems: Problems) -> Mapping[str, Document]:
    """Return the statements of records by the file in which they stand."""
    describer = Describer(names, texts, problems)
    found: dict[str, Document] = {}
    for record in records:
        part = record.sheet.name.lower()
        if record.sheet.family == "assertion":
            part = f"{part}/{record.iri.removeprefix(names.base).split('/')[1]}"
        key = f"{RESTRICTED}/{part}" if record.is_restricted else part
        if _is_whole(record):
            if key not in found:
                found[key] = Document(names.base)
            describer.describe(found[key], record)
    return found


def _is_whole(record: Record) -> bool:
    """Return whether a record has what its description is made of; what it lacks is told already."""
    return all(
        record.values.get(column.name)
        for column in record.sheet.columns
        if column.required and column.kind not in ("id", "choice")
    )


def _draft(root: Path, name: str, files: Mapping[str, Document], there: Mapping[str, bool]) -> Draft:
    """Return the changes: files that are new, other than before, or gone."""
    draft = Draft(root)
    made: dict[str, bytes] = {}
    for key, document in files.items():
        part = key.removeprefix(f"{RESTRICTED}/")
        text = marked(document.turtle(f"{_heading(part)}."), name)
        made[file_name(name, part, restricted=part != key)] = text.encode()
    for file, data in made.items():
        is_there = (root / file).is_file()
        if not is_there or (root / file).read_bytes() != data:
            draft.write(file, data, "made anew" if is_there else "new")
    for file in sorted(there.keys() - made.keys()):
        draft.remove(file, "gone from the workbook")
    return draft


def _heading(part: str) -> str:
    sheet, _, document = part.partition("/")
    name = next(item.name for item in SHEETS if item.name.lower() == sheet)
    return f"{name} of {document}" if document else name


def _revise(path: Path, root: Path, values: Values, *, replace: bool) -> Revision:
    (sources,), (workbook,) = values.get("sources", ("",)), values.get("workbook", ("",))
    return import_workbook(path, root, Path(sources) if sources else None, workbook, replace=replace)


IMPORTER: Final = Importer(
    "Take over a workbook (.xlsx, or a folder of CSV): all that is wrong is told, and nothing is written unless all is right.",
    options=(
        Option("sources", "Folder with the texts of documents, <id>.txt.  [default: texts/ in the corpus]"),
        Option("workbook", "Name of the workbook whose records are made anew.  [default: that of the file]"),
    ),
    revise=_revise,
)
