"""What the steps of a build cost, as multiples of reading the files."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from allegata.corpus.inference import infer_all, union_store
from allegata.corpus.quad_file import QuadFile
from allegata.corpus.reader import read
from allegata.corpus.sssom import read_links
from allegata.corpus.statements import Statements, StoredStatements
from allegata.corpus.validation import validate
from allegata.release.canonical import canonical_hash_of_file
from allegata.release.dumps import write_dumps, write_union
from allegata.release.loading import load_store
from allegata.release.search_index import write_index
from allegata.release.void import describe
from support import ROOT

Made = TypeVar("Made")


def main() -> None:
    """Build the bundled corpus and print the processor time of what a build does, as multiples of reading the files."""
    began = time.process_time()
    corpus = read(ROOT)
    reading = time.process_time() - began

    def step(name: str, work: Callable[[], Made]) -> Made:
        began = time.process_time()
        made = work()
        sys.stdout.write(f"{name:12}{(time.process_time() - began) / reading:12.1f}\n")
        return made

    sys.stdout.write(f"\n{'':12}{'x reading':>12}\n{'read ms':12}{reading * 1000:12.0f}\n")
    quads = [*corpus.quads, *step("link", lambda: read_links(corpus))]
    quads += step("infer", lambda: infer_all(quads, ROOT / "ontology" / "rules", corpus.inferred_graph))
    step("validate", lambda: validate(quads, ROOT / "shapes"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        data, union = QuadFile.of(quads, folder / "data.nq"), union_store(quads)
        quads += step("describe", lambda: describe(corpus, data, union))
        master = step("sort", lambda: QuadFile.of(quads, folder / "master.nq"))
        step("dump", lambda: write_dumps(master, folder / "dumps", corpus.base))
        step("load", lambda: load_store(master, write_union(master, folder / "union.nt"), folder / "store"))
        step("index", lambda: write_index(StoredStatements(union), Statements([]), folder))
        step("hash", lambda: canonical_hash_of_file(master))


if __name__ == "__main__":
    main()
