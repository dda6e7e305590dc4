"""Keeps a port for a server of a test, or for one that is not there."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def kept_port() -> Iterator[int]:
    """Yield a port that nobody listens on, and keep it from all who take any port: only who names it can listen there.

    Linux, socket(7), SO_REUSEADDR: two sockets may have one address while at most one of them listens.
    """
    with socket.socket() as keeping:
        keeping.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        keeping.bind(("127.0.0.1", 0))
        yield int(keeping.getsockname()[1])
