"""Writes a query so that Jena 4.5 answers it as SPARQL 1.1 Query has it, where Jena is known to depart: one fault at a time.

A difference between the engine and Jena comes from a fault of Jena where it is gone once the query is put to Jena this way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Final

from allegata.engine.gate.expressions import inner
from allegata.engine.gate.tree import Tree, read
from sparql_grammar import XSD

#: The faults, each with what Jena does and what the standard has.
FAULTS: Final = {
    "ill-typed-truth": "the truth of an ill-typed number or truth is an error; it is false (17.2.2)",
    "if-of-no-truth": "IF takes what has no truth for false; it is an error (17.4.1.2)",
    "decimal-zero": "the decimal 0.0 is true; it is false (17.2.2)",
    "not-a-number": "NaN is equal to itself, and above or below all numbers; both are false (17.3, by XPath's numeric operators)",
    "term-beside-itself": "none: < and > fail on terms that have no order (17.3), but the engine, which may, has each as equal to itself (17.3.1)",
    "rounded-nan": "ROUND takes NaN for 0 and INF for the largest number of 64 bits; both stay what they are (17.4.4.2)",
    "cast-of-year": "a year can be cast to a number; it cannot (17.5)",
    "literal-predicate": "what EXISTS puts a literal into as a predicate is left out; it has no solution (18.6)",
    "distinct-alternatives": "none: the engine gives a solution of two alternatives once, and announces it (path-duplicates)",
}
#: Where the standard leaves it open, and both may answer as they do: a query is written without it for both.
OPEN: Final = {
    "beyond-numbers": "sums and the like of texts and times, which the standard has as errors, and engines may answer (17.3.1)",
    "form-of-number": "the text of a number that was computed or cast, which can be written in several ways",
}
_TRUTHS: Final = frozenset(
    "BOUND REGEX CONTAINS STRSTARTS STRENDS ISIRI ISBLANK ISLITERAL ISNUMERIC SAMETERM LANGMATCHES".split()
)
_NUMBERS: Final = ("xsd:integer", "xsd:decimal", "xsd:double", "xsd:float")
_ILL_TYPED: Final = f"<{XSD}integer>, <{XSD}decimal>, <{XSD}double>, <{XSD}float>, <{XSD}boolean>"
_ERROR: Final = "(1 / 0)"


def mended(text: str, faults: Collection[str]) -> str:
    """Return a query in which some faults of Jena cannot show."""
    parts = read(text) or []
    for part in reversed(parts):
        if part.rule:
            part.text = _MENDED.get(part.rule, _joined)(part, faults)
    return parts[0].text if parts else text


def _joined(part: Tree, _faults: Collection[str]) -> str:
    return "".join(child.text for child in part.children)


def _truth(value: Tree, faults: Collection[str], *, condition: bool = False) -> str:
    found, text = inner(value), value.text
    if found.rule == "Relation" or (found.rule == "BuiltIn" and found.children[0].word in _TRUTHS):
        return text
    if "decimal-zero" in faults:
        text = f" IF(COALESCE(isNumeric({text}) && {text} = 0, false), false, {text})"
    if ("if-of-no-truth" if condition else "ill-typed-truth") in faults:
        text = f" COALESCE(({text}) || ({text}), IF(DATATYPE({text}) IN ({_ILL_TYPED}), false, {_ERROR}))"
    return text


def _operands(part: Tree, faults: Collection[str]) -> str:
    if len(part.children) == 1:
        return _joined(part, faults)
    return "".join(_truth(child, faults) if child.rule else child.text for child in part.children)


def _relation(part: Tree, faults: Collection[str]) -> str:
    if len(part.children) == 1:
        return _joined(part, faults)
    one, values = part.children[0].text, [child.text for child in part.children[1:] if child.rule]
    if "IN" not in part.words():
        return _compared(one, part.children[1].word, values[0], faults)
    if "not-a-number" not in faults:
        return _joined(part, faults)
    either = " || ".join(_compared(one, "=", value, faults) for value in values) or "false"
    return f" {'!' if 'NOT' in part.words() else ''}({either})"


def _compared(one: str, sign: str, other: str, faults: Collection[str]) -> str:
    text = f"{one} {sign} {other}"
    if "term-beside-itself" in faults and sign not in ("=", "!="):
        text = f" IF(COALESCE(sameTerm({one}, {other}), false), {str('=' in sign).lower()}, {text})"
    if "not-a-number" in faults:
        either = f'STR({one}) = "NaN" || STR({other}) = "NaN"'
        number = f"COALESCE(isNumeric({one}) && isNumeric({other}) && ({either}), false)"
        text = f" IF({number}, {str(sign == '!=').lower()}, {text})"
    return text


def _factor(part: Tree, faults: Collection[str]) -> str:
    first, last = part.children[0], part.children[-1]
    if first.word == "!":
        return "!" + _truth(last, faults)
    if "form-of-number" in faults and last.rule == "Arguments" and first.text.strip() == "xsd:string":
        return _text(next(child.text for child in last.children if child.rule))
    if "cast-of-year" in faults and last.rule == "Arguments" and first.text.strip() in _NUMBERS:
        value = next(child.text for child in last.children if child.rule)
        return f"{first.text}(IF(COALESCE(DATATYPE({value}) = <{XSD}gYear>, false), {_ERROR}, {value}))"
    return _joined(part, faults)


def _calculation(part: Tree, faults: Collection[str]) -> str:
    if "beyond-numbers" not in faults or len(part.children) == 1:
        return _joined(part, faults)
    text = part.children[0].text
    for sign, other in zip(part.children[1::2], part.children[2::2], strict=True):
        text = f" IF(isNumeric({text}) && isNumeric({other.text}), ({text} {sign.word} {other.text}), {_ERROR})"
    return text


def _text(value: str) -> str:
    """Return the text of a value, of numbers but for their form: in thousandths, with the type."""
    thousandths = f'COALESCE(STR(<{XSD}integer>({value} * 1000)), "no number")'
    return f' IF(isNumeric({value}), CONCAT({thousandths}, " ", STR(DATATYPE({value}))), STR({value}))'


def _built_in(part: Tree, faults: Collection[str]) -> str:
    arguments = part.child("Arguments")
    values = [child.text for child in arguments.children if child.rule] if arguments else []
    if "form-of-number" in faults and part.children[0].word == "STR":
        return _text(values[0])
    if "rounded-nan" in faults and part.children[0].word == "ROUND":
        return f' IF(isNumeric({values[0]}) && STR({values[0]}) IN ("NaN", "INF", "-INF"), {values[0]}, ROUND({values[0]}))'
    if arguments and part.children[0].word == "IF":
        condition, *others = (child for child in arguments.children if child.rule)
        return f" IF({_truth(condition, faults, condition=True)}, {', '.join(other.text for other in others)})"
    group = part.child("Group")
    guard = _guard(group) if group and "literal-predicate" in faults else ""
    if group and guard:
        return f" ({'!' if 'NOT' in part.words() else ''}({guard} && EXISTS{group.text}))"
    return _joined(part, faults)


def _guard(group: Tree) -> str:
    """Return the condition that no value which is put into a group (section 18.6) is a literal in the place of a predicate."""
    below = [part for triples in _required(group) for part in triples.below() if part.rule == "Verb"]
    verbs = dict.fromkeys(verb.text.strip() for verb in below if verb.children[0].token.kind == "variable")
    return " && ".join(f"(!BOUND({verb}) || isIRI({verb}))" for verb in verbs)


def _required(group: Tree) -> Iterator[Tree]:
    """Yield the triples without which a group has no solution."""
    for child in group.children:
        if child.rule == "Triples":
            yield child
        elif child.rule == "Pattern" and not {"UNION", "OPTIONAL", "MINUS"} & set(child.words()):
            for inside in child.children:
                if inside.rule == "Group":
                    yield from _required(inside)


def _other(part: Tree, faults: Collection[str]) -> str:
    if part.children[0].word != "FILTER":
        return _joined(part, faults)
    return f"{part.children[0].text} ({_truth(part.children[1], faults)})"


def _modifier(part: Tree, faults: Collection[str]) -> str:
    return "".join(f" ({_truth(child, faults)})" if child.rule == "Constraint" else child.text for child in part.children)


def _statement(part: Tree, faults: Collection[str]) -> str:
    if "distinct-alternatives" in faults and (part.child("Node") or not _variables(part)):
        for verb in part.below():
            if verb.rule == "Verb" and verb.children[0].rule == "Path":
                verb.text = f" distinct({verb.text})"
        return _texts_anew(part)
    return _joined(part, faults)


def _variables(part: Tree) -> bool:
    return any(inside.token.kind == "variable" for inside in part.below())


def _texts_anew(part: Tree) -> str:
    return part.text if part.rule == "Verb" or not part.children else "".join(map(_texts_anew, part.children))


_MENDED: Final = {
    "Expression": _operands,
    "And": _operands,
    "Relation": _relation,
    "Sum": _calculation,
    "Product": _calculation,
    "Factor": _factor,
    "BuiltIn": _built_in,
    "Other": _other,
    "Modifier": _modifier,
    "Statement": _statement,
}
