"""The whole way from records to a published store, stage by stage.

In: a data folder. Out: a `Outcome`: the validation report and, when the data conform, the new build. Each
stage tells its name before it starts, so that callers can show progress; nothing is published when a
check fails. Links to other datasets are added last: nothing is inferred from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from pyoxigraph import Quad

from cscip_kg.errors import RecordsError
from cscip_kg.graph import build_graph
from cscip_kg.inference import infer
from cscip_kg.links import LinkSet, check_subjects, link_quads, load_links
from cscip_kg.records import load_records
from cscip_kg.search_index import FILE, build_index
from cscip_kg.store import DUMP, Build, dump, publish
from cscip_kg.validation import Engine, Report, validate

Tell = Callable[[str], None]

# What is published beside the store: name of file → what writes it.
COMPANIONS: Final[Mapping[str, Callable[[list[Quad], Path], None]]] = {FILE: build_index, DUMP: dump}


@dataclass(frozen=True)
class Outcome:
    """What a run of the pipeline came to: the report, and the build if one was published."""

    report: Report
    build: Build | None


def _silent(_: str) -> None:
    """Tell nobody."""


def read_links(folder: Path | None, quads: list[Quad]) -> list[LinkSet]:
    """Read the links of a data folder and check them against the things that are described.

    Args:
        folder: the data folder; by default the project's own.
        quads: the asserted statements.

    Raises:
        RecordsError: links cannot be read, or speak of things that are not described.
    """
    sets = load_links(folder)
    if faults := check_subjects(sets, quads):
        raise RecordsError(faults)
    return sets


def check(
    folder: Path | None = None,
    files: Iterable[Path] | None = None,
    engine: Engine = "fast",
    tell: Tell = _silent,
) -> tuple[Report, list[Quad]]:
    """Read and validate, and return the report with the asserted quads; links are checked too.

    Args:
        folder: the data folder; by default the project's own.
        files: drafts to check together with it.
        engine: the SHACL engine.
        tell: called with each stage's name.

    Raises:
        RecordsError: records or links cannot be read.
    """
    tell("Reading the records")
    corpus = load_records(folder, files)
    tell("Making the graph")
    quads = build_graph(corpus)
    tell("Checking it against the shapes")
    report = validate(quads, corpus, engine=engine)
    if report.conforms:
        # Faults in the records are told first: a link may only follow from them.
        read_links(folder, quads)
    return report, quads


def build(
    folder: Path | None = None, out: Path | None = None, engine: Engine = "fast", tell: Tell = _silent
) -> Outcome:
    """Run every stage; see `check` for the arguments and errors.

    Args:
        folder: the data folder.
        out: the build folder to publish into.
        engine: the SHACL engine.
        tell: called with each stage's name.
    """
    report, quads = check(folder, None, engine, tell)
    if not report.conforms:
        return Outcome(report, None)
    tell("Inferring what follows")
    inferred = infer(quads)
    tell("Adding the links to other datasets")
    quads += [*inferred, *link_quads(read_links(folder, quads))]
    tell("Publishing the store and the search index")
    return Outcome(report, publish(quads, out, COMPANIONS))
