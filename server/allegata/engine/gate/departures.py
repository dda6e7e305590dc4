"""Lists the departures from SPARQL that no rewriting of a query takes away, and finds the one that stands in a literal."""

from __future__ import annotations

import re
from typing import Final

from allegata.engine.gate.tree import Tree

#: The departures that are announced, each with what the engine does; the page of the endpoint has an anchor of each name.
ANNOUNCED: Final = {
    "path-duplicates": "two alternatives of a path beside nodes without name give one solution where both have it",
    "zero-length-path": "beside nodes without name, a path of length zero is found only at terms of the data",
    "bnode-label": "BNODE(text) gives the same node in each solution",
    "literal-forms": "numbers, truths and times are kept by value: STR and sameTerm see the shortest form, in the main type",
    "long-comparison": "truths and NaN are not compared by < and > where the two sides are long",
    "zero-quotient": "zero divided by a decimal that is no whole number is an error where the product is long",
    "unread": "the query is put to the engine as it is, since it could not be read for what the engine does otherwise",
}
_NUMBER: Final = re.compile(r"(0|[1-9]\d*)(\.\d*[1-9])?")
_KEPT_BY_VALUE: Final = re.compile(
    r"(?:[:#/])(integer|(?:int|long|short|byte|nonNegativeInteger|positiveInteger|nonPositiveInteger|negativeInteger|unsigned\w+)|"
    r"decimal|double|float|boolean|dateTime|date|time|duration|dayTimeDuration|yearMonthDuration|g\w+)>?$"
)
# What cannot be the form of a value is kept as it is.
_CAN_BE_VALUE: Final = re.compile(r"[+\-.\dPtf]|INF|NaN")
_PLAIN_FORMS: Final = {
    "integer": re.compile(r"0|-?[1-9]\d*"),
    "decimal": re.compile(r"0|-?(0|[1-9]\d*)(\.\d*[1-9])?"),
    "boolean": re.compile("true|false"),
    "date": re.compile(r"-?\d{4,}-\d\d-\d\d(Z|[+-]\d\d:\d\d)?"),
    "dateTime": re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d*[1-9])?(Z|[+-]\d\d:\d\d)?"),
    "double": re.compile(r"0|-?(0|[1-9]\d{0,14})(\.\d{0,14}[1-9])?|NaN|-?INF"),
    "float": re.compile(r"0|-?(0|[1-9]\d{0,5})(\.\d{0,5}[1-9])?|NaN|-?INF"),
    "gYear": re.compile(r"-?\d{4,}"),
}


def loses_form(literal: Tree) -> bool:
    """Return whether the engine gives a literal of a query back in another form, or in another type."""
    first = literal.children[-1 if literal.children[-1].token.kind == "number" else 0].token
    if first.kind == "number":
        return not _NUMBER.fullmatch(first.text)
    if len(literal.children) < 3:
        return False
    found = _KEPT_BY_VALUE.search(literal.children[2].text)
    form = _PLAIN_FORMS.get(found.group(1)) if found else None
    text = first.text[1:-1]
    return bool(found and _CAN_BE_VALUE.match(text)) and not (form and form.fullmatch(text))
