"""What a measurement found, as tables and as a picture for docs/performance.md."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape

#: Between these lines of the document stand the figures.
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
_COLOURS = ("#1f4e79", "#c55a11", "#6b6b6b", "#2e7d32")
_LEFT, _TOP, _ROW, _WIDTH, _RIGHT = 120, 64, 24, 560, 40


@dataclass(frozen=True)
class Cell:
    """One load: who was asked what by how many at once, in seconds, requests a second and seconds of processor time a request."""

    peer: str
    kind: str
    clients: int
    median: float
    p99: float
    rate: float
    cost: float
    requests: int


@dataclass(frozen=True)
class Refusal:
    """A turn in which a server gave something else than an answer: it has no times."""

    peer: str
    kind: str
    clients: int
    said: str


def cell(peer: str, kind: str, clients: int, times: Sequence[float], whole: float, used: float) -> Cell:
    """Make a cell of the times of its requests."""
    ordered = sorted(times)
    p99 = ordered[math.ceil(0.99 * len(ordered)) - 1]
    return Cell(peer, kind, clients, statistics.median(ordered), p99, len(ordered) / whole, used / len(ordered), len(ordered))


def merged(cells: Iterable[Cell]) -> list[Cell]:
    """Return one cell for each load that was repeated, with the median of each figure."""
    groups: dict[tuple[str, str, int], list[Cell]] = {}
    for item in cells:
        groups.setdefault((item.peer, item.kind, item.clients), []).append(item)
    return [_middle(same) for same in groups.values()]


def _middle(same: Sequence[Cell]) -> Cell:
    figures = {name: statistics.median(getattr(item, name) for item in same) for name in ("median", "p99", "rate", "cost")}
    return replace(same[0], **figures, requests=sum(item.requests for item in same))


def spread(cells: Iterable[Cell], peer: str, other: str, kind: str, clients: int) -> tuple[float, float, float]:
    """Return the ratio of two peers' requests a second, round by round: the median, the lowest, the highest."""
    rates = {
        name: [item.rate for item in cells if (item.peer, item.kind, item.clients) == (name, kind, clients)]
        for name in (peer, other)
    }
    ratios = [one / two for one, two in zip(rates[peer], rates[other], strict=False)]
    return statistics.median(ratios), min(ratios), max(ratios)


def tables(cells: Sequence[Cell], memory: dict[str, int], refusals: Sequence[Refusal] = ()) -> str:
    """Return the figures as tables in Markdown: loads by the number of clients, kinds one by one, memory, turns without an answer."""
    found = merged(cells)
    peers = list(dict.fromkeys(item.peer for item in found))
    lines = [
        "| questions | clients | server | requests/s | median | p99 | processor time a request |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: |",
    ]
    several = [item for item in found if item.clients > 1 or item.kind in _SEVERAL]
    for item in sorted(several, key=lambda item: (item.kind, item.clients, peers.index(item.peer))):
        lines.append(
            f"| {item.kind} | {item.clients} | {item.peer} | {item.rate:,.0f} | {_ms(item.median)} | {_ms(item.p99)} | {_ms(item.cost)} |"
        )
    lines += ["", f"| one client | {' | '.join(f'{peer}: median | processor time' for peer in peers)} |"]
    lines.append(f"| --- |{' ---: | ---: |' * len(peers)}")
    by_key = {(item.peer, item.kind): item for item in found if item.clients == 1}
    for kind in dict.fromkeys(item.kind for item in found if item.clients == 1):
        shown = [by_key.get((peer, kind)) for peer in peers]
        lines.append(f"| {kind} | {' | '.join(f'{_ms(one.median)} | {_ms(one.cost)}' if one else '| ' for one in shown)} |")
    lines += ["", "| server | memory after the run |", "| --- | ---: |"]
    lines += [f"| {peer} | {size / (1 << 20):,.0f} MiB |" for peer, size in memory.items()]
    return "\n".join([*lines, "", *_without(cells, refusals)])


def _without(cells: Sequence[Cell], refusals: Sequence[Refusal]) -> list[str]:
    """Say which turns have no figures, since those that have are then the better ones."""
    if not refusals:
        return ["Every request of every turn was answered."]
    lines = ["Turns that ended with something else than an answer, and are in no figure above:", ""]
    lines += ["| server | questions | clients | turns | of | what was said |", "| --- | --- | ---: | ---: | ---: | --- |"]
    for peer, kind, clients in dict.fromkeys((item.peer, item.kind, item.clients) for item in refusals):
        same = [item for item in refusals if (item.peer, item.kind, item.clients) == (peer, kind, clients)]
        whole = sum((item.peer, item.kind, item.clients) == (peer, kind, clients) for item in cells) + len(same)
        lines.append(f"| {peer} | {kind} | {clients} | {len(same)} | {whole} | {same[0].said.replace('|', ' ')} |")
    return lines


_SEVERAL = ("mix", "point", "repeated")


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:,.{max(0, 2 - max(0, math.floor(math.log10(max(seconds * 1000, 1e-9)))))}f} ms"


def picture(cells: Sequence[Cell]) -> str:
    """Return a picture of the medians with one client: a row for each kind of question, a dot for each server, by powers of ten."""
    shown = [item for item in merged(cells) if item.clients == 1]
    kinds = list(dict.fromkeys(item.kind for item in shown))
    peers = list(dict.fromkeys(item.peer for item in shown))
    low = math.floor(math.log10(min(item.median for item in shown) * 1000))
    high = max(low + 1, math.ceil(math.log10(max(item.median for item in shown) * 1000)))

    def across(milliseconds: float) -> float:
        return _LEFT + _WIDTH * (math.log10(milliseconds) - low) / (high - low)

    height = _TOP + _ROW * len(kinds) + 44
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_LEFT + _WIDTH + _RIGHT} {height}" width="{_LEFT + _WIDTH + _RIGHT}"'
        f' height="{height}" role="img" font-family="system-ui, sans-serif" font-size="13" aria-label="Median time of an answer">',
        '<rect width="100%" height="100%" fill="#fff"/>',
        *(
            f'<circle cx="{_LEFT + 150 * at}" cy="22" r="6" fill="{_COLOURS[at]}"/><text x="{_LEFT + 12 + 150 * at}" y="27">{escape(peer)}</text>'
            for at, peer in enumerate(peers)
        ),
    ]
    for power in range(low, high + 1):
        x, bottom = across(10.0**power), _TOP + _ROW * len(kinds)
        parts.append(f'<line x1="{x:.1f}" y1="{_TOP - 14}" x2="{x:.1f}" y2="{bottom}" stroke="#d5dbe1"/>')
        parts.append(f'<text x="{x:.1f}" y="{bottom + 18}" text-anchor="middle" fill="#555">{10.0**power:g} ms</text>')
    for row, kind in enumerate(kinds):
        y = _TOP + _ROW * row
        parts.append(f'<text x="{_LEFT - 10}" y="{y + 5}" text-anchor="end">{escape(kind)}</text>')
        for item in shown:
            if item.kind == kind:
                title = f"<title>{escape(item.peer)}: {_ms(item.median)}</title>"
                colour = _COLOURS[peers.index(item.peer)]
                parts.append(f'<circle cx="{across(item.median * 1000):.1f}" cy="{y}" r="6" fill="{colour}">{title}</circle>')
    parts.append(
        f'<text x="{_LEFT}" y="{height - 8}" fill="#555">Median time of an answer, one client, each query asked once.</text>'
    )
    return "\n".join([*parts, "</svg>"]) + "\n"


def written_into(document: str, figures: str) -> str:
    """Return a document with figures in their place; raise ValueError where it has none."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The document has no {BEGIN} and {END}.")
    return f"{before}{BEGIN}\n{figures}\n{END}{after}"
