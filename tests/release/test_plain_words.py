"""The questions in plain words: twenty, each with the query and the rows that the release gives, and at an address."""

from __future__ import annotations

import json

from allegata.release.handle import PLAIN_WORDS, Release
from http_client import fetch
from plain_words import FILE, answered, kept


def test_there_are_twenty_in_other_words_than_the_question_that_answers_each() -> None:
    asked = kept()["questions"]
    assert len(asked) == len({item["question"] for item in asked}) == len({item["name"] for item in asked}) == 20
    for item in asked:
        assert item["question"] not in item["query"] and item["question"].endswith("?"), item["name"]
        assert item["rows"] and all(len(row) == len(item["columns"]) for row in item["rows"]), item["name"]


def test_query_and_rows_are_those_of_the_release(release: Release) -> None:
    assert kept() == answered(release)


def test_the_file_is_offered_and_named_to_language_models(server: str, release: Release) -> None:
    assert release.read(f"dumps/{PLAIN_WORDS}") == FILE.read_bytes()
    reply = fetch(server, f"/dumps/{PLAIN_WORDS}")
    assert (reply.status, reply.type) == (200, "application/json") and json.loads(reply.text) == kept()
    assert f"{server}/dumps/{PLAIN_WORDS}" in fetch(server, "/llms.txt").text
