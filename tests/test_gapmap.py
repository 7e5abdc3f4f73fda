"""The evidence gap map: its numbers are the stored query's, everyone can read its page, its picture draws."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree as ET

import lxml.html
import pytest
from PIL import Image
from playwright.sync_api import Page

from cscip_kg import gapmap
from cscip_kg.errors import UnknownNameError
from cscip_kg.gapmap import COUNTED, TITLES, GapMap, Rows
from cscip_kg.namespaces import ID
from cscip_kg.output import CAUTION
from cscip_kg.queries import cell_value, run, table_of

KINDS: tuple[Rows, ...] = tuple(TITLES)
SVG = "{http://www.w3.org/2000/svg}"
FAMILY = ID + "practice-measure/family-focus"
STABILITY = ID + "dfe-outcome/greater-stability-for-children"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="session", params=KINDS)
def made(request: pytest.FixtureRequest, built: Path) -> GapMap:
    """Each of the maps over the project's graph."""
    return gapmap.gap_map(request.param, built)


@pytest.fixture(scope="session")
def pages(built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page of each map, as a file."""
    folder = tmp_path_factory.mktemp("maps")
    found = {}
    for kind in KINDS:
        found[kind] = folder / f"{kind}.html"
        found[kind].write_text(gapmap.html_of(gapmap.gap_map(kind, built), built), encoding="utf-8")
    return found


# --- numbers --------------------------------------------------------------------------------------------


def test_each_finding_is_counted_once_by_effect_and_once_by_design(made: GapMap) -> None:
    """In every cell both ways of counting add up to the findings."""
    assert len(made.cells) == len(made.rows) * 8
    for cell in made.cells.values():
        for by in COUNTED:
            assert sum(number for _, _, number in cell.parts(by)) == cell.findings, cell


def test_the_map_of_practice_measures_has_seven_rows_and_the_seven_outcomes(built: Path) -> None:
    """Seven measures and seven outcomes (rees-2017#L196-202, L206-212), then what lies outside them."""
    made = gapmap.gap_map("practice", built)
    assert len(made.rows) == 7
    assert [outcome.iri.split("/")[-2] for outcome in made.outcomes] == ["dfe-outcome"] * 7 + [
        "outcome-scope"
    ]


def test_an_empty_cell_stays_in_the_map(built: Path) -> None:
    """No source reports a finding on stability for an intervention with group case discussion."""
    made = gapmap.gap_map("practice", built)
    cell = made.cells[ID + "practice-measure/group-case-discussion", STABILITY]
    assert (cell.findings, cell.counts["interventions"], cell.parts("effect")) == (0, 0, [])


def test_a_map_that_does_not_exist_is_refused_with_those_that_do() -> None:
    """A misspelt kind of rows or way of counting brings the allowed ones."""
    with pytest.raises(UnknownNameError, match="practice, theme, intervention"):
        gapmap.kind_named("practise")
    with pytest.raises(UnknownNameError, match="effect or design"):
        gapmap.by_named("colour")


def test_csv_is_the_answer_of_the_stored_query(made: GapMap, built: Path) -> None:
    """The file holds, cell by cell, what the query gives when it is run by name."""
    rows = list(csv.reader(io.StringIO(gapmap.csv_of(made))))
    answer = table_of(run(made.query, folder=built))
    assert rows == [list(answer.columns), *([cell_value(cell) for cell in row] for row in answer.rows)]


# --- picture --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", COUNTED)
def test_picture_says_every_number_in_words(made: GapMap, by: gapmap.By) -> None:
    """Each cell of the SVG has a title with its numbers; the whole has title, description and caution."""
    root = ET.fromstring(gapmap.svg_of(made, by))  # noqa: S314 - our own text
    titles = {title.text for title in root.iter(f"{SVG}title")}
    for cell in made.cells.values():
        start = f"{cell.row.name}, {cell.outcome.name}: {cell.findings} finding"
        (title,) = (t for t in titles if t and t.startswith((f"{start}s", f"{start}:", start)) and
                    t.removeprefix(start)[:1] in ("", "s", ":"))  # fmt: skip
        for words, _, number in cell.parts(by):
            assert f"{number} {words}" in title
    assert root.get("role") == "img"
    shown = " ".join("".join(text.itertext()) for text in root.iter(f"{SVG}text"))
    assert CAUTION in shown
    assert made.build in shown


def test_png_is_a_picture_with_something_in_it(built: Path, tmp_path: Path) -> None:
    """The PNG has the SVG's proportions, and text and bars in more than one colour."""
    path = tmp_path / "map.png"
    path.write_bytes(gapmap.png_of(gapmap.gap_map("practice", built), scale=0.5))
    with Image.open(path) as image:
        assert (image.format, image.size) == ("PNG", (754, 363))
        assert len(image.convert("RGB").getcolors(maxcolors=1 << 20) or []) > 20


# --- page -----------------------------------------------------------------------------------------------


def opened(page: Page, path: Path) -> Page:
    page.goto(path.as_uri())
    return page


@pytest.fixture(params=KINDS)
def shown(request: pytest.FixtureRequest, page: Page, pages: dict[str, Path]) -> tuple[str, Page]:
    """Each page in the browser, with the name of its map."""
    return request.param, opened(page, pages[request.param])


def sized(page: Page, width: int, height: int) -> Page:
    page.set_viewport_size({"width": width, "height": height})
    return page


# The pages are of one template and differ in their number of cells: one of them is looked at at both widths.
LOOKED_AT = [("theme", "desktop"), ("theme", "phone"), ("practice", "phone"), ("intervention", "desktop")]


@pytest.mark.browser
@pytest.mark.parametrize(("kind", "size"), LOOKED_AT)
def test_page_has_no_accessibility_faults(
    kind: str, size: str, page: Page, pages: dict[str, Path], axe: str
) -> None:
    """axe-core finds no violation, on a desktop or on a phone."""
    opened(sized(page, *SIZES[size]), pages[kind])
    page.evaluate(axe)
    # Without this, every node that passes is described, which takes most of the time.
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]] == []
    assert len(found["passes"]) > 15


@pytest.mark.browser
@pytest.mark.parametrize("size", SIZES)
def test_only_tables_and_pictures_are_wider_than_the_page(shown: tuple[str, Page], size: str) -> None:
    """Wide things scroll for themselves: the page does not, at either width."""
    _, page = shown
    sized(page, *SIZES[size])
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.browser
def test_map_prints_whole(shown: tuple[str, Page]) -> None:
    """On a sheet of A4 in landscape, less its margins, nothing of the tables is cut off."""
    _, page = shown
    sized(page, 1017, 700).emulate_media(media="print")
    cut = "[...document.querySelectorAll('.scroll')].filter(e => e.scrollWidth > e.clientWidth).length"
    assert page.evaluate(cut) == 0


@pytest.mark.browser
def test_numbers_of_the_page_are_those_of_the_query(shown: tuple[str, Page], built: Path) -> None:
    """Every cell of the first table, empty ones too, says the number of findings and of each effect."""
    kind, page = shown
    answer = table_of(run(f"map-{kind}-by-outcome", folder=built))
    read = page.evaluate(
        """() => {
          const table = document.querySelector('table.map'), found = {};
          const columns = [...table.tHead.rows[0].cells].map(c => c.textContent.trim());
          for (const row of table.tBodies[0].rows)
            [...row.cells].slice(1, 9).forEach((cell, n) =>
              found[row.cells[0].textContent.trim() + '|' + columns[n + 1]] = cell.innerText);
          return found;
        }"""
    )
    assert len(read) == len(answer.rows)
    words = {key: text for key, text, _ in COUNTED["effect"]}
    for row in answer.rows:
        cells = dict(zip(answer.columns, map(cell_value, row), strict=True))
        text = read[f"{cells['rowName']}|{cells['outcomeName']}"]
        number = int(cells["findings"])
        assert (f"{number} finding" in text) == (number > 0), (cells["rowName"], text)
        if not number:
            assert "Nothing found in these sources" in text or "No finding" in text
        for key, effect in words.items():
            assert (f"{cells[key]} {effect}" in text) == (cells[key] != "0")


@pytest.mark.browser
def test_map_works_by_keyboard_alone(page: Page, pages: dict[str, Path]) -> None:
    """Tab reaches the skip link, then the tables and cells; Enter leads to the findings, and back."""
    opened(page, pages["practice"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the main content"
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.closest('table.map td') !== null"):
            break
    assert page.evaluate("document.activeElement.innerText").startswith("13 findings")
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert page.evaluate(outline) == "solid"
    page.keyboard.press("Enter")
    page.wait_for_url("**#cell-practice-measure-family-focus-dfe-outcome-better-value-for-money")
    heading = page.locator(":target")
    assert heading.inner_text() == "Family focus: Better value for money"
    section = heading.locator("xpath=..")
    assert section.locator("tbody tr").count() == 13
    section.get_by_role("link", name="Back to the map").press("Enter")
    page.wait_for_url("**#by-effect")


@pytest.mark.browser
def test_every_link_of_the_page_leads_somewhere(shown: tuple[str, Page]) -> None:
    """Each link to a place on the page has its target, and no identifier stands twice."""
    _, page = shown
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(set(ids)) == len(ids)
    targets = page.evaluate(
        "[...document.querySelectorAll('a[href^=\"#\"]')].map(a => a.getAttribute('href').slice(1))"
    )
    assert len(targets) > 20
    assert set(targets) <= set(ids)


@pytest.mark.browser
def test_page_loads_nothing_from_elsewhere(page: Page, pages: dict[str, Path]) -> None:
    """The page stands alone: no request but that for itself."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    opened(page, pages["theme"])
    assert asked == [pages["theme"].as_uri()]


def test_page_names_the_query_of_each_cell(pages: dict[str, Path]) -> None:
    """Behind a cell stands the command that gives its rows again."""
    text = pages["practice"].read_text(encoding="utf-8")
    assert "cscip query map-cell -p row=practice-measure/family-focus -p outcome=dfe-outcome/" in text
    assert CAUTION in text


def test_page_cites_the_lines_of_each_row(pages: dict[str, Path]) -> None:
    """Each row behind a cell ends with its source and lines, a source named once: rees-2017#L585 L921-923."""
    cells = [row[-1].text for row in lxml.html.parse(pages["theme"]).xpath("//section//tbody/tr")]
    assert len(cells) > 200
    cited = r"[a-z]+(-[a-z0-9]+)+#L\d+(-\d+)?( L\d+(-\d+)?)*"
    assert [text for text in cells if not re.fullmatch(f"{cited}(; {cited})*", text or "")] == []
    assert "rees-2017#L585 L921-923 L931" in cells


def test_names_cannot_become_markup(built: Path) -> None:
    """A name with signs of HTML is escaped in page and picture."""
    made = gapmap.gap_map("practice", built)
    evil = gapmap.Heading(made.rows[0].iri, "<script>alert(1)</script>")
    cells = {
        key: gapmap.Cell(evil if key[0] == evil.iri else cell.row, cell.outcome, cell.counts)
        for key, cell in made.cells.items()
    }
    changed = GapMap(**{**vars(made), "rows": (evil, *made.rows[1:]), "cells": cells})
    for text in (gapmap.html_of(changed, built), gapmap.svg_of(changed)):
        assert "<script" not in text
        assert "&lt;script&gt;" in text


def test_process_evidence_has_its_place(built: Path) -> None:
    """Interventions without a finding still show how they were studied: the FGM Centre (004, two rows)."""
    made = gapmap.gap_map("theme", built)
    row = ID + "theme/female-genital-mutilation"
    assert all(made.cells[row, outcome.iri].findings == 0 for outcome in made.outcomes)
    assert made.process[row]["processAims"] == 2
    assert json.dumps(made.process[row])
