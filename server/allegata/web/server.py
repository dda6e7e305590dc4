"""Runs the application in waitress, which reads whole requests before a thread is taken, so slow clients hold nothing up."""

from __future__ import annotations

import ctypes
import logging
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress

from waitress.server import BaseWSGIServer, create_server

from allegata.engine import Engine, open_engine
from allegata.engine.pool.protocol import BLOCK_BYTES
from allegata.errors import AllegataError, EngineUnavailable, UsageError
from allegata.release.handle import Release
from allegata.release.soundness import check_soundness
from allegata.settings import Settings
from allegata.web import create_app
from allegata.web.http.collector import Collector
from allegata.web.http.ending import run
from allegata.web.http.sockets import Sockets
from allegata.web.http.waitress_channel import Channel
from allegata.web.http.waitress_tasks import Dispatcher
from allegata.web.sparql.shortcut import Shortcut
from allegata.web.state import state_of
from allegata.web.takeover import Serving, Takeover

IDLE_SECONDS = 30
#: Connections at once, where the system lets the process have files enough.
CONNECTIONS = 2000
#: Files that the process needs beside its connections: the store, the index, ways to the workers, answers that wait in files.
RESERVED_FILES = 128
MIB = 1 << 20
_M_ARENA_MAX, _M_MMAP_THRESHOLD, _M_TRIM_THRESHOLD = -8, -3, -1
_BLOCK, _TRIM = 2 * BLOCK_BYTES, 8 * MIB
_log = logging.getLogger("allegata.web")


def serve_forever(settings: Settings, release: Release, engine: Engine, listening: Callable[[], None]) -> None:
    """Serve until SIGINT or SIGTERM, which lets answers that are under way end; `listening` is called when connections are taken.

    A release that becomes the current one of the site is taken over; SIGHUP has the site looked at anew at once.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # The query text and the client's address are nobody's business: waitress' own notes carry neither.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    logging.getLogger("waitress").addFilter(without_traceback)
    connections = _connections(_allow_files())
    Channel.crowd = connections * 9 // 10
    # Threads that move long answers hand over sooner to those that answer short questions.
    sys.setswitchinterval(0.001)
    _keep_memory_together()
    Channel.limits = {"body_bytes": settings.body_bytes, "header_bytes": settings.header_bytes}
    BaseWSGIServer.channel_class = Channel
    takeover = Takeover(settings, _serving(settings, release, engine), lambda new: _open(settings, new))
    Channel.shortcut = takeover
    dispatcher = Dispatcher()
    dispatcher.set_thread_count(settings.threads)
    sockets = Sockets()
    server = create_server(takeover, map=sockets, _dispatcher=dispatcher, **_options(settings, connections))
    takeover.start()
    collector = Collector(lambda: sockets.last)
    collector.start()
    signal.signal(signal.SIGHUP, lambda *_: takeover.reload())
    listening()
    try:
        run(sockets, server.adj.asyncore_loop_timeout)
    except KeyboardInterrupt:
        pass
    finally:
        server.task_dispatcher.shutdown()
        server.close()
        takeover.close()
        collector.close()


def without_traceback(record: logging.LogRecord) -> bool:
    """Write an error that is foreseen, such as an answer that breaks off at a limit, as one line; let every record pass."""
    error = record.exc_info[1] if record.exc_info else None
    if isinstance(error, AllegataError):
        record.msg, record.args, record.exc_info = f"{record.getMessage()}: {error.message}", (), None
    return True


def _serving(settings: Settings, release: Release, engine: Engine) -> Serving:
    app = create_app(settings, release, engine)
    release.checks.watch(_log.error)

    def close() -> None:
        release.checks.close()
        state_of(app).close()

    return Serving(release, app, close, Shortcut(app))


def _open(settings: Settings, release: Release) -> Serving:
    check_soundness(release, needs_store=not settings.engine)
    engine = open_engine(release.folder, settings, swiftly=True)
    try:
        if not release.has_store and not engine.healthy():
            raise EngineUnavailable(f"No engine holds release {release.version}, which has no store.", remedy="Push it first.")
        return _serving(settings, release, engine)
    except BaseException:
        engine.close()
        raise


def _keep_memory_together() -> None:
    """Have all threads take memory from two pools instead of one each, which would grow and never shrink (glibc, mallopt(3)).

    Blocks of long answers are used again; what is larger goes back to the system. By itself that bound rises with each of them.
    """
    with suppress(AttributeError, OSError):
        libc = ctypes.CDLL(None)
        libc.mallopt(_M_ARENA_MAX, 2)
        libc.mallopt(_M_MMAP_THRESHOLD, _BLOCK)
        libc.mallopt(_M_TRIM_THRESHOLD, _TRIM)


def _allow_files() -> int:
    """Use as many open files as the system lets the process have, and return their number: each connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    return most


def _connections(files: int) -> int:
    """Return how many connections to hold at once; raise UsageError where the system lets the process have too few files.

    An answer that waits for a slow client may be in a file of its own, so a connection is counted as two.
    """
    if files == resource.RLIM_INFINITY:
        return CONNECTIONS
    most = (files - RESERVED_FILES) // 2
    if most < 16:
        wrong = f"The system lets this process have {files} open files, and the service needs {RESERVED_FILES + 32}."
        raise UsageError(wrong, remedy="Raise the limit (ulimit -n).")
    return min(CONNECTIONS, most)


def _options(settings: Settings, connections: int) -> dict[str, object]:
    return {
        "host": settings.host,
        "port": settings.port,
        "threads": settings.threads,
        "ident": None,
        "connection_limit": connections,
        "channel_timeout": IDLE_SECONDS,
        "cleanup_interval": IDLE_SECONDS // 3,
        # Reading on while a request is answered is how a client that has gone away is noticed.
        "channel_request_lookahead": 1,
        # Whole answers go to a file, so that a client that reads slowly holds no thread.
        "outbuf_high_watermark": 2 * settings.result_bytes + 16 * MIB,
        # Far above the limits of the application, whose answer says more; what is beyond that is cut off here.
        "max_request_header_size": 4 * (settings.header_bytes + settings.address_bytes),
        "max_request_body_size": 16 * settings.body_bytes,
        "expose_tracebacks": False,
        # What proxies say is read, or taken out, by the layer around the application.
        "clear_untrusted_proxy_headers": False,
    }
