"""Reads the competency questions: those of the model, which have parameters, and what a corpus asks by them or adds.

A question is a SPARQL query that opens with comments: what it asks (`# Title@ko:` in another language), its theme, its
parameters, the picture that helps with its answer, and the names that it had before; any other comment there is a note.
`# Parameter: state (prov:Agent): whose votes` goes with `VALUES ?state { UNDEF }` in the query, where values are put in; UNDEF,
no value, is any. In `data/questions/*.yaml` a corpus gives values, by the name of a question of the model and then by its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

from pyoxigraph import Literal, NamedNode

from allegata.corpus.question_words import CORPUS_FILE
from allegata.corpus.text_files import list_files, read_text
from allegata.corpus.yaml_text import Document, Value, parse_yaml
from allegata.errors import CorpusSyntaxError, UsageError
from allegata.model.labels import ENGLISH
from allegata.model.namespaces import SCHEMES, expand

_HEAD: Final = re.compile(r"(?:#[^\n]*\n)*")
_PARAMETER: Final = re.compile(r"# Parameter: (?P<name>\w+) \((?P<kind>[^)\s]+)\): (?P<says>.+)")
_WORDED: Final = re.compile(r"# (?:Title@[\w-]+|Theme|Parameter|Picture|Home|Formerly|Asks): ")
_TRANSLATED: Final = re.compile(r"# Title@(?P<language>[\w-]+): (?P<title>.+)")
_VALUES: Final = r"VALUES \?{} \{{([^}}]*)\}}"
#: A value as it stands in a query: an IRI, or a literal with its datatype.
_VALUE: Final = re.compile(r'<([^>]*)>|"([^"]*)"\^\^<[^>]*>')
_ABSOLUTE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
#: What an instance may say besides the values of parameters.
_TITLE, _THEME, _FORMERLY, _HOME = "question", "theme", "formerly", "home"
#: How it says what it asks in another language: `question@ko`.
_IN_LANGUAGE: Final = f"{_TITLE}@"


@dataclass(frozen=True)
class Parameter:
    """A parameter of a question: its name, what its values are (a class, a datatype, or scheme/NAME), and what they are for."""

    name: str
    kind: str
    says: str

    @property
    def is_literal(self) -> bool:
        """Return whether its values are literals, of a datatype."""
        return self.kind.startswith("xsd:")

    def short(self, value: str, base: str) -> str:
        """Return a value as it is shortest to give."""
        own = f"{SCHEMES}{self.kind.removeprefix('scheme/')}/"
        return value.removeprefix(own) if self.kind.startswith("scheme/") and value.startswith(own) else value.removeprefix(base)

    def term(self, value: str, base: str, at: Callable[[str], str] | None = None) -> str:
        """Return a value as a term of SPARQL: an IRI whole, by its path below the base, or a concept by its name alone.

        `at` finds the thing at a path, which may be one of the library. Raises UsageError for what is no IRI.
        """
        if self.is_literal:
            return str(Literal(value, datatype=NamedNode(expand(self.kind))))
        if _ABSOLUTE.match(value):
            iri = value
        elif self.kind.startswith("scheme/") and "/" not in value:
            iri = f"{SCHEMES}{self.kind.removeprefix('scheme/')}/{value}"
        else:
            iri = base + value
        try:
            term = NamedNode(iri)
            return str(NamedNode(at(value)) if at and iri == base + value else term)
        except ValueError:
            raise UsageError(f"{value[:200]!r} is no name of a thing, for the parameter {self.name}.") from None


@dataclass(frozen=True)
class Question:
    """A question: its name, its query, and the names that it had before."""

    name: str
    text: str

    @cached_property
    def _head(self) -> tuple[str, ...]:
        found = _HEAD.match(self.text)
        return tuple(found[0].splitlines()) if found else ()

    def _said(self, word: str) -> str:
        start = f"# {word}: "
        return next((line.removeprefix(start).strip() for line in self._head if line.startswith(start)), "")

    @property
    def title(self) -> str:
        """Return what it asks, in words."""
        return self._head[0].lstrip("# ").strip() if self._head else self.name

    @cached_property
    def titles(self) -> Mapping[str, str]:
        """Return what it asks, in words, by language."""
        found = (_TRANSLATED.fullmatch(line) for line in self._head)
        return {ENGLISH: self.title, **{one["language"]: one["title"].strip() for one in found if one}}

    @property
    def notes(self) -> tuple[str, ...]:
        """Return what is said to its answer, a sentence or two each."""
        return tuple(line.lstrip("# ").strip() for line in self._head[1:] if not _WORDED.match(line))

    @property
    def picture(self) -> str:
        """Return the word for the picture that helps with its answer, or nothing."""
        return self._said("Picture")

    @property
    def is_on_home_page(self) -> bool:
        """Return whether the corpus puts it on the home page."""
        return bool(self._said("Home"))

    @property
    def theme(self) -> str:
        """Return what it is filed under."""
        return self._said("Theme") or "questions"

    @property
    def formerly(self) -> tuple[str, ...]:
        """Return the names that it had before."""
        return tuple(self._said("Formerly").split())

    @property
    def asks(self) -> str:
        """Return the name of the question of the model that it puts to somebody, or nothing."""
        return self._said("Asks")

    @cached_property
    def parameters(self) -> tuple[Parameter, ...]:
        """Return its parameters, in the order in which they are declared."""
        return tuple(Parameter(**found.groupdict()) for line in self._head if (found := _PARAMETER.fullmatch(line)))

    def values(self, parameter: Parameter) -> str:
        """Return the values that a parameter has now, as terms of SPARQL; nothing where it is any."""
        found = re.search(_VALUES.format(parameter.name), self.text)
        return found[1].strip().replace("UNDEF", "") if found else ""

    def given(self, parameter: Parameter) -> tuple[str, ...]:
        """Return the values that a parameter has now: IRIs, or the texts of literals."""
        return tuple(found[1] or found[2] for found in _VALUE.finditer(self.values(parameter)))

    def bind(self, given: Mapping[str, Sequence[str]], base: str, at: Callable[[str], str] | None = None) -> Question:
        """Return the question with values for some of its parameters; one without any value is any.

        `at` finds the thing at a path, where a release is at hand. Raises UsageError for a parameter that it does not have.
        """
        known = {parameter.name: parameter for parameter in self.parameters}
        text = self.text
        for name, values in given.items():
            if name not in known:
                told = ", ".join(known) or "none"
                raise UsageError(f"The question {self.name} has no parameter {name[:100]}.", remedy=f"Its parameters: {told}.")
            terms = " ".join(known[name].term(value, base, at) for value in values) or "UNDEF"
            text = _with_values(text, name, terms)
        return replace(self, text=text)

    def worded(self, name: str, said: Mapping[str, Value]) -> Question:
        """Return the question under another name and in other words, which say what it asks with the values that it has."""
        own = {key.removeprefix(_IN_LANGUAGE): str(title) for key, title in said.items() if key.startswith(_IN_LANGUAGE)}
        titles = own if said.get(_TITLE) else {tag: title for tag, title in self.titles.items() if tag != ENGLISH} | own
        head = [f"# {said.get(_TITLE) or self.title}", *(f"# Title@{tag}: {title}" for tag, title in titles.items())]
        head += [f"# Theme: {said.get(_THEME) or self.theme}", f"# Asks: {self.name}"]
        head += [f"# {word}: {said[key]}" for word, key in (("Formerly", _FORMERLY), ("Home", _HOME)) if said.get(key)]
        rest = (line for line in self._head[1:] if not line.startswith(("# Theme: ", "# Formerly: ", "# Title@")))
        return Question(name, "\n".join([*head, *rest, self.text[sum(len(line) + 1 for line in self._head) :]]))


def questions(root: Path, base: str) -> list[Question]:
    """Return the questions of a corpus, by name: those of the model, what it asks by them, and those that it adds or words anew.

    Raises CorpusSyntaxError, with the line, for values that cannot be put into a question.
    """
    found = {path.stem: Question(path.stem, read_text(path)) for path in list_files(root / "ontology" / "questions", ".rq")}
    for path in (file for file in list_files(root / "data" / "questions", ".yaml") if file.name != CORPUS_FILE):
        for general, asked in _instances(path, found, base):
            found[asked.name] = asked
            if not any(found[general].values(parameter) for parameter in found[general].parameters):
                found[general] = replace(found[general], text=_with_values_of(found[general], asked))
    found |= {path.stem: Question(path.stem, read_text(path)) for path in list_files(root / "data" / "questions", ".rq")}
    return [found[name] for name in sorted(found)]


def read_questions(folder: Path) -> tuple[Question, ...]:
    """Return the questions in a folder of a release, in order."""
    return in_order(Question(path.stem, read_text(path)) for path in list_files(folder, ".rq"))


def in_order(found: Iterable[Question]) -> tuple[Question, ...]:
    """Put questions in order: by theme, then each of the model with what a corpus asks by it behind it."""
    return tuple(sorted(found, key=lambda item: (item.theme, item.asks or item.name, bool(item.asks), item.name)))


def find(asked: Sequence[Question], name: str) -> Question | None:
    """Return a question by its name or one that it had before, or nothing."""
    by_name = next((item for item in asked if item.name == name), None)
    return by_name or next((item for item in asked if name in item.formerly), None)


def _with_values_of(general: Question, asked: Question) -> str:
    text = general.text
    for parameter in general.parameters:
        text = _with_values(text, parameter.name, asked.values(parameter) or "UNDEF")
    return text


def _with_values(text: str, name: str, terms: str) -> str:
    """Put terms of SPARQL in the place where a query has the values of a parameter."""
    return re.sub(_VALUES.format(name), lambda _: f"VALUES ?{name} {{ {terms} }}", text)


def _instances(path: Path, known: Mapping[str, Question], base: str) -> Iterator[tuple[str, Question]]:
    document = parse_yaml(read_text(path), path)
    for general, named in _mapping(document.value, path, document, ()).items():
        if general not in known:
            raise CorpusSyntaxError(path, document.line((general,)), f"the model has no question {general}")
        for name, said in _mapping(named, path, document, (general,)).items():
            yield (
                general,
                _instance(known[general], name, _mapping(said, path, document, (general, name)), (path, document, base)),
            )


def _instance(general: Question, name: str, said: Mapping[str, Value], place: tuple[Path, Document, str]) -> Question:
    path, document, base = place
    given = {
        key: [item for item in (value if isinstance(value, list) else [value]) if isinstance(item, str)]
        for key, value in said.items()
        if key not in (_TITLE, _THEME, _FORMERLY, _HOME) and not key.startswith(_IN_LANGUAGE)
    }
    try:
        bound = general.bind(given, base)
    except UsageError as error:
        raise CorpusSyntaxError(path, document.line((general.name, name)), str(error).partition("\n")[0].rstrip(".")) from None
    return bound.worded(name, said)


def _mapping(value: Value, path: Path, document: Document, steps: tuple[str, ...]) -> Mapping[str, Value]:
    if not isinstance(value, dict):
        raise CorpusSyntaxError(path, document.line(steps), "here stands a mapping: questions, names, then values of parameters")
    return value
