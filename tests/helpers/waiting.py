"""Waits in a browser for what a page is to hold, by conditions and never by time, and reads what it has loaded by then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

#: Script → what a page holds once it has run. A page with another script has no condition here, which is an error.
_COMPLETE = """() => {
  const made = {
    "explore.js": () => document.querySelector(".explore button"),
    "query.js": () => {
      const editor = document.querySelector(".editor")?.shadowRoot;
      const problem = document.querySelector("#problem[data-line]");
      const views = !document.querySelector('#answer:is([data-form="bindings"], [data-form="graph"])');
      return editor?.querySelector(".cm-line") && (!problem || editor.querySelector(".cm-lint-marker-error")) && (views || document.querySelector(".views"));
    },
    "yasgui.js": () => document.querySelector("#yasgui[data-tabs] .tabsList .tab") && document.querySelector(".yasqe .CodeMirror-code .cm-keyword"),
  };
  const name = (script) => new URL(script.src).pathname.split("/").at(-1);
  return document.readyState === "complete"
    && [...document.querySelectorAll("script[type=module]")].every((script) => made[name(script)]())
    && !document.querySelector("[aria-busy=true], .canvas:not([data-drawn])")
    && !document.getAnimations().some((one) => one instanceof CSSTransition && one.playState === "running");
}"""
_LOADED = """() => ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
  .map((entry) => [entry.name, entry.transferSize, entry.decodedBodySize])"""

#: What of a page lies beyond the edge of the window and cannot be scrolled to within its own region.
CUT = """() => [...document.querySelectorAll("main *, header *")].filter((one) => {
  const box = one.getBoundingClientRect();
  return box.width > 1 && box.right > innerWidth + 1 && !one.closest(".scroll, pre, svg, .visually-hidden");
}).map((one) => one.outerHTML.slice(0, 90))"""


def wait_until_complete(tab: Any) -> None:
    """Wait until the scripts of a page have made what they make, its pictures are drawn, and nothing is in motion."""
    tab.wait_for_function(_COMPLETE)


def follow(lead: Any) -> None:
    """Press a link or a button that leads to another page, and wait until that page is loaded."""
    with lead.page.expect_navigation():
        lead.click()


@dataclass(frozen=True)
class Loaded:
    """A file that a page has loaded: its address, its size over the wire with headers, and its size unpacked."""

    url: str
    wire: int
    size: int

    @property
    def built(self) -> bool:
        """Return whether it belongs to the scripts of the editors and views."""
        return "/static/built/" in self.url


def loaded(tab: Any) -> list[Loaded]:
    """Return what a page has loaded so far, itself included (Resource Timing, Navigation Timing)."""
    return [Loaded(url, int(wire), int(size)) for url, wire, size in tab.evaluate(_LOADED)]
