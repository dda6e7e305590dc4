"""Lists what the search finds beside the things of a release: its questions, and the pages of the site."""

from __future__ import annotations

from collections.abc import Iterator

from allegata.corpus.question_words import question_words
from allegata.corpus.questions import questions
from allegata.corpus.reader import Corpus
from allegata.model.labels import ENGLISH
from allegata.model.site_pages import site_pages
from allegata.release.search_index import PAGE, QUESTION, Item


def items_beside_things(corpus: Corpus) -> Iterator[Item]:
    """Yield the questions of a corpus, found by titles, themes and whom they are asked of, and the pages of the site."""
    words = question_words(corpus.root)
    for asked in questions(corpus.root, corpus.base):
        titles = [title for language, title in asked.titles.items() if language != ENGLISH]
        themes = [asked.theme, *words.sentences.get(asked.theme, {}).values()]
        about = [value for item in asked.parameters if not item.is_literal for value in asked.given(item)]
        names = (*titles, asked.name.replace("-", " "))
        yield Item(f"{corpus.base}questions/{asked.name}", QUESTION, asked.title, names, tuple(themes), tuple(about))
    for page in site_pages():
        yield Item(corpus.base + page.path, PAGE, page.name, (page.words,), ())
