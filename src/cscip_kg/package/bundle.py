"""The release: everything that is given away of one build, described for machines and people, with checksums.

In: the current build and the records that it was made from. Out: the files of a release, the same bytes for
the same data, and a folder or ZIP archive that appears whole or not at all.
"""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Final

from pyoxigraph import Quad

from cscip_kg import __version__, exports, pipeline, store
from cscip_kg.errors import ExportError
from cscip_kg.graph import build_graph
from cscip_kg.inference import infer
from cscip_kg.links import link_quads
from cscip_kg.package import croissant, datacite, frictionless, nanopubs, ro_crate
from cscip_kg.package.about import About, about
from cscip_kg.package.contents import GRAPH, JSON, JSON_LD, TEXT, TRIG, Item, checksums, legal, trees
from cscip_kg.package.contents import exports as exported
from cscip_kg.package.reading import citation, read_me
from cscip_kg.package.tables import tables
from cscip_kg.package.trusty import library
from cscip_kg.records import load_records

SUMS: Final = ro_crate.SUMS
NANOPUBS: Final = f"{GRAPH}/nanopubs.trig"
ARCHIVE: Final = ".zip"
Tell = Callable[[str], None]


def _check_state(build: store.Build, data: Path | None) -> None:
    """Refuse to release records beside a graph that was not built from them."""
    asserted = build_graph(load_records(data))
    made = store.build_of([*asserted, *infer(asserted), *link_quads(pipeline.read_links(data, asserted))])
    if (made.id, made.version) != (build.id, build.version):
        raise ExportError(
            f"The graph (build {build.id}, version {build.version}) is not what the records, the ontology "
            f"and version {__version__} give now (build {made.id}). Run: cscip build"
        )


def _json(path: str, document: dict[str, Any], media: str, title: str) -> Item:
    return Item(path, (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode(), media, title)


def described(told: About, quads: list[Quad], items: Iterable[Item]) -> list[Item]:
    """Return files with the README and every description of them all, the checksums at the end.

    Args:
        told: what is said of the whole package.
        quads: all quads of the build.
        items: the files.
    """
    kept = [*items, *legal(), citation(told)]
    shown = tables(kept, exports.in_memory(quads))
    names = {
        frictionless.FILE: "The package described as a Frictionless data package",
        croissant.FILE: "The package described in Croissant",
        datacite.FILE: "The package described for a DOI of DataCite",
    }
    promised = [Item(path, b"", JSON, title) for path, title in names.items()]
    kept = sorted([*kept, read_me(told, [*kept, *promised])], key=lambda item: item.path)
    made = [
        _json(
            frictionless.FILE, frictionless.data_package(told, kept, shown), JSON, names[frictionless.FILE]
        ),
        _json(croissant.FILE, croissant.croissant(told, kept, shown), JSON_LD, names[croissant.FILE]),
        _json(datacite.FILE, datacite.datacite(told, kept), JSON, names[datacite.FILE]),
    ]
    kept = sorted([*kept, *made], key=lambda item: item.path)
    crate = ro_crate.ro_crate(told, kept)
    kept.append(_json(ro_crate.FILE, crate, JSON_LD, "The package described as an RO-Crate"))
    return [*kept, Item(SUMS, checksums(kept), TEXT, "The sha256 of every other file")]


def release(
    folder: Path | None = None,
    data: Path | None = None,
    more: Callable[[list[Quad], About], Iterable[Item]] | None = None,
    tell: Tell = lambda _: None,
) -> list[Item]:
    """Return every file of the release of the current build.

    Args:
        folder: the build folder; by default the project's own.
        data: the data folder that it was built from; by default the project's own.
        more: what makes further files from the quads and what is said of the package.
        tell: called with each stage's name.

    Raises:
        NoStoreError: nothing has been built.
        RecordsError: the records cannot be read.
        ExportError: the records are not those of the build, there is no day to date it by, or a library is
            missing.
    """
    build = store.describe(folder)
    # That it is missing is told before any work is done.
    library()
    tell("Holding the built graph to the records")
    _check_state(build, data)
    quads = exports.graph_of(store.open_store(folder))
    told = about(quads, build)
    tell("Writing the graph and the tables in every format")
    items = [*exported(folder), *trees(data)]
    tell("Making a nanopublication of each finding")
    made = nanopubs.trig(nanopubs.nanopubs(quads, told))
    items.append(Item(NANOPUBS, made, TRIG, "Each finding as a nanopublication, as TriG"))
    items += more(quads, told) if more else ()
    tell("Describing the package")
    return described(told, quads, items)


def _archive(items: Iterable[Item]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for item in items:
            # A fixed time and mode: the same files give the same archive.
            entry = zipfile.ZipInfo(item.path)
            entry.compress_type, entry.create_system, entry.external_attr = (
                zipfile.ZIP_DEFLATED,
                3,
                0o100644 << 16,
            )
            archive.writestr(entry, item.content)
    return sink.getvalue()


def check_target(target: Path) -> None:
    """Refuse a place where something lies already, before any work is done for it.

    Raises:
        ExportError: something does.
    """
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ExportError(
            f"{target} is there already. A release is never written over: name another with -o."
        )


def write(items: Iterable[Item], target: Path) -> None:
    """Write a release as a new folder, or as an archive where the name ends in `.zip`; whole or not at all.

    Raises:
        ExportError: something lies there already, or the place cannot be written.
    """
    check_target(target)
    if target.suffix == ARCHIVE:
        exports.write_whole(target, _archive(items))
        return
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            for item in items:
                place = aside / item.path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(item.content)
            aside.chmod(0o755)
            aside.rename(target)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
    except OSError as error:
        raise ExportError(
            f"Cannot write {target}: {error.strerror}. Choose another place with -o."
        ) from error
