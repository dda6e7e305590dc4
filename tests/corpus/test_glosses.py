"""What claims say in further languages stands beside a corpus, a file for each language, and is no statement of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from allegata.corpus.glosses import read_glosses
from allegata.corpus.partition import partition
from allegata.corpus.quad_file import QuadFile
from allegata.corpus.reader import read, read_to_disk
from allegata.errors import CorpusError
from other_corpus import BASE, write_other_corpus

HEAD = f"@base <{BASE}> .\n@prefix alg: <https://w3id.org/allegata/ns#> .\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Return a corpus whose claims are in Spanish."""
    return write_other_corpus(tmp_path / "corpus")


def write(root: Path, language: str, *lines: str, folder: str = "data") -> Path:
    """Write the glosses of a language."""
    path = root / folder / "glosses" / f"{language}.ttl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(HEAD + "\n".join(lines), "utf-8")
    return path


def claim_of(root: Path) -> str:
    """Return the path of a claim of a corpus."""
    found = (str(quad.subject) for quad in read(root).quads if quad.predicate.value.endswith("#statement"))
    return min(found).strip("<>").removeprefix(BASE)


def test_glosses_are_read_beside_the_statements(root: Path, tmp_path: Path) -> None:
    before, claim = read(root), claim_of(root)
    write(root, "ko", f'<{claim}> alg:statement "학교에 관한 주장"@ko .')
    write(root, "en", f'<{claim}> alg:statement "A claim about schools."@en .')
    memory, disk = read(root), read_to_disk(root, tmp_path / "quads.nq")
    assert isinstance(disk.quads, QuadFile)
    assert set(memory.quads) == set(disk.quads) == set(before.quads) and memory.files == before.files
    assert [str(triple.object)[-3:] for triple in memory.glosses] == ["@en", "@ko"]
    assert disk.glosses == memory.glosses and before.glosses == ()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('<{claim}> alg:statement "A claim."@en .', "is no gloss"),
        ('<{claim}> alg:statement "주장" .', "is no gloss"),
        ('<{claim}> alg:phrase "주장"@ko .', "is no gloss"),
        ('<claim/nowhere> alg:statement "주장"@ko .', "is no claim of the corpus"),
        ('<{claim}> alg:statement "주장"@ko , "다른 주장"@ko .', "already"),
    ],
)
def test_a_gloss_says_what_a_claim_says_once_in_the_language_of_its_file(root: Path, line: str, says: str) -> None:
    path = write(root, "ko", line.format(claim=claim_of(root)))
    with pytest.raises(CorpusError, match=says) as error:
        read(root)
    assert str(path) in str(error.value)


def test_a_gloss_in_the_language_of_the_claim_is_refused(root: Path) -> None:
    write(root, "es", f'<{claim_of(root)}> alg:statement "Otra vez."@es .')
    with pytest.raises(CorpusError, match="already"):
        read(root)


def test_the_gloss_of_a_claim_that_is_withheld_is_withheld(root: Path) -> None:
    claim = claim_of(root)
    gloss = write(root, "ko", f'<{claim}> alg:statement "학교에 관한 주장"@ko .')
    level = root / "data" / "levels.ttl"
    level.write_text(
        f"{HEAD}<{claim}> alg:protectionLevel <https://w3id.org/allegata/scheme/protection-level/restricted> .", "utf-8"
    )
    assert partition(read(root)).corpus.glosses == ()
    assert len(partition(read(root), restricted=True).corpus.glosses) == 1
    gloss.unlink()
    write(root, "ko", f'<{claim}> alg:statement "학교에 관한 주장"@ko .', folder="restricted")
    assert partition(read(root)).corpus.glosses == () and len(read_glosses(root, read(root).quads)) == 1
