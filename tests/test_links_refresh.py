"""What the sources of links hold today: extracts that are whole, changes that are told, links that stay.

The recorded answers are the extracts beside the checkout, served on loopback; made-up ones show everywhere
what a source may do.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cscip_kg import links
from cscip_kg.assets import data_dir
from cscip_kg.errors import RemoteError, RemoteFormatError, RemoteRefusedError, TextsError
from cscip_kg.links import SOURCES, Link, LinkSet, Refreshed, load_links
from cscip_kg.links.checking import Snapshots, check_snapshots
from cscip_kg.namespaces import ID
from cscip_kg.remote import Budget, fetch
from stub_store import Answering, Asked, Stub, answer, saying, stub
from test_cli import Cscip, cscip, refused
from test_links import SNAPSHOTS
from test_remote_hostile import BOMB, GRACE, endless, silence, trickle_body

__all__ = ["cscip"]

AREAS = (
    "new_la_code,la_name,date_of_operation,date_of_termination\n"
    "E10000023,North Yorkshire,01/01/2009,31/03/2023\n"
    "E06000015,Derby,01/01/2009,\n"
)
RECORD: dict[str, Any] = {
    "id": "https://ror.org/04m01e293",
    "names": [{"value": "University of York", "lang": "en"}],
    "external_ids": [{"all": ["Q967165"], "type": "wikidata"}],
    "status": "active",
}
RELATED = {
    "id": "https://ror.org/05wnh3t63",
    "names": [{"value": "Government of the United Kingdom"}],
    "relationships": [
        {"id": "https://ror.org/0320bge18", "label": "Department for Education", "type": "child"}
    ],
    "status": "active",
}
KINDS = {".csv": "text/plain; charset=utf-8", ".jsonl": "application/json"}
Fetched = Callable[[str, tuple[str, ...]], bytes]


def link(evidence: str, line: int = 40) -> Link:
    """Return a link of which only the evidence matters."""
    derby = f"{ID}area/derby"
    return Link(
        "data/links/x.sssom.tsv", line, derby, "Derby", "", "http://e.org/1", "",
        "", "", "", "", "", ("", ""), (evidence,), ("v1",), "snapshot",
    )  # fmt: skip


def linked(*evidence: str) -> list[LinkSet]:
    """Return one link set of links with this evidence, one each."""
    made = tuple(link(piece, number) for number, piece in enumerate(evidence, 40))
    return [LinkSet("x", "data/links/x.sssom.tsv", "", "", "", "", "", made)]


DERBY = "dfe_las.csv?new_la_code=E06000015&la_name=Derby"
YORK = "ror_records.jsonl?id=https://ror.org/04m01e293&names=University of York"
DFE = (
    "ror_records.jsonl?relationships.id=https://ror.org/0320bge18"
    "&relationships.label=Department for Education"
)


def lines(*records: Mapping[str, Any]) -> str:
    """Return records one a line."""
    return "".join(json.dumps(one) + "\n" for one in records)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A folder of two extracts with their manifest."""
    folder = tmp_path / "old"
    folder.mkdir()
    manifest = "file,commit_or_version,extract_sha256\n"
    for name, text in (("dfe_las.csv", AREAS), ("ror_records.jsonl", lines(RECORD, RELATED))):
        (folder / name).write_text(text, encoding="utf-8")
        manifest += f"{name},v1,{hashlib.sha256(text.encode()).hexdigest()}\n"
    (folder / "MANIFEST.csv").write_text(manifest, encoding="utf-8")
    return folder


def quiet(_: str) -> None:
    pass


def refreshed(old: Path, name: str, fetched: Fetched, *evidence: str) -> Refreshed:
    """Compare one source with what is fetched in its place."""
    return links.refresh(linked(*evidence), old, {SOURCES[name]: "http://there/"}, lambda: fetched, quiet)


def table(text: str) -> Fetched:
    """Return what fetches this table."""
    return lambda _url, _types: text.encode()


def records(*found: Mapping[str, Any]) -> Fetched:
    """Return what fetches these records by their ids, and tells that there is no other."""
    known = {"http://there/" + str(one["id"]).rpartition("/")[2]: one for one in found}

    def fetched(url: str, _types: tuple[str, ...]) -> bytes:
        if url not in known:
            raise RemoteRefusedError("no such record", 404)
        return json.dumps(known[url]).encode()

    return fetched


def told(done: Refreshed) -> list[tuple[str, str, str, str, str]]:
    """Return the changes without what is the same in all."""
    return [(one.key, one.what, one.column, one.before, one.after) for one in done.changes]


# --- what changed ---------------------------------------------------------------------------------------


def test_nothing_changed_is_nothing_to_review(old: Path) -> None:
    """The same rows in another order, with more columns and with words of another site, are no change."""
    rows = AREAS.splitlines()
    moved = (
        "\n".join(f"{row},{extra}" for row, extra in zip([rows[0], rows[2], rows[1]], "nab", strict=True))
        + "\n"
    )
    done = refreshed(old, "dfe_las", table(moved), DERBY)
    assert (told(done), len(done.looked_at), done.faults) == ([], 1, {})
    assert done.extracts["dfe_las"].body.decode().splitlines()[0] == rows[0]
    more = RECORD | {"domains": ["york.ac.uk"], "locations": [{"geonames_id": 1}]}
    done = refreshed(old, "ror_records", records(more, RELATED), YORK, DFE)
    assert (told(done), len(done.looked_at)) == ([], 2)
    assert b"york.ac.uk" not in done.extracts["ror_records"].body


def test_what_a_link_rests_on_is_told_from_what_stands_beside_it(old: Path) -> None:
    """Another name undoes the evidence; that a code has ended stands beside it: both are told."""
    now = AREAS.replace("Derby,01/01/2009,", "Derby City,01/01/2009,31/03/2027")
    done = refreshed(old, "dfe_las", table(now), DERBY)
    assert told(done) == [
        ("E06000015", "evidence changed", "la_name", "Derby", "Derby City"),
        ("E06000015", "changed beside the evidence", "date_of_termination", "", "31/03/2027"),
    ]
    assert {(one.file, one.line, one.subject) for one in done.changes} == {
        ("data/links/x.sssom.tsv", 40, "area/derby")
    }


def test_a_row_that_is_gone_and_one_that_is_new(old: Path) -> None:
    """A code that is no more is told with its link; a new one without, where the extract is whole."""
    now = AREAS.replace("E06000015,Derby,01/01/2009,", "E06000099,New Place,01/04/2027,")
    done = refreshed(old, "dfe_las", table(now), DERBY)
    assert told(done) == [("E06000015", "row gone", "", "", ""), ("E06000099", "row new", "", "", "")]
    assert [one.subject for one in done.changes] == ["area/derby", ""]


def test_a_row_that_no_link_speaks_of_is_not_told(old: Path) -> None:
    """Only what links rest on is for review."""
    done = refreshed(old, "dfe_las", table(AREAS.replace("31/03/2023", "01/04/2023")), DERBY)
    assert told(done) == []


def test_records_are_compared_by_their_content(old: Path) -> None:
    """A withdrawn record, another name, a relation that is no more."""
    now = RECORD | {"status": "withdrawn", "names": [{"value": "York University", "lang": "en"}]}
    done = refreshed(old, "ror_records", records(now, RELATED | {"relationships": []}), YORK, DFE)
    assert told(done) == [
        ("https://ror.org/04m01e293", "evidence changed", "names", "University of York", "York University"),
        ("https://ror.org/04m01e293", "changed beside the evidence", "status", "active", "withdrawn"),
        ("https://ror.org/0320bge18", "row gone", "", "", ""),
    ]


def test_of_several_rows_with_one_key_the_same_one_is_found(old: Path) -> None:
    """Two records may speak of a third; in whichever order they come, nothing has changed."""
    related = [{"id": "https://ror.org/0320bge18", "label": "Department for Education", "type": "related"}]
    other = RECORD | {"relationships": related}
    text = lines(RELATED, other)
    (old / "ror_records.jsonl").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    (old / "MANIFEST.csv").write_text(
        f"file,commit_or_version,extract_sha256\nror_records.jsonl,v1,{digest}\n", encoding="utf-8"
    )
    assert told(refreshed(old, "ror_records", records(RELATED, other), DFE)) == []


def test_one_more_name_undoes_nothing(old: Path) -> None:
    """As long as the name that the link rests on is among them, the others stand beside it."""
    now = RECORD | {"names": [*RECORD["names"], {"value": "York"}]}
    assert told(refreshed(old, "ror_records", records(now, RELATED), YORK)) == [
        ("https://ror.org/04m01e293", "changed beside the evidence", "names", "University of York", "York")
    ]


def test_a_record_that_is_gone_is_a_change_and_no_fault(old: Path) -> None:
    """Not found is an answer."""
    done = refreshed(old, "ror_records", records(RELATED), YORK, DFE)
    assert told(done) == [("https://ror.org/04m01e293", "row gone", "", "", "")]
    assert done.faults == {}


def test_a_record_in_the_older_form_is_the_same_record(old: Path) -> None:
    """Where names were kept under another key, only another name is a change."""
    older = {key: value for key, value in RECORD.items() if key != "names"} | {"name": "University of York"}
    text = lines(older)
    (old / "ror_records.jsonl").write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    (old / "MANIFEST.csv").write_text(
        f"file,commit_or_version,extract_sha256\nror_records.jsonl,v1,{digest}\n", encoding="utf-8"
    )
    assert told(refreshed(old, "ror_records", records(RECORD), YORK)) == []


# --- what a source may do -------------------------------------------------------------------------------

BAD_TABLES = {
    "a page": ("<html><body>Sorry</body></html>\n", "no column"),
    "a column less": (AREAS.replace(",la_name", ",name"), "la_name"),
    "cut in a row": (AREAS[:-8], "another length"),
    "one cell more": (AREAS.replace("Derby,", "Derby,and more,"), "another length"),
    "an open quote": (AREAS[:-1] + '"31/03', "no table"),
    "nothing": ("", "no column"),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_a_table_that_is_none_is_told_and_nothing_follows_from_it(case: str, old: Path) -> None:
    """Half a table must not look like rows that are gone."""
    text, words = BAD_TABLES[case]
    done = refreshed(old, "dfe_las", table(text), DERBY)
    assert (done.extracts, told(done)) == ({}, [])
    with pytest.raises(RemoteFormatError, match=words):
        raise RemoteFormatError(done.faults["dfe_las"])


BAD_RECORDS: dict[str, tuple[bytes, str]] = {
    "another record": (json.dumps(RELATED | {"id": "https://ror.org/1"}).encode(), "another record"),
    "a list": (b"[1]", "another record"),
    "no JSON": (b'{"id": "https', "no JSON"),
    "deep": (b"[" * 100_000, "no JSON"),
    "not text": (b"\xff\xfe\x00", "not text"),
    "odd relations": (b'{"id": "https://ror.org/04m01e293", "relationships": ["x"]}', "another form"),
}  # fmt: skip


@pytest.mark.parametrize("case", BAD_RECORDS)
def test_a_record_that_is_none_is_told(case: str, old: Path) -> None:
    """One bad record leaves the whole source out: a part of it would look like records that are gone."""
    body, words = BAD_RECORDS[case]
    done = refreshed(old, "ror_records", lambda _url, _types: body, YORK)
    assert (done.extracts, told(done)) == ({}, [])
    assert words in done.faults["ror_records"]


def test_a_refusal_is_no_absence(old: Path) -> None:
    """A source that is down is not a source without the record."""

    def down(_url: str, _types: tuple[str, ...]) -> bytes:
        raise RemoteRefusedError("down", 500)

    done = refreshed(old, "ror_records", down, YORK)
    assert (done.faults, told(done)) == ({"ror_records": "down"}, [])


HOSTILE: dict[str, Answering] = {
    "silent": silence,
    "trickle": trickle_body,
    "endless": endless,
    "cut": saying(answer(AREAS.encode(), "text/csv", length=9999)),
    "without end": saying(b"HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\n" + AREAS.encode()),
    "a page": saying(answer(b"<html>", "text/html")),
    "entities": saying(answer(BOMB, "application/xml")),
    "elsewhere": saying(answer(b"", status="302 Found", Location="http://10.0.0.1/")),
    "a file": saying(answer(b"", status="302 Found", Location="file:///etc/passwd")),
    "busy": saying(answer(b"", status="429 Too Many", Retry_After="99")),
    "failing": saying(answer(b"", status="500 Oh")),
}  # fmt: skip


@pytest.mark.parametrize("case", HOSTILE)
def test_fetching_trusts_nobody(case: str) -> None:
    """Whatever a source does, there is a named error in time, and nobody else is asked."""
    began = time.monotonic()
    with stub(HOSTILE[case]) as one, pytest.raises(RemoteError):
        fetch(one.url, ("text/csv", "text/plain"), Budget(1.5, 200_000))
    assert time.monotonic() - began < 1.5 + GRACE


def test_no_credentials_go_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the environment holds is for a store of the user's own."""
    for name in ("USER", "PASSWORD", "TOKEN"):
        monkeypatch.setenv(f"CSCIP_STORE_{name}", "secret")
    with stub(saying(answer(b"", status="401 No", WWW_Authenticate="Basic realm=x"))) as one:
        with pytest.raises(RemoteRefusedError):
            fetch(one.url, ("text/csv",), Budget(5.0, 1000))
        assert [("authorization" in asked.headers, asked.line) for asked in one.asked] == [
            (False, "GET /sparql HTTP/1.1")
        ]


# --- what is written ------------------------------------------------------------------------------------


def test_an_extract_that_proves_nothing_is_no_base(old: Path) -> None:
    """Altered extracts, and links that they do not prove, are for `links check` first."""
    with pytest.raises(TextsError, match="does not prove"):
        refreshed(old, "dfe_las", table(AREAS), DERBY.replace("Derby", "Derbyshire"))
    with pytest.raises(TextsError, match="missing"):
        refreshed(old, "dfe_regions", table(AREAS), DERBY)
    (old / "dfe_las.csv").write_text(AREAS + "x,y,z,\n", encoding="utf-8")
    with pytest.raises(TextsError, match="altered"):
        refreshed(old, "dfe_las", table(AREAS), DERBY)


def test_the_folder_is_whole_or_not_there(old: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new folder with extracts, manifest and changes; nothing is left of one that could not be finished."""
    chosen = {SOURCES["dfe_las"]: "http://there/las.csv"}
    done = refreshed(old, "dfe_las", table(AREAS.replace("Derby", "Derby City")), DERBY)
    out = tmp_path / "new" / "today"
    links.write(done, chosen, out)
    assert sorted(path.name for path in out.iterdir()) == ["CHANGES.csv", "MANIFEST.csv", "dfe_las.csv"]
    assert Snapshots(out).altered == set()
    row = Snapshots(out).listed["dfe_las.csv"]
    assert row["source"] == "http://there/las.csv"
    assert row["commit_or_version"] == f"fetched {row['source_date']}"
    with pytest.raises(TextsError, match="already"):
        links.write(done, chosen, out)

    def full(*_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(TextsError, match="No space"):
        links.write(done, chosen, tmp_path / "new" / "other")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["today"]


def by_path(answers: Mapping[str, tuple[str, bytes]]) -> Answering:
    """Return what answers by the last part of the address, and has nothing else."""

    def answering(_: Stub, asked: Asked, line: socket.socket) -> None:
        kind, body = answers.get(asked.line.split()[1].rpartition("/")[2], ("", b""))
        line.sendall(answer(body, kind) if kind else answer(b"", "text/plain", status="404 Not Found"))

    return answering


@contextmanager
def published(folder: Path) -> Iterator[list[str]]:
    """Serve extracts as their sources would, and give the options that fetch them from here."""
    answers: dict[str, tuple[str, bytes]] = {}
    for source in SOURCES.values():
        body = (folder / source.file).read_bytes()
        answers[source.file] = KINDS[".csv"], body
        if source.ending == ".jsonl":
            for text in body.decode().splitlines():
                record = json.loads(text)
                # The interface answers in the newer form, whichever a record was kept in.
                older = [record.pop("name", []), *record.pop("acronyms", []), *record.pop("aliases", [])]
                record.setdefault("names", [{"value": name} for name in older])
                body = json.dumps(record).encode()
                answers[record["id"].rpartition("/")[2]] = KINDS[".jsonl"], body
    with stub(by_path(answers)) as one:
        base = f"http://127.0.0.1:{one.port}/"
        yield [f"--at={s.name}={base}{s.file if s.ending == '.csv' else 'v2/'}" for s in SOURCES.values()]


def snapshots() -> Path:
    if not SNAPSHOTS.is_dir():
        pytest.fail(f"The extracts are not at {SNAPSHOTS}; deselect these tests with -m 'not sources'.")
    return SNAPSHOTS


@pytest.mark.sources
def test_the_recorded_answers_change_nothing(cscip: Cscip, tmp_path: Path) -> None:
    """Each source served as recorded: nothing to review; the new extracts prove the same links."""
    before = {p: p.read_bytes() for p in sorted((data_dir() / "links").iterdir())}
    with published(snapshots()) as options:
        done = cscip(
            "links", "refresh", "all", f"--snapshots={snapshots()}", f"-o{tmp_path / 'new'}", *options
        )
    assert (done.code, len(done.out.splitlines())) == (0, 1), done.err
    assert f"{len(SOURCES)} extracts" in done.err
    assert {p: p.read_bytes() for p in sorted((data_dir() / "links").iterdir())} == before
    names = {source.file for source in SOURCES.values()}
    proved = [
        LinkSet(s.name, s.file, s.title, s.description, s.licence, s.rights, s.published, tuple(
            one for one in s.links if all(piece.partition("?")[0] in names for piece in one.evidence)
        )) for s in load_links()
    ]  # fmt: skip
    faults = check_snapshots(proved, tmp_path / "new").faults
    # Each has a new version, which is for a curator to write; nothing else is wrong.
    assert {fault.field for fault in faults} == {"evidence_version"}
    assert len(faults) > 200


@pytest.mark.sources
def test_a_planted_change_in_each_source_is_found(cscip: Cscip, tmp_path: Path) -> None:
    """One word altered in each source: exactly the links that rest on it are told, at their lines."""
    planted = tmp_path / "planted"
    planted.mkdir()
    swaps = {
        "dfe_las.csv": (
            "E08000019,Sheffield,01/01/2009,30/04/2025",
            "E08000019,Sheffield,01/01/2009,01/05/2025",
        ),
        "register_government_organisation.csv": (",Ofsted,", ",Office for Standards,"),
        "evaluation_registry_design_types.csv": ("Difference-in-difference", "Difference in differences"),
        "ror_records.jsonl": ('"value": "University of York"', '"value": "York"'),
    }
    for source in SOURCES.values():
        text = (snapshots() / source.file).read_text(encoding="utf-8")
        old_text, new_text = swaps.get(source.file, ("", ""))
        assert old_text in text
        (planted / source.file).write_text(
            text.replace(old_text, new_text) if old_text else text, encoding="utf-8"
        )
    with published(planted) as options:
        done = cscip(
            "links", "refresh", "all", f"--snapshots={snapshots()}", f"-o{tmp_path / 'new'}", *options
        )
    assert done.code == 1
    found = list(csv.DictReader(io.StringIO(done.out)))
    expected = {
        (one.file, str(one.line), one.object)
        for s in load_links()
        for one in s.links
        for piece in one.evidence
        for word in (
            "dfe_las.csv?new_la_code=E08000019",
            "=Ofsted",
            "=Difference-in-difference",
            "=University of York",
        )
        if word in piece
    }
    assert {(row["file"], row["line"], row["object"]) for row in found} == expected
    assert len(expected) >= 4
    assert {row["source"] for row in found} == set(swaps)
    assert (tmp_path / "new" / "CHANGES.csv").read_text(encoding="utf-8") == done.out


def test_a_source_that_does_not_answer_leaves_the_others(cscip: Cscip, old: Path, tmp_path: Path) -> None:
    """What came is written, what did not is told, and the exit code tells both."""
    folder = tmp_path / "data"
    (folder / "links").mkdir(parents=True)
    answers = {"las.csv": (KINDS[".csv"], AREAS.encode())}
    with stub(by_path(answers)) as one:
        done = cscip(
            "links", "refresh", "dfe_las", "dfe_regions", f"--snapshots={old}", f"-o{tmp_path / 'new'}",
            f"--data={folder}", f"--at=dfe_las={one.url}/las.csv", "--at=dfe_regions=http://127.0.0.1:1/x.csv",
        )  # fmt: skip
        refused(done, "dfe_regions.csv is missing")
        digest = hashlib.sha256(b"region_code\n").hexdigest()
        with (old / "MANIFEST.csv").open("a", encoding="utf-8") as file:
            file.write(f"dfe_regions.csv,v1,{digest}\n")
        (old / "dfe_regions.csv").write_text("region_code\n", encoding="utf-8")
        done = cscip(
            "links", "refresh", "dfe_las", "dfe_regions", f"--snapshots={old}", f"-o{tmp_path / 'new'}",
            f"--data={folder}", f"--at=dfe_las={one.url}/las.csv", "--at=dfe_regions=http://127.0.0.1:1/x.csv",
        )  # fmt: skip
    assert done.code == 3
    assert "dfe_regions: not fetched" in done.err
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "CHANGES.csv",
        "MANIFEST.csv",
        "dfe_las.csv",
    ]


def test_the_deadline_is_for_a_whole_source(cscip: Cscip, old: Path, tmp_path: Path) -> None:
    """Records that each come in time, and all together too late, are given up."""
    (tmp_path / "data" / "links").mkdir(parents=True)

    def slow(one: Stub, asked: Asked, line: socket.socket) -> None:
        one.stopping.wait(0.6)
        line.sendall(answer(json.dumps(RECORD if len(one.asked) == 1 else RELATED).encode(), KINDS[".jsonl"]))

    with stub(slow) as one:
        done = cscip(
            "links", "refresh", "ror_records", f"--snapshots={old}", f"-o{tmp_path / 'new'}", "--timeout=1",
            f"--data={tmp_path / 'data'}", f"--at=ror_records=http://127.0.0.1:{one.port}/",
        )  # fmt: skip
        assert len(one.asked) == 2
    assert (done.code, (tmp_path / "new").exists()) == (3, False)
    assert "within 1 seconds" in done.err


def test_nothing_is_fetched_without_a_name(
    cscip: Cscip, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a name, sources are listed; a wrong name or a folder that is there is refused."""

    def never(*_: object, **__: object) -> None:
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket, "getaddrinfo", never)
    listed = cscip("links", "refresh")
    assert listed.code == 0
    for source in SOURCES.values():
        assert source.url in listed.out
        assert source.licence in listed.out
    refused(cscip("links", "refresh", "dfe"), "no source 'dfe'", "dfe_las")
    refused(cscip("links", "refresh", "dfe_las"), "--snapshots", "-o")
    refused(cscip("links", "refresh", "dfe_las", "--at=x=http://e.org"), "no source 'x'")
    refused(cscip("links", "refresh", "dfe_las", f"--snapshots={tmp_path}", f"-o{tmp_path}"), "already")
