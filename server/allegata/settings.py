"""Settings: one table with names, defaults and help, read from the environment and from options, nowhere else."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields, replace
from dataclasses import field as dataclass_field
from importlib import resources
from pathlib import Path
from typing import Any

from allegata.errors import UsageError

ENV_PREFIX = "ALLEGATA_"
MIB = 1024 * 1024
_OF_SERVICE = re.compile(rf"{ENV_PREFIX}(SERVICE_HOST|SERVICE_PORT(_\w+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)")
_LINK = re.compile(r"(tcp|udp|sctp)://")


def default_root() -> Path:
    """Return the folder with ontology/, shapes/ and data/: the installed content where there is one, else the checkout."""
    content = Path(str(resources.files("allegata"))) / "_content"
    return content if content.is_dir() else Path(__file__).resolve().parents[2]


def _setting(default: Any, text: str, least: float = 1) -> Any:
    """Define a setting; a number is at least `least`, which is 0 where that turns something off or the service does without."""
    return dataclass_field(default=default, metadata={"help": text, "least": least})


@dataclass(frozen=True)
class Settings:
    """Every setting of the program; each field can be set as ALLEGATA_<NAME> in the environment."""

    root: Path = _setting(None, "folder with ontology/, shapes/ and data/")
    site: Path = _setting(Path("build"), "folder that holds the releases and the pointer to the current one")
    sources: Path | None = _setting(None, "folder with source texts <slug>.txt, to show passages in context; off without one")
    host: str = _setting("127.0.0.1", "address to listen on")
    port: int = _setting(8000, "port to listen on", 0)
    address: str = _setting("", "address at which the public reaches the service; without one, what a request names is believed")
    token_file: Path | None = _setting(
        None, "file with tokens, one a line, without which nothing is answered; a restricted release needs one"
    )
    contact: str = _setting("", "mail address or page for objections and replies, beside what the dataset names")
    threads: int = _setting(64, "requests that the web process works on at once")
    trusted_proxies: int = _setting(0, "reverse proxies in front whose X-Forwarded-* headers are believed", 0)
    proxy_addresses: str = _setting("127.0.0.0/8 ::1", "addresses and networks from which those proxies ask, separated by spaces")
    query_timeout: float = _setting(10.0, "seconds a query may take, parsing included", 0.1)
    query_memory: int = _setting(1024 * MIB, "bytes of memory a query may take beyond the shared store", 16 * MIB)
    query_workers: int = _setting(2, "long queries that run at once")
    query_short_workers: int = _setting(8, "short queries that run at once")
    query_short: float = _setting(0.1, "seconds after which a query no longer counts as short", 0.01)
    query_queue: int = _setting(64, "queries that may wait for a worker")
    query_per_client: int = _setting(48, "queries that one client may have under way")
    query_long_per_client: int = _setting(4, "queries of one client that may go on for long while others ask")
    work_timeout: float = _setting(
        10.0, "seconds of processor time that a page, search or other request but a query may take", 0.1
    )
    work_places: int = _setting(12, "such requests that go on for long at once")
    work_per_client: int = _setting(3, "such requests of one client that go on for long at once")
    engine: str = _setting(
        "", "engines (SPARQL 1.1 endpoints) that answer queries, separated by spaces; the release's own without any"
    )
    engine_queries: int = _setting(8, "queries that are put to engines at once")
    engine_health: float = _setting(5.0, "seconds between two looks at whether an engine answers", 0.05)
    release_engines: int = _setting(1, "engines on earlier releases that may be open at once, beside the current one's")
    result_bytes: int = _setting(64 * MIB, "bytes of an answer after which it is cut off", 1024)
    result_hold: float = _setting(
        1.0, "seconds that a long answer waits for its end, so that its head can say whether it is cut off", 0
    )
    unread_bytes: int = _setting(4096 * MIB, "bytes of long answers that wait in files for clients to read them", 1024)
    unread_bytes_per_client: int = _setting(256 * MIB, "bytes of long answers that wait for one client", 1024)
    release_bytes: int = _setting(
        512 * MIB, "bytes that a file of a release may have once it is unpacked, where a release is opened by name", 1024
    )
    release_statements: int = _setting(1_000_000, "statements that such a release may hold")
    memory_store: int = _setting(512 * MIB, "size of N-Quads up to which a release is served from memory", 0)
    cache_bytes: int = _setting(8 * MIB, "bytes of answers kept for asking again", 0)
    body_bytes: int = _setting(MIB, "bytes of a request body", 1024)
    address_bytes: int = _setting(8 * 1024, "bytes of a request address", 256)
    header_bytes: int = _setting(16 * 1024, "bytes of request headers", 1024)
    accept_ranges: int = _setting(32, "media ranges in an Accept header")
    query_tokens: int = _setting(50_000, "words and marks in a query")
    query_nesting: int = _setting(64, "depth of brackets in a query")
    query_chain: int = _setting(200, "operators in a row in a query")
    query_patterns: int = _setting(100, "triple patterns in a query")
    query_path_steps: int = _setting(50, "steps of a property path")
    query_literal: int = _setting(64 * 1024, "characters of one literal in a query")
    search_calls: int = _setting(5, "searches for words in a query", 0)
    search_hits: int = _setting(5_000, "things that one search for words in a query may find")
    services: str = _setting("", "endpoints that SERVICE may ask, their addresses separated by spaces; off without any")
    service_calls: int = _setting(5, "SERVICE patterns in a query, those inside of others included", 0)
    service_timeout: float = _setting(5.0, "seconds that one SERVICE may take, within the time of the query", 0.1)
    service_bytes: int = _setting(4 * MIB, "bytes of what one SERVICE answers, unpacked")
    service_rows: int = _setting(10_000, "rows of what one SERVICE answers")
    service_values: int = _setting(1000, "values known from the patterns beside a SERVICE that are sent along to narrow it", 0)
    service_queries: int = _setting(8, "queries that ask others at once; one client may have half of them")
    service_authorities: Path | None = _setting(
        None, "PEM file with authorities for certificates of endpoints, beside the system's"
    )

    def __post_init__(self) -> None:
        """Fill in the root, which depends on where the program is installed."""
        if self.root is None:
            object.__setattr__(self, "root", default_root())


def load(overrides: Mapping[str, Any] | None = None, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings: options first, then the environment, then the defaults; raise UsageError for a bad value."""
    env = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    for item in fields(Settings):
        name = ENV_PREFIX + item.name.upper()
        raw = env.get(name)
        if raw is not None and not _is_orchestrated(name, raw):
            values[item.name] = _parse(item, raw)
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    return replace(Settings(**values), **given)


def shown(chosen: Settings) -> str:
    """Return settings as a file of environment variables that systemd and shells read, each with what it means."""
    lines: list[str] = []
    for item in fields(Settings):
        value = getattr(chosen, item.name)
        name = ENV_PREFIX + item.name.upper()
        changed = "" if value == (item.default if item.name != "root" else default_root()) else "; not the default"
        lines.append(f"# {item.metadata['help']}{changed}")
        lines.append(f"# {name} is not set" if value in (None, "") else f'{name}="{value}"')
    return "\n".join(lines) + "\n"


def unknown(environ: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """Return the variables that look like settings and are none, each with the setting that is nearest to it by its letters."""
    env = os.environ if environ is None else environ
    known = [ENV_PREFIX + item.name.upper() for item in fields(Settings)]
    ours = {name for name in env if name.startswith(ENV_PREFIX) and not _is_orchestrated(name, env[name])}
    strange = sorted(ours - set(known))
    return [(name, difflib.get_close_matches(name, known, 1, 0)[0]) for name in strange]


def orchestrated(environ: Mapping[str, str] | None = None) -> list[tuple[str, str]]:
    """Return the settings that hold what an orchestrator sets for a service that is called allegata, with their values."""
    env = os.environ if environ is None else environ
    known = (ENV_PREFIX + item.name.upper() for item in fields(Settings))
    return [(name, env[name]) for name in known if name in env and _is_orchestrated(name, env[name])]


def _is_orchestrated(name: str, value: str) -> bool:
    """Return whether Kubernetes, as Docker once did, sets a variable for each service of its surroundings."""
    return bool(_OF_SERVICE.fullmatch(name) or (name == f"{ENV_PREFIX}PORT" and _LINK.match(value)))


def _parse(item: Field[Any], raw: str) -> Any:
    kind, least = str(item.type), item.metadata["least"]
    try:
        value = {"Path": Path, "Path | None": Path, "int": int, "float": float, "str": str}[kind](raw)
        if isinstance(value, int | float) and not least <= value < float("inf"):  # what is no number (nan) is neither
            raise ValueError
        return value
    except ValueError:
        wanted = "a whole number" if kind == "int" else "a number"
        raise UsageError(
            f"{ENV_PREFIX}{item.name.upper()}={raw!r} is not {wanted} from {least} on.",
            remedy=f"Set it to one, or leave it out for {item.default}.",
        ) from None
