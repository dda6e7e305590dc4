"""Where nothing is at an address, the page has a field to search and what may have been meant."""

from __future__ import annotations

import re
from html import unescape

import pytest

from http_client import fetch

BROWSER = {"Accept": "text/html"}


@pytest.mark.parametrize(
    ("path", "words", "found"),
    [
        ("/page/claim/camps-hold-200000", "camps hold 200000", "/claim/camps-hold-about-200000"),
        ("/page/actor/quintana.html", "quintana", "/actor/tomas-ojea-quintana"),
        ("/votes?state=chinna", "chinna", "/actor/china"),
        ("/page/claim/zzqqxxjjkk", "zzqqxxjjkk", ""),
    ],
)
def test_the_words_of_the_address_are_looked_for(server: str, path: str, words: str, found: str) -> None:
    reply = fetch(server, path, headers=BROWSER)
    text = unescape(reply.text)
    assert reply.status == 404 and f'name="q" value="{words}"' in text
    offered = re.findall(r'<li><a href="([^"]+)"', text.split("Perhaps one of these", 1)[-1]) if "Perhaps" in text else []
    assert found in offered if found else offered == []


def test_an_error_that_is_no_miss_has_the_field_and_offers_nothing(server: str) -> None:
    reply = fetch(server, "/votes?year=20", headers=BROWSER)
    assert reply.status == 400 and 'name="q" value=""' in reply.text and "Perhaps" not in reply.text


def test_markup_in_an_address_stays_text(server: str) -> None:
    reply = fetch(server, "/page/claim/%3Cscript%3Ealert%28%29%3C%2Fscript%3E%22x", headers=BROWSER)
    assert reply.status == 404 and "<script>alert" not in reply.text and '"x"' not in reply.text.split('name="q"', 1)[1][:60]
