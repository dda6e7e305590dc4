"""Makes the canonical hash of a release that nobody vouches for, in a process of its own that is ended at its limits."""

from __future__ import annotations

import sys
from typing import Final

from allegata.corpus.quad_file import QuadFile
from allegata.engine.confined import NO_MEMORY, UNREADABLE, Overdue, confine, give_way, on_deep_stack, run_confined
from allegata.errors import ReleaseError
from allegata.release.canonical import canonical_hash, canonical_hash_of_file, names_blank_nodes
from allegata.settings import Settings

#: How much longer than a query the hash of a whole release may take, and how much memory for each byte of its statements, up to
#: how much.
_TIMES: Final = 20
_BYTES: Final = 30
_MOST: Final = 8 << 30


def hash_confined(quads: QuadFile, settings: Settings) -> str:
    """Return the RDFC-1.0 hash of statements, in a process of its own where blank nodes have to be labelled.

    Raises ReleaseError where labelling ends at a limit, or the dataset is poisoned.
    """
    if not names_blank_nodes(quads):
        return canonical_hash_of_file(quads)
    seconds, size = _TIMES * settings.query_timeout, quads.path.stat().st_size
    memory = settings.query_memory + min(_BYTES * size, _MOST)
    try:
        with quads.path.open("rb") as data:
            done = run_confined("allegata.engine.stranger_hash", [str(memory)], data, seconds)
    except Overdue:
        raise ReleaseError(f"Labelling its blank nodes took over {seconds:g} seconds and was ended.") from None
    said = done.stdout.decode("utf-8", "replace")
    if done.returncode == 0:
        return said
    if done.returncode == UNREADABLE:
        raise ReleaseError(said)
    if done.returncode == NO_MEMORY:
        raise ReleaseError(f"Labelling its blank nodes took over {memory >> 20} MiB of memory and was ended.")
    raise ReleaseError("Labelling its blank nodes ended the process that did it.")


# -- in the process of its own ---------------------------------------------------------------------------------------------


def main(memory: int) -> int:
    """Write the hash of the N-Quads on standard input."""
    give_way()
    data = sys.stdin.buffer.read()
    confine(memory)
    return on_deep_stack(lambda: _run(data))


def _run(data: bytes) -> int:
    try:
        written, status = canonical_hash(data.decode().removesuffix("\n").split("\n")), 0
    except ReleaseError as error:
        written, status = error.message, UNREADABLE
    sys.stdout.buffer.write(written.encode())
    sys.stdout.buffer.flush()
    return status


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
