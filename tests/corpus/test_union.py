"""The union of the graphs: each statement once, whatever is added, and the same in memory and on disk."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, Store

from allegata.corpus import union as union_module
from allegata.corpus.union import Union, UnionStore

LINES = [f'<urn:{number}> <urn:p> "{number}" .\n'.encode() for number in range(10, 40)]


@pytest.fixture(params=[False, True], ids=["memory", "disk"])
def union(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Union:
    monkeypatch.setattr(union_module, "_LOADED", 7)
    (tmp_path / "stated.nt").write_bytes(b"".join(LINES[::3]))
    return Union(tmp_path / "stated.nt", tmp_path, on_disk=request.param)


@pytest.mark.parametrize("asked", [False, True])
def test_what_is_added_is_there_once(union: Union, asked: bool) -> None:
    assert not asked or len(union.store) == 10
    assert union.add(LINES[::2]) and not union.add(LINES[::6]) and not union.add([])
    assert list(union.lines()) == sorted({*LINES[::3], *LINES[::2]})
    assert list(union.lines(since=1)) == [line for line in LINES[::2] if line not in LINES[::3]]
    assert (union.parts, len(union.store)) == (2, 20)


def test_a_store_is_read_by_others_once_it_is_closed(union: Union, tmp_path: Path) -> None:
    one, other = (
        Quad(NamedNode("urn:a"), NamedNode("urn:p"), Literal("a")),
        Quad(NamedNode("urn:10"), NamedNode("urn:p"), Literal("10")),
    )
    store: Store | Path = union.store
    if union.on_disk:
        union.close()
        store = union.place
    shared = UnionStore(store)
    assert shared.on_disk is union.on_disk
    assert other in shared.store and one not in shared.store
    shared.extend([one.triple])
    assert one in shared.store and len(shared.store) == 11
