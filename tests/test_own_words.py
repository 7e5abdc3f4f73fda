"""No sentence of a source stands in the project: facts, names and titles carry over, sentences do not."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
from pyoxigraph import Literal, Quad

from cscip_kg.namespaces import CSCIP, DCTERMS, LABEL, SKOS

ROOT = Path(__file__).parents[1]
SOURCES = ROOT.parent / "shared" / "sources"
RUN = 8
PROSE = {".md", ".py", ".rq", ".ttl", ".toml", ".cff", ""}
PRINTED = (
    "printedName reportTitle printedLabel heading row column table printedPage evaluatorsAsPrinted "
    "periodAsPrinted fundingAsPrinted"
).split(" ")
NAMES = {
    *(CSCIP + name for name in PRINTED),
    DCTERMS + "title",
    SKOS + "prefLabel",
    SKOS + "altLabel",
    LABEL.value,
}

pytestmark = pytest.mark.sources


def words(text: str) -> list[str]:
    """Return the words of a text, small, apostrophes alike, signs left out."""
    return re.findall(r"[a-z0-9£%']+", text.lower().replace("\u2019", "'"))


def runs(text: str) -> set[tuple[str, ...]]:
    """Return every run of eight words of a text."""
    found = words(text)
    return {tuple(found[i : i + RUN]) for i in range(len(found) - RUN + 1)}


@pytest.fixture(scope="module")
def borrowed() -> set[tuple[str, ...]]:
    """Every run of eight words of the five sources."""
    if not SOURCES.is_dir():
        pytest.fail(f"The source texts are not at {SOURCES}: put them beside the checkout.")
    texts = [path.read_text(encoding="utf-8") for path in sorted(SOURCES.glob("*.txt"))]
    assert len(texts) == 5
    return set().union(*map(runs, texts))


@pytest.fixture(scope="module")
def names(quads: list[Quad]) -> set[tuple[str, ...]]:
    """Every run of eight words within a name or title that the graph keeps as printed."""
    kept = {q.object.value for q in quads if q.predicate.value in NAMES and isinstance(q.object, Literal)}
    return set().union(*map(runs, kept))


def test_the_check_sees_a_copied_run(borrowed: set[tuple[str, ...]]) -> None:
    """A run that stands in a source is found, across line ends and in capitals."""
    path = min(SOURCES.glob("*.txt"))
    sentence = " ".join(words(path.read_text(encoding="utf-8"))[400:412]).upper()
    assert runs(f"we say: {sentence}!") & borrowed


def test_no_record_copies_a_sentence(
    quads: list[Quad], borrowed: set[tuple[str, ...]], names: set[tuple[str, ...]]
) -> None:
    """Our own text in records and vocabularies shares no run of eight words with a source but in names."""
    ours = {q for q in quads if isinstance(q.object, Literal) and q.predicate.value not in NAMES}
    copied = {
        (q.subject.value, " ".join(run))  # type: ignore[union-attr]
        for q in ours
        for run in (runs(q.object.value) & borrowed) - names  # type: ignore[union-attr]
    }
    assert copied == set()


def test_no_file_of_prose_copies_a_sentence(
    borrowed: set[tuple[str, ...]], names: set[tuple[str, ...]]
) -> None:
    """Documents, code, queries and vocabularies share no run of eight words with a source but in names."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, text=True, capture_output=True, check=True).stdout
    files = [ROOT / name for name in listed.splitlines() if Path(name).suffix in PROSE]
    allowed = names | runs((ROOT / "LICENSE").read_text(encoding="utf-8"))
    copied = {
        (path.name, " ".join(run))
        for path in files
        for line in path.read_text(encoding="utf-8").splitlines()
        for run in (runs(line) & borrowed) - allowed
    }
    assert copied == set()
