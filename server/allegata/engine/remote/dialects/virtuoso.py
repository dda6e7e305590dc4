"""Virtuoso (Debian: virtuoso-opensource): it cuts answers at a limit of rows, and has numbers for truths and whole quotients."""

from __future__ import annotations

from collections.abc import Callable
from email.message import Message
from typing import Final

from allegata.engine.gate.expressions import inner
from allegata.engine.gate.tree import Tree, read
from allegata.engine.remote.dialects.dialect import Dialect

_BOOLEAN: Final = "<http://www.w3.org/2001/XMLSchema#boolean>"

_TRUTHS: Final = frozenset(
    "BOUND REGEX CONTAINS STRSTARTS STRENDS ISIRI ISURI ISBLANK ISLITERAL ISNUMERIC SAMETERM LANGMATCHES EXISTS NOT".split()
)


def _partial(head: Message) -> str:
    """Return what the head says of an answer that was cut by time; one cut at ResultSetMaxRows is found by counting."""
    state = head.get("X-SQL-State", "")
    return f"it ended the query early ({state}: {head.get('X-SQL-Message', '')[:200].strip()})" if state else ""


def _rewritten(text: str) -> str:
    """Write quotients as decimals, and truths as such."""
    parts = read(text)
    if parts is None:
        return text
    for part in reversed(parts):
        if part.rule:
            part.text = _STEPS.get(part.rule, _joined)(part)
    return parts[0].text


def _joined(part: Tree) -> str:
    return "".join(child.text for child in part.children)


def _quotient(product: Tree) -> str:
    """Make what divides a decimal: Virtuoso divides whole numbers to a whole one (section 17.4.1.6)."""
    before = ["", *(child.word for child in product.children)]
    return "".join(
        f" (1.0 * {child.text})" if word == "/" else child.text for child, word in zip(product.children, before, strict=False)
    )


def _named(part: Tree) -> str:
    """Make a truth of what gets a name: Virtuoso has 1 and 0 for it."""
    after = [child.word for child in part.children[1:]] + [""]
    return "".join(
        f' STRDT(IF({child.text}, "true", "false"), {_BOOLEAN})' if word == "AS" and _is_truth(child) else child.text
        for child, word in zip(part.children, after, strict=True)
    )


def _is_truth(expression: Tree) -> bool:
    found = inner(expression)
    if found.rule == "BuiltIn":
        return found.children[0].word in _TRUTHS
    return found.rule in ("Expression", "And", "Relation") or (found.rule == "Factor" and found.children[0].word == "!")


_STEPS: Final[dict[str, Callable[[Tree], str]]] = {
    "Product": _quotient,
    "SelectClause": _named,
    "Other": _named,
}
#: Found by asking all questions of the bundled corpus; each is a fault of the engine that no other form of the query avoids.
_REFUSES: Final = {
    "adopted-without-a-vote": "in OPTIONAL it loses what an alternative with MINUS finds",
    "distance-in-time": "it subtracts dates to a number of its own instead of a duration",
    "recorded-votes": "it loses or splits groups that have an unbound value",
    "resting-on-imagery": "in OPTIONAL it loses solutions that a filter on a variable from outside leaves",
}

VIRTUOSO: Final = Dialect("Virtuoso", "virtuoso", _rewritten, _partial, _REFUSES, "/sparql-graph-crud-auth")
