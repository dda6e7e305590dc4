"""What claims lose where evidence is withdrawn: the same as by deleting it from the data, and as by building without it."""

from __future__ import annotations

import random
from collections import defaultdict
from pathlib import Path

import pytest

from allegata.domain.dataset import Dataset
from allegata.errors import BadRequest
from allegata.release.build import build
from allegata.release.site import current
from releases import BASE, build_versions

SCHEME = "https://w3id.org/allegata/scheme"
SOURCES, LINES, CLAIMS = (tuple(f"{kind}/{kind[0]}{n}" for n in range(7)) for kind in ("source", "evidence-line", "claim"))
#: The lines that are offered by uses with a direction, as the model has it now; the others have one of their own, as in 0.1.
BY_USES = {*LINES[:4], LINES[-1]}
PREFIXES = f"""\
@base <{BASE}> .
@prefix alg: <https://w3id.org/allegata/ns#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""


class Evidence:
    """Assertions with claim, polarity, sources and lines, and lines with direction and grounds, drawn at random but fixed."""

    def __init__(self) -> None:
        dice = random.Random(20250301)
        self.grounds = {line: set(dice.sample(SOURCES, dice.choice((0, 1, 1, 2)))) for line in LINES}
        self.supports = {line: line != LINES[-1] for line in LINES}
        self.assertions = {
            f"assertion/a{n}": (
                dice.choice(CLAIMS),
                dice.choice(("affirms", "affirms", "affirms", "denies")),
                {dice.choice(SOURCES)},
                set(dice.sample(LINES, dice.choice((0, 1, 1, 2, 3)))),
            )
            for n in range(24)
        }

    def without(self, withdrawn: set[str]) -> Evidence:
        """Return what is left where things are deleted, then lines that lose all grounds, then assertions found nowhere."""
        left = Evidence()
        left.grounds = {
            line: grounds - withdrawn
            for line, grounds in self.grounds.items()
            if line not in withdrawn and (not grounds or grounds - withdrawn)
        }
        left.assertions = {
            name: (claim, polarity, found - withdrawn, lines & set(left.grounds))
            for name, (claim, polarity, found, lines) in self.assertions.items()
            if found - withdrawn
        }
        return left

    def support(self) -> dict[str, set[str]]:
        """Return the lines of evidence for each claim."""
        result: dict[str, set[str]] = defaultdict(set)
        for claim, polarity, _, lines in self.assertions.values():
            if polarity == "affirms":
                result[claim] |= {line for line in lines if self.supports[line]}
        return {claim: lines for claim, lines in result.items() if lines}

    def turtle(self) -> str:
        """Write it as a file of a corpus."""
        rows = [
            f'<actor/someone> a <http://www.w3.org/ns/prov#Agent> , <http://schema.org/Person> ; rdfs:label "Someone"@en ;'
            f" alg:namedBecause <{SCHEME}/ground/publicOffice> ."
        ]
        rows += [
            f'<{s}> a alg:Source ; rdfs:label "{s}"@en ; dct:title "{s}"@en ; alg:targetStatus <{SCHEME}/target-status/namedOnly> .'
            for s in SOURCES
        ]
        for line, grounds in self.grounds.items():
            rests = "".join(f" ; alg:restsOn <{ground}>" for ground in sorted(grounds))
            rows.append(
                f'<{line}> a alg:EvidenceLine ; rdfs:label "{line}"@en ; dct:description "{line}."@en{rests} ;'
                f" alg:evidenceKind <{SCHEME}/evidence-kind/witnessTestimony>{'' if line in BY_USES else self._way(line)} ."
            )
        rows += [
            f'<{c}> a alg:Claim ; alg:statement "Statement {c}."@en ; alg:topic <{SCHEME}/topic/education> .'
            for c in sorted({claim for claim, *_ in self.assertions.values()})
        ]
        for name, (claim, polarity, found, lines) in self.assertions.items():
            uses = {line: f"{name}/evidence/{line.rpartition('/')[2]}" for line in sorted(lines) if line in BY_USES}
            offered = "".join(f" ; alg:evidenceLine <{line}>" for line in sorted(lines - uses.keys()))
            offered += "".join(f" ; alg:evidenceUse <{use}>" for use in uses.values())
            rows += [f"<{use}> a alg:EvidenceUse ; alg:usedLine <{line}>{self._way(line)} ." for line, use in uses.items()]
            stands = "".join(f" ; alg:statedIn <{source}>" for source in sorted(found))
            rows.append(
                f"<{name}> a alg:Assertion ; alg:asserts <{claim}> ; alg:polarity <{SCHEME}/polarity/{polarity}>{stands}{offered} ;"
                f" alg:assertedBy <actor/someone> ; alg:modality <{SCHEME}/modality/categorical> ;"
                f" alg:evidenceKind <{SCHEME}/evidence-kind/witnessTestimony> ; alg:protectionLevel <{SCHEME}/protection-level/public> ;"
                f' alg:noAnchorBecause "It was made for a test."@en .'
            )
        return PREFIXES + "\n".join(rows) + "\n"

    def _way(self, line: str) -> str:
        return f" ; alg:direction <{SCHEME}/direction/{'supports' if self.supports[line] else 'disputes'}>"


WHOLE = Evidence()


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a corpus that holds the evidence, built once."""
    folder = tmp_path_factory.mktemp("evidence")
    build_versions(folder, "1.1")
    return built(folder, WHOLE)


def built(folder: Path, evidence: Evidence) -> Path:
    """Build the corpus in a folder with some evidence, and give the folder."""
    (folder / "corpus" / "data" / "evidence.ttl").write_text(evidence.turtle(), "utf-8")
    build(folder / "corpus", folder / "site", lambda _step: None)
    return folder


@pytest.fixture(scope="module")
def dataset(corpus: Path) -> Dataset:
    return Dataset(current(corpus / "site"))


def answered(dataset: Dataset, withdrawn: set[str]) -> dict[str, tuple[set[str], set[str]]]:
    """Return the claims with the lines that they lose and keep, by path."""
    answer = dataset.what_if(*withdrawn)
    assert all(not support.kept for support in answer.lost) and all(support.kept for support in answer.kept)
    return {
        path(support.claim.iri): ({path(line.iri) for line in support.lost}, {path(line.iri) for line in support.kept})
        for support in (*answer.lost, *answer.kept)
    }


def path(iri: str) -> str:
    return iri.removeprefix(BASE)


def test_a_withdrawal_is_answered_as_by_deleting_it(dataset: Dataset) -> None:
    dice, before = random.Random(7), WHOLE.support()
    losses = 0
    for _ in range(200):
        withdrawn = set(dice.sample((*SOURCES, *LINES), dice.randint(1, 6)))
        after = WHOLE.without(withdrawn).support()
        expected = {claim: (lines - after.get(claim, set()), after.get(claim, set())) for claim, lines in before.items()}
        assert answered(dataset, withdrawn) == {claim: pair for claim, pair in expected.items() if pair[0]}, withdrawn
        losses += any(pair[0] and not pair[1] for pair in expected.values())
    assert losses > 100


@pytest.mark.parametrize("seed", range(5))
def test_a_withdrawal_is_answered_as_by_building_without_it(
    dataset: Dataset, seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    withdrawn = set(random.Random(seed).sample((*SOURCES, *LINES), 4))
    folder = tmp_path_factory.mktemp("without")
    build_versions(folder, "1.1")
    smaller = Dataset(current(built(folder, WHOLE.without(withdrawn)) / "site"))
    left: dict[str, set[str]] = defaultdict(set)
    for item in smaller.assertions():
        if item.polarity.text == "affirms":
            left[path(item.claim.iri)] |= {path(line.line.iri) for line in item.lines if line.direction[0].text == "supports"}
    expected = {claim: (lines - left[claim], left[claim]) for claim, lines in WHOLE.support().items()}
    assert answered(dataset, withdrawn) == {claim: pair for claim, pair in expected.items() if pair[0]}


def test_only_what_evidence_rests_on_is_withdrawn(dataset: Dataset) -> None:
    with pytest.raises(BadRequest, match="no source and no line of evidence"):
        dataset.what_if("actor/someone")
