"""Pictures are drawn on the server: what they show, and that the words beside them say the same."""

from __future__ import annotations

import re
from html import unescape

import pytest

from allegata.domain import Commitment, Value
from allegata.web.pages.evidence_mix import evidence_picture, mixed
from allegata.web.svg import Dated, matrix, parted, span, stacked, strip

BASE = "https://w3id.org/allegata/"
CHINA, JAPAN = Value("China", f"{BASE}actor/china"), Value("Japan", f"{BASE}actor/japan")
PACT = Value("Pact <on> everything", f"{BASE}instrument/pact")


def act(state: Value, name: str, date: str) -> Commitment:
    return Commitment(f"{BASE}commitment/x", state, PACT, Value(name, f"{BASE}scheme/act/{name}"), date, (), "")


def said(picture: str) -> str:
    return unescape(re.findall(r"<desc[^>]*>(.*?)</desc>", picture, re.DOTALL)[0])


def kinds(**numbers: int) -> list[tuple[Value, int]]:
    return [(Value(word, f"{BASE}scheme/evidence-kind/{word}"), number) for word, number in numbers.items()]


def test_the_matrix_tells_bound_from_signed_and_marks_reservations() -> None:
    cells = {
        (PACT, CHINA): [
            act(CHINA, "signature", "1990-01-01"),
            act(CHINA, "ratification", "1992-05-06"),
            act(CHINA, "reservation", "1992-05-06"),
        ],
        (PACT, JAPAN): [act(JAPAN, "signature", "1991-02-03")],
    }
    picture = matrix("Acts", [PACT], [CHINA, JAPAN], cells)
    assert re.findall(r'class="(mark[^"]*)"', picture) == ["mark", "mark hollow"]
    assert "1992" in picture and ">1991<" in picture and ">R<" in picture and "<on>" not in picture
    assert said(picture) == (
        "Pact <on> everything, China: signature 1990, ratification 1992, reservation 1992; Pact <on> everything, Japan: signature 1991"
    )


def test_an_act_without_signature_or_bond_is_a_letter_alone() -> None:
    picture = matrix("Acts", [PACT], [CHINA], {(PACT, CHINA): [act(CHINA, "withdrawalNotice", "1997-08")]})
    assert ">N<" in picture and "<circle" not in picture


def test_names_of_parts_stand_apart_in_letters_of_any_width() -> None:
    for words in (("stated evidence", "argument"), ("밝혀진 근거", "논증")):
        picture = stacked("Kinds", [("One", [(word, 40) for word in words])])
        at = [float(x) for x in re.findall(r'<rect x="([\d.]+)"[^>]*height="14"', picture)]
        width = sum(13 if "\uac00" <= letter <= "\ud7a3" else 7 for letter in words[0])
        assert len(at) == 2 and at[1] - at[0] >= 20 + width


def test_the_strip_has_a_bar_for_each_year_as_high_as_it_has_things() -> None:
    items = [
        Dated("1953", "", "event"),
        Dated("1953-07", "", "claim"),
        Dated("", "2014", "claim"),
        Dated("2014", "2016", "claim"),
    ]
    drawn = strip("All", items)
    bars = re.findall(r'<rect x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)" class="span (\w+)"', drawn)
    assert [kind for *_, kind in bars] == ["event", "claim", "claim"]
    assert bars[0][0] == bars[1][0] < bars[2][0] and float(bars[2][3]) == 2 * float(bars[0][3])
    assert said(drawn) == "1953: 2; 2014: 2" and strip("None", []) == ""
    assert [item.order for item in items] == sorted(item.order for item in items)


def test_a_time_is_a_day_or_has_a_beginning_and_an_end() -> None:
    times = [("1953-07-27", "1953-07-27"), ("1995", "1998"), ("", "2017"), ("2014", "")]
    assert [span(Dated(start, end, "event")) for start, end in times] == ["1953-07-27", "1995 to 1998", "until 2017", "2014"]


def test_shares_make_every_bar_as_long_as_the_others() -> None:
    rows = [("Few", [("yes", 1), ("no", 3)]), ("Many", [("yes", 100), ("no", 300)])]
    widths = [float(width) for width in re.findall(r'width="([\d.]+)" height="20"', stacked("Both", rows, shares=True))]
    assert widths[:2] == widths[2:] and widths[1] == 3 * widths[0]
    counted = [float(width) for width in re.findall(r'width="([\d.]+)" height="20"', stacked("Both", rows))]
    assert counted[0] < counted[2] / 50 and said(stacked("Both", rows)) == "Few: 1 yes, 3 no; Many: 100 yes, 300 no"


def test_kinds_of_evidence_are_summed_up_in_five_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("allegata.web.pages.evidence_mix.concept_name", lambda _scheme, name: name)
    numbers = kinds(witnessTestimony=2, notStated=5, reasoning=1, citationTargetLost=3, referenceIsSearchPage=1, legalText=1)
    assert mixed(numbers) == [3, 1, 5, 1, 3] and mixed([]) == [0] * 5
    document = Value("A document", f"{BASE}source/x")
    assert said(evidence_picture([(document, numbers)])).startswith(
        "A document: 3 named evidence, 1 reasoning, 5 nothing stated, 1 search page, 3 link lost in the copy"
    )
    assert evidence_picture([]) == ""
    widths = [float(width) for width in re.findall(r'<rect x="[\d.]+" width="([\d.]+)"', parted(mixed(numbers)))]
    assert len(widths) == 5 and abs(sum(widths) - 100) < 0.3
