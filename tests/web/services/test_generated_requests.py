"""Generated requests to every operation that /openapi.json names: a tenth of those of `make fuzz-api`, the same ones each time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from fuzz_api import EXAMPLES, fuzz
from http_client import ask, fetch


def test_every_operation_answers_as_it_is_described(server: str, tmp_path: Path) -> None:
    done = fuzz(server, tmp_path, EXAMPLES // 10, 1)
    assert done.returncode == 0, done.stdout[-20000:] + done.stderr[-2000:]
    operations = sum(map(len, fetch(server, "/openapi.json").json["paths"].values()))
    counted = re.search(r"Tested:\s*(\d+)", done.stdout)
    # Schemathesis leaves out the one operation that it has read the description with.
    assert counted and int(counted[1]) == operations - 1 >= 70


@pytest.mark.parametrize("path", ["/ns/alignment/not%20an%20iri", "/release/0/sparql?format=", "/sparql?release=0"])
def test_what_there_is_not_is_not_found(server: str, path: str) -> None:
    assert fetch(server, path).status == 404


@pytest.mark.parametrize(
    "path", ["/compare?page=none", "/sparql?timeout=", "/reconcile/properties?limit=", "/reconcile/suggest/type?prefix=a&cursor="]
)
def test_a_value_that_is_none_is_refused_where_it_is_not_needed_too(server: str, path: str) -> None:
    assert fetch(server, path).status == 400


def test_a_limit_of_time_in_the_address_counts(server: str) -> None:
    assert ask(server, "ASK {}", timeout="60").status == 200
