"""What an earlier version wrote, kept as it was: tests/fixtures/README.md says how each was made."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import zstandard

from support import ROOT

FOLDER = ROOT / "tests" / "fixtures"
#: What version 0.1 wrote: a site with one release, and a corpus as `allegata new` made it with one claim more.
SITE_0_1, CORPUS_0_1 = "site-0.1.tar.zst", "corpus-0.1.tar.zst"
#: This corpus as 0.1 had it, with its questions and their answers.
BUNDLED_0_1 = "bundled-0.1.tar.zst"
#: The records of the two documents in this corpus, as they stood in 0.1.
DOCUMENTS_0_1 = "documents-0.1.tar.zst"


def unpack(name: str, folder: Path) -> Path:
    """Unpack a fixture into a folder and give the folder."""
    data = zstandard.ZstdDecompressor().decompressobj().decompress((FOLDER / name).read_bytes())
    with tarfile.open(fileobj=io.BytesIO(data)) as archive:
        archive.extractall(folder, filter="data")
    return folder
