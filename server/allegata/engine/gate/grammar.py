"""The grammar of SPARQL 1.2 queries (section 19.8), which holds that of 1.1, in a form that one token of look-ahead decides.

Keywords are in upper case, marks in quotes, kinds of tokens in lower case, rules begin with a capital. It takes a little
more than the standard does (where the standard needs two tokens to decide) and is used to find errors, never to accept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

RULES: Final = r"""
Query = Prologue (Select | Construct | Describe | Ask) (VALUES DataBlock)?
Prologue = (BASE iri | PREFIX pname iri | VERSION string)*
Select = SelectClause DatasetClause* WhereClause Modifier
SubSelect = SelectClause WhereClause Modifier (VALUES DataBlock)?
SelectClause = SELECT (DISTINCT | REDUCED)? ((variable | '(' Expression AS variable ')')+ | '*')
Construct = CONSTRUCT ('{' Triples? '}' DatasetClause* WhereClause Modifier | DatasetClause* WHERE '{' Triples? '}' Modifier)
Describe = DESCRIBE ((variable | Iri)+ | '*') DatasetClause* WhereClause? Modifier
Ask = ASK DatasetClause* WhereClause Modifier
DatasetClause = FROM NAMED? Iri
WhereClause = WHERE? Group
Modifier = (GROUP BY Condition+)? (HAVING Constraint+)? (ORDER BY Order+)? (Limit Offset? | Offset Limit?)?
Limit = LIMIT number
Offset = OFFSET number
Condition = BuiltIn | Iri Arguments | '(' Expression (AS variable)? ')' | variable
Order = (ASC | DESC) '(' Expression ')' | Constraint | variable
Group = '{' (SubSelect | Triples? (Pattern '.'? Triples?)*) '}'
Pattern = Group (UNION Group)* | (OPTIONAL | MINUS | LATERAL) Group | GRAPH Name Group | SERVICE SILENT? Name Group | Other
Other = FILTER Constraint | BIND '(' Expression AS variable ')' | VALUES DataBlock
Name = variable | Iri
DataBlock = variable '{' Value* '}' | '(' variable* ')' '{' ('(' Value* ')')* '}'
Value = Iri | Literal | UNDEF | TripleTerm
Constraint = '(' Expression ')' | BuiltIn | Iri Arguments
Triples = Statement ('.' Triples?)?
Statement = Term Properties | Node Properties?
Properties = Verb Objects (';' (Verb Objects)?)*
Objects = Object (',' Object)*
Object = (Term | Node) Annotation*
Annotation = Reifier | '{|' Properties '|}'
Reifier = '~' (variable | Iri | blank)?
Node = '(' Object* ')' | '[' Properties? ']' | '<<' Inner Verb Inner Reifier? '>>'
Term = variable | Iri | Literal | blank | TripleTerm
TripleTerm = '<<(' Inner Verb Inner ')>>'
Inner = Term | Node
Verb = variable | Path
Path = Sequence ('|' Sequence)*
Sequence = Element ('/' Element)*
Element = '^'? Primary ('?' | '*' | '+')?
Primary = Iri | A | '!' Negated | '(' Path ')'
Negated = One | '(' (One ('|' One)*)? ')'
One = '^'? (Iri | A)
Iri = iri | pname
Literal = string (tag | '^^' Iri)? | ('+' | '-')? number | TRUE | FALSE
Expression = And ('||' And)*
And = Relation ('&&' Relation)*
Relation = Sum (('=' | '!=' | '<' | '>' | '<=' | '>=') Sum | NOT? IN '(' (Expression (',' Expression)*)? ')')?
Sum = Product (('+' | '-') Product)*
Product = Factor (('*' | '/') Factor)*
Factor = ('!' | '+' | '-') Factor | '(' Expression ')' | BuiltIn | Iri Arguments? | Constant | variable | TripleTerm
Constant = string (tag | '^^' Iri)? | number | TRUE | FALSE
BuiltIn = function Arguments | NOT? EXISTS Group
Arguments = '(' DISTINCT? ('*' | Expression (',' Expression)*)? (';' SEPARATOR '=' string)? ')'
"""

# Section 19.8, rules 121 and 127, and the functions of SPARQL 1.1 and 1.2.
FUNCTIONS: Final = frozenset(
    """STR LANG LANGMATCHES DATATYPE BOUND IRI URI BNODE RAND ABS CEIL FLOOR ROUND CONCAT STRLEN UCASE LCASE ENCODE_FOR_URI
    CONTAINS
    STRSTARTS STRENDS STRBEFORE STRAFTER YEAR MONTH DAY HOURS MINUTES SECONDS TIMEZONE TZ NOW UUID STRUUID MD5 SHA1 SHA256 SHA384
    SHA512 COALESCE IF STRLANG STRDT SAMETERM ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC REGEX SUBSTR REPLACE COUNT SUM MIN MAX AVG
    SAMPLE GROUP_CONCAT STRLANGDIR HASLANG HASLANGDIR LANGDIR TRIPLE SUBJECT PREDICATE OBJECT ISTRIPLE ADJUST""".split()
)


@dataclass(frozen=True, eq=False)
class Part:
    """A part of a rule: a terminal or the name of a rule, or parts in a row, as choices, or repeated."""

    kind: Literal["terminal", "rule", "row", "choice", "?", "*", "+"]
    name: str = ""
    parts: tuple[Part, ...] = ()


@cache
def rules() -> dict[str, Part]:
    """Read the grammar."""
    lines = (line.split(" = ", 1) for line in RULES.strip().splitlines())
    return {name: _choice(list(re.findall(r"'[^']+'|\w+|[()|?*+]", body))[::-1]) for name, body in lines}


def _choice(words: list[str]) -> Part:
    rows = [_row(words)]
    while words and words[-1] == "|":
        words.pop()
        rows.append(_row(words))
    return rows[0] if len(rows) == 1 else Part("choice", parts=tuple(rows))


def _row(words: list[str]) -> Part:
    parts: list[Part] = []
    while words and words[-1] not in ("|", ")"):
        word = words.pop()
        if word == "(":
            parts.append(_choice(words))
            words.pop()
        elif word in ("?", "*", "+"):
            parts.append(Part(_REPEATS[word], parts=(parts.pop(),)))
        else:
            parts.append(Part("rule" if word[0].isupper() and not word.isupper() else "terminal", word.strip("'")))
    return parts[0] if len(parts) == 1 else Part("row", parts=tuple(parts))


_REPEATS: Final[dict[str, Literal["?", "*", "+"]]] = {"?": "?", "*": "*", "+": "+"}


@cache
def first(part: Part) -> frozenset[str]:
    """Return the terminals that a part can begin with; the empty one means that the part can be left out."""
    if part.kind == "terminal":
        return frozenset((part.name,))
    if part.kind == "rule":
        return first(rules()[part.name])
    if part.kind == "choice":
        return frozenset().union(*map(first, part.parts))
    if part.kind == "row":
        return frozenset(_first_of_row(part.parts))
    return first(part.parts[0]) | ({""} if part.kind in "?*" else set())


def _first_of_row(parts: tuple[Part, ...]) -> Iterator[str]:
    for part in parts:
        yield from first(part) - {""}
        if "" not in first(part):
            return
    yield ""
