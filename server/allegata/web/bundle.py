"""Says where the scripts are that `make web` builds; without them the pages are complete, too."""

from __future__ import annotations

from pathlib import Path

from flask import current_app


def built(name: str) -> str:
    """Give the address of a built file, or nothing where it has not been built."""
    folder = Path(str(current_app.static_folder)) / "built"
    return f"/static/built/{name}" if (folder / name).is_file() else ""
