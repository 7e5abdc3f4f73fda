"""The explorer's pages: whole, linked, cited, readable by everybody, and the same as files of a site."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest
from lxml import etree

from cscip_kg import assets, described, queries, site
from cscip_kg.described import Made
from cscip_kg.document import NOTHING
from cscip_kg.errors import ExportError
from cscip_kg.namespaces import ID
from cscip_kg.output import CAUTION
from cscip_kg.queries import StoredQuery, Table
from cscip_kg.reply import Reply, Request
from cscip_kg.rest.problems import Refusal
from cscip_kg.site import routes, static
from cscip_kg.site.cells import Here, effect, outward, value_html
from cscip_kg.site.known import block_of, known, shortened, words_of
from cscip_kg.site.library import bars, checked
from cscip_kg.site.rows import shown

# One page of every sort that has a layout, or panels, of its own.
SAMPLE = (
    "",
    "interventions/",
    "outcomes/",
    "measures/page-2/",
    "practice/",
    "evaluations/",
    "costs/",
    "lessons/",
    "discrepancies/",
    "sources/",
    "vocabulary/",
    "ontology/",
    "queries/",
    "queries/effect-counts/",
    "queries/region-counts/",
    "queries/describe-intervention/",
    "queries/lessons/page-2/",
    "compare/",
    "map/",
    "map/theme/",
    "map/intervention/",
    "map/practice-measure/family-focus/greater-stability-for-children/",
    "search/",
    "ask/",
    "about/",
    "method/",
    "cite/",
    "contribute/",
    "downloads/",
    "accessibility/",
    "sparql-editor/",
    "intervention/pause/",
    "intervention/no-wrong-door/",
    "evaluation/pause-round-1/",
    "project/pause-round-2/",
    "organisation/catch22/",
    "area/slough/",
    "dfe-outcome/reduced-risk-for-children/",
    "outcome-measure/missing-episodes/",
    "practice-measure/family-focus/",
    "practice-approach/signs-of-safety/",
    "theme/residential-care/",
    "topic/leadership/",
    "population/care-leavers/",
    "source/thematic-briefing/",
    "source/rees-2017/lines-401-600/",
    "report/pause-2/",
    "lesson/rees-too-early-for-tbap/",
    "identity/brighter-futures-round-1-evaluation/",
    "scheme/effect/",
    "round/round-2/",
    "check/rees-2017-no-wrong-door-l929/",
)
# Questions that need more than a path.
ASKED = (
    ("interventions/", (("theme", "residential-care"), ("round", "round-2"))),
    ("interventions/", (("theme", "no-such-theme"),)),
    ("search/", (("q", "missing teenagers"),)),
    ("search/", (("q", "zzzzqqq"),)),
    ("search/", (("q", "x" * 5000),)),
    ("ask/", (("q", "which projects reduced missing episodes?"),)),
    ("ask/", (("q", "what is the weather?"),)),
    ("compare/", (("intervention", "pause"), ("intervention", "no-wrong-door"))),
    ("compare/", (("intervention", "pause"),)),
    ("queries/findings-where/", (("outcome", "reduced-risk-for-children"), ("page", "1"))),
    ("queries/findings-where/", (("outcome", "no-such-outcome"),)),
)
# What other rooms answer, so that a link there is no dead one.
OTHERS = re.compile(r"(static|data|api|id|\.well-known)/.+|sparql|ontology\.ttl|dcat\.ttl|downloads/.+")
WEIGHT = 300_000


@cache
def got(built: Path, path: str, params: tuple[tuple[str, str], ...] = ()) -> Reply:
    """The reply to a request, made once."""
    reply = site.reply(Request(path, params), built)
    assert reply is not None
    return reply


def page_of(built: Path, path: str, *params: tuple[str, str]) -> Any:
    """The page at a path, read."""
    reply = got(built, path, params)
    assert reply.media == "text/html; charset=utf-8"
    return lxml.html.fromstring(reply.body.decode())


def rows_of(built: Path, path: str, *params: tuple[str, str]) -> list[dict[str, str]]:
    """The rows of a table of a page."""
    reply = got(built, path, params)
    assert (reply.status, reply.media.split(";")[0]) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(reply.body.decode())))


# --- every page -------------------------------------------------------------------------------------------


def outline(page: Any) -> Iterator[str]:
    """Yield what is wrong with the headings, the places and the language of a page."""
    levels = [int(e.tag[1]) for e in page.iter("h1", "h2", "h3", "h4")]
    if levels.count(1) != 1 or levels[0] != 1:
        yield "there is not one first heading"
    if any(after > before + 1 for before, after in pairwise(levels)):
        yield "a level of headings is left out"
    ids = [e.get("id") for e in page.iter() if e.get("id")]
    yield from (f"id {name} stands twice" for name, number in Counter(ids).items() if number > 1)
    if page.get("lang") != "en-GB" or not page.findtext("head/title"):
        yield "language or title is missing"


def foreign(page: Any) -> Iterator[str]:
    """Yield what the policy for contents would refuse: inline styles and scripts, what others serve."""
    for e in page.iter(etree.Element):
        yield from (
            f"attribute {key} on {e.tag}" for key in e.attrib if key.startswith("on") or key == "style"
        )
        bare = e.tag == "script" and not e.get("src") and e.get("type") != "application/ld+json"
        if e.tag == "style" or bare:
            yield f"inline {e.tag}"
        for key in ("src", "href", "action"):
            if urlsplit(e.get(key) or "").netloc and e.tag != "a":
                yield f"{e.tag} loads {e.get(key)}"


def unnamed(page: Any) -> Iterator[str]:
    """Yield tables, regions and fields that somebody who does not see them could not use."""
    for table in page.iter("table"):
        if not (table.findtext("caption") or "").strip():
            yield "a table has no caption"
        if any(th.get("scope") not in ("col", "row") for th in table.iter("th")):
            yield "a heading of a table has no scope"
    for region in page.find_class("app-scroll"):
        named = region.get("aria-label") or region.get("aria-labelledby")
        if region.get("tabindex") != "0" or region.get("role") != "region" or not named:
            yield "a region that scrolls cannot be reached or has no name"
    labels = {e.get("for") for e in page.iter("label")}
    for field in page.iter("input", "select", "textarea"):
        if field.get("id") not in labels:
            yield f"field {field.get('name')} has no label"


def faults(page: Any) -> list[str]:
    """Return what is wrong with a page that must hold on all of them."""
    return [*outline(page), *foreign(page), *unnamed(page)]


@pytest.mark.parametrize("path", SAMPLE)
def test_a_page_is_whole(path: str, built: Path) -> None:
    """One first heading, ids once, headings in order, nothing inline, captions, scopes and labels."""
    reply = got(built, path)
    assert reply.status == 200
    assert len(reply.body) <= WEIGHT
    assert faults(page_of(built, path)) == []


@pytest.mark.parametrize(("path", "params"), ASKED)
def test_a_page_that_was_asked_something_is_whole(
    path: str, params: tuple[tuple[str, str], ...], built: Path
) -> None:
    """So is every page of answers, also where there is none or the question is at fault."""
    assert faults(page_of(built, path, *params)) == []
    assert len(got(built, path, params).body) <= WEIGHT


@pytest.mark.parametrize(
    ("markup", "fault"),
    [
        ("<h1>a</h1><h1>b</h1>", "first heading"),
        ("<h1>a</h1><h3>b</h3>", "level"),
        ("<h1 id=a>a</h1><p id=a>", "twice"),
        ("<h1>a</h1><p style='x'>", "style"),
        ("<h1>a</h1><script>1</script>", "inline"),
        ("<h1>a</h1><img src='https://example.org/a.png'>", "loads"),
        ("<h1>a</h1><table><tr><th>a</table>", "caption"),
        ("<h1>a</h1><div class=app-scroll></div>", "reached"),
        ("<h1>a</h1><input id=b name=b>", "label"),
    ],
)
def test_a_fault_of_a_page_is_found(markup: str, fault: str) -> None:
    """What the checks look for, they see."""
    page = lxml.html.document_fromstring(f"<html lang=en-GB><head><title>t</title></head><body>{markup}")
    assert any(fault in told for told in faults(page))


@pytest.fixture(scope="module")
def first_pages(built: Path) -> set[str]:
    """The path of every first page."""
    return set(routes.pages(known(built)))


def dead(page: Any, path: str, there: set[str]) -> Iterator[str]:
    """Yield every link of a page that leads nowhere, or to a place that is not on the page itself."""
    ids = {e.get("id") for e in page.iter() if e.get("id")}
    for href in dict.fromkeys(a.get("href") for a in page.iter("a") if a.get("href") is not None):
        parts = urlsplit(href)
        if parts.scheme:
            if parts.scheme not in ("http", "https"):
                yield href
            continue
        if href.startswith("/"):
            yield href
            continue
        target = urljoin(f"https://site/{path}", href)
        to = urlsplit(target).path.removeprefix("/")
        if to == path and parts.fragment and parts.fragment not in ids:
            yield href
        base = re.sub(r"page-\d+/$", "", to)
        if base not in there and not OTHERS.fullmatch(to) and not (to.endswith(".csv") and _has(to)):
            yield href


def _has(path: str) -> bool:
    return got(_BUILT[0], path).status == 200


_BUILT: list[Path] = []


@pytest.mark.parametrize("path", SAMPLE)
def test_links_of_a_page_lead_somewhere(path: str, built: Path, first_pages: set[str]) -> None:
    """Every link is relative and leads to a page, a table, or what another room serves; places exist."""
    _BUILT[:] = [built]
    assert list(dead(page_of(built, path), path, first_pages)) == []


def test_a_dead_link_is_found(built: Path) -> None:
    """One to nowhere, one from the root, one to a place that is missing, one that is no web address."""
    _BUILT[:] = [built]
    hrefs = ("../nowhere/", "/about/", "#gone", "javascript:alert(1)", "x.csv", "../b/")
    page = lxml.html.document_fromstring("".join(f"<a href='{href}'>a</a>" for href in hrefs))
    assert list(dead(page, "a/", {"a/", "b/"})) == list(hrefs[:-1])


# --- what pages say ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "intervention/pause/",
        "evaluation/pause-round-1/",
        "dfe-outcome/reduced-risk-for-children/",
        "outcome-measure/missing-episodes/",
        "theme/residential-care/",
        "queries/what-reduced/",
        "map/",
        "map/practice-measure/family-focus/greater-stability-for-children/",
    ],
)
def test_where_effects_are_shown_the_caution_stands(path: str, built: Path) -> None:
    """No effect without what it cannot show."""
    assert CAUTION in page_of(built, path).text_content()


@pytest.mark.parametrize(
    ("path", "citation", "to"),
    [
        ("intervention/pause/", "foundations-lessons#L739", "source/foundations-lessons/lines-601-800/#L739"),
        (
            "evaluation/pause-round-2/",
            "wwcsc-2021#L2692-2698",
            "source/wwcsc-2021/lines-2601-2800/#L2692-2698",
        ),
        ("project/pause-round-2/", "wwcsc-2021#L12-13", "source/wwcsc-2021/lines-1-200/#L12-13"),
        ("organisation/catch22/", "wwcsc-2021#L1427", "source/wwcsc-2021/lines-1401-1600/#L1427"),
        ("outcome-measure/missing-episodes/", "rees-2017#L585", "source/rees-2017/lines-401-600/#L585"),
        ("practice-measure/family-focus/", "rees-2017#L200", "source/rees-2017/lines-1-200/#L200"),
        ("topic/leadership/", "foundations-lessons#L111", "source/foundations-lessons/lines-1-200/#L111"),
        ("lesson/rees-too-early-for-tbap/", "rees-2017#L911", "source/rees-2017/lines-801-1000/#L911"),
        ("report/pause-2/", "dfe-insights#L530", "source/dfe-insights/lines-401-600/#L530"),
    ],
)
def test_a_statement_shows_its_citation(path: str, citation: str, to: str, built: Path) -> None:
    """The lines that the record gives stand on the page, and lead to the page of those lines."""
    source, _, lines = citation.partition("#")
    links = {urljoin(f"/{path}", a.get("href")): a.text for a in page_of(built, path).xpath("//a[@href]")}
    assert links[f"/{to}"] in (citation, lines)
    behind = page_of(built, to.partition("#")[0])
    assert behind.get_element_by_id(lines).tag == "tr"
    assert source in behind.findtext(".//h1")


def test_every_finding_of_an_evaluation_can_be_linked_to(built: Path) -> None:
    """A fragment of an IRI is a place on the page: the finding, the account, each once."""
    page = page_of(built, "evaluation/pause-round-2/")
    for name in ("infants-entering-care", "wwcsc-2021", "dfe-insights"):
        assert page.get_element_by_id(name) is not None


def test_links_to_other_datasets_stand_on_the_page(built: Path) -> None:
    """They say how near the other thing comes and how it is known; without links there is no such part."""
    tree = page_of(built, "organisation/rees-centre/")
    (part,) = tree.xpath("//section[h2='In other datasets']")
    assert part.xpath(".//a/@href[starts-with(., 'https://ror.org/')]") == ["https://ror.org/052gg0110"]
    assert "unit of" in part.text_content()
    assert not page_of(built, "theme/residential-care/").xpath("//section[h2='In other datasets']")


def test_silence_is_said(built: Path) -> None:
    """Where the sources say nothing of it, the page says so and shows no empty table."""
    page = page_of(built, "intervention/pause/")
    (heading,) = [h for h in page.iter("h3") if h.text == "What it builds on"]
    assert heading.getnext().text == NOTHING
    assert not [t for t in page.iter("table") if not t.findall("tbody/tr")]


def test_what_a_source_gives_and_loses_is_told_apart(built: Path) -> None:
    """An icon that the text has lost is neither a gap nor a no."""
    page = page_of(built, "evaluation/pause-round-2/")
    told = {e.text: e.getnext().text_content().strip() for e in page.iter("dt")}
    assert told["Impact evaluation"] == "lost in extraction"


def test_the_home_page_counts_what_there_is(built: Path, quads: list[Any]) -> None:
    """The numbers are those of the graph: interventions counted here from the records' files."""
    told = {
        e.text_content(): e.getnext().text for e in page_of(built, "").xpath("//dl[@class='app-figures']//dt")
    }
    files = len(list((assets.data_dir() / "interventions").glob("*.yaml")))
    assert told["interventions"] == str(files)
    data = page_of(built, "").xpath("//script[@type='application/ld+json']")
    assert json.loads(data[0].text)["@type"] == "Dataset"
    assert "<" not in data[0].text


def test_the_ontology_page_has_a_place_for_every_term(built: Path) -> None:
    """Each class and property of the ontology file stands there under its name."""
    page = page_of(built, "ontology/")
    text = (assets.ontology_dir() / "cscip.ttl").read_text(encoding="utf-8")
    names = set(re.findall(r"(?m)^cscip:(\w+) a owl:", text))
    assert len(names) > 200
    assert names - {e.get("id") for e in page.iter() if e.get("id")} == set()
    chain = page.get_element_by_id("inRound").text_content()
    assert "statesRound" in chain


# --- filters ----------------------------------------------------------------------------------------------


def names_in(built: Path, *params: tuple[str, str]) -> set[str]:
    return {
        row["id"].removeprefix(f"{ID}intervention/")
        for row in rows_of(built, "interventions/list.csv", *params)
    }


# The first report (L374) says that families were allocated by chance in these two; a third trial (L1026) it
# does not name.
RANDOMISED = {"families-achieving-change-together", "steps-b"}


def test_a_filter_narrows_the_list(built: Path) -> None:
    """The two of which a source says that people were randomised; the page shows what its file holds."""
    found = names_in(built, ("design", "randomised-controlled-trial"))
    assert found == RANDOMISED
    page = page_of(built, "interventions/", ("design", "randomised-controlled-trial"))
    assert {a.get("href").split("/")[-2] for a in page.xpath("//tbody//th/a")} == found
    assert page.find_class("app-status")[0].text == f"{len(found)} interventions"
    (chosen,) = page.xpath("//select[@name='design']/option[@selected]")
    assert chosen.get("value") == "randomised-controlled-trial"


def test_filters_hold_together(built: Path) -> None:
    """Several filters keep what each of them keeps; an unknown value keeps nothing."""
    theme, region = ("theme", "residential-care"), ("region", "north-east")
    both = names_in(built, theme, region)
    assert both == names_in(built, theme) & names_in(built, region)
    assert names_in(built, theme) > both
    assert names_in(built, ("theme", "nothing-like-it")) == set()
    assert names_in(built) == {p.stem for p in (assets.data_dir() / "interventions").glob("*.yaml")}


def test_rows_carry_what_a_script_filters_by(built: Path) -> None:
    """Narrowing by the attributes of the rows comes to the same as the server's list."""
    page = page_of(built, "interventions/")
    rows = page.xpath("//tbody[@id='rows']/tr")
    assert len(rows) == len(names_in(built))
    for select in page.xpath("//form[@data-filter='rows']//select"):
        name = select.get("name")
        value = select.findall("option")[1].get("value")
        kept = {
            r.find("th/a").get("href").split("/")[-2] for r in rows if value in r.get(f"data-{name}").split()
        }
        assert kept == names_in(built, (name, value)), name


# --- tables -----------------------------------------------------------------------------------------------


def test_a_table_is_that_of_its_stored_query(built: Path) -> None:
    """The file of a panel holds the query's columns whole, IRIs and all."""
    rows = rows_of(built, "intervention/pause/effect.csv")
    assert tuple(rows[0]) == queries.find("profile-06-effect").columns
    assert all(row["finding"].startswith(f"{ID}evaluation/pause") for row in rows)
    assert {row["evaluation"] for row in rows_of(built, "evaluation/pause-round-1/effect.csv")} == {
        "Evaluation of Pause, round 1"
    }


def test_every_panel_has_its_table(built: Path) -> None:
    """Each link to a CSV on the sample's pages answers with one that has a header."""
    links = 0
    for path in SAMPLE:
        for a in page_of(built, path).xpath("//a[contains(@href, '.csv')]"):
            to = urlsplit(urljoin(f"/{path}", a.get("href"))).path.removeprefix("/")
            if to.startswith("downloads/"):
                continue
            links += 1
            assert got(built, to).body.partition(b"\r\n")[0].count(b",") >= 1 or path == "queries/", to
    assert links > 100


def test_long_answers_come_in_pages(built: Path) -> None:
    """Page after page holds other rows, together all of them; there is no page beyond the last."""
    whole = len(rows_of(built, "measures/measures.csv"))
    seen: list[str] = []
    for path in ("measures/", "measures/page-2/", "measures/page-3/"):
        seen += [tr.text_content() for tr in page_of(built, path).xpath("//tbody/tr")]
    assert len(seen) == len(set(seen)) == whole
    assert got(built, "measures/page-4/").status == 404
    assert got(built, "measures/page-1/").status == 404
    assert got(built, "about/page-2/").status == 404


# --- the library ------------------------------------------------------------------------------------------


def test_a_query_answers_for_the_values_given(built: Path) -> None:
    """A name will do for a slug; the form keeps the value; the file takes the same values."""
    page = page_of(built, "queries/findings-on-outcome/", ("outcome", "Increased staff wellbeing"))
    (chosen,) = page.xpath("//select[@name='outcome']/option[@selected]")
    assert chosen.get("value") == "increased-staff-wellbeing"
    rows = rows_of(built, "queries/findings-on-outcome/result.csv", ("outcome", "increased-staff-wellbeing"))
    assert {row["outcome"] for row in rows} == {"Increased staff wellbeing"}


def test_a_wrong_value_is_named(built: Path) -> None:
    """The page says what is wrong and what comes near; it shows no answer."""
    page = page_of(built, "queries/findings-on-outcome/", ("outcome", "staff wellbeing rising"))
    told = page.find_class("govuk-error-summary")[0].text_content()
    assert "increased-staff-wellbeing" in told
    assert not list(page.iter("table"))
    with pytest.raises(Refusal, match="plain text"):
        checked(known(built), queries.find("interventions-named"), {"text": "x" * 501})


def test_numbers_of_names_are_drawn(built: Path) -> None:
    """An answer of one name and one number a row is a chart, the longest bar the greatest number."""
    page = page_of(built, "queries/region-counts/")
    numbers = [int(t.text) for t in page.xpath("//svg/text[not(@text-anchor)]")]
    widths = [float(r.get("width")) for r in page.xpath("//svg/rect")]
    assert numbers == [int(row["projects"]) for row in rows_of(built, "queries/region-counts/result.csv")]
    assert widths.index(max(widths)) == numbers.index(max(numbers))
    assert not page_of(built, "queries/findings-by-effect/").xpath("//svg")
    assert bars(Table(("a",), [])) == []


# --- hostile text -----------------------------------------------------------------------------------------

EVIL = "<script>alert(1)</script>\"'&"


def test_what_people_type_is_shown_as_text(built: Path) -> None:
    """Nothing that comes in with a request becomes markup."""
    for path, name in (("search/", "q"), ("ask/", "q"), ("queries/interventions-named/", "text")):
        reply = got(built, path, ((name, EVIL),))
        assert b"<script>alert" not in reply.body
        assert (
            lxml.html.fromstring(reply.body.decode()).xpath(f"//input[@name='{name}']")[0].get("value")
            == EVIL
        )
    for path in (EVIL, f"intervention/{EVIL}/", "../../etc/passwd", "a" * 3000, "intervention/pause/\x00"):
        reply = got(built, path)
        assert reply.status == 404
        assert b"<script>alert" not in reply.body


def test_hostile_cells_stay_text(built: Path) -> None:
    """Text of the graph is escaped; only web addresses become links."""
    found, here = known(built), Here("x/")
    assert "<script" not in value_html(found, here, "text", EVIL)
    assert "<script" not in effect(EVIL)
    assert outward("javascript:alert(1)") == "javascript:alert(1)"
    assert "<a" in outward("https://example.org/")
    query = StoredQuery("q", "t", "", "S", "", (), (), (), ("name", "citation"), (), (), ())
    made = shown(found, here, query, Table(("name", "citation"), [_literals(EVIL, "rees-2017#L585")]))
    assert "<script" not in "".join(made.rows[0])
    assert "lines-401-600/#L585" in made.rows[0][1]


def _literals(*texts: str) -> tuple[Any, ...]:
    from pyoxigraph import Literal  # noqa: PLC0415

    return tuple(map(Literal, texts))


# --- addresses --------------------------------------------------------------------------------------------


def test_an_address_that_leads_nowhere_helps(built: Path) -> None:
    """Status 404, with the nearest names as links."""
    reply = got(built, "intervention/no-wrong-dor/")
    assert reply.status == 404
    page = lxml.html.fromstring(reply.body.decode())
    links = [urljoin("/intervention/no-wrong-dor/", a.get("href")) for a in page.xpath("//main//a")]
    assert "/intervention/no-wrong-door/" in links
    assert got(built, "nowhere/pause/").status == 404
    assert faults(page) == []


def test_a_page_without_its_slash_is_pointed_to(built: Path) -> None:
    """The place is relative, so that it holds under a prefix; nothing is pointed to that is not there."""
    reply = got(built, "intervention/pause")
    assert (reply.status, reply.headers["Location"]) == (308, "pause/")
    assert got(built, "intervention/nobody").status == 404


@pytest.mark.parametrize(
    "path",
    ["api/queries", "sparql", "id/intervention/pause", "data/intervention/pause.ttl", "static/site.css",
     "downloads/cscip.ttl", ".well-known/void", "ontology.ttl", "dcat.ttl", "health", "metrics"],
)  # fmt: skip
def test_what_others_answer_is_left_to_them(path: str, built: Path) -> None:
    """None for every address of another room."""
    assert site.reply(Request(path), built) is None


def test_names_and_places_have_one_form() -> None:
    """Slugs as words, long texts cut between words, lines by blocks of 200."""
    assert words_of("dfe-outcome") == "DfE outcome"
    assert shortened("one two three", 9) == "one two …"
    assert [block_of(n) for n in (1, 200, 201)] == ["lines-1-200", "lines-1-200", "lines-201-400"]
    assert Here("a/b/").to("c/") == "../../c/"
    assert Here("").to("") == "./"


# --- the static site --------------------------------------------------------------------------------------


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The static site cut down to a few pages, with something for browsers to load."""
    dist = tmp_path / "dist"
    dist.mkdir()
    (dist / "site.css").write_text("a{}", encoding="utf-8")
    wanted = [
        "",
        "interventions/",
        "interventions/list.csv",
        "search/",
        "ask/",
        "compare/",
        "compare/pause.json",
        "downloads/",
        "queries/effect-counts/",
        "sparql-editor/",
        "sparql-editor/terms.json",
        "intervention/pause/",
    ]
    monkeypatch.setattr(assets, "static_dir", lambda: dist)
    monkeypatch.setattr(static, "walk", lambda _: iter(wanted))
    # Making every format takes longer than all else here; which files there are is the other room's to say.
    dump = tmp_path / "dist" / "site.css"
    monkeypatch.setattr(described, "files", lambda _: [Made(described.offered()[0], dump, 3, "")])
    return wanted


def test_the_static_site_is_written_whole(few: list[str], built: Path, tmp_path: Path) -> None:
    """A file for each page and table, what browsers load, the downloads; nothing else is left behind."""
    out = tmp_path / "public"
    assert site.write(out, built) == len(few)
    assert all((out / static.file_of(path)).is_file() for path in few)
    assert (out / "static" / "site.css").read_text(encoding="utf-8") == "a{}"
    assert (out / "downloads" / described.offered()[0].name).read_text(encoding="utf-8") == "a{}"
    assert (out / "404.html").is_file()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["dist", "public"]


def test_a_static_page_asks_no_server(few: list[str], built: Path, tmp_path: Path) -> None:
    """No link to what only a server answers; the body tells scripts to work alone."""
    out = tmp_path / "public"
    site.write(out, built)
    for path in few:
        if not path.endswith("/") and path:
            continue
        page = lxml.html.fromstring((out / static.file_of(path)).read_text(encoding="utf-8"))
        assert "data-static" in page.body.attrib
        hrefs = [
            urljoin(f"/{path}", e.get(key))
            for e in page.iter("a", "form")
            for key in ("href", "action")
            if e.get(key)
        ]
        assert [
            h for h in hrefs if re.match(r"/(api/|sparql$|data/|id/|dcat|ontology\.ttl|\.well-known)", h)
        ] == []


def test_a_site_replaces_a_site_and_nothing_else(few: list[str], built: Path, tmp_path: Path) -> None:
    """What was written before is replaced whole; a folder with anything else is refused and kept."""
    out = tmp_path / "public"
    site.write(out, built)
    (out / "old.html").write_text("old", encoding="utf-8")
    site.write(out, built)
    assert not (out / "old.html").exists()
    foreign = tmp_path / "home"
    foreign.mkdir()
    (foreign / "letter.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(ExportError, match="something else"):
        site.write(foreign, built)
    assert [p.name for p in foreign.iterdir()] == ["letter.txt"]


def test_a_site_without_its_style_is_not_written(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What browsers load has not been built: the message says what to run, and nothing is written."""
    monkeypatch.setattr(assets, "static_dir", lambda: tmp_path / "dist")
    with pytest.raises(ExportError, match="make web"):
        site.write(tmp_path / "public", built)
    assert list(tmp_path.iterdir()) == []


def test_a_site_that_cannot_be_finished_leaves_no_trace(few: list[str], built: Path, tmp_path: Path) -> None:
    """A page that cannot be made ends it: the old site stays, no half of a new one is left."""
    out = tmp_path / "public"
    site.write(out, built)
    before = sorted(p.name for p in out.rglob("*"))
    few.append("intervention/nobody/")
    with pytest.raises(ExportError, match="nobody"):
        site.write(out, built)
    assert sorted(p.name for p in out.rglob("*")) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["dist", "public"]


def test_the_column_of_a_comparison_is_that_of_the_page(built: Path) -> None:
    """What a script puts side by side is what the server shows, line for line."""
    column = json.loads(got(built, "compare/pause.json").body)
    table = rows_of(
        built, "compare/comparison.csv", ("intervention", "pause"), ("intervention", "no-wrong-door")
    )
    assert [row["Pause"] for row in table] == [
        "\n".join(r["lines"]) for part in column["parts"] for r in part["rows"]
    ]
    assert column["name"] == "Pause"


def test_scripts_can_search_everything(built: Path) -> None:
    """Every entry leads to a page; names that a thing goes by are among them."""
    entries = json.loads(got(built, "search/index.json").body)
    found = known(built)
    assert len({e["path"] for e in entries}) == len(entries) > 3000
    assert all(found.is_thing(e["path"].partition("#")[0].rstrip("/")) for e in entries)
    (pause,) = [e for e in entries if e["path"] == "intervention/pause/"]
    assert "Creating Space for Change" in pause["names"]


# --- all of it --------------------------------------------------------------------------------------------


def paths_to_pages(paths: Iterable[str]) -> list[str]:
    return [path for path in paths if path.endswith("/") or not path]


@pytest.mark.reference
def test_every_page_is_whole_and_every_link_leads_somewhere(built: Path) -> None:
    """All pages of the site, with all their links, to the places within pages too."""
    _BUILT[:] = [built]
    there = set(site.paths(built))
    found = known(built)
    wrong: list[tuple[str, str]] = []
    ids: dict[str, set[str]] = {}
    links: list[tuple[str, str, str]] = []
    for path in paths_to_pages(there):
        reply = routes.answered(found, Request(path), static=False)
        assert reply.status == 200, path
        page = lxml.html.fromstring(reply.body.decode())
        wrong += [(path, told) for told in faults(page)]
        wrong += [(path, href) for href in dead(page, path, there)]
        if len(reply.body) > WEIGHT:
            wrong.append((path, f"weighs {len(reply.body)}"))
        ids[path] = {e.get("id") for e in page.iter() if e.get("id")}
        for href in {a.get("href") or "" for a in page.iter("a") if "#" in (a.get("href") or "")}:
            to = urlsplit(urljoin(f"https://site/{path}", href))
            if to.netloc == "site" and to.fragment:
                links.append((path, to.path.removeprefix("/"), to.fragment))
    wrong += [(path, f"{to}#{part}") for path, to, part in links if to in ids and part not in ids[to]]
    assert len(ids) > 4000
    assert wrong[:40] == []
