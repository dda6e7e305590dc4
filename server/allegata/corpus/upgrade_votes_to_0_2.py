"""What version 0.2 of the model asks of votes: an adoption without a vote is a vote, and no keyword of an event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from pyoxigraph import NamedNode

from allegata.corpus.draft import Draft, Model
from allegata.corpus.turtle_edits import Statement, TurtleText
from allegata.model.namespaces import SCHEMES, expand

#: The keyword by which 0.1 told such events from others.
_KEYWORD: Final = '"adopted without a vote"@en'
_KEYWORDS, _TYPE, _ABOUT = expand("schema:keywords"), expand("rdf:type"), expand("schema:about")
_PROCEDURE: Final = f"{SCHEMES}vote-procedure/withoutVote"
#: What a file states, by subject and property, as N-Triples have it.
Said = Mapping[str, Mapping[str, list[str]]]


def record_adoptions(draft: Draft, _model: Model) -> None:
    """Describe as a vote each adoption without one that was the keyword of an event, and take the keyword away.

    Where an event does not lead to one described resolution, or lacks day or source, it stays as it is.
    """
    resolutions = {
        str(triple.subject)
        for name in draft.data()
        for triple in draft.triples(name)
        if triple.predicate.value == _TYPE and triple.object == NamedNode(expand("alg:Resolution"))
    }
    for name in draft.data():
        file, said = draft.turtle(name), _said(draft, name)
        made = sum(_adoption(file, statement, said, resolutions) for statement in file.statements())
        if made:
            draft.write(name, file.edited().encode(), f"records {made} adoptions without a vote as votes")


def _said(draft: Draft, name: str) -> Said:
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for triple in draft.triples(name):
        found[str(triple.subject)][triple.predicate.value].append(str(triple.object))
    return found


def _adoption(file: TurtleText, statement: Statement, said: Said, resolutions: set[str]) -> bool:
    """Take the keyword from a statement and put a vote behind it; return whether there is one."""
    event = f"<{statement.subject}>"
    vote = event.replace("/event/", "/vote/", 1)
    told = said.get(event, {})
    texts = sorted(resolutions.intersection(told.get(_ABOUT, ())))
    dates, sources = told.get(expand("schema:startDate"), ()), sorted(told.get(expand("dct:source"), ()))
    places = [
        (clause, part)
        for clause in statement.clauses
        if clause.predicate == _KEYWORDS
        for part in clause.objects
        if file.text[part.start : part.end] == _KEYWORD
    ]
    if not places or vote == event or vote in said or (len(texts), len(dates)) != (1, 1) or not sources:
        return False
    for clause, part in places:
        if len(clause.objects) > 1:
            file.remove_object(clause, part)
        else:
            file.remove(statement, [clause])
    clauses = [
        ("rdf:type", [f"<{expand('alg:Vote')}>"]),
        ("rdfs:label", sorted(told.get(expand("rdfs:label"), ()))),
        ("alg:instrument", texts),
        ("dct:date", list(dates)),
        ("alg:voteProcedure", [f"<{_PROCEDURE}>"]),
        ("dct:source", sources),
    ]
    body = " ;\n    ".join(f"{file.write(expand(curie))} {' , '.join(values)}" for curie, values in clauses if values)
    file.replace(statement.end, statement.end, f"\n{vote} {body} .")
    return True
