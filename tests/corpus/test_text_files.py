"""Text files: one reader for all, which takes a byte order mark off and names the line that is not UTF-8."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from allegata.corpus.text_files import MOST_BYTES, decode, list_files, read_source, read_text
from allegata.errors import AnchorError, CorpusSyntaxError, UsageError


def test_a_byte_order_mark_is_no_part_of_a_text_and_line_ends_stay(tmp_path: Path) -> None:
    (tmp_path / "x.ttl").write_bytes(b"\xef\xbb\xbfa\r\nb\rc\n")
    assert read_text(tmp_path / "x.ttl") == "a\r\nb\rc\n"
    assert decode(b"\xef\xbb\xbf\xef\xbb\xbfx", tmp_path) == "\ufeffx"


def test_the_text_of_a_source_keeps_every_code_point(tmp_path: Path) -> None:
    text = "\ufeffe\u0301 \u201cx\u201d\r\n"
    (tmp_path / "x.txt").write_bytes(text.encode())
    assert read_source(tmp_path / "x.txt") == text
    (tmp_path / "x.txt").write_bytes(b"a\n\xe9")
    with pytest.raises(AnchorError, match=r"x\.txt is not UTF-8 at byte 2"):
        read_source(tmp_path / "x.txt")


@pytest.mark.parametrize(
    ("data", "words"), [(b"a\nb\xff", ":2: not UTF-8"), ("a".encode("utf-16"), ":1: .*UTF-16"), ("a".encode("utf-16-be"), None)]
)
def test_another_encoding_is_named_with_the_line(tmp_path: Path, data: bytes, words: str | None) -> None:
    if words is None:  # without a mark it is UTF-8 with null characters, which the reader of the format refuses
        assert decode(data, tmp_path) == "\0a"
        return
    with pytest.raises(CorpusSyntaxError, match=words):
        decode(data, tmp_path / "x")


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    for name in ("absent", "", "null\0"):
        with pytest.raises(UsageError, match="cannot be read"):
            read_text(tmp_path / name)


def test_files_are_listed_by_their_end_and_a_missing_folder_has_none(tmp_path: Path) -> None:
    for name in ("b.ttl", "a.ttl", "c.rq", "below/d.ttl"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("", "utf-8")
    assert [path.name for path in list_files(tmp_path, ".ttl")] == ["a.ttl", "b.ttl"]
    assert [path.name for path in list_files(tmp_path, ".ttl", below=True)] == ["a.ttl", "b.ttl", "d.ttl"]
    assert list_files(tmp_path / "absent", ".ttl") == []
    with pytest.raises(UsageError, match=r"a\.ttl cannot be read"):
        list_files(tmp_path / "a.ttl", ".ttl")


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ttl")
    for path in (tmp_path / "pipe.ttl", Path("/dev/zero")):
        with pytest.raises(UsageError, match="no regular file"):
            read_text(path)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    with (tmp_path / "x.ttl").open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(UsageError, match=r"x\.ttl cannot be read: it has 268,435,457 bytes"):
        read_text(tmp_path / "x.ttl")


def test_a_link_out_of_a_folder_is_not_read_as_one_of_its_files(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    (folder / "more").mkdir(parents=True)
    (folder / "a.ttl").write_bytes(b"")
    (folder / "b.ttl").symlink_to(folder / "a.ttl")
    assert [path.name for path in list_files(folder, ".ttl")] == ["a.ttl", "b.ttl"]
    (folder / "more" / "c.ttl").symlink_to("/etc/passwd")
    with pytest.raises(UsageError, match=r"c\.ttl is a link that leads out of"):
        list_files(folder, ".ttl", below=True)
    (folder / "more" / "c.ttl").unlink()
    (folder / "elsewhere").symlink_to(tmp_path)
    with pytest.raises(UsageError, match="elsewhere is a link to a folder"):
        list_files(folder, ".ttl", below=True)


def test_a_folder_that_is_a_link_itself_is_read(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.ttl").write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path / "data")
    assert list_files(tmp_path / "link", ".ttl", below=True) == [tmp_path / "link" / "a.ttl"]
