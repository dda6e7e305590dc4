"""Releases side by side: found by version, in their order, and a withdrawn one is named as such."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from allegata.errors import Gone, NotFound, ReleaseError
from allegata.release.site import Site, current, read_release
from releases import build_versions


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_versions(tmp_path_factory.mktemp("versions"))


@pytest.fixture
def site(versions: Path) -> Site:
    return Site(current(versions))


def test_releases_stand_in_the_order_of_their_days(site: Site) -> None:
    assert [release.version for release in site.releases] == ["1.0", "1.1", "1.2"]
    assert site.get(None) is site.get("1.2") is site.current
    assert site.get("1.0").manifest.created == "2026-01-01"


def test_the_release_before_one_is_the_last_that_can_be_had(site: Site) -> None:
    assert site.before(site.get("1.2")) is site.get("1.0")
    assert site.before(site.get("1.0")) is None


def test_an_unknown_release_is_named_with_those_that_there_are(site: Site) -> None:
    with pytest.raises(NotFound, match=r"no release 3\.0") as caught:
        site.get("3.0")
    assert caught.value.remedy == "There are: 1.0, 1.2."
    with pytest.raises(NotFound):
        site.get("../..")


def test_a_release_that_holds_what_was_withdrawn_since_is_gone(site: Site) -> None:
    assert [release.version for release in site.offered] == ["1.0", "1.2"]
    with pytest.raises(Gone, match=r"witness safety, 2026-03-01.*redaction/1"):
        site.get("1.1")
    assert list(site.withdrawn) == ["https://example.org/place/secret"]


def test_of_one_version_built_twice_the_last_counts(versions: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(versions, site, symlinks=True)
    old = next((site / "releases").glob("1.0+*"))
    shutil.copytree(old, site / "releases" / "1.0+00000000")
    found = Site(current(site)).get("1.0")
    assert found.folder.name in (old.name, "1.0+00000000")
    assert len(Site(current(site)).releases) == 3


def test_a_folder_that_is_no_release_is_told_and_left_out(versions: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    shutil.copytree(versions, site, symlinks=True)
    (site / "releases" / "0.9+00000000").mkdir()
    (site / "releases" / "0.9+00000000" / "manifest.json").write_text("[]", "utf-8")
    assert len(Site(current(site)).releases) == 3
    for folder in (tmp_path, site / "releases" / "0.9+00000000"):
        with pytest.raises(ReleaseError, match="release"):
            read_release(folder)
