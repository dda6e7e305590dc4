"""Connections as waitress keeps them, with errors in the project's shape and no patience for those that only hold a place."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final

from waitress.channel import ClientDisconnected, HTTPChannel
from waitress.task import ErrorTask

from allegata.errors import BadRequest, HeadersTooLarge, PayloadTooLarge, RequestError
from allegata.model.formats import PROBLEM
from allegata.web.http.waitress_parser import Parser, Version
from allegata.web.http.waitress_tasks import Asked, QueryTask, Shortcut, Watch

_LINGER_SECONDS: Final = 5.0

#: Bytes of an answer that are read to be sent: where a client takes few of them, the rest is read again the next time.
PIECE: Final = 64 * 1024


def problem(code: int, limits: dict[str, int]) -> RequestError:
    """Return the error for a request that ends before the application sees it."""
    if code == 413:
        allowed = limits["body_bytes"]
        return PayloadTooLarge(f"The body is over {allowed} bytes.", limit="body_bytes", allowed=allowed)
    if code == 431:
        allowed = limits["header_bytes"]
        return HeadersTooLarge(f"The headers are over {allowed} bytes.", limit="header_bytes", allowed=allowed)
    if code == 501:
        error = RequestError("This transfer coding is not known here.", remedy="Send the body as it is, or chunked.")
        error.status, error.title = 501, "Not implemented"
        return error
    if code == Version.code:
        error = RequestError("This version of HTTP is not spoken here.", remedy="Speak HTTP/1.1.")
        error.status, error.title = code, Version.reason
        return error
    return BadRequest("The request is no well-formed HTTP.", remedy="See RFC 9112: one Host, one length, no contradictions.")


class ProblemTask(ErrorTask):  # type: ignore[misc]
    """Answers what waitress itself refuses in the one shape of an error (RFC 9457), readable by any page."""

    def execute(self) -> None:
        """Write the answer; the connection ends with it."""
        error = problem(self.request.error.code, self.channel.limits)
        body = (json.dumps(error.problem(), ensure_ascii=False, indent=2) + "\n").encode()
        self.status = f"{error.status} {error.title}"
        self.response_headers += [
            ("Content-Type", PROBLEM.content_type),
            ("Access-Control-Allow-Origin", "*"),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ]
        self.set_close_on_finish()
        self.channel.unread = True
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):  # type: ignore[misc]
    """One connection: a request has to be whole in the time that an idle connection is given, and a crowd loses its idlest."""

    error_task_class = ProblemTask
    task_class = QueryTask
    parser_class = Parser
    limits: dict[str, int]
    #: Connections from which on one that idles gives way to one that comes.
    crowd: int
    shortcut: Shortcut
    requests: list[Any]
    #: Whether the first request is to go the short way, and what was asked by it.
    is_short = False
    asked: Asked | None = None
    #: Whether nothing happens on it before a worker has said something.
    waits_for_worker = False
    #: What was asked by it and is answered by a thread.
    handed: Asked | None = None
    #: Set where more of a request may come that was answered before it ended.
    unread = False
    _begun = 0.0
    _drained_from = 0.0

    def __init__(self, server: Any, *arguments: Any, **options: Any) -> None:
        super().__init__(server, *arguments, **options)
        self.sendbuf_len = PIECE
        self._sent: list[Callable[[], None]] = []
        if len(server.active_channels) > self.crowd:
            _close_idlest(server.active_channels.values())

    @property
    def is_idle(self) -> bool:
        """Return whether no request is under way and no answer is left to be sent."""
        return not self.requests and not self.total_outbufs_len

    @property
    def is_settled(self) -> bool:
        """Return whether no other thread works for it: what it waits for changes only as it is read and written."""
        return not self.requests or self.waits_for_worker

    def close_soon(self) -> None:
        """Close it in the next turn of the loop."""
        self.will_close = True
        self._map.change(self._fileno)

    def hang_up(self) -> None:
        """End it from any thread, whether its client reads or not: the loop is told, and closes."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def when_sent(self, call: Callable[[], None]) -> None:
        """Have something be called once all that is to be sent was sent, or will not be."""
        self._sent.append(call)

    def _tell_sent(self) -> None:
        while self._sent and self.is_idle:
            self._sent.pop()()

    def handle_write(self) -> None:
        """Send on, unless the connection was closed in the same turn of the loop."""
        if self.connected:
            super().handle_write()
        self._tell_sent()

    def received(self, data: bytes) -> bool:
        """Take bytes of requests; a query that fits the short way goes it, and one that came before is answered at once."""
        is_first = self.request is None and not self.requests and not self.will_close and not self.close_when_flushed
        if is_first and (sent := self.shortcut.known(data, self.addr[0])):
            self._send(sent)
            return True
        done = bool(super().received(data))
        if is_first and self.is_short and self.request is None and len(self.requests) == 1:
            self.requests[0].whole = data
        self._go_short_ways()
        return done

    def _go_short_ways(self) -> None:
        while self.is_short:
            self.is_short = False
            self.asked = self.shortcut.begin(self.requests[0], self.addr[0], self.check_client_disconnected)
            if self.asked is None:
                self.server.task_dispatcher.add_ordinary(self)
            elif self.asked.begun.whole is not None:
                self._end_short_way()
            else:
                self.waits_for_worker = True
                Watch(self, self.asked.begun)

    def received_answer(self) -> None:
        """Go on when the worker has said something that decides how."""
        self.waits_for_worker = False
        self._map.change(self._fileno)
        self._end_short_way()
        self._go_short_ways()

    def _end_short_way(self) -> None:
        """Send a small answer; whatever else it is, or where the client is gone, a thread sees to it."""
        sent = self.asked.finish() if self.connected and self.asked else None
        if sent is None:
            self.server.task_dispatcher.add_ordinary(self)
            return
        self._let_go()
        request = self.requests[0]
        self._send(sent)
        request.close()
        with self.requests_lock:
            self.requests.pop(0)
            if request.connection_close:
                self.close_when_flushed = True
                self.requests.clear()
            elif self.connected and self.requests:
                self.server.add_task(self)
            elif self.connected and self.request is not None and self.request.expect_continue and self.request.headers_finished:
                self.send_continue()
        self.last_activity = time.time()

    def _send(self, answer: bytes) -> None:
        """Send what the client takes at once; the rest when it takes more."""
        sent = 0
        with suppress(ClientDisconnected), self.outbuf_lock:
            with suppress(OSError):  # it is seen again, and seen to, as the rest is sent
                sent = 0 if self.total_outbufs_len else self.send(answer, do_close=False)
            if sent < len(answer):
                self.write_soon(answer[sent:])
                self.current_outbuf_count = self.adj.outbuf_high_watermark  # the next answer gets a buffer of its own

    def _let_go(self) -> None:
        asked, self.asked = self.asked, None
        if asked:
            asked.close()

    def service(self) -> None:
        """Answer a request in a thread, by way of the framework."""
        asked, self.asked = self.asked, None
        self.handed = asked
        try:
            super().service()
        finally:
            if asked:
                asked.close()
            self._tell_sent()

    def readable(self) -> bool:
        """Return whether to read: also what is only to be thrown away."""
        return bool(self._drained_from) or bool(super().readable())

    def handle_close(self) -> None:
        """Close; but a client that still sends would lose the answer, so its rest is read first (RFC 9112, section 9.6)."""
        if not self.unread or self._drained_from:
            super().handle_close()
            while self._sent:
                self._sent.pop()()
            return
        self._drained_from = time.monotonic()
        self.will_close = False
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            super().handle_close()

    def _drain(self) -> None:
        try:
            self.recv(self.adj.recv_bytes)
        except OSError:
            self.handle_close()
        if time.monotonic() - self._drained_from > _LINGER_SECONDS:
            self.handle_close()

    def handle_read(self) -> None:
        """Read; while a request is under way, more of it is no sign of life, so that no drip holds a connection for ever."""
        if self._drained_from:
            self._drain()
            return
        partial = self.request is not None
        super().handle_read()
        if not partial:
            self._begun = time.time()
        elif self.request is not None:
            self.last_activity = self._begun


def _close_idlest(channels: Any) -> None:
    """Close the connection that has been without any request for longest."""
    idle = [channel for channel in channels if channel.is_idle and not channel.will_close]
    if idle:
        min(idle, key=lambda channel: channel.last_activity).close_soon()
