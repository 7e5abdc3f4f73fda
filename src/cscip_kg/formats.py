"""Every format that the graph is given away in, and the writing of them.

In: the quads and the description of a build. Out: files in a folder. The list stands here, above the rooms
that make the bytes, so that the command and its help walk one list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from pyoxigraph import Quad

from cscip_kg import catalogue, exports, spreadsheet
from cscip_kg.errors import ExportError
from cscip_kg.output import CAUTION
from cscip_kg.store import Build

Writer = Callable[[list[Quad], Build], dict[str, bytes]]


def _single(name: str, write: Callable[[list[Quad]], bytes]) -> Writer:
    return lambda quads, _: {name: write(quads)}


FORMATS: Final[dict[str, Writer]] = {
    "turtle": _single("cscip.ttl", exports.turtle),
    "trig": _single("cscip.trig", exports.trig),
    "nquads": _single("cscip.nq", exports.nquads),
    "jsonld": _single("cscip.jsonld", exports.json_ld),
    "rdfxml": _single("cscip.rdf", exports.rdf_xml),
    "csv": lambda quads, _: exports.tables(quads),
    "xlsx": lambda quads, build: {"cscip.xlsx": spreadsheet.workbook(quads, build)},
    "queries": lambda *_: {"cscip-queries.ttl": catalogue.turtle()},
}


# What a reader must know of directions, effects, gaps and citations.
HOW_TO_READ: Final = """\
The direction of a finding is its source's. The effect follows from it and from what is desired of the
measure, by a published rule, or is the source's own judgement. "Not stated", "lost in extraction" and "no
change" are three different things. Every statement names its source and lines: rees-2017#L585 is line 585
of the text of that source."""
_READ_ME: Final = """Evidence of the Children's Social Care Innovation Programme
cscip-kg {version}, build {id}

{caution}
{reading}

Data: CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/), with credit to the sources.
"""


def read_me(build: Build) -> bytes:
    """Return what a reader of any of the files must know, as text to lie beside them."""
    return _READ_ME.format(version=build.version, id=build.id, caution=CAUTION, reading=HOW_TO_READ).encode()


def check_formats(names: Iterable[str]) -> None:
    """Refuse names that are not keys of `FORMATS`.

    Raises:
        ExportError: one is not; the message names the formats.
    """
    for name in names:
        if name not in FORMATS:
            raise ExportError(f"There is no format {name!r}. Formats: {', '.join(FORMATS)}.")


def export(quads: Iterable[Quad], build: Build, formats: Iterable[str], folder: Path) -> list[Path]:
    """Write the wanted formats into `folder`.

    Args:
        quads: all quads of a build.
        build: which build they are.
        formats: keys of `FORMATS`.
        folder: where to write; made if missing.

    Returns:
        The files written. Everything is made in memory before the first file is touched.

    Raises:
        ExportError: a format is not known, or the folder cannot be written.
    """
    kept, wanted = list(quads), list(formats)
    check_formats(wanted)
    made: dict[str, bytes] = {}
    for name in wanted:
        made |= FORMATS[name](kept, build)
    written = []
    for name, content in made.items():
        exports.write_whole(folder / name, content)
        written.append(folder / name)
    return written
