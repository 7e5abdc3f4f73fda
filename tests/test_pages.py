"""The pages of profiles and comparisons: anyone can read them, on any screen, on paper, without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import lxml.html
import pytest
from jinja2 import UndefinedError
from playwright.sync_api import Browser, Page

from cscip_kg import __version__, profiles
from cscip_kg.document import Document, Panel, Part, html
from cscip_kg.output import CAUTION
from cscip_kg.pages import anchor, cite_as, render

SIX = (
    "pause",
    "no-wrong-door",
    "inside-out",
    "residential-migration",
    "mockingbird-family-model",
    "step-change",
)
PAGES: dict[str, Callable[[Path], Document]] = {
    "profile": lambda folder: profiles.profile("no-wrong-door", folder),
    "two": lambda folder: profiles.comparison(SIX[:2], folder),
    "six": lambda folder: profiles.comparison(SIX, folder),
}
DESKTOP, PHONE = (1280, 900), (390, 844)
# A4 in landscape at 96 dots an inch, less the margins of the sheet.
SHEET = (1017, 700)
A4_LANDSCAPE = {(842, 595)}


@pytest.fixture(scope="module")
def documents(built: Path) -> dict[str, Document]:
    """A profile and two comparisons."""
    return {name: made(built) for name, made in PAGES.items()}


@pytest.fixture(scope="module")
def files(documents: dict[str, Document], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page of each, as a file."""
    folder = tmp_path_factory.mktemp("pages")
    found = {name: folder / f"{name}.html" for name in documents}
    for name, path in found.items():
        path.write_text(html(documents[name]), encoding="utf-8")
    return found


# --- what a page holds ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_its_language_title_and_outline(name: str, documents: dict[str, Document]) -> None:
    """British English, the title in the tab, one first heading, and no level left out below it."""
    page = lxml.html.fromstring(html(documents[name]))
    assert page.get("lang") == "en-GB"
    assert page.findtext("head/title") == f"{documents[name].title} \N{EN DASH} cscip-kg"
    levels = [int(e.tag[1]) for e in page.iter("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


@pytest.mark.parametrize("name", PAGES)
def test_links_of_a_page_lead_to_its_parts(name: str, documents: dict[str, Document]) -> None:
    """The contents list every part by its title; every link has its target; no identifier stands twice."""
    page = lxml.html.fromstring(html(documents[name]))
    ids = [e.get("id") for e in page.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    links = {a.get("href")[1:]: a.text for a in page.iter("a") if a.get("href").startswith("#")}
    assert set(links) <= set(ids)
    titles = [page.get_element_by_id(target).text for target in links if target.startswith("part-")]
    assert titles == [part.title for part in documents[name].parts]
    assert [links[target] for target in links if target.startswith("part-")] == titles


@pytest.mark.parametrize("name", PAGES)
def test_a_page_loads_nothing_and_runs_nothing(name: str, documents: dict[str, Document]) -> None:
    """No script, no style sheet, picture or font from elsewhere: it can be sent as one file."""
    text = html(documents[name])
    page = lxml.html.fromstring(text)
    assert not list(page.iter("script", "link", "img", "iframe", "object"))
    assert "url(" not in text
    assert "@import" not in text
    assert not [e for e in page.iter() for key in e.attrib if key.startswith("on") or key == "src"]


def test_tables_name_their_headings(documents: dict[str, Document]) -> None:
    """Each column has a heading with its scope, each row too, and each table a caption."""
    tables = list(lxml.html.fromstring(html(documents["two"])).iter("table"))
    assert len(tables) == 5
    for table in tables:
        assert table.findtext("caption")
        assert [th.get("scope") for th in table.findall("thead/tr/th")] == ["col"] * 2
        assert all(row.find("th").get("scope") == "row" for row in table.findall("tbody/tr"))


def test_statements_of_a_cell_are_a_list_and_their_citations_stand_apart() -> None:
    """Several lines are items; the citation that a line ends with is marked, other brackets are not."""
    text = "one [s-1#L5 L7]\ntwo [not a citation]"
    page = lxml.html.fromstring(html(document_of(Panel("", "", ("", "X"), (("label", text),)))))
    one, two = page.findall(".//td/ul/li")
    assert (one.text_content(), two.text_content()) == tuple(text.split("\n"))
    assert [e.text for e in page.find_class("cite")] == ["[s-1#L5 L7]"]


def document_of(*panels: Panel) -> Document:
    return Document("T", "About.", (Part("P", "", panels),), "Cite.", "cscip show t")


def test_a_template_that_asks_for_what_is_not_given_is_an_error() -> None:
    """A forgotten value stops the page: it leaves no gap that looks like nothing."""
    with pytest.raises(UndefinedError, match="document"):
        render("document.html")


def test_places_and_citations_have_one_form() -> None:
    """Identifiers are letters, digits and dashes; a citation has title, version, build and address."""
    assert anchor("cell", "https://w3id.org/cscip/id/theme/Care & more") == "cell-theme-care-more"
    assert cite_as("A", "b1") == f"A. cscip-kg, version {__version__}, build b1. https://w3id.org/cscip/"


# --- in a browser -----------------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_no_accessibility_faults(
    name: str, size: tuple[int, int], page: Page, axe: str, files: dict[str, Path]
) -> None:
    """axe-core finds no violation; nothing but tables that scroll for themselves is wider than the page."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(files[name].as_uri())
    page.evaluate(axe)
    # Without this, every node that passes is described, which takes most of the time.
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]] == []
    assert len(found["passes"]) > 15
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("name", "least", "tallest"), [("profile", 80, 5), ("two", 180, 50), ("six", 300, 10)]
)
def test_a_page_is_read_on_a_phone(
    name: str, least: int, tallest: int, page: Page, files: dict[str, Path]
) -> None:
    """No cell is a sliver: each has its least width, and a height to go with it; no text is tiny."""
    page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    page.goto(files[name].as_uri())
    cells = page.evaluate(
        """[...document.querySelectorAll('td, dd')].filter(e => e.textContent.trim())
           .map(e => [e.clientWidth, e.clientHeight])"""
    )
    assert len(cells) > 20
    assert min(width for width, _ in cells) >= least
    assert max(height / width for width, height in cells) <= tallest
    sizes = page.evaluate(
        "[...document.querySelectorAll('main *')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(sizes) >= 12


@pytest.fixture
def without_scripts(browser: Browser) -> Iterator[Page]:
    """A page in a browser that runs no script."""
    context = browser.new_context(java_script_enabled=False)
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_a_page_works_without_scripts(
    without_scripts: Page, files: dict[str, Path], documents: dict[str, Document]
) -> None:
    """With scripts switched off every part is there to be seen, and the contents lead to it."""
    without_scripts.goto(files["profile"].as_uri())
    for part in documents["profile"].parts:
        assert without_scripts.get_by_role("heading", name=part.title, exact=True).is_visible()
    without_scripts.get_by_role("link", name="What is not known").click()
    assert without_scripts.url.endswith("#part-9")
    assert without_scripts.get_by_text(CAUTION).first.is_visible()


@pytest.mark.browser
def test_a_page_works_by_keyboard_alone(page: Page, files: dict[str, Path]) -> None:
    """Tab shows the skip link, then the contents; Enter leads on; a table that scrolls takes the focus."""
    page.goto(files["two"].as_uri())
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the main content")
    assert skip.is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "What they are"
    page.keyboard.press("Enter")
    assert page.url.endswith("#part-1")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "scroll"
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_a_page_prints_whole(name: str, page: Page, files: dict[str, Path]) -> None:
    """On a sheet nothing is cut off at the right, nothing scrolls, and the skip link is gone."""
    page.set_viewport_size({"width": SHEET[0], "height": SHEET[1]})
    page.goto(files[name].as_uri())
    page.emulate_media(media="print")
    edges = page.evaluate(
        "[...document.querySelectorAll('main *')].map(e => e.getBoundingClientRect().right)"
    )
    assert max(edges) <= SHEET[0]
    cut = page.evaluate(
        "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth).length"
    )
    assert cut == 0
    assert not page.get_by_role("link", name="Skip to the main content").is_visible()
    made = page.pdf(prefer_css_page_size=True)
    assert made.startswith(b"%PDF-")
    sizes = re.findall(rb"/MediaBox \[0 0 ([0-9.]+) ([0-9.]+)\]", made)
    assert {(round(float(width)), round(float(height))) for width, height in sizes} == A4_LANDSCAPE
