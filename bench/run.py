"""Measures the pipeline and every stored query side by side with the plain stack, in one run.

Prints the table and writes it to docs/benchmark.md. Fast measurements are medians of several runs; the
plain stack's are of fewer, because each takes long, and a query of its is ended at the limit. Run on an idle
machine: `make bench`.
"""

from __future__ import annotations

import math
import os
import platform
import statistics
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import plain
from measure import count_rows, ended_after, query_text, seconds
from pyoxigraph import Store
from rdflib import Dataset
from rich.console import Console

from cscip_kg import exports, graph, inference, queries, records, store, validation

FAST_RUNS, PLAIN_RUNS = 7, 3
# Seconds that the plain stack has for a stored query.
LIMIT = 30
PACKAGES = ("pyoxigraph", "shacl", "rdflib", "owlrl", "pyshacl", "PyYAML")
REPORT = Path(__file__).resolve().parents[1] / "docs" / "benchmark.md"
_console = Console(stderr=True, soft_wrap=True)


def build_stages(folder: Path) -> tuple[list[tuple[str, float, float]], list[Any]]:
    """Return (stage, fast seconds, plain seconds) and the quads of the build."""
    rows = []
    fast_read, (corpus, quads) = seconds(
        lambda: (c := records.load_records(), graph.build_graph(c)), FAST_RUNS
    )
    citations = validation.as_ntriples(graph.citation_quads(quads))
    _console.print("· reading, plain stack …")
    plain_read, (ontology, data) = seconds(lambda: plain.read(citations), PLAIN_RUNS)
    rows.append(("read and make the graph", fast_read, plain_read))
    fast_check, report = seconds(lambda: validation.validate(quads, corpus), FAST_RUNS)
    _console.print("· pySHACL …")
    plain_check, conforms = seconds(lambda: plain.check(ontology, data), PLAIN_RUNS)
    if not (report.conforms and conforms):
        sys.exit("The data do not conform: nothing to measure.")
    rows.append(("check against the shapes", fast_check, plain_check))
    fast_infer, inferred = seconds(lambda: inference.infer(quads), FAST_RUNS)
    _console.print("· owlrl …")
    plain_infer, closed = seconds(lambda: plain.infer(ontology, data), PLAIN_RUNS)
    rows.append(("infer (OWL 2 RL)", fast_infer, plain_infer))
    whole = [*quads, *inferred]
    fast_write, _ = seconds(lambda: store.publish(whole, folder), FAST_RUNS)
    plain_write, _ = seconds(lambda: plain.write(closed, folder / "plain.nt"), PLAIN_RUNS)
    rows.append(("publish", fast_write, plain_write))
    return rows, whole


def _plainly(dataset: Dataset, text: str) -> int:
    with ended_after(LIMIT):
        return plain.ask(dataset, text)


def query_rows(folder: Path, quads: list[Any]) -> list[tuple[str, float, float, float | None]]:
    """Return (query, seconds on the store on disk, in memory, on the plain stack) for every stored query.

    Nothing stands for the plain stack where it was ended at the limit.
    """
    (folder / "all.nq").write_bytes(exports.nquads(quads))
    opened, memory = store.open_store(folder), Store()
    memory.bulk_extend(quads)
    dataset = plain.load(folder / "all.nq")
    rows = []
    catalogue = list(queries.catalogue().values())
    for number, query in enumerate(catalogue, 1):
        _console.print(f"· {number}/{len(catalogue)} {query.topic}/{query.name}", highlight=False)
        text = query_text(query, folder)
        fast, found = seconds(lambda t=text: count_rows(opened, t), FAST_RUNS)
        quick, _ = seconds(lambda t=text: count_rows(memory, t), FAST_RUNS)
        slow = None
        with suppress(TimeoutError):
            slow, expected = seconds(lambda t=text: _plainly(dataset, t), PLAIN_RUNS)
            if found != expected:
                sys.exit(f"{query.name}: {found} rows against {expected} of rdflib.")
        rows.append((f"{query.topic}/{query.name}", fast, quick, slow))
    return rows


def cold_start(folder: Path) -> float:
    """Return the median seconds of `cscip query` from the shell, interpreter and imports included."""
    command = [str(Path(sys.executable).with_name("cscip")), "query", "interventions-by-theme", "-f", "csv"]
    environment = {**os.environ, "CSCIP_BUILD_DIR": str(folder)}
    return seconds(
        lambda: subprocess.run(command, env=environment, check=True, capture_output=True), FAST_RUNS
    )[0]


def _mean_ratio(pairs: list[tuple[float, float]]) -> float:
    return math.exp(statistics.fmean(math.log(slow / fast) for fast, slow in pairs))


def _stage_table(rows: list[tuple[str, float, float]]) -> str:
    lines = ["| stage | cscip-kg, ms | plain stack, ms | times faster |", "|---|--:|--:|--:|"]
    lines += [f"| {n} | {f * 1000:,.1f} | {s * 1000:,.1f} | {s / f:,.0f} |" for n, f, s in rows]
    return "\n".join(lines)


def _query_table(rows: list[tuple[str, float, float, float | None]]) -> str:
    lines = [
        "| stored query | on disk, ms | in memory, ms | plain stack, ms | times faster (disk; memory) |",
        "|---|--:|--:|--:|--:|",
    ]
    for name, disk, memory, plainly in rows:
        over, slow = ("> ", float(LIMIT)) if plainly is None else ("", plainly)
        times = f"{over}{slow / disk:,.0f}; {over}{slow / memory:,.0f}"
        spent = f"{disk * 1000:,.1f} | {memory * 1000:,.1f} | {over}{slow * 1000:,.1f}"
        lines.append(f"| {name} | {spent} | {times} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print and write the report."""
    load = os.getloadavg()[0]
    with TemporaryDirectory() as name:
        folder = Path(name)
        stages, quads = build_stages(folder)
        questions = query_rows(folder, quads)
        start = cold_start(folder)
    fast, slow = sum(r[1] for r in stages), sum(r[2] for r in stages)
    told = [(on_disk, quick, plainly) for _, on_disk, quick, plainly in questions if plainly is not None]
    disk = _mean_ratio([(on_disk, plainly) for on_disk, _, plainly in told])
    memory = _mean_ratio([(quick, plainly) for _, quick, plainly in told])
    left = f", less {len(questions) - len(told)} that the plain stack did not answer within {LIMIT} s"
    machine = f"{os.cpu_count()} processors ({platform.machine()}), Python {platform.python_version()}"
    versions = ", ".join(f"{p} {version(p)}" for p in PACKAGES)
    report = f"""# Benchmark

{datetime.now(UTC):%Y-%m-%d}, one run of `make bench`; {len(quads):,} statements. {machine}, {versions}.
Load of the machine at the start: {load:.1f}.

Medians of {FAST_RUNS} runs for cscip-kg and of up to {PLAIN_RUNS} for the plain stack (rdflib's memory graph
and SPARQL engine, owlrl, pySHACL). Both do the same work on the same records and give the same row counts;
tests hold their results to be the same. Read a ratio under 2 as equal.

**Whole build: {slow / fast:,.0f} times faster** ({fast:.2f} s against {slow:.1f} s).
**Stored queries: {disk:,.0f} times faster** on the store on disk, which the commands read, and
**{memory:,.0f} times** with the same store in memory, as the plain stack is (geometric means of
{len(questions)}{left if len(told) < len(questions) else ""}).
A stored query from the shell, cold, takes {start:.2f} s, most of it imports.

{_stage_table(stages)}

{_query_table(sorted(questions))}
"""
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(report, encoding="utf-8")
    print(report)


if __name__ == "__main__":
    main()
