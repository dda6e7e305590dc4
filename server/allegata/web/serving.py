"""Runs the application in waitress, which reads whole requests before a thread is taken, so slow clients hold nothing up."""

from __future__ import annotations

import logging
import signal
from types import FrameType

from waitress.server import create_server

from allegata.engine import Engine
from allegata.release import Release
from allegata.settings import Settings
from allegata.web import create_app

CONNECTIONS = 2000
IDLE_SECONDS = 30


def serve_forever(settings: Settings, release: Release, engine: Engine) -> None:
    """Serve until SIGINT or SIGTERM."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # The query text and the client's address are nobody's business: waitress' own notes carry neither.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    server = create_server(create_app(settings, release, engine), **_options(settings))
    signal.signal(signal.SIGTERM, _stop)
    try:
        server.run()
    except (KeyboardInterrupt, SystemExit):
        pass
    finally:
        server.close()


def _options(settings: Settings) -> dict[str, object]:
    trusted: dict[str, object] = {}
    if settings.trusted_proxies:
        trusted = {
            "trusted_proxy": "*",
            "trusted_proxy_count": settings.trusted_proxies,
            "trusted_proxy_headers": "x-forwarded-for x-forwarded-proto x-forwarded-host",
        }
    return {
        "host": settings.host,
        "port": settings.port,
        "threads": settings.threads,
        "ident": None,
        "connection_limit": CONNECTIONS,
        "channel_timeout": IDLE_SECONDS,
        "cleanup_interval": IDLE_SECONDS // 3,
        "asyncore_use_poll": True,
        # Far above the limits of the application, whose answer says more; what is beyond that is cut off here.
        "max_request_header_size": 4 * (settings.header_bytes + settings.address_bytes),
        "max_request_body_size": 16 * settings.body_bytes,
        "expose_tracebacks": False,
        "clear_untrusted_proxy_headers": True,
        **trusted,
    }


def _stop(_signal: int, _frame: FrameType | None) -> None:
    raise SystemExit
