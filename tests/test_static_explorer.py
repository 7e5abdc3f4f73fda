"""The pages as files: on a plain web host search, filters, comparison and even queries work."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cscip_kg import described, site
from cscip_kg.assets import static_dir
from cscip_kg.site import static

pytestmark = pytest.mark.browser
expect.set_options(timeout=60_000)
# What the tests open; the whole site has thousands of files more.
WANTED = (
    "", "interventions/", "search/", "search/index.json", "compare/", "compare/pause.json",
    "compare/no-wrong-door.json", "sparql-editor/", "sparql-editor/examples.json", "sparql-editor/terms.json",
    "intervention/pause/", "map/",
)  # fmt: skip


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def host(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A plain web host with the pages."""
    if not (static_dir() / "site.css").is_file():
        pytest.fail("The pages have no style yet. Run: make web")
    out = tmp_path_factory.mktemp("host") / "public"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(static, "walk", lambda _: iter(WANTED))
        every = described.files
        patch.setattr(
            described, "files", lambda folder: (f for f in every(folder) if f.download.name == "cscip.trig")
        )
        site.write(out, built)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(out.parent)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/public/"
    server.shutdown()
    server.server_close()


def test_search_without_a_server(page: Page, host: str) -> None:
    """A slip of the pen is forgiven, and the result leads to its page."""
    page.goto(f"{host}search/?q=mockingbrid")
    expect(page.locator("main")).to_contain_text("Mockingbird Family Model")
    page.goto(f"{host}search/?q=pause")
    page.get_by_role("link", name="Pause", exact=True).first.click()
    expect(page.locator("h1")).to_contain_text("Pause")


def test_filters_without_a_server(page: Page, host: str) -> None:
    """Two interventions were studied by a randomised trial; the list says how many are left."""
    page.goto(f"{host}interventions/")
    page.get_by_label("Study design").select_option(label="Randomised controlled trial")
    page.get_by_role("button", name="Show interventions").click()
    expect(page.locator("main tbody tr:visible")).to_have_count(2)
    expect(page.locator("[data-count]")).to_contain_text("2 of 115")


def test_comparison_without_a_server(page: Page, host: str) -> None:
    """Two interventions side by side, with the caution."""
    page.goto(f"{host}compare/?intervention=pause&intervention=no-wrong-door")
    expect(page.locator("main table").first).to_contain_text("No Wrong Door")
    expect(page.locator("main")).to_contain_text("cannot show what caused a result")


def test_a_query_without_a_server(page: Page, host: str) -> None:
    """The graph is read into the browser and asked there."""
    page.goto(f"{host}sparql-editor/")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT (COUNT(DISTINCT ?i) AS ?n) { ?i a cscip:Intervention }", delay=1)
    page.keyboard.press("Control+Enter")
    expect(page.locator("table").last).to_contain_text("115")


def test_no_fault_that_axe_finds(page: Page, host: str, axe: str) -> None:
    """The pages that scripts have filled are as open to all as the server's."""
    for path in (
        "search/?q=pause",
        "compare/?intervention=pause&intervention=no-wrong-door",
        "interventions/",
    ):
        page.goto(host + path, wait_until="networkidle")
        page.evaluate(axe)
        found = page.evaluate("axe.run().then((r) => r.violations.map((v) => v.id))")
        assert found == [], path
