"""What many tests share: the project's graph as it stands, in memory and published."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from pyoxigraph import Quad

from cscip_kg.graph import build_graph
from cscip_kg.inference import infer
from cscip_kg.links import link_quads, load_links
from cscip_kg.pipeline import COMPANIONS
from cscip_kg.records import load_records
from cscip_kg.store import publish
from server_process import Running, running
from stores_process import Elsewhere, oxigraph, virtuoso


@pytest.fixture(scope="session")
def quads() -> list[Quad]:
    """All quads of the project's graph, the inferred ones and the links included."""
    asserted = build_graph(load_records())
    return [*asserted, *infer(asserted), *link_quads(load_links())]


@pytest.fixture(scope="session")
def built(quads: list[Quad], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a published build of the project's graph, with the search index."""
    folder = tmp_path_factory.mktemp("build")
    publish(quads, folder, COMPANIONS)
    return folder


@pytest.fixture(scope="session")
def served(built: Path) -> Iterator[Running]:
    """The shipped server over the project's graph; nobody is told to pause."""
    with running(built, client_seconds=100_000) as one:
        yield one


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium, Debian's; without it the test fails and says what to install."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("Chromium is not installed; it comes with the Debian package chromium.")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a browser context of its own."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


@pytest.fixture(scope="session")
def npm_packages(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Makes a copy of a folder of the tests with its locked packages installed."""

    def installed(name: str) -> Path:
        if shutil.which("npm") is None:
            pytest.fail("npm is not installed; it comes with the Debian package npm.")
        folder = tmp_path_factory.mktemp(name)
        shutil.copytree(Path(__file__).parent / name, folder, dirs_exist_ok=True)
        command = ["npm", "ci", "--prefix", str(folder), "--ignore-scripts", "--no-audit", "--no-fund"]
        subprocess.run(command, check=True, capture_output=True, timeout=600)
        return folder

    return installed


@pytest.fixture(scope="session")
def js(npm_packages: Callable[[str], Path]) -> Path:
    """A copy of tests/js with the locked packages installed."""
    return npm_packages("js")


@pytest.fixture(scope="session")
def axe(js: Path) -> str:
    """The accessibility checker axe-core, to be run in a page."""
    return (js / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def oxigraph_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    """Oxigraph's own server, empty at first."""
    with oxigraph(tmp_path_factory.mktemp("oxigraph")) as one:
        yield one


@pytest.fixture(scope="session")
def virtuoso_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Elsewhere]:
    """Virtuoso, empty at first."""
    with virtuoso(tmp_path_factory.mktemp("virtuoso")) as one:
        yield one


ENGINES = ("sources", "rdflib", "oxigraph", "virtuoso")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of agreement: each stored query on each engine that was asked in this run."""
    found: dict[str, dict[str, str]] = {}
    for outcome in ("passed", "failed"):
        for report in terminalreporter.getreports(outcome):
            for name, value in report.user_properties:
                if name == "agreement":
                    query, engine = value
                    found.setdefault(query, {})[engine] = "same" if outcome == "passed" else "DIFFERS"
    if not found:
        return
    terminalreporter.section("rows of the stored queries beside those of the embedded store")
    terminalreporter.write_line(f"{'query':<40}" + "".join(f"{engine:<12}" for engine in ENGINES))
    for query in sorted(found):
        cells = (found[query].get(engine, "not asked") for engine in ENGINES)
        terminalreporter.write_line(f"{query:<40}" + "".join(f"{cell:<12}" for cell in cells))
    for engine in ENGINES:
        asked = [row[engine] for row in found.values() if engine in row]
        terminalreporter.write_line(f"{engine}: {asked.count('same')} of {len(asked)} queries agree")
