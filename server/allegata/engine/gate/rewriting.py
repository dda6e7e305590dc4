"""Writes a query so that the engine answers it as SPARQL has it, where the two differ, and names what cannot be written so.

Each departure has its reason at the method that sees to it, and its cases in the tests; `docs/endpoint.md` lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from allegata.engine.gate import arithmetic, comparisons, paths
from allegata.engine.gate.departures import loses_form
from allegata.engine.gate.expressions import counts_all, inner, is_of_one_kind, is_truth
from allegata.engine.gate.growth import LARGEST, check_growth
from allegata.engine.gate.named_graphs import Graphs, each_graph, existing
from allegata.engine.gate.plainness import is_plain
from allegata.engine.gate.tree import Tree, read

#: The functions that workers give to the engine, see `functions`.
KIND, TRUTH, MINIMUM, MAXIMUM = (f"urn:allegata:{name}" for name in ("kind", "truth", "minimum", "maximum"))
CONCAT: Final = "urn:allegata:concat:"
_LONG: Final = 500
_WITHOUT_VARIABLES: Final = frozenset(("Expression", "BuiltIn", "Arguments", "Constraint", "Modifier"))


@dataclass(frozen=True)
class Rewritten:
    """A query as it is put to the engine, the departures that stay, and the names of functions that it calls."""

    text: str
    departures: tuple[str, ...] = ()
    functions: frozenset[str] = frozenset()


def rewrite(text: str, graphs: Graphs | None = None, *, plain: bool = False, most: int = LARGEST) -> Rewritten:
    """Rewrite a query; `graphs` gives the named graphs of its dataset, `plain` does without our functions.

    Raises BadRequest where it, or a part of it, would have more characters than `most`.
    """
    if is_plain(text):
        return Rewritten(text)
    parts = read(text)
    if parts is None:
        return Rewritten(text, ("unread",))
    return _Rewriting(text, graphs, plain, most).run(parts)


@dataclass(eq=False)
class _Facts:
    """What is known of a part: the variables that are visible outside, in order of first use, and whether GRAPH fails on it."""

    variables: dict[str, None] = field(default_factory=dict)
    escapes_graph: bool = False


class _Rewriting:
    """Goes from the leaves of a tree to its root and gives each part the text that it is to have."""

    def __init__(self, text: str, graphs: Graphs | None, plain: bool, most: int = LARGEST) -> None:
        self._graphs, self._most = graphs, most
        self._plain = plain
        self._fresh = paths.Fresh(text)
        self._facts: dict[Tree, _Facts] = {}
        self._departures: dict[str, None] = {}
        self._functions: set[str] = set()
        self._blank = False
        self._newer = False
        self._leaks = False
        self._steps: dict[str, Callable[[Tree], str]] = {
            "Query": self._query,
            "SubSelect": self._subselect,
            "Order": self._order,
            "BuiltIn": self._built_in,
            "Expression": self._operands,
            "And": self._operands,
            "Relation": self._relation,
            "Product": self._product,
            "Factor": self._factor,
            "Other": self._other,
            "Modifier": self._modifier,
            "Statement": self._statement,
            "Pattern": self._pattern,
            "Literal": self._literal,
            "Constant": self._literal,
        }
        if plain:
            self._steps |= {"Order": _joined, "BuiltIn": _joined, "Relation": _joined}

    def run(self, parts: list[Tree]) -> Rewritten:
        """Rewrite a tree."""
        self._blank = any(part.token.kind == "blank" for part in parts)
        self._fresh.hidden = any(part.rule == "Describe" and "*" in part.words() for part in parts)
        self._newer = any(part.rule == "Prologue" and "VERSION" in part.words() for part in parts)
        self._go_through(parts)
        if self._leaks:
            self._blank = True
            self._go_through(parts)
        return Rewritten(parts[0].text, tuple(self._departures), frozenset(self._functions))

    def _go_through(self, parts: list[Tree]) -> None:
        for part in reversed(parts):
            self._facts[part] = self._learn(part)
            if part.rule:
                part.text = self._steps.get(part.rule, _joined)(part)
                check_growth(len(part.text), self._most)

    def _learn(self, part: Tree) -> _Facts:
        facts = _Facts()
        for child in part.children:
            below = self._facts[child]
            facts.escapes_graph = facts.escapes_graph or below.escapes_graph
            facts.variables |= below.variables
        if part.token.kind == "variable":
            facts.variables["?" + part.token.text[1:]] = None
        if part.rule in _WITHOUT_VARIABLES or "MINUS" in part.words():
            facts.variables = {}
        if part.rule == "SubSelect":
            facts.variables = self._projected(part)
        words = set(part.words())
        facts.escapes_graph |= part.rule == "SubSelect" or bool({"MINUS", "VALUES", "GRAPH"} & words)
        # Where it does not know the graph, the engine gives each way that a repeated path has between two known ends.
        facts.escapes_graph |= part.rule == "Element" and "+" in words
        return facts

    def _call(self, function: str, argument: str) -> str:
        self._functions.add(function)
        return f"<{function}>({argument})"

    def _projected(self, select: Tree) -> dict[str, None]:
        clause = select.child("SelectClause")
        if clause and "*" not in clause.words():
            return self._facts[clause].variables
        blocks = [child for child in select.children if child.rule in ("WhereClause", "DataBlock")]
        return {name: None for block in blocks for name in self._facts[block].variables}

    def _query(self, query: Tree) -> str:
        """Name the columns of `SELECT *` in order of first use; the engine has them in the order of the alphabet."""
        select = query.child("Select")
        if select:
            block = query.child("DataBlock")
            names = {**self._projected(select), **(self._facts[block].variables if block else {})}
            select.text = self._columns(select, names)
            # Without any variable `SELECT *` stays, and would show those that paths are written with.
            self._leaks = not names and self._fresh.shown
        return _joined(query)

    def _subselect(self, select: Tree) -> str:
        return self._columns(select, self._facts[select].variables)

    def _columns(self, select: Tree, names: dict[str, None]) -> str:
        clause, modifier = select.child("SelectClause"), select.child("Modifier")
        grouped = modifier and "GROUP" in modifier.words()
        if clause and clause.children[-1].word == "*" and names and not grouped:
            clause.text = "".join(child.text for child in clause.children[:-1]) + " " + " ".join(names)
        where = select.child("WhereClause")
        if where and any(counts_all(part) for head in (clause, modifier) if head for part in head.below()):
            # Solutions are of variables (section 18.3.1); the engine counts nodes without name and new variables, too.
            seen = " ".join(self._facts[where].variables) or self._fresh()
            where.text = f" WHERE {{ {{ SELECT {seen}{where.children[-1].text} }} }}"
        return _joined(select)

    def _order(self, order: Tree) -> str:
        """Sort by kind, then by value (section 15.1): the engine's order of all terms is none, 100 < "5" < 8 < 100."""
        ascending = order.children[0].word in ("ASC", "DESC")
        direction = order.children[0].word if ascending else "ASC"
        value = order.children[2] if ascending else order.children[0]
        if is_of_one_kind(value):
            return _joined(order)
        by_kind = comparisons.kind_of(value) or self._call(KIND, value.text)
        return f" {direction}({by_kind}) {direction}({value.text})"

    def _built_in(self, call: Tree) -> str:
        name, arguments = call.children[0].word, call.child("Arguments")
        if arguments is None:
            return _joined(call)
        values = [child for child in arguments.children if child.rule == "Expression"]
        if name in ("MIN", "MAX") and len(values) == 1:
            return " " + self._call(MINIMUM if name == "MIN" else MAXIMUM, values[0].text)
        if name == "GROUP_CONCAT" and len(values) == 1:
            return self._group_concat(arguments, values[0])
        if name == "COUNT" and values and inner(values[0]).token.kind != "variable":
            return arithmetic.count(values[0].text, "DISTINCT" in arguments.words())
        if name == "IF" and len(values) == 3:
            return f" IF({self._truth(values[0])}, {values[1].text}, {values[2].text})"
        if name == "BNODE" and values:
            self._departures["bnode-label"] = None
        return _joined(call)

    def _group_concat(self, arguments: Tree, value: Tree) -> str:
        """Join what STR gives: section 18.5.1.7 has a simple literal, the engine takes strings alone and keeps their language."""
        strings = [child for child in arguments.children if child.token.kind == "string"]
        separator = strings[0].text if strings else '" "'
        if "DISTINCT" not in arguments.words():
            return f" GROUP_CONCAT(STR({value.text}); SEPARATOR={separator})"
        return " " + self._call(CONCAT + separator.strip().encode().hex(), value.text)

    def _truth(self, value: Tree) -> str:
        """Take the effective boolean value of what may be a text with a language or ill-typed (section 17.2.2).

        SPARQL 1.2 has both as errors, as the engine does: VERSION asks for that.
        """
        return value.text if self._newer or self._plain or is_truth(value) else " " + self._call(TRUTH, value.text)

    def _operands(self, expression: Tree) -> str:
        if len(expression.children) == 1:
            return _joined(expression)
        return "".join(self._truth(child) if child.rule else child.text for child in expression.children)

    def _relation(self, relation: Tree) -> str:
        """Compare truths and NaN, which the engine does not; see `comparisons`."""
        if not comparisons.is_lost(relation) or self._is_long(relation, "long-comparison"):
            return _joined(relation)
        plain, function, sides = comparisons.parts(relation)
        return f" COALESCE({plain}, {self._call(function, sides)})"

    def _product(self, product: Tree) -> str:
        """Divide zero by decimals, on which the engine fails; see `arithmetic`."""
        growth = 2 ** product.words().count("/")
        if not arithmetic.divides(product) or self._is_long(product, "zero-quotient", growth):
            return _joined(product)
        return arithmetic.quotient(product)

    def _is_long(self, part: Tree, departure: str, growth: int = 1) -> bool:
        if sum(len(child.text) for child in part.children) * growth > _LONG:
            self._departures[departure] = None
            return True
        return False

    def _factor(self, factor: Tree) -> str:
        negated = factor.children[0].word == "!"
        return factor.children[0].text + self._truth(factor.children[1]) if negated else _joined(factor)

    def _other(self, element: Tree) -> str:
        filters = element.children[0].word == "FILTER"
        return element.children[0].text + self._constraint(element.children[1]) if filters else _joined(element)

    def _constraint(self, constraint: Tree) -> str:
        return (
            constraint.text if self._newer or self._plain or is_truth(constraint) else f"({self._call(TRUTH, constraint.text)})"
        )

    def _modifier(self, modifier: Tree) -> str:
        return "".join(self._constraint(child) if child.rule == "Constraint" else child.text for child in modifier.children)

    def _statement(self, statement: Tree) -> str:
        """Write paths as patterns where the engine loses solutions; see `paths`."""
        wanted = [verb for verb in statement.below() if verb.rule == "Verb" and paths.loses(statement, verb)]
        if not wanted:
            return _joined(statement)
        triples = paths.triples(statement)
        if triples is None or self._blank:
            for verb in wanted:
                self._departures |= dict.fromkeys(paths.losses(verb.children[0]))
            return _joined(statement)
        self._facts[statement].escapes_graph = True
        plain = [f"{start.text} {verb.text} {end.text}" for start, verb, end in triples if verb not in wanted]
        groups = [paths.rewrite(verb.children[0], start, end, self._fresh) for start, verb, end in triples if verb in wanted]
        return " " + " . ".join([*plain, " ".join(f"{{ {group} }}" for group in groups)])

    def _pattern(self, pattern: Tree) -> str:
        """Ask each graph by itself where the engine evaluates a group before it knows the graph, or knows it inside of the group.

        By section 18.6 the name of the graph is joined with what the group gives, so that a filter in it does not see it.
        """
        name, group = pattern.child("Name"), pattern.child("Group")
        if "GRAPH" not in pattern.words() or name is None or group is None:
            return _joined(pattern)
        escapes = self._facts[group].escapes_graph
        if name.children[0].token.kind != "variable":
            if not escapes and group.child("Triples"):
                return _joined(pattern)
            found = self._graphs() if self._graphs else None
            return existing(_joined(pattern), name.text, found, self._fresh)
        used = any(part.token.kind == "variable" and part.token.text[1:] == name.text.strip()[1:] for part in group.below())
        if not (escapes or used) or self._graphs is None:
            return _joined(pattern)
        return each_graph(_joined(pattern), name.text, group.text, self._graphs().names)

    def _literal(self, literal: Tree) -> str:
        """Take note of forms that the engine does not keep: it has the values alone."""
        if loses_form(literal):
            self._departures["literal-forms"] = None
        return _joined(literal)


def _joined(part: Tree) -> str:
    return "".join(child.text for child in part.children)
