"""Takes the strings of the interface out of templates and modules, and brings the catalogues up to them: `make messages`."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from allegata.domain.property_labels import WORDS
from allegata.domain.reconcile import FEATURES
from allegata.domain.reconcile.properties import PROPERTIES
from allegata.errors import AllegataError
from allegata.model.formats import FORMATS
from allegata.model.kinds import KINDS, TYPES, Use, serving
from allegata.release.diff import WAYS
from allegata.web.i18n.gettext import FOLDER, SOURCE
from allegata.web.i18n.languages import LANGUAGES
from allegata.web.i18n.names import MODEL
from support import ROOT

WEB = ROOT / "server" / "allegata" / "web"
_METHODS = [("templates/**.html", "jinja2"), ("templates/**.xml", "jinja2"), ("**.py", "python")]
#: As the application sets the environment up, so that the strings are the same to the character.
_TEMPLATES = {
    "extensions": "jinja2.ext.i18n",
    "trimmed": "true",
    "trim_blocks": "true",
    "lstrip_blocks": "true",
    "newstyle_gettext": "true",
    "silent": "false",
}
_OPTIONS = {"templates/**.html": _TEMPLATES, "templates/**.xml": _TEMPLATES}
_MOMENT = datetime(2026, 11, 22, tzinfo=UTC)


def extracted() -> Catalog:
    """Return all strings that stand in templates and modules, with the file of each."""
    template = Catalog(project="Allegata", creation_date=_MOMENT, fuzzy=False)
    for file, _, message, comments, context in extract_from_dir(
        str(WEB), _METHODS, _OPTIONS, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        template.add(message, locations=[(f"server/allegata/web/{file}", 0)], auto_comments=comments, context=context)
    for place, context, message in _words_below():
        template.add(message, locations=[(place, 0)], context=context or None)
    return template


def _words_below() -> Iterator[tuple[str, str, str]]:
    """Yield the words of the parts below the pages, which know no catalogue, that pages say."""
    columns = (item for item in PROPERTIES.values() if not item.id.startswith("link:"))
    below: dict[tuple[str, str], Iterable[str]] = {
        ("domain/property_labels.py", MODEL): WORDS.values(),
        ("model/formats.py", ""): (form.holds for form in FORMATS if form.holds),
        ("model/kinds.py", ""): (
            *(kind.label for kind in serving(Use.SEARCH)),
            *(kind.counted for kind in KINDS if kind.counted),
        ),
        ("model/kinds.py", "changes"): (kind.plural for kind in serving(Use.DIFF)),
        ("model/kinds.py", "reconciling"): TYPES.values(),
        ("release/diff.py", "changes"): WAYS,
        ("errors.py", "error"): (kind.title for kind in _errors(AllegataError)),
        ("domain/reconcile/", "reconciling"): (
            *FEATURES.values(),
            *(word for item in columns for word in (item.name, item.description)),
        ),
    }
    yield from ((f"server/allegata/{place}", context, word) for (place, context), words in below.items() for word in words)


def _errors(kind: type[AllegataError]) -> Iterator[type[AllegataError]]:
    yield kind
    for narrower in kind.__subclasses__():
        yield from _errors(narrower)


def path_of(language: str) -> Path:
    """Return the file of a catalogue."""
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def written(language: str) -> Catalog:
    """Read a catalogue."""
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


def brought_up(language: str, template: Catalog) -> bytes:
    """Return a catalogue with what the template has: new strings empty, those that are gone left out, the others as they are."""
    catalogue = written(language)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.msgid_bugs_address, catalogue.last_translator = "", ""
    catalogue.creation_date = catalogue.revision_date = _MOMENT
    buffer = BytesIO()
    write_po(buffer, catalogue, width=130, sort_by_file=True, ignore_obsolete=True, include_lineno=False)
    return buffer.getvalue()


def words_of(item: Message) -> tuple[str, ...]:
    """Return the forms of a translation, which is one where the string depends on no number."""
    return (item.string or "",) if isinstance(item.string, str | None) else tuple(item.string)


def translated() -> Iterator[str]:
    """Return the languages that have a catalogue."""
    return (tag for tag in LANGUAGES if tag != SOURCE)


def main() -> None:
    """Bring every catalogue up to the code, and say what waits for words."""
    template = extracted()
    for tag in translated():
        path_of(tag).write_bytes(brought_up(tag, template))
        empty = [item.id for item in written(tag) if item.id and not all(words_of(item))]
        sys.stdout.write(f"{tag}: {len(written(tag))} strings, {len(empty)} without words\n")
        sys.stdout.writelines(f"  {item!r}\n" for item in empty)


if __name__ == "__main__":
    main()
