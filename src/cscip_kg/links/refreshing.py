"""Links + what their sources hold today → dated extracts and a list of what changed, for people to review.

In: link sets, the extracts that prove them, and what fetches. Out: a new folder with the extracts of today,
their manifest and `CHANGES.csv`. No link is changed: whoever has looked at a change edits its row.
"""

from __future__ import annotations

import csv
import hashlib
import io
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from tempfile import mkdtemp
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from cscip_kg.errors import RemoteError, TextsError
from cscip_kg.links.checking import MANIFEST, Row, Snapshots
from cscip_kg.links.reading import Link, LinkSet
from cscip_kg.links.sources import Extract, Fetch, Source
from cscip_kg.namespaces import ID

CHANGES: Final = "CHANGES.csv"
GONE: Final = "row gone"
NEW: Final = "row new"
EVIDENCE: Final = "evidence changed"
BESIDE: Final = "changed beside the evidence"
_MANIFEST: Final = ("file", "source", "commit_or_version", "source_date", "licence", "extract_sha256")
# Older records of ROR keep names under several keys; `names` holds them all.
_OLD_FORM: Final = {"_path", "name", "aliases", "acronyms"}


@dataclass(frozen=True)
class Change:
    """One difference between an extract and what its source holds today.

    Attributes:
        file: the link file; empty where no link speaks of the row.
        line: the line of the link.
        subject: the thing of ours.
        object: what it is linked to.
        source: the extract.
        key: by which the row is known.
        what: one of GONE, NEW, EVIDENCE, BESIDE.
        column: where the difference is; empty for a whole row.
        before: the text in the old extract.
        after: the text today.
    """

    file: str
    line: int | str
    subject: str
    object: str
    source: str
    key: str
    what: str
    column: str = ""
    before: str = ""
    after: str = ""


@dataclass
class Refreshed:
    """What a refresh came to.

    Attributes:
        extracts: name of the source → its extract of today.
        faults: name of the source → why there is none.
        changes: what to review.
        looked_at: file and line of each link with evidence in a source that answered.
    """

    extracts: dict[str, Extract] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    looked_at: set[tuple[str, int]] = field(default_factory=set)


def _shown(values: Iterable[str]) -> str:
    return "; ".join(sorted(value for value in values if value))


def _key(row: Row, source: Source) -> tuple[str, str]:
    """Return the column and the text by which a row is known again."""
    return next((column, _shown(row[column])) for column in source.keys if column in row)


def _index(rows: Iterable[Row], source: Source) -> dict[tuple[str, str], list[Row]]:
    found: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        found.setdefault(_key(row, source), []).append(row)
    return found


def _pieces(link: Link, source: Source) -> Iterator[dict[str, str]]:
    """Yield the cells of each piece of a link's evidence in a source."""
    for piece in link.evidence:
        parts = urlsplit(piece)
        if parts.path == source.file:
            yield dict(parse_qsl(parts.query, keep_blank_values=True))


def _holds(row: Row, cells: Mapping[str, str]) -> bool:
    return all(value in row.get(column, ()) for column, value in cells.items())


def _differences(
    source: Source, old: Row, new: Row, cells: Mapping[str, str]
) -> Iterator[tuple[str, str, str, str]]:
    skipped = _OLD_FORM if source.ending == ".jsonl" else set[str]()
    for column in old:
        before, after = old[column], new.get(column, set())
        if column in skipped or before == after or _shown(before) == _shown(after):
            continue
        told = EVIDENCE if column in cells and cells[column] not in after else BESIDE
        yield told, column, _shown(before - after) or _shown(before), _shown(after - before)


def _of_link(
    link: Link, source: Source, old: Sequence[Row], new: Mapping[tuple[str, str], list[Row]]
) -> Iterator[Change]:
    """Yield what changed in the rows that prove a link.

    Raises:
        TextsError: the old extract does not prove it either.
    """
    for cells in _pieces(link, source):
        row = next((row for row in old if _holds(row, cells)), None)
        if row is None:
            raise TextsError(
                f"{link.file}:{link.line}: {source.file} does not prove this link. Check it first."
            )
        key = _key(row, source)
        start = (link.file, link.line, link.subject.removeprefix(ID), link.object, source.file, key[1])
        today = new.get(key, [])
        if not today:
            yield Change(*start, GONE)
        elif not any(one == row for one in today):
            # Of several rows with this key the one that still proves the link, if any does.
            best = next((one for one in today if _holds(one, cells)), today[0])
            for told, column, before, after in _differences(source, row, best, cells):
                yield Change(*start, told, column, before, after)


def _new_rows(source: Source, old: Iterable[Row], new: Iterable[tuple[str, str]]) -> Iterator[Change]:
    known = {_key(row, source) for row in old}
    for key in new:
        if source.whole and key not in known:
            yield Change("", "", "", "", source.file, key[1], NEW)


def _header(path: Path) -> tuple[str, ...]:
    if path.suffix != ".csv":
        return ()
    with path.open(encoding="utf-8-sig", newline="") as file:
        return tuple(next(csv.reader(file, skipinitialspace=True)))


def refresh(
    sets: Iterable[LinkSet],
    folder: Path,
    chosen: Mapping[Source, str],
    start: Callable[[], Fetch],
    tell: Callable[[str], None],
) -> Refreshed:
    """Fetch what sources hold today, and compare.

    Args:
        sets: the link sets.
        folder: the extracts that prove them.
        chosen: the sources, each with the address at which it is fetched.
        start: called for each source, gives what fetches its files; the only way out of here.
        tell: is told which source is being fetched.

    Raises:
        TextsError: an extract is missing or altered, or does not prove a link that names it.
    """
    extracts, done = Snapshots(folder), Refreshed()
    links = [link for one in sets for link in one.links]
    for source, url in chosen.items():
        if source.file not in extracts.listed or source.file in extracts.altered:
            raise TextsError(f"{source.file} is missing in {folder}, or altered. Fetch the extract again.")
        tell(f"Fetching {source.name} from {url}")
        old = extracts.rows(source.file)
        try:
            made = source.fetched(old, _header(folder / source.file), start(), url)
        except RemoteError as error:
            done.faults[source.name] = str(error)
            continue
        done.extracts[source.name] = made
        new = _index(made.rows, source)
        concerned = [link for link in links if any(_pieces(link, source))]
        done.looked_at.update((link.file, link.line) for link in concerned)
        for link in concerned:
            done.changes += _of_link(link, source, old, new)
        done.changes += _new_rows(source, old, new)
    return done


def changes_csv(changes: Iterable[Change]) -> str:
    """Return changes as CSV, one a line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(one.name for one in fields(Change))
    writer.writerows(astuple(change) for change in changes)
    return out.getvalue()


def _manifest(done: Refreshed, chosen: Mapping[Source, str]) -> str:
    day = datetime.now(UTC).date().isoformat()
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_MANIFEST)
    for source, url in chosen.items():
        if made := done.extracts.get(source.name):
            digest = hashlib.sha256(made.body).hexdigest()
            writer.writerow((source.file, url, f"fetched {day}", day, source.licence, digest))
    return out.getvalue()


def write(done: Refreshed, chosen: Mapping[Source, str], out: Path) -> None:
    """Write the extracts, their manifest and the changes into a new folder, all of them or nothing.

    Raises:
        TextsError: the folder is there already, or cannot be made.
    """
    if out.exists():
        raise TextsError(f"{out} is there already. Name a new folder: an extract is never written over.")
    aside = None
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(mkdtemp(prefix=f".{out.name}-", dir=out.parent))
        for source in chosen:
            if made := done.extracts.get(source.name):
                (aside / source.file).write_bytes(made.body)
        (aside / MANIFEST).write_text(_manifest(done, chosen), encoding="utf-8")
        (aside / CHANGES).write_text(changes_csv(done.changes), encoding="utf-8")
        aside.chmod(0o755)
        aside.rename(out)
    except OSError as error:
        raise TextsError(f"{out} cannot be written ({error.strerror}).") from error
    finally:
        if aside is not None:
            shutil.rmtree(aside, ignore_errors=True)
