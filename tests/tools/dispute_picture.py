"""Draws docs/dispute.png, the picture that the README opens with: the first lines of a claim as the service shows them.

The picture bears the words that it shows (PNG, section 11.3.3, keyword Description), so that a test finds it out of date.
"""

from __future__ import annotations

import io
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from allegata.release.build import build
from service import PATIENT, serve
from support import ROOT

TARGET: Final = ROOT / "docs" / "dispute.png"
PAGE: Final = "/page/claim/camps-hold-about-200000"
_SIZE: Final[Any] = {"width": 900, "height": 1200}
_WORD: Final = "Description"


def shown(tab: Any) -> str:
    """Return the words of a page's head and first lines, each run of spaces as one."""
    heading, answer = (tab.locator(one).first.inner_text() for one in ("h1", ".answer-first"))
    return " ".join(f"{heading} {answer}".split())


def told(path: Path = TARGET) -> str:
    """Return the words that the picture bears."""
    with Image.open(path) as picture:
        return str(picture.info[_WORD])


def draw(tab: Any) -> bytes:
    """Return the picture of an open page, with its words."""
    top, bottom = (tab.locator(one).first.bounding_box() for one in ("h1", ".answer-first"))
    area = {"x": 0, "y": top["y"] - 4, "width": _SIZE["width"], "height": bottom["y"] + bottom["height"] - top["y"] + 20}
    words = PngInfo()
    words.add_itxt(_WORD, shown(tab))
    out = io.BytesIO()
    with Image.open(io.BytesIO(tab.screenshot(clip=area, full_page=True))) as picture:
        picture.convert("P", palette=Image.Palette.ADAPTIVE, colors=64).save(out, "PNG", optimize=True, pnginfo=words)
    return out.getvalue()


def main() -> None:
    """Build the bundled corpus, serve it, and draw its page in Chromium."""
    import shutil

    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder:
        build(ROOT, Path(folder), lambda _step: None)
        with serve(Path(folder), **PATIENT) as service, sync_playwright() as running:
            browser = running.chromium.launch(executable_path=shutil.which("chromium"), chromium_sandbox=False)
            tab = browser.new_page(base_url=service.address, viewport=_SIZE)
            tab.goto(PAGE)
            TARGET.write_bytes(draw(tab))
            browser.close()
    sys.stdout.write(f"{TARGET.relative_to(ROOT)}: {TARGET.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
