"""The pictures for links: of one size, with the same bytes each time, with letters for all that the bundled corpus says."""

from __future__ import annotations

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image, features

from allegata.budget import Budget, Lane, within
from allegata.domain.dataset import Dataset
from allegata.errors import Busy, TooManyRequests, WorkTimeout
from allegata.release.handle import Release
from allegata.web.sharing import card
from allegata.web.sharing.card import Card, draw, is_drawn
from support import until

CARD = Card("Claim", "“Nine of ten say so.”", (("Who says it", "Nobody Known"),), "Allegata", "한국어 주석")
#: The digest of its picture, by the version of FreeType that Pillow was built with, which draws the letters.
DIGESTS = {"2.14.3": "bdc07aa1efd46e49625feb72a043d0ee51968138ad1aafcb163127c29d6ce05c"}


def pixels(card: Card) -> Image.Image:
    with Image.open(io.BytesIO(draw(card))) as opened:
        opened.load()
        return opened


def test_a_picture_is_the_same_each_time_and_for_several_at_once() -> None:
    with ThreadPoolExecutor(4) as pool:
        made = set(pool.map(draw, [CARD] * 8))
    assert len(made) == 1
    assert pixels(CARD).size == (1200, 630)
    digest = hashlib.sha256(made.pop()).hexdigest()
    version = features.version("freetype2")
    assert DIGESTS.get(version or "", digest) == digest, version


def test_what_is_said_is_drawn() -> None:
    other = Card(CARD.kind, CARD.title, (("Who says it", "Somebody Else"),), CARD.brand, CARD.note)
    assert draw(other) != draw(CARD)


@pytest.mark.parametrize("title", ["word " * 400, "가나다 " * 400, "w" * 900, "한" * 900, "", " \n "])
def test_words_of_any_length_stay_inside(title: str) -> None:
    long = Card("k " * 300, title, (("h" * 40, "words " * 90), ("", "x" * 300)), "B" * 200, "note " * 200)
    made = pixels(long).convert("L")
    assert made.crop((1121, 0, 1200, 630)).getextrema() == (255, 255)
    assert made.crop((16, 612, 1200, 630)).getextrema() == (255, 255)
    assert made.crop((16, 0, 79, 630)).getextrema() == (255, 255)


def test_a_script_that_the_font_lacks_is_left_out() -> None:
    empty = Card("Claim", "", (), "Allegata", "")
    assert draw(Card("Claim", "Утверждение", (), "Allegata", "")) == draw(empty)


def test_the_font_has_latin_letters_and_the_syllables_of_korean() -> None:
    syllables = [bytes([row, cell]).decode("euc_kr") for row in range(0xB0, 0xC9) for cell in range(0xA1, 0xFF)]
    latin = [chr(code) for code in (*range(0x20, 0x7F), *range(0xC0, 0x100))]
    assert len(set(syllables)) == 2350
    assert [letter for letter in (*syllables, *latin, *"“”‘’–—…·") if not is_drawn(letter)] == []
    assert not is_drawn("Я") and not is_drawn("ع")


def test_a_letter_that_the_font_lacks_loses_its_accent_before_the_words_are_left_out() -> None:
    assert not is_drawn("Ǻ")
    assert draw(Card("Claim", "Ǻ", (), "Allegata", "")) == draw(Card("Claim", "A", (), "Allegata", ""))


def test_every_claim_of_the_bundled_corpus_has_letters(release: Release) -> None:
    statements = [sides.claim.text for sides in Dataset(release).claims()]
    assert len(statements) > 500
    assert {letter for statement in statements for letter in statement if not is_drawn(letter)} == set()


def test_those_who_have_pictures_drawn_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each holds a thread while it waits for its turn: of one client two may here, of all three."""
    monkeypatch.setattr(card, "_LANE", Lane(3, 2, "picture"))
    with card._drawing, ThreadPoolExecutor(3) as pool:
        waiting = [pool.submit(draw, CARD, client) for client in ("a", "a", "b")]
        until(lambda: card._LANE.taken == 3)
        with pytest.raises(TooManyRequests):
            draw(CARD, "a")
        with pytest.raises(Busy):
            draw(CARD, "c")
        card._drawing.release()
        try:
            assert len({item.result(60) for item in waiting}) == 1
        finally:
            card._drawing.acquire()
    assert card._LANE.taken == 0


def test_a_picture_is_work_within_a_budget_that_does_not_rest_while_it_draws() -> None:
    rests: list[bool] = []
    ticks, lane = iter(range(1_000_000)), Lane(2, 2)

    class Resting(Budget):
        def _look(self, used: float) -> None:
            rests.append(card._drawing.locked())
            super()._look(used)

    with within(Resting(1e9, lane, "a", clock=lambda: next(ticks) / 100)):
        draw(CARD)
        assert lane.taken == 1
    assert len(rests) > 10 and not any(rests)
    with within(Budget(1.0, lane, "a", clock=lambda: next(ticks) / 10)), pytest.raises(WorkTimeout):
        draw(CARD)
    assert not card._drawing.locked() and lane.taken == 0
