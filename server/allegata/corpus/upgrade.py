"""Brings a corpus to the present model, step by step: each says what it changes, and a second run changes nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Final

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from allegata.corpus.draft import MODEL_FOLDERS, ONTOLOGY, Draft, Model
from allegata.corpus.rdf import parse_turtle
from allegata.corpus.reader import check_root, read
from allegata.corpus.upgrade_to_0_2 import make_parties_of_groups, name_contact, offer_evidence_by_uses
from allegata.corpus.upgrade_votes_to_0_2 import record_adoptions
from allegata.errors import CorpusError
from allegata.model.namespaces import ALG, PREFIXES, expand

#: The file of a corpus that says which model it follows.
HEAD = "data/corpus.ttl"
#: Where concepts go that a corpus uses and the model has no more.
KEPT: Final = "data/schemes/earlier-model.ttl"
_CONFORMS_TO, _TYPE = NamedNode(expand("dct:conformsTo")), NamedNode(expand("rdf:type"))
_CONCEPT, _BROADER = NamedNode(expand("skos:Concept")), NamedNode(expand("skos:broader"))
_RELEASED: Final = re.compile(r"(?P<digest>[0-9a-f]{64})  (?P<path>\S+)")


@dataclass(frozen=True)
class Step:
    """A step of an upgrade: what it does, the function that drafts it, and the version of the model that asks for it.

    A corpus that declares that version, or a later one, has it behind it; a step without a version looks at what is there.
    """

    does: str
    draft: Callable[[Draft, Model], None]
    version: str = ""


def upgrade(root: Path, package: Path, *, dry_run: bool = False) -> list[str]:
    """Bring the corpus in a folder to the model in `package`; return what was, or would be, changed or left, a line each.

    Raises UsageError where the folder is no corpus, and the errors of reading where a file of it cannot be read.
    """
    check_root(root)
    draft, model = Draft(root), Model(package)
    if root.resolve() == package.resolve():
        return []
    reached = _numbers(_declared_version(draft) or "0")
    for step in STEPS:
        if not step.version or _numbers(step.version) > reached:
            step.draft(draft, model)
    if not dry_run:
        draft.commit()
    return draft.lines


def keep_concepts(draft: Draft, model: Model) -> None:
    """Move concepts that the model has no more and the corpus uses into its own data, with those above them."""
    schemes = [name for name in draft.names("ontology/schemes") if name.endswith(".ttl") and _is_released(draft, name)]
    before = [triple for name in schemes for triple in draft.triples(name)]
    now = {t.subject for path in (model.root / "ontology" / "schemes").glob("*.ttl") for t in _concepts(parse_turtle(path))}
    data = [triple for name in draft.data() for triple in draft.triples(name)]
    gone = {t.subject for t in _concepts(before)} - now - {t.subject for t in _concepts(data)}
    kept = {t.object for t in data} & gone
    while above := {t.object for t in before if t.subject in kept and t.predicate == _BROADER and t.object in gone} - kept:
        kept |= above
    if not kept:
        return
    own = draft.triples(KEPT) if KEPT in draft.names("data") else []
    statements = {*own, *(t for t in before if t.subject in kept or t.object in kept)}
    text = serialize(sorted(statements, key=str), format=RdfFormat.TURTLE, prefixes=PREFIXES) or b""
    head = b"# Concepts of an earlier model that this corpus uses and the present one does not have.\n"
    names = ", ".join(sorted(str(name).rsplit("/", 1)[-1].rstrip(">") for name in kept))
    draft.write(KEPT, head + text, f"keeps concepts that the model has no more: {names}")


def _concepts(triples: Iterator[Triple] | list[Triple]) -> Iterator[Triple]:
    return (triple for triple in triples if triple.predicate == _TYPE and triple.object == _CONCEPT)


def replace_model(draft: Draft, model: Model) -> None:
    """Replace the files of the model as they were released by those of the present one; what was edited or added stays."""
    now, released = model.files(), released_files()
    for name in draft.names(*MODEL_FOLDERS):
        data = draft.read(name)
        unchanged = _is_released(draft, name)
        if data == now.get(name) or (name not in now and not unchanged):
            continue
        if not unchanged:
            draft.lines.append(f"{name}: is left, it was edited here; the model has another text")
        elif name in now:
            draft.write(name, now[name], "is that of the present model")
        else:
            draft.remove(name, "is no part of the model any more")
    there = set(draft.names(*MODEL_FOLDERS))
    folders = {name.rpartition("/")[0] for name in there}
    for name in sorted(now.keys() - there):
        # What a release had in a folder that the corpus has too was taken out by hand.
        if name not in released or name.rpartition("/")[0] not in folders:
            draft.write(name, now[name], "is new in the model")


def _is_released(draft: Draft, name: str) -> bool:
    """Return whether a file is as a model that was released has it: nobody edited it."""
    return sha256(draft.read(name)).hexdigest() in released_files().get(name, ())


@cache
def released_files() -> dict[str, set[str]]:
    """Return the files of each model that was released, by name, with their SHA-256."""
    found: dict[str, set[str]] = {}
    for listing in sorted((resources.files("allegata") / "corpus" / "models").iterdir(), key=lambda item: item.name):
        for match in _RELEASED.finditer(listing.read_text("utf-8")):
            found.setdefault(match["path"], set()).add(match["digest"])
    return found


def replace_deprecated(draft: Draft, model: Model) -> None:
    """Write in the files of a corpus, for each deprecated term, the one that replaces it (dct:isReplacedBy)."""
    replaced = [t for t in parse_turtle(model.root / ONTOLOGY) if t.predicate.value == expand("dct:isReplacedBy")]
    names = {t.subject.value.removeprefix(ALG): t.object.value.removeprefix(ALG) for t in replaced}  # type: ignore[union-attr]
    used = re.compile(
        rf"(?<=\balg:)({'|'.join(map(re.escape, names))})\b|(?<=<{re.escape(ALG)})({'|'.join(map(re.escape, names))})(?=>)"
    )
    for name in (item for item in draft.names("data", "restricted") if names and item.endswith((".ttl", ".rq"))):
        text = draft.read(name).decode("utf-8")
        found = sorted({match.group() for match in used.finditer(text)})
        if found:
            new = used.sub(lambda match: names[match.group()], text)
            draft.write(name, new.encode(), f"says {', '.join(f'alg:{names[old]} for alg:{old}' for old in found)}")


def declare_model(draft: Draft, model: Model) -> None:
    """Write in data/corpus.ttl which model the corpus follows, by dct:conformsTo."""
    declared = _declared(draft)
    if declared == [model.iri.value]:
        return
    text = draft.read(HEAD).decode("utf-8")
    if declared:
        old = f"<{declared[0]}>"
        if len(declared) > 1 or text.count(old) != 1:
            raise CorpusError(
                f"{draft.root / HEAD}: dct:conformsTo does not name one model by its whole IRI.", remedy=f"Write {model.iri}."
            )
        text = text.replace(old, str(model.iri))
    else:
        statement = f"{read(draft.root).dataset} {_CONFORMS_TO} {model.iri} ."
        text = f"{text.rstrip()}\n\n# The version of the model that the corpus follows.\n{statement}\n"
    draft.write(HEAD, text.encode(), f"follows version {model.version} of the model")


def _declared(draft: Draft) -> list[str]:
    """Return the IRIs of the models that a corpus declares to follow; there should be one."""
    named = [t.object.value for t in draft.triples(HEAD) if t.predicate == _CONFORMS_TO and isinstance(t.object, NamedNode)]
    return [iri for iri in named if iri.startswith(f"{ALG.rstrip('#')}/")]


def _declared_version(draft: Draft) -> str:
    return next((iri.rpartition("/")[2] for iri in _declared(draft)), "")


def _numbers(version: str) -> list[int]:
    return [int(part) for part in re.findall(r"\d+", version)]


#: The steps in their order. One for a later version of the model, such as the renaming of a property, is put before the last.
STEPS: Final = (
    Step("offer evidence by uses with a direction", offer_evidence_by_uses, "0.2.0"),
    Step("make parties of groups that only are spoken of", make_parties_of_groups, "0.2.0"),
    Step("record adoptions without a vote as votes", record_adoptions, "0.2.0"),
    Step("name who answers objections", name_contact, "0.2.0"),
    Step("keep concepts in use that left the model", keep_concepts),
    Step("replace the files of the model", replace_model),
    Step("replace deprecated terms", replace_deprecated, "0.2.0"),
    Step("declare the model", declare_model),
)
