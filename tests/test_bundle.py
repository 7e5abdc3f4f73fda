"""The release: whole or not at all, the same bytes for the same data, and nothing in it but what was built.

`cscip release` writes it; what its descriptions say is the matter of test_package.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from cscip_kg import package, pipeline, store
from cscip_kg.described.downloads import offered
from cscip_kg.errors import ExportError, NoStoreError
from cscip_kg.package import EPOCH, Item
from released import FIXTURE, few, items_of, written
from test_cli import Cscip, cscip

__all__ = ["cscip"]

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def few_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a build of the few records."""
    return few(tmp_path_factory.mktemp("few-build"))


@pytest.fixture(scope="session")
def items(few_build: Path) -> list[Item]:
    """The files of the release of the few records."""
    return items_of(few_build, FIXTURE)


@pytest.fixture
def folder(items: list[Item], tmp_path: Path) -> Path:
    """A release that a test may spoil."""
    return written(items, tmp_path / "release")


def files(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# --- what is in it --------------------------------------------------------------------------------------


def test_a_release_holds_what_a_depositor_needs(items: list[Item]) -> None:
    """Every form of the data, records, ontology, shapes, queries, descriptions, licence, README, sums."""
    paths = {item.path for item in items}
    for download in offered():
        assert [i.download for i in items if i.path.endswith(f"/{download.name}") and not i.in_tree] == [
            download
        ]
    assert {
        "README.md",
        "LICENSE",
        "CITATION.cff",
        "SHA256SUMS",
        "ro-crate-metadata.json",
        "datapackage.json",
        "croissant.json",
        "datacite.json",
        "graph/nanopubs.trig",
        "queries/cscip-queries.ttl",
        "data/interventions/pause.yaml",
        "ontology/cscip.ttl",
        "ontology/context.jsonld",
    } <= paths
    assert {p for p in paths if p.startswith("ontology/shapes/")} == {
        f"ontology/shapes/{path.name}" for path in (ROOT / "ontology" / "shapes").iterdir()
    }
    assert len(paths) == len(items)


@pytest.mark.reference
def test_a_release_of_the_project_holds_its_links(built: Path) -> None:
    """The SSSOM files as they stand, and every record."""
    held = {item.path: item.content for item in items_of(built)}
    ours = {f"data/{path}": content for path, content in files(ROOT / "data").items()}
    assert {path: content for path, content in held.items() if path.startswith("data/")} == ours
    assert sum(path.endswith(".sssom.tsv") for path in ours) > 15


def test_the_licence_is_that_of_the_data_and_the_texts_are_not_there(items: list[Item]) -> None:
    """The licence says whose the sources are; no file is a source text."""
    (licence,) = (item for item in items if item.path == "LICENSE")
    assert licence.content == (ROOT / "LICENSE-DATA").read_bytes()
    digests = {item.sha256 for item in items}
    printed = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "data" / "sources").glob("*.yaml"))
    texts = re.findall(r"^sha256: (\w{64})$", printed, re.MULTILINE)
    assert len(texts) == 5
    assert not digests & set(texts)


def test_the_readme_names_every_file_and_what_to_bear_in_mind(items: list[Item]) -> None:
    """A row for each file outside the folders that stand there whole; the caution; the sources."""
    text = next(item.content for item in items if item.path == "README.md").decode()
    for item in items:
        if item.path != "README.md":
            shown = f"`{item.path.partition('/')[0]}/`" if item.in_tree else f"`{item.path}`"
            assert f"| {shown} |" in text, item.path
    assert "cannot show what caused a result" in text
    assert "final evaluation report" in text
    assert "sha256sum -c SHA256SUMS" in text


def test_the_graph_can_be_made_again_from_a_release(folder: Path, few_build: Path, tmp_path: Path) -> None:
    """The records that lie in it give the build that it was made of, to the last statement."""
    outcome = pipeline.build(folder / "data", tmp_path / "again")
    assert outcome.build is not None
    assert outcome.build.id == store.describe(few_build).id
    assert (folder / "README.md").read_text().count(outcome.build.id) == 1


# --- checksums ------------------------------------------------------------------------------------------


def sums(folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_sha256sum_accepts_the_release(folder: Path) -> None:
    """Every file but the list itself stands in it, and each is as it says."""
    done = sums(folder)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    listed = {line.split("  ", 1)[1] for line in (folder / "SHA256SUMS").read_text().splitlines()}
    assert listed == files(folder).keys() - {"SHA256SUMS"}


@pytest.mark.parametrize("name", ["graph/cscip.nq", "README.md", "ro-crate-metadata.json"])
def test_sha256sum_finds_a_changed_byte(folder: Path, name: str) -> None:
    """Also in the descriptions."""
    path = folder / name
    content = bytearray(path.read_bytes())
    content[-2] ^= 1
    path.write_bytes(content)
    done = sums(folder)
    assert done.returncode == 1
    assert f"{name}: FAILED" in done.stdout


# --- the same bytes -------------------------------------------------------------------------------------

RELEASER = """
import sys
from pathlib import Path
from cscip_kg import package, pipeline
folder, data = map(Path, sys.argv[1:])
assert pipeline.build(data, folder / "build").build
package.write(package.release(folder / "build", data), folder / "release")
package.write(package.release(folder / "build", data), folder / "release.zip")
"""


def test_two_releases_of_the_same_data_are_the_same(tmp_path: Path) -> None:
    """Two processes with other hash seeds and time zones write the same files and the same archive."""
    environments = [
        {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone}
        for seed, zone in (("1", "Pacific/Kiritimati"), ("2", "Pacific/Niue"))
    ]
    for environment in environments:
        environment.pop(EPOCH, None)
    running = [
        subprocess.Popen(
            [sys.executable, "-c", RELEASER, str(tmp_path / str(place)), str(FIXTURE)], env=environment
        )
        for place, environment in enumerate(environments)
    ]
    assert [process.wait(timeout=300) for process in running] == [0, 0]
    first, second = (files(tmp_path / place / "release") for place in "01")
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []
    assert (tmp_path / "0" / "release.zip").read_bytes() == (tmp_path / "1" / "release.zip").read_bytes()


def test_the_day_is_that_of_the_data_or_of_the_environment(
    few_build: Path, items: list[Item], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The latest day on which something of the data was made; SOURCE_DATE_EPOCH stands above it."""
    (citation,) = (item for item in items if item.path == "CITATION.cff")
    assert b"\ndate-released: 2026-11-23\n" in citation.content
    monkeypatch.setenv(EPOCH, "1700000000")
    dated = {item.path: item.content for item in items_of(few_build, FIXTURE)}
    assert b"\ndate-released: 2023-11-14\n" in dated["CITATION.cff"]
    assert b'"2023-11-14T00:00:00Z"' in dated["graph/nanopubs.trig"]
    before = {item.path: item.content for item in items}
    assert dated["graph/cscip.nq"] == before["graph/cscip.nq"]


@pytest.mark.parametrize("value", ["today", "1.5", "9" * 30])
def test_a_day_that_is_none_is_refused(few_build: Path, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    """The message names the variable and what it should be."""
    monkeypatch.setenv(EPOCH, value)
    with pytest.raises(ExportError, match=rf"{EPOCH} is '{value}'. Set it to seconds since 1970"):
        items_of(few_build, FIXTURE)


# --- whole or not at all --------------------------------------------------------------------------------


def test_a_release_that_cannot_be_written_to_its_end_leaves_nothing(
    items: list[Item], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full half-way: no folder of that name, and nothing aside."""
    write, left = Path.write_bytes, [20]

    def full(path: Path, content: bytes) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ExportError, match="No space left on device"):
        package.write(items, tmp_path / "release")
    assert left[0] < 0
    assert list(tmp_path.iterdir()) == []


def test_a_release_is_never_written_over(items: list[Item], folder: Path, tmp_path: Path) -> None:
    """Neither a folder with something in it nor a file is touched; an empty folder is filled."""
    before = files(folder)
    (tmp_path / "file").write_text("mine")
    (tmp_path / "old.zip").write_text("mine")
    for place in (folder, tmp_path / "file", tmp_path / "old.zip"):
        with pytest.raises(ExportError, match="is there already"):
            package.write(items[:3], place)
    assert files(folder) == before
    assert (tmp_path / "old.zip").read_text() == "mine"
    (tmp_path / "empty").mkdir()
    package.write(items[:3], tmp_path / "empty")
    assert len(files(tmp_path / "empty")) == 3
    assert stat.S_IMODE((tmp_path / "empty").stat().st_mode) == 0o755


def test_an_archive_holds_the_same_files(items: list[Item], tmp_path: Path) -> None:
    """At its top, as a crate wants it, under a fixed day."""
    package.write(items, tmp_path / "release.zip")
    with zipfile.ZipFile(tmp_path / "release.zip") as archive:
        assert archive.testzip() is None
        assert {n: archive.read(n) for n in archive.namelist()} == {i.path: i.content for i in items}
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# --- of one state ---------------------------------------------------------------------------------------


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A copy of the few records that a test may change."""
    return shutil.copytree(FIXTURE, tmp_path / "records")


def test_records_that_the_graph_was_not_built_from_are_refused(few_build: Path, records: Path) -> None:
    """A record was changed after the build: the message says what to do."""
    path = records / "interventions" / "pause.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("direction: decrease", "direction: increase"))
    with pytest.raises(ExportError, match=r"is not what the records.*Run: cscip build"):
        package.release(few_build, records)


def test_a_build_of_another_version_is_refused(
    few_build: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A release names one version: that of the program and that of the build must be the same."""
    build = tmp_path / "build"
    shutil.copytree(few_build, build, symlinks=True)
    note = store.current(build) / "build.json"
    note.write_text(note.read_text().replace('"version": "', '"version": "9.'))
    with pytest.raises(ExportError, match="Run: cscip build"):
        package.release(build, FIXTURE)


@pytest.mark.parametrize("name", ["notes.docx", "sources/text.txt", ".env"])
def test_what_is_no_record_is_not_given_away(few_build: Path, records: Path, name: str) -> None:
    """A file of another kind that lies among the records by mistake is named, and nothing is released."""
    (records / name).write_text("private")
    with pytest.raises(ExportError, match=rf"records/{name}"):
        package.release(few_build, records)


def test_without_the_library_nothing_is_begun(few_build: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package for nanopublications is an extra: the message names it, before any work is done."""
    monkeypatch.setitem(sys.modules, "nanopub.trustyuri.rdf", None)
    stages: list[str] = []
    with pytest.raises(ExportError, match=r'pip install "cscip-kg\[release\]"'):
        package.release(few_build, FIXTURE, tell=stages.append)
    assert stages == []


def test_without_a_build_there_is_no_release(tmp_path: Path) -> None:
    """The message says what to do first."""
    with pytest.raises(NoStoreError, match="cscip build"):
        package.release(tmp_path)


# --- the command ----------------------------------------------------------------------------------------


@pytest.fixture
def release(cscip: Cscip, few_build: Path) -> Callable[..., object]:
    """Runs `cscip release` over the few records."""

    def run(*arguments: str) -> object:
        return cscip("release", "--data", str(FIXTURE), "--build-dir", str(few_build), *arguments)

    return run


def test_the_command_writes_a_release_and_says_how_to_check_it(release: Cscip, tmp_path: Path) -> None:
    """The folder on standard output, the numbers and the next step on standard error."""
    done = release("-o", str(tmp_path / "release"))
    assert (done.code, done.out) == (0, f"{tmp_path / 'release'}\n"), done.err
    held = files(tmp_path / "release")
    assert f"{len(held):,} files, {sum(map(len, held.values())):,} bytes." in done.err
    assert "sha256sum -c SHA256SUMS" in done.err
    assert sums(tmp_path / "release").returncode == 0


def test_the_command_adds_what_changed_since_a_version(release: Cscip, folder: Path, tmp_path: Path) -> None:
    """The changes lie in the release, for people and programs, and are described like all else."""
    old = tmp_path / "old.nq"
    quads = list(ox.parse(path=folder / "graph" / "cscip.nq", format=ox.RdfFormat.N_QUADS))
    gone = next(q for q in quads if q.subject.value.endswith("pause-round-2#infants-entering-care"))
    old.write_bytes(ox.serialize([q for q in quads if q != gone], format=ox.RdfFormat.N_QUADS) or b"")
    done = release("--since", str(old), "-o", str(tmp_path / "new"))
    assert done.code == 0, done.err
    told = (tmp_path / "new" / "changes" / "CHANGES.md").read_text(encoding="utf-8")
    assert "1 are new and 0 are there no more" in told
    assert "`changes/changes.csv`" in (tmp_path / "new" / "README.md").read_text(encoding="utf-8")
    assert '"changes/changes.ttl"' in (tmp_path / "new" / "ro-crate-metadata.json").read_text(
        encoding="utf-8"
    )
    assert sums(tmp_path / "new").returncode == 0


def test_the_command_looks_before_it_works(release: Cscip, folder: Path, tmp_path: Path) -> None:
    """A place that is taken and a version that cannot be read are told at once; nothing is written."""
    done = release("-o", str(folder))
    assert (done.code, done.out) == (2, "")
    assert "is there already" in done.err
    assert "·" not in done.err
    done = release("-o", str(tmp_path / "new"), "--since", str(tmp_path / "none.nq"))
    assert (done.code, done.out, (tmp_path / "new").exists()) == (2, "", False)
    assert "none.nq" in done.err
