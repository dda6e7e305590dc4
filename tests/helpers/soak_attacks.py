"""Lists the attacks of the soak test, a row each, and carries one out: a process of its own at the lowest priority, ended by its parent.

`python tests/helpers/soak_attacks.py NAME PORT SEED` attacks until it is ended. Every attacker has an address of its own.
"""

from __future__ import annotations

import json
import os
import random
import socket
import string
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from typing import Final
from urllib.parse import quote, urlencode

from support import EX

#: Attackers of each kind, and seconds between two requests of one that does not wait for answers.
ATTACKERS: Final = 3
PAUSE: Final = 0.25
#: Connections that one attacker holds.
HELD: Final = 300
FORM: Final = {"Content-Type": "application/x-www-form-urlencoded"}
Request = tuple[str, str, dict[str, str], bytes | None]


def word(chance: random.Random, length: int = 6) -> str:
    """Return a word that nothing is called."""
    return "".join(chance.choice(string.ascii_lowercase) for _ in range(length))


def sparql(chance: random.Random) -> Request:
    """Return a query that runs away, never the same."""
    n = chance.randrange(1 << 30)
    query = chance.choice(
        (
            f"SELECT (COUNT(*) AS ?n{n}) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}",
            f"SELECT * {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} ORDER BY ?f ?c ?i{n}",
            f"SELECT (COUNT(*) AS ?n{n}) {{ ?a (<{EX}next>|^<{EX}next>)* ?b }}",
            f"SELECT (GROUP_CONCAT(CONCAT(STR(?a), STR(?d), '{n}')) AS ?x) {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }}",
            f"SELECT * {{ ?a ?b ?c . ?d ?e ?f . FILTER(REGEX(STR(?c), '^(([0-9])+)+${n}') && STR(?f) = '{n}') }}",
            "SELECT * " + "{" * 2_500 + "}" * 2_500,
            f"SELECT * {{ SERVICE <http://127.0.0.1:9/{n}> {{ ?s ?p ?o }} }}",
            f"SELECT * {{ FILTER(1{'+1' * 3_000}) }} # {n}",
            f"SELECT * {{ ?a ?b ?c . ?d ?e ?f }} # {n}",
            f"BASE <urn:{'x' * 300_000}> {' '.join(f'PREFIX p{at}: <a>' for at in range(9_000))} SELECT * {{}} # {n}",
        )
    )
    return "POST", "/sparql", {"Content-Type": "application/sparql-query"}, query.encode()


def search(chance: random.Random) -> Request:
    """Return a search for many words that nothing has, or that much has."""
    length = chance.choice((1, 3, 6, 12))
    return "GET", f"/search?q={quote(' '.join(word(chance, length) for _ in range(40))[:500])}", {}, None


def reconcile(chance: random.Random) -> Request:
    """Return a batch of names as long and as near to others as it may be."""
    near = "conventoin protocl comittee discriminaton internatonal cultral chldren number statment place".split()
    names = (" ".join(chance.choice(near) + word(chance, 1) for _ in range(60))[:499] for _ in range(20))
    queries = {str(at): {"query": name} for at, name in enumerate(names)}
    return "POST", "/reconcile", FORM, urlencode({"queries": json.dumps(queries)}).encode()


def compare(chance: random.Random) -> Request:
    """Return a request for a page that takes work, in a way that no cache has."""
    path = chance.choice(("/compare", "/timeline", "/votes", "/evidence", "/what-if", "/questions"))
    accept = f"text/html;q=0.{chance.randrange(100, 999)}, x/{word(chance)}"
    return "GET", f"{path}?{word(chance)}={chance.randrange(1 << 30)}", {"Accept": accept}, None


def validate(chance: random.Random) -> Request:
    """Return a document with as many findings as it can have."""
    kind = "https://w3id.org/allegata/ns#Stance"
    document = "".join(f"<{word(chance)}{at}> a <{kind}> .\n" for at in range(15_000))
    return "POST", "/validate", {"Content-Type": "text/turtle", "Accept": "application/json"}, document.encode()


def _request(make: Callable[[random.Random], Request]) -> Callable[[int, random.Random, str], None]:
    """Return an attack by requests, one in five of which hangs up."""

    def attack(port: int, chance: random.Random, address: str) -> None:
        while True:
            method, path, headers, body = make(chance)
            connection = HTTPConnection("127.0.0.1", port, timeout=60)
            with suppress(OSError, HTTPException):
                connection.request(method, path, body, {**headers, "X-Forwarded-For": address})
                if chance.random() > 0.2:
                    connection.getresponse().read(1 << 20)
            connection.close()
            time.sleep(PAUSE / 5)

    return attack


def idle(port: int, chance: random.Random, _address: str) -> None:
    """Hold connections on which nothing, or half a request, was sent."""
    held: list[socket.socket] = []
    while True:
        with suppress(OSError):
            connection = socket.create_connection(("127.0.0.1", port), timeout=5)
            connection.sendall(
                chance.choice(
                    (b"", b"G", b"GET / HTTP/1.1\r\n", b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n")
                )
            )
            held.append(connection)
        if len(held) > HELD:
            held.pop(chance.randrange(len(held))).close()
        time.sleep(PAUSE / 20)


def slow(port: int, chance: random.Random, address: str) -> None:
    """Ask for long answers and read hardly anything of them."""
    held: list[socket.socket] = []
    while True:
        with suppress(OSError):
            connection = socket.socket()
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            connection.connect(("127.0.0.1", port))
            query = urlencode({"query": f"SELECT * {{ ?s ?p ?o }} # {chance.random()}", "format": "csv"})
            connection.sendall(f"GET /sparql?{query} HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: {address}\r\n\r\n".encode())
            held.append(connection)
        for connection in held:
            with suppress(OSError):
                connection.settimeout(0.001)
                connection.recv(16)
        if len(held) > HELD // 10:
            held.pop(0).close()
        time.sleep(PAUSE)


#: Name → the attack: what it does to a port, by chance, from an address, without end.
ATTACKS: Final[dict[str, Callable[[int, random.Random, str], None]]] = {
    **{make.__name__: _request(make) for make in (sparql, search, reconcile, compare, validate)},
    "idle": idle,
    "slow": slow,
}


def main() -> None:
    """Attack until the process is ended, or its parent is gone."""
    name, port, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    os.nice(19)
    parent = os.getppid()
    for number in range(ATTACKERS):
        arguments = (port, random.Random(seed + number), f"203.0.113.{number + 1}")
        threading.Thread(target=ATTACKS[name], args=arguments, daemon=True).start()
    while os.getppid() == parent:
        time.sleep(0.5)


if __name__ == "__main__":
    main()
