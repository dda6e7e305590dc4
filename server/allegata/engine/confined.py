"""Runs a module in a process of its own that reads from strangers: it is ended at its limits, and when nobody waits for it."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import IO, Final

from allegata.budget import check_awaited
from allegata.engine.pool.sandbox import cap_memory, die_with_parent, drop_network

#: How the process says that the input is at fault, with the reason on its output, and that memory was not enough.
UNREADABLE, NO_MEMORY = 3, 4
#: Who waits for others: documents and releases of strangers come behind queries.
_NICE: Final = 15
#: How it begins: before anything is loaded, which takes time too.
_BEHIND_OTHERS: Final = "import os, runpy; os.nice({nice}); runpy.run_module('{module}', run_name='__main__', alter_sys=True)"
_STACK: Final = 256 * 1024 * 1024
_LOOK: Final = 0.1


class Overdue(Exception):
    """The process reached its limit of time, and was ended."""


def run_confined(
    module: str, words: Sequence[str], data: bytes | IO[bytes], seconds: float
) -> subprocess.CompletedProcess[bytes]:
    """Run a module with words as its arguments and data, or an open file, on its input, and return what became of it.

    Raises Overdue at the limit of time, and Abandoned where the client of the request has left; nothing is left behind.
    """
    command = [sys.executable, "-P", "-c", _BEHIND_OTHERS.format(nice=_NICE, module=module), *words]
    given = subprocess.PIPE if isinstance(data, bytes) else data
    with subprocess.Popen(command, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        # `communicate` goes on with what it reads after a timeout, but not with what it writes.
        pipe, process.stdin = process.stdin, None
        writer = threading.Thread(target=_send, args=(pipe, data))
        writer.start()
        try:
            return _finished(process, time.monotonic() + seconds)
        except BaseException:
            process.kill()
            raise
        finally:
            writer.join()


def _send(pipe: IO[bytes] | None, data: bytes | IO[bytes]) -> None:
    if pipe is not None and isinstance(data, bytes):
        with suppress(OSError), pipe:  # a process that ends early reads no more
            pipe.write(data)


def _finished(process: subprocess.Popen[bytes], end: float) -> subprocess.CompletedProcess[bytes]:
    while True:
        try:
            out, told = process.communicate(timeout=_LOOK)
            return subprocess.CompletedProcess(process.args, process.returncode, out, told)
        except subprocess.TimeoutExpired:
            if time.monotonic() > end:
                raise Overdue from None
            check_awaited()


# -- in the process of its own ---------------------------------------------------------------------------------------------


def give_way() -> None:
    """End when the parent does; behind others it came from the start."""
    die_with_parent(os.getppid())


def confine(memory: int, *, keep_files: bool = False) -> None:
    """Give up the network and, unless they are kept, all files; take so many bytes of memory at most from here on."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    cap_memory(memory + _STACK)
    drop_network(keep_files=keep_files)
    threading.stack_size(_STACK)


def on_deep_stack(work: Callable[[], int]) -> int:
    """Do work in a thread whose stack no nesting of a document exhausts, and return its status."""
    ended: list[int] = []

    def run() -> None:
        try:
            ended.append(work())
        except MemoryError:
            ended.append(NO_MEMORY)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    return ended[0] if ended else 1
