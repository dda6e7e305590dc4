"""Nothing is published that could make a protected source known before it is mended or accepted with a reason; all of it invented."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from allegata.corpus.risk import Risk
from allegata.corpus.risk_acceptance import FILE, acceptances, check_risks
from allegata.errors import CorpusSyntaxError, ValidationFailed
from allegata.release.build import build
from allegata.release.risks import found
from other_corpus import _HEAD, _SCHEME
from support import ROOT
from witnesses import assertion, claim, level, person, write_consents, write_public

PLACE = '<place/{0}> a schema:Place ; rdfs:label "{0}"@en .\n'
GROUP = '<actor/{0}> a alg:Party , alg:PopulationGroup ; rdfs:label "{0}"@en .\n'
NUMBER = (
    '<claim/{0}/number> a schema:QuantitativeValue ; schema:value "{1}"^^xsd:integer ; schema:unitText "people" ;\n'
    f"    alg:measure <{_SCHEME}/measure/peopleHeldInPoliticalPrisonCamps> .\n"
)


def quiet(_step: str) -> None:
    """Tell nobody."""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a corpus with nothing that could make anybody known."""
    folder = write_public(tmp_path / "corpus")
    write_consents(folder, "source/informe")
    return folder


def period(slug: str, start: str, kind: str = "gYear") -> str:
    return f'<claim/{slug}/period> a dct:PeriodOfTime ; dcat:startDate "{start}"^^xsd:{kind} ; dcat:endDate "{start}"^^xsd:{kind} .\n'


def account(slug: str, more: str = "", mark: str = "generalised") -> str:
    """Describe an invented claim with the assertion of a protected source."""
    return claim(slug, more) + assertion(f"informe/{slug}", level(mark), claim=slug)


def kinds(root: Path, *texts: str, site: Path | None = None, k: int = 5) -> dict[str, set[str]]:
    """Return the records with a finding, by its kind, of a corpus with a file more."""
    (root / "data" / "near.ttl").write_text(_HEAD + "".join(texts), "utf-8")
    said: dict[str, set[str]] = {}
    for item in found(root, site, k):
        said.setdefault(item.kind, set()).add(item.record)
    return said


def test_nothing_is_found_where_nothing_is_protected(root: Path) -> None:
    assert found(ROOT) == ()
    near = "; alg:place <place/here> ; alg:affects <actor/few> "
    assert kinds(root, account("a", near, "public"), PLACE.format("here"), GROUP.format("few")) == {}


def test_a_combination_that_few_records_share_is_found(root: Path) -> None:
    near = "; alg:place <place/here> ; alg:affects <actor/few> "
    things = PLACE.format("here") + GROUP.format("few")
    assert kinds(root, things, account("a", near)) == {"uniqueCombination": {"assertion/informe/a"}}
    several = "".join(account(f"a{number}", near) for number in range(5))
    assert kinds(root, things, several) == {}
    assert len(kinds(root, things, several, k=6)["uniqueCombination"]) == 5
    assert kinds(root, things, account("a", "; alg:place <place/here> ")) == {}


def test_years_count_as_part_of_a_combination_and_days_are_too_fine(root: Path) -> None:
    near = "; alg:place <place/here> ; dct:temporal <claim/a/period> "
    year = kinds(root, PLACE.format("here"), account("a", near), period("a", "2011"))
    assert year == {"uniqueCombination": {"assertion/informe/a"}}
    day = kinds(root, PLACE.format("here"), account("a", near), period("a", "2011-05-06", "date"))
    assert day["preciseDate"] == {"claim/a/period"}


def test_a_place_with_a_point_is_too_fine(root: Path) -> None:
    point = "<point/here/x> a alg:Point ; alg:locates <place/here> .\n"
    assert kinds(root, PLACE.format("here"), point, account("a", "; alg:place <place/here> ")) == {"precisePlace": {"claim/a"}}


@pytest.mark.parametrize(
    "words",
    (
        "A woman aged 34 was held.",
        "She was taken on 3 May 2011.",
        "His mother was held too.",
        "A teacher was held.",
        "34세의 교사였다.",
        "여교사였다.",
        "2011년 5월에 어머니가 갇혔다.",
    ),
)
def test_words_that_tell_of_somebody_are_found(words: str, root: Path) -> None:
    text = account("a").replace("a was closed.", words)
    assert kinds(root, text) == {"tellingWords": {"claim/a"}}
    assert kinds(root, text.replace("/generalised>", "/public>")) == {}


def test_words_of_many_people_and_years_are_not(root: Path) -> None:
    assert kinds(root, account("a").replace("a was closed.", "People were held in 2011 in the mayoralty.")) == {}


def test_small_numbers_and_small_differences_from_the_last_release_are_found(root: Path, tmp_path: Path) -> None:
    near = "; alg:quantity <claim/a/number> "
    assert kinds(root, account("a", near), NUMBER.format("a", 3)) == {"smallCount": {"claim/a/number"}}
    assert kinds(root, account("a", near), NUMBER.format("a", 40)) == {}
    site = tmp_path / "site"
    build(root, site, quiet)
    head = root / "data" / "corpus.ttl"
    version = next(line for line in head.read_text("utf-8").splitlines() if "dcat:version" in line)
    head.write_text(head.read_text("utf-8").replace('dcat:version "', 'dcat:version "9'), "utf-8")
    assert '"9' in head.read_text("utf-8"), version
    assert kinds(root, account("a", near), NUMBER.format("a", 41), site=site) == {"smallDifference": {"claim/a/number"}}
    assert kinds(root, account("a", near), NUMBER.format("a", 60), site=site) == {}


def test_an_account_needs_consent_to_be_public_and_a_review_for_the_family(root: Path) -> None:
    file = root / "data" / "consent.yaml"
    whole = file.read_text("utf-8").replace("source/informe", "assertion/informe/a")

    def found_with(old: str, new: str) -> set[str]:
        file.write_text(whole.replace(old, new), "utf-8")
        return {kind for kind, records in kinds(root, account("a")).items() if "assertion/informe/a" in records}

    assert kinds(root, account("a")) == {} and found_with("", "") == set()
    assert found_with("informe/a", "informe/b") == {"noConsent"}
    assert found_with("consent: public", "consent: researchers") == {"narrowConsent"}
    assert found_with("noRisk", "atRisk") == {"familyRisk"}
    assert found_with("reviewed: 2026", "reviewed: 2025") == {"familyRisk"}
    for old, new in (
        ("noRisk", "none"),
        ("consent: public", "consent: yes"),
        ("given: 2026-01-01", "given: soon"),
        ("  by:", "  who:"),
        ("  by:", '  by: ""  #'),
    ):
        with pytest.raises(CorpusSyntaxError, match=r"consent\.yaml:\d"):
            found_with(old, new)


def test_a_public_text_that_names_what_is_withheld_is_found(root: Path) -> None:
    (root / "restricted").mkdir()
    (root / "restricted" / "one.ttl").write_text(_HEAD + person("zqxone", level("restricted")), "utf-8")
    assert kinds(root, claim("a").replace("a was closed.", "The institute heard Zqxone name in May.")) == {
        "namesWithheld": {"claim/a"}
    }
    assert kinds(root, claim("a").replace("a was closed.", "The institute heard zqxones.")) == {}


def test_texts_in_further_languages_are_looked_through_too(root: Path) -> None:
    """They are published beside the statements of a release, in whichever language those are."""
    (root / "restricted").mkdir()
    (root / "restricted" / "one.ttl").write_text(_HEAD + person("zqxone", level("restricted")), "utf-8")
    for tag in ("en", "es", "fr", "ko"):
        more = f'<claim/a> alg:statement "Zqxone name, 34 years."@{tag} , "x"@pt .\n'
        assert kinds(root, claim("a"), more) == {"namesWithheld": {"claim/a"}}
        more = f'<claim/a> alg:statement "A woman aged 34 was held."@{tag} .\n'
        assert kinds(root, account("a"), more) == {"tellingWords": {"claim/a"}}


def test_a_build_refuses_until_each_finding_is_mended_or_accepted(root: Path, tmp_path: Path) -> None:
    kinds(root, account("a").replace("a was closed.", "His mother was held too."))
    with pytest.raises(ValidationFailed, match="tellingWords: claim/a") as caught:
        build(root, tmp_path / "site", quiet)
    assert not (tmp_path / "site").exists()
    name = found(root)[0].name
    assert name in caught.value.message
    entry = f"- finding: {name}\n  reason: Many families were held.\n  by: protection officer\n  date: 2026-04-01\n"
    (root / FILE).write_text(entry, "utf-8")
    release = build(root, tmp_path / "site", quiet)
    assert not [path for path in release.folder.rglob("*") if path.is_file() and b"protection officer" in path.read_bytes()]
    kinds(root, account("a").replace("a was closed.", "His father was held too."))
    with pytest.raises(ValidationFailed, match="tellingWords"):
        check_risks(root, found(root))


@pytest.mark.parametrize(
    "text",
    (
        "finding: x\n",
        "- finding: x\n  by: me\n  date: 2026-04-01\n",
        "- finding: x\n  reason: y\n  date: 2026-04-01\n",
        "- finding: x\n  reason: y\n  by: z\n  date: soon\n",
        "- finding: x\n  reason: y\n  by: z\n  date: 2026-04-01\n  because: w\n",
    ),
)
def test_an_acceptance_without_reason_or_by_whom_is_none(text: str, root: Path) -> None:
    (root / FILE).write_text(text, "utf-8")
    with pytest.raises(CorpusSyntaxError, match=r"risk\.yaml:1|risk\.yaml:\d"):
        acceptances(root)


def test_the_command_lists_findings(root: Path, tmp_path: Path) -> None:
    kinds(root, account("a").replace("a was closed.", "His mother was held too."))
    call = (sys.executable, "-m", "allegata", "risk", "--root", str(root), "--site", str(tmp_path / "none"), "--json")
    done = subprocess.run(call, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and [row["accepted"] for row in json.loads(done.stdout)] == [False]
    shutil.rmtree(root / "restricted", ignore_errors=True)


def test_the_name_of_a_finding_follows_from_what_was_found() -> None:
    one, other = (Risk("kind", "record", found, "mend") for found in ("x", "y"))
    assert one.name != other.name and one.name == Risk("kind", "record", "x", "another way").name
