"""Reads YAML as text: a value keeps what stands there, each key has its line, and no key stands twice."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

import yaml

from allegata.errors import CorpusSyntaxError

#: What a document of YAML is made of here: texts, lists and mappings; nothing where a value is left out.
Value: TypeAlias = "str | list[Value] | dict[str, Value] | None"
Steps: TypeAlias = tuple[str | int, ...]
_BROKEN: Final = "this is not YAML: look for an indent, a colon, a bracket or a quotation mark that is wrong here or before"
_DEPTH: Final = 32
_HALF: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Document:
    """A document of YAML: its value, and the line in which each part of it stands, by the keys and numbers that lead there."""

    value: Value
    lines: Mapping[Steps, int]

    def line(self, steps: Steps) -> int:
        """Return the line of a part, or of the nearest part around it that is there."""
        return next((self.lines[steps[:end]] for end in range(len(steps), -1, -1) if steps[:end] in self.lines), 1)


def parse_yaml(text: str, path: Path) -> Document:
    """Parse a document of YAML 1.2 without tags and aliases (YAML 1.2.2, section 10.1: the failsafe schema).

    Raises CorpusSyntaxError with the line for what does not parse, a key that stands twice, and an alias.
    """
    lines: dict[Steps, int] = {}
    try:
        _refuse_aliases(text, path)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        return Document(_value(node, (), lines, path) if node else None, lines)
    except yaml.MarkedYAMLError as error:
        raise CorpusSyntaxError(path, *_reason(error, text)) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise CorpusSyntaxError(path, line, f"the character U+{ord(text[error.position]):04X} has no place in YAML") from None
    except RecursionError:
        raise CorpusSyntaxError(path, None, "lists or mappings are nested too deeply") from None


def _reason(error: yaml.MarkedYAMLError, text: str) -> tuple[int | None, str]:
    mark = error.problem_mark or error.context_mark
    if mark is None:
        return None, _BROKEN
    rows = text.splitlines()
    if mark.line < len(rows) and "\t" in rows[mark.line][: mark.column + 1]:
        return mark.line + 1, "a tab stands where YAML takes spaces alone"
    return mark.line + 1, _BROKEN


def _refuse_aliases(text: str, path: Path) -> None:
    """Refuse what stands for another part: it can grow without end, and a line of it would be two places."""
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = getattr(event.start_mark, "line", 0) + 1
            raise CorpusSyntaxError(path, line, f"*{event.anchor} stands for another part; write that out")


def _value(node: yaml.Node, steps: Steps, lines: dict[Steps, int], path: Path) -> Value:
    lines.setdefault(steps, node.start_mark.line + 1)
    if len(steps) > _DEPTH:
        raise CorpusSyntaxError(path, lines[steps], "lists or mappings are nested too deeply")
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*steps, number), lines, path) for number, item in enumerate(node.value)]
    if isinstance(node, yaml.MappingNode):
        return {key: _value(item, (*steps, key), lines, path) for key, item in _items(node, steps, lines, path)}
    return None if getattr(node, "style", None) is None and not node.value else _text(node, path)


def _text(node: yaml.Node, path: Path) -> str:
    """Return the text of a node; raise CorpusSyntaxError where an escape in it is half a character (a lone surrogate)."""
    if half := _HALF.search(str(node.value)):
        line = node.start_mark.line + 1
        raise CorpusSyntaxError(path, line, f"U+{ord(half[0]):04X} is half a character, which is no text; write the whole one")
    return str(node.value)


def _items(node: yaml.MappingNode, steps: Steps, lines: dict[Steps, int], path: Path) -> list[tuple[str, yaml.Node]]:
    """Return the keys of a mapping with their nodes, each key once."""
    found: dict[str, yaml.Node] = {}
    for key, item in node.value:
        line = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise CorpusSyntaxError(path, line, "a key is a word, and no list or mapping")
        first = lines.setdefault((*steps, key.value), line)
        _text(key, path)
        if key.value in found:
            raise CorpusSyntaxError(path, line, f"the key {key.value} stands twice, first in line {first}")
        found[key.value] = item
    return list(found.items())
