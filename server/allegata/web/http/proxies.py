"""Believes what a reverse proxy says of a request, if the settings name the proxy; from anybody else it counts for nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING, Final

from werkzeug.middleware.proxy_fix import ProxyFix

from allegata.errors import UsageError
from allegata.settings import Settings
from allegata.web.http.hosts import Address, is_host

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

#: What a proxy may say of a request, and how each is written; RFC 7239 is not read.
_HEADERS: Final = {
    "HTTP_X_FORWARDED_FOR": re.compile(r"[0-9A-Fa-f.:\[\]%, \t]+"),
    "HTTP_X_FORWARDED_PROTO": re.compile(r"https?([ \t]*,[ \t]*https?)*", re.IGNORECASE),
    "HTTP_X_FORWARDED_HOST": re.compile(r"[A-Za-z0-9._\-:\[\], \t]+"),
    "HTTP_X_FORWARDED_PREFIX": re.compile(r"/|(/[A-Za-z0-9._~!$&'()*+;=:@%\-]+)+/?"),
}
_NEVER: Final = ("HTTP_X_FORWARDED_PORT", "HTTP_FORWARDED")


def networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Read addresses and networks that stand between spaces or commas; raise UsageError for what is none."""
    found = []
    for word in text.replace(",", " ").split():
        try:
            found.append(ip_network(word, strict=False))
        except ValueError:
            raise UsageError(
                f"ALLEGATA_PROXY_ADDRESSES has {word!r}, which is no address.",
                remedy="Write addresses such as 10.0.0.0/8 or ::1.",
            ) from None
    return tuple(found)


class Proxies:
    """A layer around the application that reads X-Forwarded-For, -Proto, -Host and -Prefix, and takes out what does not count."""

    def __init__(self, app: WSGIApplication, settings: Settings) -> None:
        """Read which proxies are believed; raise UsageError where that cannot be read."""
        app = Address(app, settings.address) if settings.address else app
        self._app = app
        self._networks = networks(settings.proxy_addresses) if settings.trusted_proxies else ()
        count = settings.trusted_proxies
        self._fixed = ProxyFix(app, x_for=count, x_proto=count, x_host=count, x_port=0, x_prefix=1)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        trusted = self._trusts(environ.get("REMOTE_ADDR", ""))
        for name, form in _HEADERS.items():
            if not trusted or not form.fullmatch(environ.get(name, "")):
                environ.pop(name, None)
        if not all(is_host(host.strip(" \t")) for host in environ.get("HTTP_X_FORWARDED_HOST", "localhost").split(",")):
            environ.pop("HTTP_X_FORWARDED_HOST")
        for name in _NEVER:
            environ.pop(name, None)
        if not trusted:
            return self._app(environ, start_response)
        prefix = environ.get("HTTP_X_FORWARDED_PREFIX", "")
        if prefix:
            environ["HTTP_X_FORWARDED_PREFIX"] = prefix.rstrip("/")
        return self._fixed(environ, start_response)

    def _trusts(self, peer: str) -> bool:
        try:
            address = ip_address(peer.partition("%")[0])
        except ValueError:
            return bool(self._networks) and not peer  # a socket of the system has no address: who may use it says its file
        mapped = getattr(address, "ipv4_mapped", None)
        return any((mapped or address) in network for network in self._networks)
