"""What version 0.2 of the model asks of a corpus of 0.1, a function for each change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Set
from typing import Final

from pyoxigraph import NamedNode

from allegata.corpus.draft import Draft, Model
from allegata.corpus.turtle_edits import Clause, Statement, TurtleText
from allegata.model.namespaces import expand, slug

_TYPE, _AGENT, _GROUP = expand("rdf:type"), expand("prov:Agent"), expand("alg:PopulationGroup")
_DIRECTION, _LINE = expand("alg:direction"), expand("alg:evidenceLine")
#: What only somebody who acts or speaks is the value of.
_ACTING: Final = frozenset(
    expand(curie)
    for curie in (
        *("alg:assertedBy", "alg:relayedBy", "alg:dutyBearer", "alg:addressee", "alg:state", "alg:adoptedBy", "schema:organizer"),
        *("alg:actsRecordedFor", "prov:wasAttributedTo", "dct:creator", "dct:publisher", "org:member", "org:organization"),
    )
)


def offer_evidence_by_uses(draft: Draft, _model: Model) -> None:
    """Move the direction of each line of evidence to the uses that assertions make of it; where none offers it, it has none.

    Where a line has no direction, nothing is known of how it is offered, and what is stated of it stays.
    """
    directions = _values(draft, _DIRECTION)
    uses = _values(draft, expand("alg:usedLine")).keys()
    draft.edit(lambda file, statement: _offer(file, statement, directions), "offers evidence by {} uses with a direction")
    lines = directions.keys() - uses
    draft.edit(
        lambda file, statement: _without_direction(file, statement, lines), "gives {} lines of evidence no direction of their own"
    )


def _offer(file: TurtleText, statement: Statement, directions: dict[str, str]) -> int:
    """Put uses in the place of lines that a statement offers, describe them behind it, and return how many."""
    made = 0
    for clause in statement.clauses:
        offered = [part.iri for part in clause.objects if clause.predicate == _LINE]
        lines = [line for line in offered if line in directions]
        if not lines:
            continue
        named = _named(statement.subject, lines)
        clauses = [("alg:evidenceUse", named), ("alg:evidenceLine", [line for line in offered if line not in directions])]
        told = [f"{file.write(expand(curie))} {' , '.join(map(file.write, things))}" for curie, things in clauses if things]
        file.replace(clause.start, clause.end, " ;\n    ".join(told))
        kind, used, direction = (file.write(expand(curie)) for curie in ("alg:EvidenceUse", "alg:usedLine", "alg:direction"))
        described = "".join(
            f"\n{file.write(use)} a {kind} ;\n    {used} {file.write(line)} ;\n    {direction} {file.write(directions[line])} ."
            for use, line in zip(named, lines, strict=True)
        )
        file.replace(statement.end, statement.end, described)
        made += len(lines)
    return made


def _named(assertion: str, lines: list[str]) -> list[str]:
    """Name a use after its assertion and its line; of several lines with one slug, by number too."""
    slugs = [slug(line) for line in lines]
    counts, seen = Counter(slugs), Counter[str]()
    names = []
    for name in slugs:
        seen[name] += 1
        names.append(f"{assertion}/evidence/{name}" + f"-{seen[name]}" * (counts[name] > 1))
    return names


def _without_direction(file: TurtleText, statement: Statement, lines: Set[str]) -> bool:
    clauses = [clause for clause in statement.clauses if clause.predicate == _DIRECTION and statement.subject in lines]
    if clauses:
        file.remove(statement, clauses)
    return bool(clauses)


def make_parties_of_groups(draft: Draft, _model: Model) -> None:
    """Take the type prov:Agent from groups of people that nobody says to act or speak: whoever is affected is a party."""
    acting = {
        triple.object.value
        for name in draft.data()
        for triple in draft.triples(name)
        if triple.predicate.value in _ACTING and isinstance(triple.object, NamedNode)
    }

    def without_agent(file: TurtleText, statement: Statement) -> int:
        return sum(_without_agent(file, clause) for clause in statement.clauses if statement.subject not in acting)

    draft.edit(without_agent, "takes the type prov:Agent from {} groups that only are spoken of")


def _without_agent(file: TurtleText, clause: Clause) -> bool:
    types = [part.iri for part in clause.objects]
    if clause.predicate != _TYPE or _GROUP not in types or _AGENT not in types:
        return False
    file.remove_object(clause, clause.objects[types.index(_AGENT)])
    return True


def name_contact(draft: Draft, _model: Model) -> None:
    """Name the role of the curators as who answers objections, where a dataset has a page of its own and names nobody."""
    named = _values(draft, expand("dcat:contactPoint"))
    says = "names the curators of {} dataset as who answers objections; add an address by vcard:hasEmail"
    draft.edit(lambda file, statement: _with_contact(file, statement, named), says)


def _with_contact(file: TurtleText, statement: Statement, named: Mapping[str, str]) -> bool:
    told = {clause.predicate for clause in statement.clauses}
    if expand("dcat:landingPage") not in told or statement.subject in named:
        return False
    contact = f"{statement.subject.rpartition('/')[0]}/contact/curators"
    role = '"Curators of the dataset"@en'
    label, name = file.write(expand("rdfs:label")), file.write(expand("vcard:fn"))
    described = f"{file.write(contact)} a {file.write(expand('vcard:Group'))} ; {label} {role} ; {name} {role} ."
    point = f"{file.write(statement.subject)} {file.write(expand('dcat:contactPoint'))} {file.write(contact)} ."
    file.replace(statement.end, statement.end, f"\n{point}\n{described}")
    return True


def _values(draft: Draft, predicate: str) -> dict[str, str]:
    """Return the value of a property by thing, where it has one."""
    return {
        t.subject.value: t.object.value
        for name in draft.data()
        for t in draft.triples(name)
        if t.predicate.value == predicate and isinstance(t.subject, NamedNode) and isinstance(t.object, NamedNode)
    }
