"""Manifests: one that is damaged, or none at all, is told wherever a release is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from allegata.errors import ReleaseError
from allegata.release.site import current, open_release


@pytest.mark.parametrize("data", [b"\xff\xfe{", b"[" * 100_000, b"{"])
def test_a_manifest_that_is_damaged_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "current").mkdir()
    (tmp_path / "current" / "manifest.json").write_bytes(data)
    for words in ((str(tmp_path), tmp_path), ("1.0", tmp_path)):
        with pytest.raises(ReleaseError, match=r"manifest\.json is damaged"):
            open_release(*words)


def test_a_site_whose_pointer_leads_nowhere_holds_no_release(tmp_path: Path) -> None:
    (tmp_path / "current").symlink_to("current")
    with pytest.raises(ReleaseError, match="holds no release"):
        current(tmp_path)
