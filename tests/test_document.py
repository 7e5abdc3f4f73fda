"""One document in four forms: each says the same, takes text as text and has the caution."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import docx
import lxml.html
import pytest
from docx.table import Table as WordTable
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token
from pyoxigraph import Literal, NamedNode
from rich.console import Console

from cscip_kg import profiles, show
from cscip_kg.document import NOTHING, SOURCES, Document, Panel, Part, cited, heading, html, markdown, panel
from cscip_kg.namespaces import ID
from cscip_kg.output import CAUTION, citations_text
from cscip_kg.queries import StoredQuery, Table
from cscip_kg.wordfile import word_file

LINES = r"L\d+(?:-\d+)?"
CITED = re.compile(rf"([a-z]+(?:-[a-z0-9]+)*)#({LINES}(?: {LINES})*)")
COMMONMARK = MarkdownIt("commonmark").enable("table")


def citations(text: str) -> set[str]:
    """Return each citation in a text, written out: `rees-2017#L341`."""
    return {f"{source}#{line}" for source, lines in CITED.findall(text) for line in lines.split()}


# --- the four forms as plain text ------------------------------------------------------------------------


def terminal_text(document: Document) -> str:
    """Return what stands on a terminal wide enough for every cell."""
    console = Console(file=io.StringIO(), width=6000, color_system=None)
    show.print_document(document, console)
    return console.file.getvalue()  # type: ignore[attr-defined,no-any-return]


def inline_text(token: Token) -> str:
    """Return what a reader sees of one inline piece of Markdown; `<br>` is a new line."""
    parts = {"text": "{}", "text_special": "{}", "code_inline": "{}", "html_inline": "\n"}
    return "".join(parts.get(child.type, "").format(child.content) for child in token.children or [])


def markdown_text(document: Document) -> str:
    tokens = COMMONMARK.parse(markdown(document))
    return "\n".join(inline_text(token) for token in tokens if token.type == "inline")


def html_text(document: Document) -> str:
    return "\n".join(lxml.html.fromstring(html(document)).body.itertext())


def word_text(document: Document) -> str:
    texts = []
    for block in docx.Document(io.BytesIO(word_file(document))).iter_inner_content():
        rows = block.rows if isinstance(block, WordTable) else []
        texts += [cell.text for row in rows for cell in row.cells] or [getattr(block, "text", "")]
    return "\n".join(texts)


FORMS: dict[str, Callable[[Document], str]] = {
    "terminal": terminal_text,
    "Markdown": markdown_text,
    "HTML": html_text,
    "Word": word_text,
}


def plain(text: str) -> str:
    """Return text with single blanks only, and without the rules that a table on a terminal has."""
    return " ".join(re.sub("[│┃]", " ", text).split())


def cells(document: Document) -> Iterator[str]:
    for part in document.parts:
        for found in part.panels:
            yield from (cell for row in found.rows for cell in row if cell)


@pytest.fixture(scope="module", params=["profile", "comparison of two", "comparison of six"])
def document(request: pytest.FixtureRequest, built: Path) -> Document:
    """A page over the project's graph: one in tables and lists, one in a table, one in lists."""
    if request.param == "profile":
        return profiles.profile("no-wrong-door", built)
    two = ["no-wrong-door", "step-change"]
    four = ["pause", "inside-out", "residential-migration", "mockingbird-family-model"]
    return profiles.comparison(two if "two" in request.param else [*two, *four], built)


@pytest.fixture(scope="module")
def texts(document: Document) -> dict[str, str]:
    """The page as plain text, by its form."""
    return {form: written(document) for form, written in FORMS.items()}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_holds_every_citation_and_no_other(
    document: Document, texts: dict[str, str], form: str
) -> None:
    """The set of citations is that of the document: in terminal, Markdown, HTML and Word alike."""
    wanted = citations("\n".join(cells(document)))
    assert len(wanted) > 40
    # The foot of a page shows how a citation is read.
    example = {"rees-2017#L585", "rees-2017#L601"} if form == "HTML" else set()
    assert citations(texts[form]) == wanted | example


def statements(document: Document) -> Iterator[str]:
    """Yield all that a form has to show: titles, notes, headings, each line of each cell, how to cite."""
    yield from (document.title, document.about, document.cite, document.rerun)
    yield from (text for source in document.sources for text in source)
    for part in document.parts:
        yield from (part.title, part.note)
        for found in part.panels:
            yield found.title
            if found.rows and found.is_table:
                yield from (found.note, *found.columns)
            for row in found.rows:
                yield from (line for cell in row for line in cell.split("\n"))
                # A list may begin an entry without saying of which sort it is.
                yield from (name for name, _ in found.told(row)[1:])


@pytest.mark.parametrize("form", FORMS)
def test_each_form_holds_every_statement(document: Document, texts: dict[str, str], form: str) -> None:
    """Each line of each cell, each heading and note, how to cite and how to make it again stand in each."""
    text = plain(texts[form])
    wanted = set(map(plain, statements(document)))
    assert len(wanted) > 60
    assert {words for words in wanted if words not in text} == set()


@pytest.mark.parametrize("form", FORMS)
def test_no_form_leaves_the_caution_out(texts: dict[str, str], form: str) -> None:
    """Wherever effects are shown, what most studies cannot show stands above and below them."""
    text = plain(texts[form])
    assert text.count(CAUTION) == 2
    assert text.index(CAUTION) < text.index("Favourable") < text.rindex(CAUTION)


@pytest.mark.parametrize("form", FORMS)
def test_a_panel_without_rows_says_so(form: str) -> None:
    """An empty panel says that nothing is stated, and not how to read what is not there."""
    empty = Panel("Costs", "Amounts are in pounds.", ("Amount", SOURCES), ())
    text = FORMS[form](Document("A", "B", (Part("C", "", (empty,)),), "D", "E"))
    assert text.count(NOTHING) == 1
    assert "pounds" not in text


# --- text that would be markup ---------------------------------------------------------------------------

EVIL = (
    "a | b",
    "`code` and ``` fence",
    "<script>alert(1)</script> & &amp; &#35; <!-- gone",
    "first\nsecond\r\nthird",
    "# no heading #",
    "1. no list",
    "23) no list",
    "- no list",
    "+ no list",
    "* no list",
    "> no quotation",
    "    no code",
    "*no* _emphasis_ **here** ~~or~~ here",
    "[no link](http://example.org) ![no picture](x) <http://example.org> [no]: http://example.org",
    "ends with a backslash \\",
    "a \\| b \\\\| c",
    "---",
    "===",
    "| --- | --- |",
    "[red]no colour[/red] :warning: \\[x]",
    "{{ 7 * 7 }} {% raw %}",
    "no list\n- nor here\n1. nor here\n# nor here",
    "<b>not bold</b> [<i>s-1#L5]\n<b>nor bold</b> [s-1#L5 L7]",
)


def evil_document(text: str) -> Document:
    """Return a document with the text in every place, in a table, a list and side by side."""
    table = Panel(text, text, (text, "B"), ((text, text), ("x", text)))
    wide = Panel(text, text, tuple(f"{text}{n}" for n in range(7)), ((text,) * 7,))
    side = Panel(text, text, ("", *(f"{text}{n}" for n in range(7))), (("x", *[text] * 7),))
    parts = (Part(text, text, (table, wide)), Part(text, text, (side,)))
    return Document(text, text, parts, text, text, sources=((text, text),))


def shape(document: Document) -> list[str]:
    """Return the blocks of a document's Markdown without their text."""
    return [f"{token.type} {token.tag}" for token in COMMONMARK.parse(markdown(document))]


@pytest.mark.parametrize("text", EVIL)
def test_markdown_takes_text_as_text(text: str) -> None:
    """Blocks are those of harmless words; the only HTML is a line break; text comes out as it went in."""
    tame = "\n".join("x" for _ in text.strip().split("\n"))
    assert shape(evil_document(text)) == shape(evil_document(tame))
    tokens = COMMONMARK.parse(markdown(evil_document(text)))
    inline = [token for token in tokens if token.type == "inline"]
    children = [child for token in inline for child in token.children or []]
    assert {child.type for child in children} <= {
        "text", "text_special", "html_inline", "code_inline", "strong_open", "strong_close"
    }  # fmt: skip
    assert {child.content for child in children if child.type == "html_inline"} <= {"<br>"}
    shown = [inline_text(token) for token in inline]
    wanted = re.sub(r"\r\n?", "\n", text.strip())
    assert shown.count(wanted) > 6
    assert f"To cite: {wanted}" in shown
    headings = [inline_text(below) for above, below in pairwise(tokens) if above.type == "heading_open"]
    assert headings == [*[wanted] * (len(headings) - 1), "Sources and how to cite"]


@settings(deadline=None, database=None)
@given(st.text(alphabet="ab1 .)#+=-*_`~<>&;|[]!\\\n", max_size=30))
def test_markdown_gives_back_any_text(text: str) -> None:
    """Whatever signs a cell holds, in a table and in a list a reader of Markdown sees just them."""
    wanted = text.strip()
    table = Panel("", "", ("A", "B"), ((text, "y"),))
    long = Panel("", "", tuple("ABCDEFG"), (("y", text, *"zzzzz"),))
    made = markdown(Document("T", text, (Part("P", "", (table, long)),), "C", "R"))
    shown = [inline_text(token) for token in COMMONMARK.parse(made) if token.type == "inline"]
    place = shown.index("A")
    assert shown[place + 2] == wanted
    if wanted:
        assert shown[1] == wanted
        assert "\n" in text or shown[place + 5] == f"B: {wanted}"


@pytest.mark.parametrize("text", EVIL)
@pytest.mark.parametrize("form", ["terminal", "HTML", "Word"])
def test_the_other_forms_take_text_as_text(text: str, form: str) -> None:
    """On a terminal, in HTML and in Word the signs of the text stand as they are."""
    shown = plain(FORMS[form](evil_document(text)))
    for line in text.split("\n"):
        assert shown.count(plain(line)) > 20, line


@pytest.mark.parametrize("text", EVIL)
def test_html_has_the_same_elements_whatever_the_text(text: str) -> None:
    """No element and no attribute comes from text."""
    lines = "\n".join("x" for _ in text.split("\n"))
    made, tame = (lxml.html.fromstring(html(evil_document(t))) for t in (text, lines))
    # Where a text ends like a citation it is marked as one.
    shapes = [
        [(e.tag, sorted(e.keys())) for e in page.iter() if e.get("class") != "cite"] for page in (made, tame)
    ]
    assert shapes[0] == shapes[1]


# --- cells and rows --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("impactAim", "Impact aim"),
        ("text", "Text"),
        ("citations", SOURCES),
        ("printed", "What was found"),
        ("", ""),
    ],
)
def test_a_column_is_told_in_words(column: str, words: str) -> None:
    """Names of columns are cut where a capital begins; some have words of their own."""
    assert heading(column) == words


def test_citations_name_each_source_once_and_stand_in_order() -> None:
    """Lines follow their source by number, each once; sources follow one another by name."""
    found = ["b-2#L100", "a-1#L9-12", "b-2#L20", "a-1#L10", "b-2#L20"]
    assert citations_text(found) == "a-1#L9-12 L10; b-2#L20 L100"
    assert citations_text([]) == ""


def test_a_source_in_a_column_of_its_own_joins_its_lines() -> None:
    """`rees-2017` beside `L5 L7` and `rees-2017#L5 rees-2017#L7` in one cell are told alike."""
    apart = (Literal("rees-2017"), Literal("L7 L5"))
    together = (Literal("rees-2017#L5 rees-2017#L7"),)
    assert cited(apart, ("source", "citations")) == cited(together, ("citations",)) == "rees-2017#L5 L7"
    assert cited(apart, ("source", "text")) == ""


QUERY = StoredQuery("q", "profile", "", "Q", "How to read it.", (), (), (), (), (), (), ())


def told(columns: tuple[str, ...], *rows: tuple[NamedNode | Literal | None, ...]) -> Panel:
    return panel(QUERY, Table(columns, list(rows)))


def test_a_panel_leaves_out_what_says_nothing_to_a_reader() -> None:
    """Bare IRIs, empty columns and the source that the citation names anyway are not shown."""
    row = (NamedNode(ID + "finding/x"), Literal("a"), None, Literal("s-1"), Literal("L5"))
    made = told(("finding", "text", "caveat", "source", "citations"), row)
    assert (made.columns, made.rows) == (("Text", SOURCES), (("a", "s-1#L5"),))
    assert (made.query, made.note) == ("q", "How to read it.")


def test_a_missing_comparison_is_told_in_words() -> None:
    """Where no finding has a comparison the column stays, since the gap is what matters most."""
    assert told(("text", "comparatorKind"), (Literal("a"), None)).rows == (("a", "No comparison stated"),)


def test_pounds_are_told_as_pounds() -> None:
    """An amount has its sign and its thousands apart; pence stay."""
    amounts = [told(("amount",), (Literal(value),)).rows[0][0] for value in ("732000", "1234.50", "20000.0")]
    assert amounts == ["£732,000", "£1,234.50", "£20,000.0"]


def test_a_row_told_for_itself_begins_with_what_it_is_about() -> None:
    """The kind of a row stands behind its subject, empty cells are left out, and the citations come last."""
    wide = Panel("", "", ("Kind", "What", SOURCES, "Basis", "D", "E", "F"), ())
    assert not wide.is_table
    row = ("practice measure", "Family focus", "s#L1", "Stated", "", "", "f")
    assert wide.told(row) == [
        ("What", "Family focus (practice measure)"), ("Basis", "Stated"), ("F", "f"), (SOURCES, "s#L1")
    ]  # fmt: skip
    assert wide.told(("note", "", "s#L1", *[""] * 4)) == [("Kind", "note"), (SOURCES, "s#L1")]


def test_rows_that_read_alike_stand_once() -> None:
    """Two things of which the same is said on the same lines make one row."""
    row = (Literal("a"), Literal("s-1#L5"))
    assert len(told(("text", "citations"), row, row).rows) == 1


def test_a_command_with_backticks_stays_one_command() -> None:
    """Inline code is fenced by more backticks than it holds."""
    made = markdown(replace(evil_document("x"), rerun="cscip show `a` ``b``"))
    (code,) = (
        child for t in COMMONMARK.parse(made) for child in t.children or [] if child.type == "code_inline"
    )
    assert code.content == "cscip show `a` ``b``"
