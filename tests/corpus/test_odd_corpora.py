"""Odd corpora: whatever statements say that parse, what comes is a release, or an error that names place and remedy."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mutate_corpora import run
from mutations import Mutations
from series import seeds, series

#: Those of the series that once ended in a fault of the program.
ONCE = (145,)


@series
@pytest.mark.parametrize("seed", seeds(60))
def test_no_odd_corpus_ends_in_a_fault(seed: int) -> None:
    assert list(run([seed], Counter())) == []


def test_none_ends_in_a_fault_again() -> None:
    seen: Counter[str] = Counter()
    assert list(run((*ONCE, 2), seen)) == []
    assert seen["made"] and seen["ValidationFailed"], "it gets past the reader, without shapes and with them"


def test_the_same_seed_gives_the_same_corpus(tmp_path: Path) -> None:
    mutations = Mutations(tmp_path)
    written = []
    for _ in range(2):
        what = mutations.write(5)
        files = sorted((mutations.root / "data").rglob("*.ttl"))
        written.append((what, [sorted(path.read_text("utf-8").splitlines()) for path in files]))
    assert written[0] == written[1]
