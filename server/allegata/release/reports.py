"""Writes the build reports: queries over the release as pages in Markdown, tables in CSV and result sets in Turtle."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, Literal, NamedNode, QuerySolutions, RdfFormat, Store, Triple, serialize

from allegata.corpus.rdf import query_error
from allegata.corpus.text_files import read_text
from allegata.errors import CorpusError
from allegata.model.namespaces import PREFIXES, expand

Term = NamedNode | BlankNode | Literal | None

#: The result-set vocabulary of the W3C Data Access tests: a query's answer as RDF.
RESULT_SET: Final = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
#: Where a report query puts the list of loaded words.
LOADED_WORDS: Final = "$loadedWords"
_XSD_INTEGER = NamedNode(expand("xsd:integer"))
_WORD_IN_NAME = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Table:
    """The answer to one query of a report: its name, title and notes, the query as it ran, its columns and rows."""

    name: str
    title: str
    notes: str
    query: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Term, ...], ...]


@dataclass(frozen=True)
class Report:
    """A report: its name, its page's opening, and its tables."""

    name: str
    opening: str
    tables: tuple[Table, ...]

    @property
    def title(self) -> str:
        """Return the title, which is the first heading of the opening."""
        return self.opening.split("\n", 1)[0].removeprefix("# ")


def write_reports(store: Store, queries: Path, folder: Path, base: str) -> list[Report]:
    """Run the queries of a folder over a store and write the answers: an index, and each report as page, tables and Turtle.

    A report is a subfolder with about.md, which opens the page, and one SELECT query a table, in the order of their names. The
    first comment of a query is its title, further ones are notes. Raises CorpusError for a query or report that cannot be used.
    """
    words = loaded_words(queries / "loaded-words.txt")
    reports = [_report(store, path.parent, words) for path in sorted(queries.glob("*/about.md"))]
    for report in reports:
        (folder / report.name).mkdir(parents=True)
        (folder / f"{report.name}.md").write_text(_page(report, base), "utf-8")
        _write_turtle(report, base, folder / f"{report.name}.ttl")
        for table in report.tables:
            _write_csv(table, folder / report.name / f"{table.name}.csv")
            (folder / report.name / f"{table.name}.rq").write_text(table.query, "utf-8")
    if reports:
        (folder / "index.md").write_text(_index(reports), "utf-8")
    return reports


def loaded_words(path: Path) -> str:
    """Return the patterns of a list, one a line, as one alternative; something that matches nothing where there is no list."""
    lines = read_text(path).splitlines() if path.is_file() else []
    return "|".join(line for line in lines if line and not line.startswith("#")) or "[^ -~]{9}"


def _report(store: Store, folder: Path, words: str) -> Report:
    paths = sorted(folder.glob("*.rq"))
    if not paths:
        raise CorpusError(f"{folder} has no query.", remedy="Put a SELECT query beside about.md.")
    opening = read_text(folder / "about.md").strip()
    return Report(folder.name, opening, tuple(_table(store, path, words) for path in paths))


def _table(store: Store, path: Path, words: str) -> Table:
    text = read_text(path)
    comments = [line.removeprefix("#").strip() for line in _head(text)]
    if not comments:
        raise CorpusError(f"{path} has no title.", remedy="Open the query with a comment: its title.")
    query = text.replace(LOADED_WORDS, str(Literal(f"[^a-z]({words})[^a-z]")))
    try:
        answer = store.query(query)
    except SyntaxError as error:
        raise query_error(path, query, error) from None
    if not isinstance(answer, QuerySolutions):
        raise CorpusError(f"{path}: a report is made of SELECT queries.")
    columns = tuple(variable.value for variable in answer.variables)
    rows = tuple(tuple(_term(row[column]) for column in columns) for row in answer)
    return Table(path.stem, comments[0], " ".join(comments[1:]), query, columns, rows)


def _head(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if not line.startswith("#"):
            return
        yield line


def _term(value: object) -> Term:
    if value is None or isinstance(value, NamedNode | BlankNode | Literal):
        return value
    raise TypeError(f"not an RDF 1.1 term: {value}")


def _write_csv(table: Table, path: Path) -> None:
    """Write a table as SPARQL 1.1 Query Results CSV: plain values, CRLF, an empty field for what is unbound."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow(table.columns)
        writer.writerows([["" if term is None else term.value for term in row] for row in table.rows])


# -- Markdown ----------------------------------------------------------------------------------------------------------------


def _index(reports: Sequence[Report]) -> str:
    lines = [
        "# Reports",
        "",
        "What the build counted in this release. Each page has its tables as CSV and all of them as Turtle beside it.",
        "",
    ]
    for report in reports:
        lines += [f"- [{report.title}]({report.name}.md)"]
        lines += [f"  - {table.title}: {_number(len(table.rows), 'row')}" for table in report.tables]
    return "\n".join(lines) + "\n"


def _page(report: Report, base: str) -> str:
    parts = [report.opening]
    for table in report.tables:
        parts.append(f"## {table.title}")
        if table.notes:
            parts.append(table.notes)
        parts.append(_grid(table, base) if table.rows else "No row.")
        place = f"{report.name}/{table.name}"
        parts.append(f"{_number(len(table.rows), 'row')} · [CSV]({place}.csv) · [query]({place}.rq)")
    return "\n\n".join(parts) + "\n"


def _grid(table: Table, base: str) -> str:
    """Return a table in the Markdown of CommonMark's best known extension (GitHub Flavored Markdown, section 4.10)."""
    heads = [_WORD_IN_NAME.sub(" ", column).lower() for column in table.columns]
    rows = [[_cell(term, base) for term in row] for row in table.rows]
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _cell(term: Term, base: str) -> str:
    if term is None:
        return ""
    if isinstance(term, NamedNode):
        return f"[{term.value.removeprefix(base)}]({term.value})"
    return " ".join(term.value.replace("\\", "\\\\").replace("|", "\\|").split())


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


# -- Turtle ------------------------------------------------------------------------------------------------------------------


def _write_turtle(report: Report, base: str, path: Path) -> None:
    results = (_result_set(table, f"{base}report/{report.name}/{table.name}") for table in report.tables)
    prefixes = {"rs": RESULT_SET, "rdfs": PREFIXES["rdfs"], "xsd": PREFIXES["xsd"]}
    serialize(chain.from_iterable(results), str(path), RdfFormat.TURTLE, prefixes=prefixes, base_iri=base)


def _result_set(table: Table, iri: str) -> Iterator[Triple]:
    """Yield a table as a result set; every solution and binding has an IRI."""
    answer = NamedNode(iri)
    yield Triple(answer, NamedNode(expand("rdf:type")), _rs("ResultSet"))
    yield Triple(answer, NamedNode(expand("rdfs:label")), Literal(table.title, language="en"))
    for column in table.columns:
        yield Triple(answer, _rs("resultVariable"), Literal(column))
    for number in range(1, len(table.rows) + 1):
        yield Triple(answer, _rs("solution"), NamedNode(f"{iri}#{number}"))
    for number, row in enumerate(table.rows, start=1):
        yield from _solution(
            f"{iri}#{number}", number, [cell for cell in zip(table.columns, row, strict=True) if cell[1] is not None]
        )


def _solution(iri: str, number: int, cells: Sequence[tuple[str, Term]]) -> Iterator[Triple]:
    solution = NamedNode(iri)
    yield Triple(solution, _rs("index"), Literal(str(number), datatype=_XSD_INTEGER))
    for column, _ in cells:
        yield Triple(solution, _rs("binding"), NamedNode(f"{iri}-{column}"))
    for column, term in cells:
        if term is not None:
            yield Triple(NamedNode(f"{iri}-{column}"), _rs("variable"), Literal(column))
            yield Triple(NamedNode(f"{iri}-{column}"), _rs("value"), term)


@cache
def _rs(name: str) -> NamedNode:
    return NamedNode(RESULT_SET + name)
