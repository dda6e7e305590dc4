"""Checks statements against the shapes and rules of a release that nobody vouches for, in a process of its own."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from pyoxigraph import RdfFormat, parse

from allegata.corpus.quad_file import QuadFile
from allegata.corpus.validation import Finding, Report, validate
from allegata.engine.confined import NO_MEMORY, UNREADABLE, Overdue, confine, give_way, on_deep_stack, run_confined
from allegata.errors import AllegataError, ReleaseError
from allegata.settings import Settings

#: How much longer than a query the shapes of a whole release may take, and how much memory for each byte of its statements, up to
#: how much.
_TIMES: Final = 60
_BYTES: Final = 30
_MOST: Final = 8 << 30


def apply_confined(quads: QuadFile, shapes: Path, settings: Settings) -> Report:
    """Return what the shapes and rules of a folder find in statements; raise ReleaseError where they end at a limit or fail.

    The process has no network; its time and memory follow from the limits of a query and the number of statements.
    """
    seconds, size = _TIMES * settings.query_timeout, quads.path.stat().st_size
    memory = settings.query_memory + min(_BYTES * size, _MOST)
    try:
        with quads.path.open("rb") as data:
            done = run_confined("allegata.engine.stranger_shapes", [str(shapes), str(memory)], data, seconds)
    except Overdue:
        remedy = "Set ALLEGATA_QUERY_TIMEOUT to more."
        raise ReleaseError(f"Its shapes and rules took over {seconds:g} seconds and were ended.", remedy=remedy) from None
    if done.returncode == 0:
        said = json.loads(done.stdout)
        return Report(tuple(Finding(**finding) for finding in said["findings"]), said["shapes"], said["rules"])
    if done.returncode == UNREADABLE:
        raise ReleaseError(f"Its shapes and rules cannot be applied: {done.stdout.decode('utf-8', 'replace')}")
    if done.returncode == NO_MEMORY:
        remedy = "Set ALLEGATA_QUERY_MEMORY to more."
        raise ReleaseError(f"Its shapes and rules took over {memory >> 20} MiB of memory and were ended.", remedy=remedy)
    raise ReleaseError("Its shapes and rules ended the process that applied them.")


# -- in the process of its own ---------------------------------------------------------------------------------------------


def main(shapes: Path, memory: int) -> int:
    """Apply the shapes of a folder to N-Quads on standard input, and write the report as JSON."""
    give_way()
    data = sys.stdin.buffer.read()
    confine(memory, keep_files=True)
    return on_deep_stack(lambda: _run(data, shapes))


def _run(data: bytes, shapes: Path) -> int:
    try:
        found = validate(list(parse(data, RdfFormat.N_QUADS)), shapes)
        said = {"findings": [vars(finding) for finding in found.findings], "shapes": found.shapes, "rules": found.rules}
        written, status = json.dumps(said), 0
    except AllegataError as error:
        written, status = error.message.replace(f"{shapes}/", ""), UNREADABLE
    except (OSError, RuntimeError, SyntaxError, ValueError) as error:  # of the engine, over what a rule asks for
        written, status = str(error), UNREADABLE
    sys.stdout.buffer.write(written.encode())
    sys.stdout.buffer.flush()
    return status


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
