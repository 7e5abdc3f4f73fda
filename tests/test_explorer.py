"""The explorer in a browser: each reader's main path, with and without scripts, on a desk and on a telephone.

Nothing is loaded from elsewhere, nothing is too heavy, and no page keeps out who cannot see or use a mouse.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from cscip_kg.assets import static_dir
from server_process import Running

pytestmark = [pytest.mark.server, pytest.mark.browser]
SIZES = {"desk": {"width": 1280, "height": 900}, "telephone": {"width": 390, "height": 844}}
# One page of each kind that is laid out in its own way.
INDEXES = (
    "", "interventions/", "outcomes/", "measures/", "practice/", "evaluations/", "organisations/", "places/",
    "costs/", "lessons/", "discrepancies/", "sources/", "vocabulary/", "ontology/", "queries/", "compare/",
    "map/", "search/", "ask/", "about/", "method/", "cite/", "contribute/", "downloads/", "accessibility/",
    "sparql-editor/", "no-such-page/",
)  # fmt: skip
THINGS = (
    "intervention/no-wrong-door/", "dfe-outcome/reduced-risk-for-children/", "evaluation/no-wrong-door/",
    "practice-measure/group-case-discussion/", "outcome-measure/missing-episodes/", "source/rees-2017/",
    "organisation/coram/", "area/bristol/", "topic/resistance-to-change/", "round/round-1/",
    "theme/edge-of-care-and-children-in-need/",
    "study-design/randomised-controlled-trial/", "queries/what-reduced/", "queries/map-practice-by-outcome/",
    "map/theme/", "search/?q=teenagers+going+missing", "ask/?q=which+projects+reduced+missing+episodes",
    "ask/?q=which+project+is+the+best", "compare/?intervention=pause&intervention=no-wrong-door",
    "interventions/?theme=edge-of-care-and-children-in-need&round=round-1",
)  # fmt: skip
HEAVIEST = 300_000
# Milliseconds: a machine that tests share is slow.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="module", autouse=True)
def _assets() -> None:
    """What the pages load has been built; without it the tests fail and say what to run."""
    if not (static_dir() / "site.css").is_file():
        pytest.fail("The pages have no style yet. Run: make web")


def opened(browser: Browser, size: str, *, scripts: bool = True) -> Iterator[Page]:
    context = browser.new_context(viewport=SIZES[size], reduced_motion="reduce", java_script_enabled=scripts)  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


@pytest.fixture(params=list(SIZES))
def sized(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Page]:
    yield from opened(browser, request.param)


@pytest.fixture
def plain(browser: Browser) -> Iterator[Page]:
    """A page in a browser that runs no scripts."""
    yield from opened(browser, "desk", scripts=False)


def violations(page: Page, axe: str) -> list[str]:
    page.evaluate(axe)
    found: list[dict[str, Any]] = page.evaluate("axe.run().then((r) => r.violations)")
    return [f"{v['id']}: {n['html'][:200]}" for v in found for n in v["nodes"]]


@pytest.mark.parametrize("path", [*INDEXES, *THINGS])
def test_every_kind_of_page(path: str, sized: Page, served: Running, axe: str) -> None:
    """No fault that axe-core finds, no word of the policy broken, nothing from elsewhere, not over 300 kB."""
    heard: list[str] = []
    loaded: list[tuple[str, int]] = []
    sized.on("console", lambda message: heard.append(message.text))
    sized.on("pageerror", lambda error: heard.append(str(error)))
    sized.on("requestfinished", lambda r: loaded.append((r.url, r.sizes()["responseBodySize"])))
    response = sized.goto(served.url + path, wait_until="networkidle")
    assert response
    missing = path == "no-such-page/"
    assert response.status == (404 if missing else 200)
    expect(sized.locator("h1")).to_have_count(1)
    assert [line for line in heard if not (missing and "404" in line)] == []
    assert [url for url, _ in loaded if not url.startswith(served.url)] == []
    if path != "sparql-editor/":
        assert sum(size for _, size in loaded) <= HEAVIEST, loaded
    assert sized.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "the page is too wide"
    assert violations(sized, axe) == []


def test_a_fault_would_be_found(page: Page, served: Running, axe: str) -> None:
    """The check can fail: a picture without a text and a button without a name are told."""
    page.goto(served.url + "about/")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=x><button></button>')"
    )
    assert {line.partition(":")[0] for line in violations(page, axe)} >= {"image-alt", "button-name"}


def press(page: Page, text: str, most: int = 120) -> None:
    """Go on with Tab until what has this text has the focus, then press Enter."""
    for _ in range(most):
        page.keyboard.press("Tab")
        focused = page.evaluate(
            "(document.activeElement.innerText || document.activeElement.value || '').trim()"
        )
        if focused == text:
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"{text!r} cannot be reached by keyboard")


def test_the_commissioners_path_by_keyboard(sized: Page, served: Running) -> None:
    """From the first page to what was tried for a theme, to a profile, to the lines of its source."""
    sized.goto(served.url)
    sized.keyboard.press("Tab")
    expect(sized.locator(":focus")).to_have_text("Skip to main content")
    press(sized, "Find what has been tried")
    expect(sized.locator("h1")).to_have_text("Interventions")
    sized.get_by_label("Theme").select_option(label="Edge of care and children in need")
    sized.get_by_role("button", name="Show interventions").press("Enter")
    sized.wait_for_url("**theme=**")
    press(sized, "Step Change", 400)
    expect(sized.locator("h1")).to_contain_text("Step Change")
    expect(sized.locator("main")).to_contain_text("#L")


def test_a_question_by_keyboard(page: Page, served: Running) -> None:
    """From the first page to a question in plain words and its answer, without a mouse."""
    page.goto(served.url)
    press(page, "Ask a question")
    expect(page.locator("h1")).to_contain_text("Ask")
    page.locator("main input[name=q]").focus()
    page.keyboard.type("which projects reduced missing episodes?")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("rees-2017#L")


def test_the_map_by_keyboard(page: Page, served: Running) -> None:
    """From the first page to the map, into a cell by its link, to the findings with their lines."""
    page.goto(served.url)
    press(page, "See where evidence is missing")
    expect(page.locator("h1")).to_contain_text("Evidence gap map")
    cell = page.locator("main table a").first
    cell.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/map/**/")
    expect(page.locator("main")).to_contain_text("#L")


def test_the_commissioners_path_without_scripts(plain: Page, served: Running) -> None:
    """Search, filters, question, comparison and a query's form all work when no script runs."""
    plain.goto(served.url)
    plain.get_by_role("searchbox").or_(plain.locator("input[name=q]")).first.fill("teenagers going missing")
    plain.get_by_role("button", name="Search").click()
    expect(plain.locator("main")).to_contain_text("Missing")
    plain.goto(served.url + "interventions/")
    plain.get_by_label("Round").select_option(label="Round 1")
    plain.get_by_role("button", name="Show interventions").click()
    rows = plain.locator("main tbody tr")
    assert 0 < rows.count() < 115
    plain.goto(served.url + "ask/")
    plain.locator("input[name=q]").last.fill("which projects reduced missing episodes?")
    plain.locator("main form button").first.click()
    expect(plain.locator("main")).to_contain_text("No Wrong Door")
    plain.goto(served.url + "queries/what-reduced/")
    plain.locator("main form button").first.click()
    assert plain.locator("main tbody tr").count() > 0


def test_the_analysts_path(page: Page, served: Running) -> None:
    """From the library to a query's rows as CSV, and its text in the editor, run by keyboard."""
    page.goto(served.url + "queries/")
    page.get_by_role("link", name="what-reduced").first.click()
    link = page.get_by_role("link", name="CSV").first.get_attribute("href")
    assert link
    answer = page.request.get(page.evaluate("(href) => new URL(href, location).href", link))
    assert answer.headers["content-type"].startswith("text/csv")
    assert "rees-2017#L" in answer.text()
    page.goto(served.url + "sparql-editor/")
    page.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT (COUNT(?i) AS ?n) { ?i a cscip:Intervention }", delay=1)
    page.keyboard.press("Control+Enter")
    expect(page.locator("table")).to_contain_text("115")


def test_the_dfe_analysts_path(sized: Page, served: Running) -> None:
    """From the first page to the map, to an empty cell that is seen, to the findings behind a full one."""
    sized.goto(served.url + "map/")
    expect(sized.locator("table").first).to_be_visible()
    assert sized.get_by_text("none", exact=False).count() > 0
    sized.locator("main table a").first.click()
    expect(sized.locator("main")).to_contain_text("#L")


def test_the_developers_path(page: Page, served: Running) -> None:
    """An identifier leads to a page for people and to data for programs; the page says where the data are."""
    answer = page.request.get(served.url + "id/intervention/pause", headers={"Accept": "text/turtle"})
    assert answer.url.endswith("/data/intervention/pause.ttl")
    page.goto(served.url + "id/intervention/pause")
    assert page.url == served.url + "intervention/pause/"
    assert page.locator("a[href*='data/intervention/pause']").count() > 0
    told = page.request.get(served.url).text()
    block = told.partition('<script type="application/ld+json">')[2].partition("</script>")[0]
    assert json.loads(block)["@type"] == "Dataset"


def test_no_script_is_needed_to_read(plain: Page, served: Running) -> None:
    """The profile, the map and the library say without scripts what they say with them."""
    for path in ("intervention/pause/", "map/", "queries/"):
        plain.goto(served.url + path)
        assert len(plain.locator("main").inner_text()) > 1000
