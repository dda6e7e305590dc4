"""Draws what helps with the answer to a question, as the question says: `# Picture:`, a word, and the columns that are drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from markupsafe import Markup

from allegata.corpus.questions import Question
from allegata.domain import Value
from allegata.domain.answers import AnswerTable, Row
from allegata.domain.comparisons import Comparisons
from allegata.web.i18n.gettext import gettext
from allegata.web.i18n.names import name_of
from allegata.web.i18n.questions import column_head, title_of
from allegata.web.svg import Span, bar, intervals, spans, stacked

#: A picture with what stands below it.
Picture = tuple[str, Markup]
_YEAR: Final = re.compile(r"\d{4}(-\d\d){0,2}$")
#: Bars of one picture; of more rows the table alone speaks.
_MOST: Final = 40


def pictures(asked: Question, table: AnswerTable, comparisons: Comparisons) -> list[Picture]:
    """Return the pictures of an answer, none where the question names none or nothing can be drawn."""
    word, _, columns = asked.picture.partition(" ")
    draw = _PICTURES.get(word)
    return draw(asked, table, columns.split(), comparisons) if draw and table.given else []


def bars(asked: Question, table: AnswerTable) -> Mapping[str, Sequence[Markup]]:
    """Return the bars that stand beside the numbers of a column, row by row."""
    word, _, column = asked.picture.partition(" ")
    if word != "bars" or column not in table.columns:
        return {}
    numbers = table.numbers(column)
    most = max(numbers, default=0) or 1
    return {column: [bar(number / most) for number in numbers]}


def _stacked(asked: Question, table: AnswerTable, columns: Sequence[str], _read: Comparisons) -> list[Picture]:
    """Draw a bar for each thing that the columns behind `by` name, once, parted by the numbers of those before it."""
    at = columns.index("by")
    numbers, beside = columns[:at], columns[at + 1 :]
    heads = [column_head(column) for column in numbers]
    rows: dict[str, list[tuple[str, int]]] = {}
    for row, given in zip(table.rows, table.given, strict=True):
        named = dict(zip(table.columns, row, strict=True))
        label = "  ".join(name_of(named[name].value) for name in beside if name in named and named[name].value.text)
        rows.setdefault(label, list(zip(heads, (_number(given, column) for column in numbers), strict=True)))
    drawn = [(label, parts) for label, parts in rows.items() if any(number for _, number in parts)]
    return (
        [(gettext("The numbers of the table as bars"), stacked(name_of(title_of(asked)), drawn, 320))]
        if 0 < len(drawn) <= _MOST
        else []
    )


def _number(row: Row, column: str) -> int:
    text = row.get(column, Value("")).text
    return int(text) if text.isdecimal() else 0


def _timeline(asked: Question, table: AnswerTable, columns: Sequence[str], _read: Comparisons) -> list[Picture]:
    """Draw what has a beginning or an end on a line of years."""
    start, end, label = columns
    dated = {
        Span(name_of(row[label]), _date(row, start), _date(row, end))
        for row in table.given
        if label in row and (_date(row, start) or _date(row, end))
    }
    rows = sorted(dated, key=lambda item: (item.years, item.label))
    return (
        [(gettext("The times of the table on a line of years"), spans(name_of(title_of(asked)), rows))]
        if 0 < len(rows) <= _MOST
        else []
    )


def _date(row: Row, column: str) -> str:
    text = row.get(column, Value("")).text
    return text if _YEAR.match(text) else ""


def _intervals(asked: Question, _table: AnswerTable, columns: Sequence[str], read: Comparisons) -> list[Picture]:
    """Draw the numbers of the measures that a parameter has."""
    measures = [value for item in asked.parameters if item.name in columns for value in asked.given(item)]
    found = [group for measure in measures for group in read.compare(measure).estimates if group[0].iri == measure]
    caption = gettext("%(measure)s: estimates, earliest first; a hollow dot is an approximate number")
    return [(caption % {"measure": name_of(measure)}, intervals(name_of(measure), items)) for measure, items in found]


_PICTURES: Final[dict[str, Callable[[Question, AnswerTable, Sequence[str], Comparisons], list[Picture]]]] = {
    "stacked": _stacked,
    "timeline": _timeline,
    "intervals": _intervals,
}
