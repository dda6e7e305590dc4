"""Compares two builds of one release: the same bytes, the same content written by other software, or something else."""

from __future__ import annotations

import hashlib
from typing import Final

from allegata.release.handle import Release
from allegata.release.manifest import Manifest
from allegata.release.search_index import FILE, row_digests
from allegata.release.tables import read_parquet, rows_digest

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
        if _content(name, one) == _content(name, other):
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


def _content(name: str, release: Release) -> object:
    """Return what tells the content of a file from others, whatever wrote it."""
    release.check(name)
    if name.endswith(".parquet"):
        return rows_digest(read_parquet(release.read(name), name, release.bounds))
    if name == FILE:
        return row_digests(release.read(name))
    digest = hashlib.sha256()
    for block in release.blocks(name):
        digest.update(block)
    return digest.digest()


def _software(one: Manifest, other: Manifest) -> str:
    """Name the writers whose versions differ."""
    here, there = one.writers, other.writers
    names = sorted(name for name in {*here, *there} if here.get(name) != there.get(name))
    told = ", ".join(f"{name} {here.get(name, 'unknown')} and {there.get(name, 'unknown')}" for name in names)
    return told or "of the same versions, otherwise built"
