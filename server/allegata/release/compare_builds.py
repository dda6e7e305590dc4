"""Compares two builds of one release: the same bytes, the same content written by other software, or something else."""

from __future__ import annotations

from typing import Final

from allegata.release.digests import unpacked
from allegata.release.handle import Release
from allegata.release.manifest import Manifest
from allegata.release.search_index import FILE, rows
from allegata.release.tables import parquet_rows

#: What a manifest says of the release, whatever wrote it.
_COMPARED: Final = ("version", "base", "created", "title", "licence", "rights", "notes", "quads", "triples", "graphs", "rdfc10")


def compare(one: Release, other: Release) -> tuple[str, list[str]]:
    """Compare the files of two builds; where only the packing differs, say so with the versions of what packed them."""
    problems = _manifests(one.manifest, other.manifest)
    shared = sorted(one.files.keys() & other.files.keys())
    # Over HTTP only dumps can be had, so what one side cannot give is no difference.
    offered = one.files.keys() ^ other.files.keys() if one.is_local and other.is_local else set()
    problems += [f"{name} is in one of the two alone." for name in sorted(offered)]
    repacked = 0
    for name in shared:
        if one.files[name].sha256 == other.files[name].sha256:
            continue
        if _content(name, one.read_checked(name)) == _content(name, other.read_checked(name)):
            repacked += 1
        else:
            problems.append(f"{name} holds something else.")
    says = f"{len(shared) - repacked} files have the same bytes as in {other.version}, {other.location}"
    if repacked:
        says += f"; {repacked} hold the same, packed by other software ({_software(one.manifest, other.manifest)})"
    return says, problems


def _manifests(one: Manifest, other: Manifest) -> list[str]:
    return [
        f"{name} is {_short(getattr(one, name))} here and {_short(getattr(other, name))} there."
        for name in _COMPARED
        if getattr(one, name) != getattr(other, name)
    ]


def _short(value: object) -> str:
    text = f"{len(value)} entries" if isinstance(value, dict) else str(value)
    return text if len(text) <= 80 else f"{text[:79]}…"


def _content(name: str, data: bytes) -> object:
    """Return what a file holds, whatever wrote it."""
    if name.endswith(".parquet"):
        return parquet_rows(data, name)
    if name == FILE:
        return rows(data)
    return unpacked(data, name)


def _software(one: Manifest, other: Manifest) -> str:
    """Name the writers whose versions differ."""
    here, there = one.writers, other.writers
    names = sorted(name for name in {*here, *there} if here.get(name) != there.get(name))
    told = ", ".join(f"{name} {here.get(name, 'unknown')} and {there.get(name, 'unknown')}" for name in names)
    return told or "of the same versions, otherwise built"
