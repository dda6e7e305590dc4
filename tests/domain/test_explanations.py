"""Every inferred statement has a reason: premises that the release holds, down to what files state, by the rules it was built with."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from pyoxigraph import DefaultGraph, NamedNode, Store, Triple

from allegata.corpus.rule_premises import RuleText
from allegata.domain.explanations import Explanation, Explanations
from allegata.errors import NotFound
from allegata.release.handle import Release
from support import ROOT

#: Of each rule and property so many statements are explained.
EACH = 3


@pytest.fixture(scope="module")
def store(release: Release) -> Store:
    memory = Store()
    memory.extend(release.open_store())
    return memory


@pytest.fixture(scope="module")
def explanations(release: Release, store: Store) -> Explanations:
    def ask(text: str) -> Iterator[Mapping[str, Any]]:
        rows: Any = store.query(text)
        names = [variable.value for variable in rows.variables]
        return ({name: row[name] for name in names} for row in rows)

    return Explanations(release, store, ask, ROOT)


def leaves(found: Explanation) -> Iterator[Explanation]:
    """Yield what an explanation ends with."""
    if not found.premises:
        yield found
    for premise in found.premises:
        yield from leaves(premise)


def nodes(found: Explanation) -> Iterator[Explanation]:
    """Yield an explanation and all those in it."""
    yield found
    for premise in found.premises:
        yield from nodes(premise)


def triples(store: Store, said: Triple) -> Iterator[Any]:
    return iter(store.quads_for_pattern(said.subject, said.predicate, said.object, DefaultGraph()))


def test_a_sample_of_what_each_rule_infers_is_explained_down_to_files(
    release: Release, store: Store, explanations: Explanations
) -> None:
    inferred = NamedNode(f"{release.manifest.base}graph/inferred")
    kinds: dict[tuple[str, str], list[Triple]] = defaultdict(list)
    for quad in sorted(store.quads_for_pattern(None, None, None, inferred), key=str):
        kind = quad.object.value if quad.predicate.value.endswith("#type") and isinstance(quad.object, NamedNode) else ""
        kinds[quad.predicate.value, kind].append(quad.triple)
    assert len(kinds) > 30
    chance, used = random.Random(5), set()
    for statements in kinds.values():
        for statement in chance.sample(statements, min(EACH, len(statements))):
            found = explanations.explain(statement)
            for node in nodes(found):
                assert any(triples(store, node.statement)), node.statement
                assert bool(node.premises) == bool(node.rule)
            ends = list(leaves(found))
            assert ends and all(place.graph != inferred.value for end in ends for place in end.places), statement
            assert all(end.places for end in ends)
            used |= {node.rule for node in nodes(found) if node.rule}
    assert len([name for name in used if name.startswith("domain/")]) >= 7 and len(used) >= 11


def test_what_a_file_states_is_found_at_its_line(release: Release, store: Store, explanations: Explanations) -> None:
    statement = next(iter(store.quads_for_pattern(None, NamedNode("https://w3id.org/allegata/ns#asserts"), None, None))).triple
    (place,) = explanations.explain(statement).places
    assert place.line and place.file.startswith("data/")
    line = (ROOT / place.file).read_text("utf-8").splitlines()[place.line - 1]
    assert str(statement.object).rsplit("/", 1)[-1].rstrip(">") in line


def test_what_the_release_does_not_say_is_not_explained(explanations: Explanations) -> None:
    with pytest.raises(NotFound, match="does not say"):
        explanations.explain(Triple(NamedNode("urn:a"), NamedNode("urn:b"), NamedNode("urn:c")))


def test_a_rule_says_what_it_says_and_binds_what_it_entails() -> None:
    rule = RuleText("any", "# One.\n# Two.\nCONSTRUCT { ?x a ?y } WHERE { ?x <urn:kind> ?y }")
    assert rule.says == "One. Two."
    kind = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    (bound,) = rule.matches(Triple(NamedNode("urn:a"), kind, NamedNode("urn:b")))
    assert bound == {"x": NamedNode("urn:a"), "y": NamedNode("urn:b")}
    assert list(rule.matches(Triple(NamedNode("urn:a"), NamedNode("urn:p"), NamedNode("urn:b")))) == []
