"""Makes random SPARQL queries from a grammar, as trees, so that one that two engines answer differently can be made smaller."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

XSD: Final = "http://www.w3.org/2001/XMLSchema#"
PROLOGUE: Final = f"BASE <urn:base:/> PREFIX : <urn:x:> PREFIX xsd: <{XSD}> "
VARIABLES: Final = ("?a", "?b", "?c", "?d")
IRIS: Final = (":a", ":b", ":c", ":d", ":e")
PROPERTIES: Final = (":p", ":q", ":r")
GRAPHS: Final = (":g1", ":g2", ":g3", ":none")
LITERALS: Final = (
    *(
        "0",
        "1",
        "2",
        "-3",
        "10",
        "9",
        "1.5",
        "0.25",
        '"2"^^xsd:double',
        '"15"^^xsd:double',
        "true",
        "false",
        '""',
        '"a"',
        '"b"',
        '"10"',
        '"ab c"',
    ),
    *('"a"@en', '"A"@en', '"b"@ko', '"2001-02-03"^^xsd:date', '"2001-02-03T04:05:06Z"^^xsd:dateTime', '"a"^^:type'),
    *(
        '"x"^^xsd:integer',
        '"x"^^xsd:boolean',
        '"NaN"^^xsd:double',
        '"INF"^^xsd:double',
        '"1.5"^^xsd:float',
        '"한글"',
        '"2001"^^xsd:gYear',
    ),
)
#: Marks around a path, which an engine that mixes it with other patterns is to evaluate by itself.
APART: Final = ("⟦", "⟧")
#: Every term is somewhere in the data but for :e, which is not, and :d, which is a property only.
STATEMENTS: Final = (
    *(":a :p :b g1", ":b :p :c g1", ":c :p :a g1", ":a :q 1 g1", ":b :q 10 g1", ":c :q 9 g1", ':a :q "a" g1', ':b :r "b"@ko g1'),
    *(
        ":a :p :b g2",
        ":b :p :b g2",
        ":b :q 1.5 g2",
        ':c :q "x"^^xsd:integer g2',
        ":c :r :g1 g2",
        ":g1 :p :c g2",
        ':c :d "2"^^xsd:double g2',
    ),
    *(
        ':a :r "A"@en g3',
        ':a :r "2001-02-03"^^xsd:date g3',
        ":b :r true g3",
        ':b :r "10" g3',
        ':c :r "a"^^:type g3',
        ":c :q 1 g3",
    ),
)


@dataclass(frozen=True)
class Node:
    """A node of a query's tree: words between which its parts stand; parts of a `many` can be left out one by one."""

    words: tuple[str, ...]
    parts: tuple[Node, ...] = ()
    many: bool = False

    def __str__(self) -> str:
        if self.many:
            return self.words[0] + self.words[1].join(map(str, self.parts)) + self.words[2]
        return "".join(word + str(part) for word, part in zip(self.words, (*self.parts, ""), strict=True))


def plain(text: str) -> str:
    """Return a query without the marks around paths."""
    return text.replace(APART[0], "").replace(APART[1], "")


def apart(text: str) -> str:
    """Return a query with each path in a subquery, which says the same (SPARQL 1.1 Query, section 18.2.4.4)."""
    return text.replace(APART[0], "{ SELECT * { ").replace(APART[1], " } LIMIT 100000 }")


def smaller(node: Node) -> Iterator[Node]:
    """Yield the trees that lack one part of the tree, the biggest cuts first."""
    if node.many:
        for number in range(len(node.parts)):
            yield replace(node, parts=node.parts[:number] + node.parts[number + 1 :])
    elif len(node.parts) == 1:
        yield node.parts[0]
    for number, part in enumerate(node.parts):
        for less in smaller(part):
            yield replace(node, parts=(*node.parts[:number], less, *node.parts[number + 1 :]))


def _leaf(text: str) -> Node:
    return Node((text,))


def _fill(form: str, *parts: Node) -> Node:
    return Node(tuple(form.split("@")), parts)


class Grammar:
    """One stream of random queries; the same seed gives the same queries."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._fresh = 0

    def _one(self, *choices: Callable[[int], Node] | str, depth: int = 0) -> Node:
        chosen = self._random.choice(choices)
        return _leaf(chosen) if isinstance(chosen, str) else chosen(depth)

    def _new(self) -> str:
        self._fresh += 1
        return f"?v{self._fresh}"

    def query(self) -> Node:
        """Make a query."""
        self._fresh = 0
        depth = self._random.choice((1, 2, 2, 3))
        roll = self._random.random()
        if roll < 0.08:
            return _fill(f"{PROLOGUE}ASK {self._dataset()}@", self._group(depth))
        if roll < 0.14:
            template = self._random.choice((":s :made ?a . ?a :p ?b", "?a :q ?c , ?d", "?b ?c ?d"))
            return _fill(f"{PROLOGUE}CONSTRUCT {{ {template} }} {self._dataset()}WHERE @", self._group(depth))
        return _fill(f"{PROLOGUE}@", self._select(depth, self._dataset()))

    def _dataset(self) -> str:
        roll = self._random.random()
        if roll > 0.15:
            return ""
        chosen = self._random.sample(GRAPHS, self._random.choice((1, 2)))
        if roll < 0.05:
            return f"FROM NAMED {chosen[0]} FROM {chosen[-1]} "
        return "".join(f"FROM {graph} " for graph in chosen)

    def _select(self, depth: int, dataset: str = "") -> Node:
        group = self._group(depth)
        if self._random.random() < 0.3:
            return self._aggregated(group, dataset)
        distinct = self._random.choice(("", "", "DISTINCT "))
        chosen = self._random.sample(VARIABLES, self._random.choice((1, 2, 3)))
        head = self._random.choice(("*", " ".join(chosen), " ".join(VARIABLES)))
        order = self._random.choice(
            ("", "", f" ORDER BY {chosen[0]}", f" ORDER BY DESC({chosen[0]})", f" ORDER BY STR({chosen[0]}) {chosen[0]}")
        )
        if self._random.random() < 0.25 and head != "*":
            return _fill(f"SELECT {distinct}{head} (@ AS {self._new()}) {dataset}WHERE @{order}", self._expression(2), group)
        return _fill(f"SELECT {distinct}{head} {dataset}WHERE @{order}", group)

    def _aggregated(self, group: Node, dataset: str) -> Node:
        functions = ("COUNT(@)", "COUNT(DISTINCT @)", "SUM(@)", "AVG(@)", "MIN(@)", "MAX(@)", "SUM(DISTINCT @)")
        chosen = [self._random.choice(functions) for _ in range(self._random.choice((1, 2)))]
        items = [_fill(f"({form} AS {self._new()})", self._argument()) for form in chosen]
        if self._random.random() < 0.2:
            distinct = self._random.choice(("", "DISTINCT "))
            items.append(
                _leaf(f"(STRLEN(GROUP_CONCAT({distinct}{self._random.choice(VARIABLES)}; SEPARATOR=', ')) AS {self._new()})")
            )
        if self._random.random() < 0.2:
            items.append(_leaf(f"(COUNT({self._random.choice(('', 'DISTINCT '))}*) AS {self._new()})"))
        key, by = self._random.choice([*((name, name) for name in VARIABLES), ("?k", "(DATATYPE(?b) AS ?k)")])
        grouped = self._random.random() < 0.6
        having = f" HAVING (COUNT(*) > {self._random.choice('012')})" if grouped and self._random.random() < 0.2 else ""
        tail = f" GROUP BY {by}{having}" if grouped else ""
        head = Node((key + " " if grouped else "", " ", ""), tuple(items), many=True)
        return _fill(f"SELECT @ {dataset}WHERE @{tail}", head, group)

    def _argument(self) -> Node:
        return self._one(*VARIABLES) if self._random.random() < 0.8 else self._expression(1)

    def _group(self, depth: int) -> Node:
        count = self._random.choice((1, 2, 2, 3))
        parts = [self._element(depth) for _ in range(count)]
        if self._random.random() < 0.7:
            parts.insert(0, self._triples(depth))
        return Node(("{ ", " ", " }"), tuple(parts), many=True)

    def _element(self, depth: int) -> Node:
        simple = (self._triples, self._triples, self._path, self._path, self._filter, self._filter, self._bind, self._values)
        if not depth:
            return self._one(*simple, depth=0)
        nested = (self._optional, self._union, self._minus, self._graph, self._graph, self._exists, self._subselect, self._group)
        return self._one(*simple, *nested, depth=depth - 1)

    def _term(self, *kinds: tuple[str, ...]) -> str:
        return self._random.choice(self._random.choice((VARIABLES, *kinds)))

    def _triples(self, _depth: int) -> Node:
        verb = self._term(PROPERTIES, PROPERTIES, (":d",))
        subject = "[]" if self._random.random() < 0.05 else self._term(VARIABLES, IRIS)
        more = self._random.choice(
            ("", "", "", f" ; :p {self._term(IRIS)}", f" , {self._term(IRIS, LITERALS)}", f" ; :q|:r {self._term()}")
        )
        return _leaf(f"{subject} {verb} {self._term(VARIABLES, IRIS, LITERALS)}{more} .")

    def _path(self, _depth: int) -> Node:
        ends = self._term(VARIABLES, IRIS), self._term(VARIABLES, IRIS, LITERALS)
        return Node((f"{APART[0]}{ends[0]} ", f" {ends[1]} .{APART[1]}"), (self._steps(self._random.choice((1, 2))),))

    def _steps(self, depth: int) -> Node:
        if not depth:
            return self._one(*PROPERTIES, "!:p", "!(:p|^:q)", "^:p")
        forms = ("(@)*", "(@)+", "(@)?", "^(@)", "(@/@)", "(@|@)", "(@)")
        form = self._random.choice(forms)
        return _fill(form, *(self._steps(depth - 1) for _ in range(form.count("@"))))

    def _filter(self, _depth: int) -> Node:
        return _fill("FILTER(@)", self._expression(2))

    def _bind(self, _depth: int) -> Node:
        return _fill(f"BIND(@ AS {self._new()})", self._expression(2))

    def _values(self, _depth: int) -> Node:
        if self._random.random() < 0.2:
            rows = [_leaf(f"({self._random.choice(IRIS)} {self._random.choice(LITERALS)})") for _ in "12"]
            return Node(("VALUES (?a ?b) { ", " ", " }"), tuple(rows), many=True)
        terms = [self._random.choice((*IRIS, *LITERALS, "UNDEF")) for _ in range(self._random.choice((1, 2, 3)))]
        return Node((f"VALUES {self._random.choice(VARIABLES)} {{ ", " ", " }"), tuple(map(_leaf, terms)), many=True)

    def _optional(self, depth: int) -> Node:
        return _fill("OPTIONAL @", self._group(depth))

    def _union(self, depth: int) -> Node:
        return _fill("@ UNION @", self._group(depth), self._group(depth))

    def _minus(self, depth: int) -> Node:
        return _fill("MINUS @", self._group(depth))

    def _graph(self, depth: int) -> Node:
        name = self._random.choice(("?g", "?g", *GRAPHS, "?a"))
        return _fill(f"GRAPH {name} @", self._group(depth))

    def _exists(self, depth: int) -> Node:
        return _fill(f"FILTER {self._random.choice(('', 'NOT '))}EXISTS @", self._group(depth))

    def _subselect(self, depth: int) -> Node:
        return _fill("{ @ }", self._select(depth))

    def _expression(self, depth: int) -> Node:
        if not depth:
            return self._one(*VARIABLES, *VARIABLES, *VARIABLES, *IRIS, *LITERALS)
        form = self._random.choice(EXPRESSIONS)
        return _fill(form, *(self._expression(depth - 1) for _ in range(form.count("@"))))


#: Expressions, with @ for each operand (SPARQL 1.1 Query, section 17).
EXPRESSIONS: Final = (
    *(
        "(@ = @)",
        "(@ = @)",
        "(@ != @)",
        "(@ < @)",
        "(@ < @)",
        "(@ >= @)",
        "(@ && @)",
        "(@ || @)",
        "(!@)",
        "(@ + @)",
        "(@ - @)",
        "(@ * @)",
    ),
    *("(@ / @)", "(-@)", "(@ IN (@, @))", "(@ NOT IN (@, @))", "IF(@, @, @)", "COALESCE(@, @)", "sameTerm(@, @)", "isNumeric(@)"),
    *("isIRI(@)", "isLiteral(@)", "isBlank(@)", "STR(@)", "LANG(@)", "DATATYPE(@)", "STRDT(@, xsd:integer)", 'STRLANG(@, "en")'),
    *(
        "IRI(STR(@))",
        "STRLEN(@)",
        "UCASE(@)",
        "LCASE(@)",
        "SUBSTR(@, 2)",
        "SUBSTR(@, 1, 1)",
        "SUBSTR(@, 0, 2)",
        "STRSTARTS(@, @)",
    ),
    *("STRENDS(@, @)", "CONTAINS(@, @)", "STRBEFORE(@, @)", "STRAFTER(@, @)", "CONCAT(@, @)", 'LANGMATCHES(LANG(@), "*")'),
    *('LANGMATCHES(LANG(@), "en")', 'REGEX(@, "a")', 'REGEX(@, "A", "i")', 'REGEX(STR(@), "^1")', 'REPLACE(@, "a", "z")'),
    *(
        'REPLACE(@, "(.)", "$1$1")',
        "ENCODE_FOR_URI(@)",
        "ABS(@)",
        "CEIL(@)",
        "FLOOR(@)",
        "ROUND(@)",
        "YEAR(@)",
        "MONTH(@)",
        "DAY(@)",
    ),
    *(
        "HOURS(xsd:dateTime(@))",
        "SECONDS(xsd:dateTime(@))",
        "TZ(xsd:dateTime(@))",
        "MD5(@)",
        "SHA256(@)",
        "xsd:integer(@)",
        "xsd:decimal(@)",
        "xsd:double(@)",
    ),
    *(
        "xsd:float(@)",
        "xsd:string(@)",
        "xsd:boolean(@)",
        "xsd:dateTime(@)",
        "BOUND(?a)",
        "BOUND(?c)",
        "(@)",
        "(@ != @)",
        "(@ > @)",
    ),
)
