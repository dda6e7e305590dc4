"""Lists what is fed with generated input, one row a target: of whatever comes, each makes a result or an error of the project."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml
from hypothesis import assume
from hypothesis import strategies as st
from pyoxigraph import BlankNode, RdfFormat, parse

from allegata.corpus.passage_search import locate
from allegata.corpus.readings import FIELDS, read_table
from allegata.corpus.sheet import import_sheet
from allegata.corpus.sssom import rows_of
from allegata.corpus.turtle_edits import TurtleText
from allegata.corpus.turtle_tokens import newer_syntax
from allegata.corpus.workbook.problems import Problems
from allegata.corpus.workbook.records import read_records
from allegata.corpus.workbook.workbook_file import read_workbook
from allegata.engine.gate.gate import inspect
from allegata.engine.gate.rewriting import rewrite
from allegata.engine.gate.syntax_errors import syntax_error
from allegata.errors import AllegataError
from allegata.model.formats import BINDING_FORMATS, GRAPH_FORMATS, HTML
from allegata.model.search_words import asked
from allegata.web.http.negotiation import negotiate
from allegata.web.http.parameters import parse as parse_parameters
from allegata.web.services.reconcile_queries import batch, extension, parsed
from sparql_grammar import PROLOGUE, Grammar
from support import settings

#: Signs that mean something somewhere, or are odd everywhere.
SIGNS: Final = (
    *"\"'`<>{}()[]|&;,.:^@#%?*+-/\\=!~$_ \t\n\r\x00\x0b\x85\u2028\u200f\ufeff\ud800\uac00\u0301",
    *(
        "\r\n",
        '"""',
        "<<(",
        "{|",
        "\\u0041",
        "\\uD800",
        "%zz",
        "%00",
        "é",
        "\U0001f600",
        "]]>",
        "<!--",
        "9" * 30,
        "1e400",
        "NaN",
        "-0",
        "null",
    ),
)
Run = Callable[[Any, Path], None]


@dataclass(frozen=True)
class Target:
    """What is fed: the input that is generated, and what is done with it in a folder of its own."""

    inputs: Callable[[], st.SearchStrategy[Any]]
    run: Run


def _edit(text: str, edits: Sequence[tuple[int, float, float, str]]) -> str:
    """Cut out, double or put in parts of a text."""
    for kind, at, length, piece in edits:
        start = int(at * len(text))
        end = min(len(text), start + 1 + int(length * 40))
        text = (
            text[:start]
            + {0: piece, 1: "", 2: text[start:end] * 2, 3: piece + text[start:end]}[kind]
            + text[end if kind != 0 else start :]
        )
    return text


def mutated(*texts: str, words: Sequence[str] = ()) -> st.SearchStrategy[str]:
    """Return texts that are nearly in order: sound ones with some edits."""
    pieces = st.sampled_from((*SIGNS, *words)) | st.text(max_size=6)
    edit = st.tuples(st.integers(0, 3), st.floats(0, 1), st.floats(0, 1), pieces)
    return st.builds(_edit, st.sampled_from(texts), st.lists(edit, max_size=6))


# -- queries and requests --------------------------------------------------------------------------------------------------


@cache
def _queries() -> tuple[str, ...]:
    grammar = Grammar(1)
    plain = (
        "BASE <http://a/> PREFIX : <b> SELECT * FROM :g FROM NAMED <h> { ?s :p/^:q* ?o . FILTER(?o < 1 && !BOUND(?x)) } ORDER BY ?s LIMIT 3",
    )
    return (*plain, *(PROLOGUE + str(grammar.query()) for _ in range(40)))


def _gate(text: str, _folder: Path) -> None:
    seen = inspect(text, settings(), ())
    rewrite(seen.text)
    syntax_error(seen.text, "expected something else at 1:1", None)


def _accept(header: str, _folder: Path) -> None:
    offered = (*BINDING_FORMATS, HTML, *GRAPH_FORMATS)
    first = negotiate(header, offered)
    assert negotiate(header + " ", offered) == first


def _parameters(raw: str, _folder: Path) -> None:
    parse_parameters(raw.encode("utf-8", "surrogatepass").decode("latin-1"), "body")


def _reconcile(text: str, _folder: Path) -> None:
    data = parsed(text, "queries")
    try:
        assert sum(query.size for query in batch(data, 500).values()) >= 0
    except AllegataError:
        extension(data)


def _words(text: str, _folder: Path) -> None:
    assert len(asked(text)) <= 32


_BATCH: Final = json.dumps(
    {"q0": {"query": "a", "type": ["alg:Claim"], "limit": 3, "properties": [{"pid": "rdfs:label", "v": ["x", {"id": "y"}, 1.5]}]}}
)
_EXTEND: Final = json.dumps({"ids": ["a"], "properties": [{"id": "rdfs:label", "settings": {"limit": "2"}}]})


# -- importers -------------------------------------------------------------------------------------------------------------


_TEXT: Final = "The camp holds 200 people, say its guards.\n\nOthers doubt it. Others doubt it.\n"
_SHEET: Final[Mapping[str, Any]] = {
    "document": "letter",
    "section": "numbers",
    "claims": {"c": {"statement": "Two hundred.", "topic": ["detention"], "quantity": {"value": 200, "measure": "peopleHeld"}, "period": {"start": "2004"}}},
    "assertions": [
        {
            **{"id": "a", "claim": "c", "passage": "Others doubt it", "nth": 2, "by": ["others"], "polarity": "doubts"},
            **{"modality": "categorical", "evidence": ["notStated"], "phrase": "doubt it"},
        }
    ],
}  # fmt: skip


def _sheet(text: str, folder: Path) -> None:
    (folder / "letter.txt").write_text(_TEXT, "utf-8")
    (folder / "sheet.yaml").write_text(text, "utf-8", "surrogatepass")
    import_sheet(folder / "sheet.yaml", folder, "https://example.org/")


def _readings(text: str, folder: Path) -> None:
    (folder / "readings.csv").write_text(text, "utf-8", "surrogatepass", newline="")
    read_table(folder / "readings.csv")


def _sssom(text: str, folder: Path) -> None:
    (folder / "links.sssom.tsv").write_text(text, "utf-8", "surrogatepass", newline="")
    list(rows_of(folder / "links.sssom.tsv"))


_SSSOM: Final = """\
#curie_map:
#  a: "https://example.org/"
#mapping_set_id: "https://example.org/links"
#license: "https://creativecommons.org/licenses/by/4.0/"
#mapping_date: "2026-11-22"
subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence\tmapping_date\treviewer_label\tcomment
a:x\tskos:exactMatch\ta:y\tsemapv:ManualMappingCuration\t0.95\t2026-11-22\tSomebody\tSo it is.
"""
_CLAIMS: Final = 'id,statement,topic\na,Two hundred.,detention\nb,"Three, or four.",\n'


def _workbook(text: str, folder: Path) -> None:
    (folder / "book").mkdir()
    (folder / "book" / "claims.csv").write_text(text, "utf-8", "surrogatepass", newline="")
    problems = Problems("book")
    read_records(read_workbook(folder / "book"), problems)
    problems.check()


def _workbook_file(data: bytes, folder: Path) -> None:
    (folder / "book.xlsx").write_bytes(data)
    problems = Problems("book")
    read_records(read_workbook(folder / "book.xlsx"), problems)
    problems.check()


@cache
def _xlsx() -> bytes:
    from openpyxl import Workbook

    book, out = Workbook(), io.BytesIO()
    sheet = book.active
    sheet.title = "Claims"
    for row in csv.reader(io.StringIO(_CLAIMS)):
        sheet.append(row)
    book.save(out)
    return out.getvalue()


def _cut(data: bytes, edits: Sequence[tuple[float, int]]) -> bytes:
    array = bytearray(data)
    for at, byte in edits:
        array[min(len(array) - 1, int(at * len(array)))] = byte
    return bytes(array)


# -- texts -----------------------------------------------------------------------------------------------------------------


def _passage(given: tuple[str, str, int | None], _folder: Path) -> None:
    text, passage, nth = given
    start, end = locate(text, passage, nth)
    assert 0 <= start < end <= len(text)


_TURTLE: Final = """\
@base <https://example.org/> .
PREFIX e: <https://example.org/ns#>
# a comment with <a> . and "b" ;
<a> a e:Thing ; e:p <b> , <c> ; # more
    e:q "x; y ."@en , '''long " text''' , 1.5 , true , "d"^^e:t .
e:x e:p e:y .
"""


def _turtle(text: str, _folder: Path) -> None:
    assume("\ud800" not in text)  # what is read of a file has been decoded
    newer_syntax(text)
    try:
        whole = set(parse(text, RdfFormat.TURTLE, base_iri="https://example.org/"))
    except SyntaxError:
        assume(False)
    assume(not any(isinstance(term, BlankNode) for quad in whole for term in (quad.subject, quad.object)))
    edited = TurtleText(text, base="https://example.org/")
    found = list(edited.statements())
    if found:
        edited.remove(found[0], found[0].clauses[:1])
    left = set(parse(edited.edited(), RdfFormat.TURTLE, base_iri="https://example.org/"))
    assert left <= whole and (left != whole or not found or len(found) > 1)


#: Name → what is fed; another target is another row.
TARGETS: Final[dict[str, Target]] = {
    "gate": Target(lambda: mutated(*_queries(), words=("SERVICE", "GRAPH", "FROM NAMED", "BASE <x>", "UNION", "VALUES")), _gate),
    "accept": Target(
        lambda: mutated("text/html;q=0.5, application/json; charset=utf-8, */*;q=0.1", 'text/csv;header="present"', "a/b"),
        _accept,
    ),
    "parameters": Target(lambda: mutated("query=a%20b&timeout=1&format=json", "a=%EA%B0%80+b"), _parameters),
    "reconcile": Target(lambda: mutated(_BATCH, _EXTEND, "[" * 2000), _reconcile),
    "words": Target(lambda: mutated("How many people are held in camps of 1,000?", "정치범 수용소"), _words),
    "sheet": Target(
        lambda: mutated(yaml.safe_dump(dict(_SHEET), sort_keys=False), words=("&a", "*a", "!!python/object", "? ", "- ")), _sheet
    ),
    "readings": Target(
        lambda: mutated("record,reader,field,value\n" + "".join(f"a,r,{field},x\n" for field in FIELDS)), _readings
    ),
    "sssom": Target(lambda: mutated(_SSSOM, words=("skos:broadMatch", "a:", "#curie_map:\n", "Not")), _sssom),
    "workbook": Target(lambda: mutated(_CLAIMS, "sep=;\nid;statement\na;b\n", words=("=1+1", "id", "statement")), _workbook),
    "workbook file": Target(
        lambda: st.builds(_cut, st.just(_xlsx()), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8)),
        _workbook_file,
    ),
    "passage": Target(
        lambda: st.tuples(
            mutated(_TEXT, "e\u0301 가나 각 \u00a0x\u00adz ﬁ"),
            mutated("Others doubt it", "é", "각"),
            st.none() | st.integers(-2, 4),
        ),
        _passage,
    ),
    "turtle": Target(lambda: mutated(_TURTLE), _turtle),
}


def run(target: Target, given: Any) -> None:
    """Feed a target; an error of the project has to say what is wrong."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            target.run(given, Path(folder))
        except AllegataError as error:
            assert error.message.strip(), "an error says what is wrong"
