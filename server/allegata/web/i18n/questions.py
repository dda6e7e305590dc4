"""Words questions in the language of the page: titles, themes, what parameters are for, heads of columns."""

from __future__ import annotations

from typing import Final

from allegata.corpus.questions import Question
from allegata.domain import Value
from allegata.domain.answers import Cell
from allegata.model.labels import ENGLISH
from allegata.model.namespaces import expand
from allegata.web.i18n.gettext import gettext, language
from allegata.web.i18n.phrases import duration
from allegata.web.sparql.asking import folder, words_in

_BOOLEAN: Final = expand("xsd:boolean")
_DURATION: Final = expand("xsd:duration")


def title_of(asked: Question) -> Value:
    """Return what a question asks, to be marked where it stands in another language."""
    own = language()
    return Value(asked.titles.get(own, asked.title), language=own if own in asked.titles else ENGLISH)


def theme_name(theme: str) -> str:
    """Name a theme of questions."""
    named = question_text(theme)
    return named[:1].upper() + named[1:]


def question_text(text: str) -> str:
    """Return a theme, a note or what a parameter is for in the language of the page, where it is translated."""
    return words_in(folder()).sentence(text, language())


def column_head(variable: str) -> str:
    """Return what stands above a column of an answer."""
    return words_in(folder()).column(variable, language())


def cell_text(cell: Cell) -> Value:
    """Return the text of a cell as people write it: yes and no, numbers with commas, distances in time."""
    text, datatype = cell.value.text, cell.value.datatype
    if datatype == _BOOLEAN:
        return Value(gettext("yes") if text in ("true", "1") else gettext("no"), language=language())
    if datatype == _DURATION:
        return Value(duration(text), language=language())
    if cell.is_number:
        return Value(f"{int(text):,}" if len(text) > 4 and text.isdecimal() else text)
    return cell.value
