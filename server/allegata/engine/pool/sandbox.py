"""Takes from a worker what it must not have: network, memory beyond its share, life beyond its parent's, others' turn.

The network goes in two ways, and a worker that can still open a socket afterwards refuses to serve:
a seccomp filter refuses the system calls that make sockets (x86-64 and ARM64), and where the store is in memory, so that
no file has to be opened any more, the limit of open files drops to zero, on any architecture.
"""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import signal
import socket
import struct
from pathlib import Path
from typing import Final

_PR_SET_PDEATHSIG: Final = 1
_PR_SET_SECCOMP: Final = 22
_PR_SET_NO_NEW_PRIVS: Final = 38
_SECCOMP_MODE_FILTER: Final = 2
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 13  # SECCOMP_RET_ERRNO with EACCES
# Classic BPF: load a word, jump if equal, jump if any bit is set, return.
_LOAD, _IF_EQUAL, _IF_SET, _RETURN = 0x20, 0x15, 0x45, 0x06
_X32_CALLS: Final = 0x40000000
# Audit architecture, and the system calls socket, socketpair and io_uring_setup.
_CALLS: Final = {"x86_64": (0xC000003E, (41, 53, 425)), "aarch64": (0xC00000B7, (198, 199, 425))}


class SandboxFailed(Exception):
    """The worker could not be cut off, so it must not serve."""


def die_with_parent(parent: int) -> None:
    """Have the kernel end this process when its parent ends (Linux, prctl(2), PR_SET_PDEATHSIG)."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)


def drop_network(*, keep_files: bool) -> None:
    """Give up the network for good; raise SandboxFailed where that does not succeed."""
    _refuse_sockets()
    if not keep_files:
        resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    try:
        socket.socket().close()
    except OSError:
        return
    raise SandboxFailed("a worker can still open sockets")


def cap_memory(extra: int) -> None:
    """Let this process take so many bytes beyond what it has (Linux, getrlimit(2), RLIMIT_DATA)."""
    now = int(Path("/proc/self/statm").read_text().split()[5]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_DATA, (now + extra, now + extra))


def _refuse_sockets() -> None:
    """Install the filter; where it cannot be, `drop_network` finds out by trying."""
    if platform.machine() not in _CALLS:
        return
    program = _program(*_CALLS[platform.machine()])
    code = ctypes.create_string_buffer(program)
    head = struct.pack("HL", len(program) // 8, ctypes.addressof(code))
    _prctl(_PR_SET_NO_NEW_PRIVS, 1)
    _prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.create_string_buffer(head))


def _program(architecture: int, calls: tuple[int, ...]) -> bytes:
    """Assemble the filter (struct seccomp_data: the call's number at 0, the architecture at 4)."""
    lines = [
        (_LOAD, 0, 0, 4),
        (_IF_EQUAL, 0, len(calls) + 3, architecture),
        (_LOAD, 0, 0, 0),
        (_IF_SET, len(calls) + 1, 0, _X32_CALLS),
    ]
    lines += [(_IF_EQUAL, len(calls) - at, 0, call) for at, call in enumerate(calls)]
    lines += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _REFUSE)]
    return b"".join(struct.pack("HBBI", *line) for line in lines)


def _prctl(option: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    full = [*arguments, 0, 0, 0, 0][:4]
    return int(libc.prctl(option, *(ctypes.c_ulong(a) if isinstance(a, int) else a for a in full)))


def lower_priority(thread: int = 0) -> None:
    """Give a thread, this one by default, the policy under which it gives way to anything else at once (Linux, sched(7))."""
    os.sched_setscheduler(thread, os.SCHED_IDLE, os.sched_param(0))
