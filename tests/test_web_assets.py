"""What browsers load: built from locked packages, the same each time, small, and nothing from elsewhere.

The editor runs here against a small server with the strict policy that the real one sends.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, quote

import pytest
from playwright.sync_api import Browser, Page, expect
from pyoxigraph import QueryResultsFormat, QueryTriples, RdfFormat, Store

from cscip_kg import assets
from cscip_kg.namespaces import CSCIP, ID, PREFIXES, RDFS

pytestmark = pytest.mark.outside_tools

ROOT = Path(__file__).parents[1]
WEB = ROOT / "web"
EXTRA = Path("src/cscip_kg/templates/site/extra.css")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# In bytes, as they lie on the disk. A page loads site.css and site.js; the rest is for a few pages.
BUDGET = {
    "site.css": 130_000,
    "site.js": 40_000,
    "search.js": 30_000,
    "compare.js": 10_000,
    "editor.css": 15_000,
    "editor.js": 400_000,
    "sparql-worker.js": 40_000,
    "oxigraph.wasm": 5_000_000,
    "LICENCES.txt": 60_000,
}
TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".json": "application/json",
    ".wasm": "application/wasm",
}


def npm(folder: Path, *arguments: str) -> None:
    command = ["npm", "--prefix", str(folder), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of web/ as a fresh clone has it, with the locked packages installed."""
    if shutil.which("npm") is None:
        pytest.fail("npm is not installed; it comes with the Debian package npm.")
    root = tmp_path_factory.mktemp("checkout")
    shutil.copytree(WEB, root / "web", ignore=shutil.ignore_patterns("node_modules", "dist"))
    if (ROOT / EXTRA).is_file():
        (root / EXTRA).parent.mkdir(parents=True)
        shutil.copyfile(ROOT / EXTRA, root / EXTRA)
    npm(root / "web", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    return root / "web"


@pytest.fixture(scope="session")
def dist(project: Path) -> Path:
    """What `npm run build` makes of it."""
    npm(project, "run", "build")
    return project / "dist"


def texts(dist: Path) -> dict[str, str]:
    return {
        p.name: p.read_text(encoding="utf-8") for p in sorted(dist.iterdir()) if p.suffix in (".css", ".js")
    }


# --- the files ------------------------------------------------------------------------------------------


def test_the_build_is_the_same_each_time(project: Path, dist: Path, tmp_path: Path) -> None:
    """A second build, into a folder elsewhere, gives the same files byte for byte."""
    npm(project, "run", "build", "--", str(tmp_path / "again"))
    first, again = (
        {p.name: p.read_bytes() for p in folder.iterdir()} for folder in (dist, tmp_path / "again")
    )
    assert first.keys() == again.keys()
    assert [name for name in first if first[name] != again[name]] == []


def test_there_are_the_files_of_the_budget_and_each_keeps_to_it(dist: Path) -> None:
    """No file is made that nobody expects, and none is larger than its share."""
    sizes = {p.name: p.stat().st_size for p in dist.iterdir()}
    assert sizes.keys() == BUDGET.keys()
    assert {name: size for name, size in sizes.items() if size > BUDGET[name]} == {}


LOADED = re.compile(
    r"""url\(\s*["']?(?:[a-z]+:)?//|@import|\bimport\s*\(?\s*["'](?:[a-z]+:)?//|\bfetch\(\s*["'](?:[a-z]+:)?//""",
    re.IGNORECASE,
)


def test_nothing_is_loaded_from_another_host(dist: Path) -> None:
    """No style or script names an address to load; fonts, pictures and crests are not among them at all."""
    for name, text in texts(dist).items():
        assert LOADED.findall(text) == [], name
        assert not re.search(r"@font-face|GDS Transport|crest|crown", text), name
    assert "url(" not in texts(dist)["site.css"].replace("url(data:", "")


@pytest.mark.parametrize(
    "text",
    [
        "a{background:url(https://example.org/a.png)}",
        "a{background:url('//example.org/a.png')}",
        '@import "b.css";',
        'import("https://example.org/a.js")',
        'import"https://example.org/a.js"',
        'fetch("http://example.org/")',
    ],
)
def test_an_address_to_load_is_found(text: str) -> None:
    """Each way to load something from elsewhere is seen."""
    assert LOADED.search(text)


def test_style_and_scripts_tell_of_no_machine(dist: Path, project: Path) -> None:
    """No path of the folder in which they were built stands in them."""
    for name, text in texts(dist).items():
        assert str(project.parent) not in text, name


def test_the_packages_used_are_named_with_their_licences(dist: Path) -> None:
    """Every package of which something is passed on has its version and its licence's text beside it."""
    text = (dist / "LICENCES.txt").read_text(encoding="utf-8")
    for package in ("govuk-frontend", "@codemirror/view", "minisearch", "oxigraph"):
        assert re.search(
            rf"^{re.escape(package)} [\d.]+ \((MIT|Apache-2.0|MIT OR Apache-2.0)\)$", text, re.MULTILINE
        )
    assert text.count("Permission is hereby granted") > 10


def test_versions_are_pinned() -> None:
    """package.json names one version of each package, so that an upgrade is a change somebody reads."""
    wanted = json.loads((WEB / "package.json").read_text(encoding="utf-8"))
    assert wanted["private"] is True
    assert [v for v in wanted["devDependencies"].values() if not re.fullmatch(r"\d+\.\d+\.\d+", v)] == []
    assert "dependencies" not in wanted


def test_a_checkout_has_its_own_folder_of_assets() -> None:
    """In a checkout the files are those that `npm run build` writes."""
    assert assets.static_dir() == WEB / "dist"


# --- a small server -------------------------------------------------------------------------------------

QUERY = "SELECT ?name ?number WHERE { ?x rdfs:label ?name ; cscip:number ?number } ORDER BY ?name"
GRAPH = "".join(
    f'<{ID}intervention/thing-{n}> <{RDFS}label> "Thing {n:03}" ; <{CSCIP}number> {n} .\n'
    for n in range(1, 251)
)
EXAMPLES = [
    {
        "name": "what-reduced",
        "topic": "outcomes",
        "summary": "Measures that fell",
        "text": f"{QUERY} LIMIT 3",
    },
    {
        "name": "all-things",
        "topic": "find",
        "summary": "Everything",
        "text": "#+ summary: Everything\n#+ tags: []\nSELECT * WHERE { ?s ?p ?o }\n",
    },
]
TERMS = [{"name": "cscip:number", "kind": "property", "about": "A number."}]
SHELL = """<!DOCTYPE html>
<html lang="en-GB" class="govuk-template">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Test</title><link rel="icon" href="data:,"><link rel="stylesheet" href="../static/site.css">{head}
<script type="module" src="../static/site.js"></script></head>
<body class="govuk-template__body" data-root="../"{static}>
<a href="#main" class="govuk-skip-link" data-module="govuk-skip-link">Skip</a>
<header class="govuk-generic-header"><div class="govuk-width-container govuk-generic-header__container">
<div class="govuk-generic-header__logo">
<a class="govuk-generic-header__homepage-link" href="../">Evidence</a></div>
</div></header>
<div class="govuk-width-container"><main class="govuk-main-wrapper" id="main">
<h1 class="govuk-heading-l">Test</h1>
{body}<p><a class="govuk-link" href="../">After</a></p></main></div></body></html>"""
EDITOR = """<div id="sparql-editor" {settings} data-examples="../static/examples.json"
 data-terms="../static/terms.json" data-prefixes="{prefixes}" data-id="../{{}}/">{inner}</div>"""
FORM = """<form method="get" action="../sparql"><div class="govuk-form-group">
<label class="govuk-label govuk-label--s" for="query">Query</label>
<textarea class="govuk-textarea" id="query" name="query" rows="8">{query}</textarea></div>
<button class="govuk-button">Run</button></form>"""
EDITOR_HEAD = (
    '<link rel="stylesheet" href="../static/editor.css">'
    '<script type="module" src="../static/editor.js"></script>'
)


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


def editor_page(settings: str, inner: str) -> str:
    made = EDITOR.format(settings=settings, prefixes=escaped(json.dumps(PREFIXES)), inner=inner)
    return SHELL.format(head=EDITOR_HEAD, static="", body=made)


FILTER = """<form method="get" data-filter="rows"><label for="theme">Theme</label>
<select id="theme" name="theme"><option value=""></option><option value="edge">Edge</option></select>
<label for="q">Words</label><input id="q" name="q"></form>
<p role="status" data-count="rows">3 interventions</p>
<table><caption>Rows</caption><thead><tr><th scope="col">Name</th></tr></thead><tbody id="rows">
<tr data-theme="edge care"><td>Pause</td></tr><tr data-theme="edge"><td>Mockingbird</td></tr>
<tr data-theme="care"><td>No Wrong Door</td></tr></tbody></table>
<p id="cite">Cite this.</p>
<button type="button" hidden data-copy="cite">Copy the citation</button>"""
SEARCH = """<form method="get" data-search="../static/search.json">
<label for="q">Search</label><input id="q" name="q">
<label for="kind">Kind</label><select id="kind" name="kind"><option value="">Everything</option>
<option value="theme">Themes</option></select><button>Search</button></form>
<div data-results><p>Needs scripts.</p></div>"""
FOUND = [
    {"path": "intervention/pause/", "name": "Pause", "kind": "intervention", "names": [], "text": "women"},
    {"path": "intervention/no-wrong-door/", "name": "No Wrong Door", "kind": "intervention", "names": ["NWD"],
     "text": "teenagers who go missing, <b>pause</b>"},
    {"path": "theme/edge/", "name": "Both ends", "kind": "theme", "names": [], "text": "on the same page"},
    {"path": "theme/edge/", "name": "Edge of care", "kind": "theme", "names": [], "text": "teenagers"},
]  # fmt: skip
COMPARE = """<form method="get" data-compare="./">
<label>One<select name="intervention"><option></option><option value="a">A</option></select></label>
<label>Two<select name="intervention"><option></option><option value="a">A</option>
<option value="b">B</option></select></label><button>Compare</button></form>
<div data-comparison><p>Needs scripts.</p></div>"""


def compared(name: str, lines: list[str]) -> dict[str, object]:
    rows = [{"label": "Stability", "lines": lines}]
    part = {"title": "Effect", "note": "No contest.", "rows": rows}
    return {"id": f"intervention/{name}", "name": name, "parts": [part]}


def pages() -> dict[str, tuple[str, bytes]]:
    dump = f'data-dump="../static/graph.ttl" data-query="{escaped(QUERY)}"'
    html = {
        "/sparql-editor/": editor_page('data-endpoint="../sparql"', FORM.format(query=escaped(QUERY))),
        "/in-browser/": editor_page(dump, "<p>Needs scripts.</p>"),
        "/no-endpoint/": editor_page('data-endpoint="../sparql"', "<p>Nothing answers here.</p>"),
    }
    for path, body in (("filter", FILTER), ("search", SEARCH), ("compare", COMPARE)):
        html[f"/{path}/"] = SHELL.format(head="", static=" data-static", body=body)
        html[f"/served/{path}/"] = SHELL.format(head="", static="", body=body).replace("../", "../../")
    values = {
        "static/examples": EXAMPLES,
        "static/terms": TERMS,
        "static/search": FOUND,
        "compare/a": compared("alpha", ["rose <i>much</i> [x#L1]", "fell [x#L2]"]),
        "compare/b": compared("beta", []),
    }
    made = {path: ("text/html; charset=utf-8", text.encode()) for path, text in html.items()}
    made |= {f"/{name}.json": ("application/json", json.dumps(v).encode()) for name, v in values.items()}
    return made | {"/static/graph.ttl": ("text/turtle", GRAPH.encode())}


class Handler(BaseHTTPRequestHandler):
    """Answers from the pages, the files and the graph of its server."""

    server: Server

    def do_GET(self) -> None:
        """Give a page or a file."""
        path = self.path.split("?")[0]
        file = self.server.dist / path.removeprefix("/static/")
        if path in self.server.pages:
            self.reply(200, *self.server.pages[path])
        elif path.startswith("/static/") and file.is_file():
            self.reply(200, TYPES[file.suffix], file.read_bytes())
        elif path == "/sparql":
            self.reply(200, "text/plain", b"asked without scripts")
        else:
            self.reply(404, "text/plain", b"")

    def do_POST(self) -> None:
        """Answer a query; a word in it asks for trouble."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        query, accept = parse_qs(body)["query"][0], self.headers["Accept"].split(",")[0]
        self.server.asked.append({"query": query, "accept": accept})
        if "WAIT" in query:
            self.server.release.wait(20)
        elif "BUSY" in query:
            self.reply(503, "text/plain", b"All workers are busy.", {"Retry-After": "7"})
        else:
            self.answer(query, accept)

    def answer(self, query: str, accept: str) -> None:
        """Answer a query in the form asked for, or say what is wrong with it."""
        try:
            found = self.server.store.query(query)
        except SyntaxError as error:
            told = {"title": "Bad query", "status": 400, "detail": f"The query does not parse: {error}"}
            self.reply(400, "application/problem+json", json.dumps(told).encode())
            return
        graph = isinstance(found, QueryTriples)
        kinds = RdfFormat if graph else QueryResultsFormat
        form = kinds.from_media_type(accept) or (RdfFormat.TURTLE if graph else QueryResultsFormat.JSON)
        self.reply(200, form.media_type, found.serialize(format=form))

    def reply(self, status: int, media: str, body: bytes, more: dict[str, str] | None = None) -> None:
        """Send an answer with the policy; only the static site runs queries in the browser, and has none."""
        self.send_response(status)
        bare = "in-browser" in self.headers.get("Referer", "") + self.path
        policy = {} if bare else {"Content-Security-Policy": POLICY}
        sent = {"Content-Type": media, "Content-Length": str(len(body)), **policy, **(more or {})}
        for name, value in sent.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the library's
        """Stay silent."""


class Server(ThreadingHTTPServer):
    """A server of an editor and of pages for scripts, in threads of its own; it keeps what it was asked."""

    daemon_threads = True

    def __init__(self, dist: Path) -> None:
        """Hold the files of `dist` and the graph; the system chooses the port."""
        super().__init__(("127.0.0.1", 0), Handler)
        self.dist, self.pages, self.store = dist, pages(), Store()
        self.store.load(GRAPH.encode(), RdfFormat.TURTLE)
        self.asked: list[dict[str, str]] = []
        self.release = threading.Event()
        self.address = f"http://127.0.0.1:{self.server_port}"


@pytest.fixture
def site(dist: Path) -> Iterator[Server]:
    """The server, running while a test does."""
    server = Server(dist)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.release.set()
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def told(page: Page) -> Iterator[list[str]]:
    """Everything that the browser complains of; a test that uses it fails when something is left."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield complaints
    assert complaints == []


# --- the editor -----------------------------------------------------------------------------------------


def editor(page: Page, site: Server, fragment: str = "", path: str = "/sparql-editor/") -> Page:
    page.goto(f"{site.address}{path}{fragment}")
    expect(page.locator(".cm-content")).to_be_visible()
    expect(page.get_by_label("Begin with a stored query")).to_be_visible()
    return page


def typed(page: Page, query: str) -> None:
    """Put a query in place of what is there, as somebody at a keyboard does."""
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(query)


def written(page: Page) -> str:
    """Return the query in the field; a space at a line's end is drawn as one that does not break."""
    return page.locator(".cm-content").inner_text().replace("\N{NO-BREAK SPACE}", " ").strip()


def said(page: Page) -> str:
    """Return the sentence below the editor once the query has been answered or refused."""
    status = page.locator("#sparql-editor > .app-status, #sparql-editor .app-error").first
    expect(page.get_by_role("button", name="Stop")).to_be_hidden()
    return status.inner_text()


@pytest.mark.browser
def test_a_query_is_typed_and_run_by_keyboard_alone(page: Page, site: Server, told: list[str]) -> None:
    """Tab comes to the field, Ctrl + Enter runs, rows stand in a table; the strict policy blocks nothing."""
    editor(page, site)
    for _ in range(8):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('cm-content')"):
            break
    page.keyboard.press("Control+a")
    page.keyboard.type("SELECT ?name WHERE { ?x rdfs:label ?name } ORDER BY ?name LIMIT 2")
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Enter")
    table = page.get_by_role("table")
    expect(table.locator("caption")).to_have_text("2 rows")
    assert table.locator("th[scope=col]").all_inner_texts() == ["name"]
    assert table.locator("td").all_inner_texts() == ["Thing 001", "Thing 002"]
    assert "1 prefix added" in said(page)


@pytest.mark.browser
def test_tab_leaves_the_editor_forwards_and_backwards(page: Page, site: Server, told: list[str]) -> None:
    """The field is no trap: Tab goes on to Run, Shift + Tab to what is before; its text stays as it is."""
    editor(page, site)
    page.locator(".cm-content").focus()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.classList.contains('cm-content')")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "Use it"
    # With words on offer, Escape puts them away and Tab leaves all the same.
    typed(page, "SEL")
    page.keyboard.press("Control+Space")
    expect(page.locator(".cm-tooltip-autocomplete")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(".cm-tooltip-autocomplete")).to_be_hidden()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    assert written(page) == "SEL"


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_the_editor_has_no_accessibility_faults(
    page: Page, site: Server, axe: str, told: list[str], width: int
) -> None:
    """axe-core finds no violation before a query, beside words on offer, over a result, over an error."""
    page.set_viewport_size({"width": width, "height": 900})
    page.add_init_script(axe)
    editor(page, site)
    faultless(page)
    typed(page, "# A comment\nSELECT (COUNT(*) AS ?n) WHERE { ?x a <http://a> ; cscip:number 'x' } # cs")
    page.keyboard.press("Enter")
    page.keyboard.type("cscip:n")
    expect(page.locator(".cm-tooltip-autocomplete")).to_be_visible()
    faultless(page)
    page.keyboard.press("Escape")
    typed(page, QUERY)
    for view in ("Table", "Chart", "Raw"):
        page.keyboard.press("Control+Enter")
        said(page)
        page.get_by_role("tab", name=view).click()
        faultless(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        page.locator(".cm-content").focus()
    typed(page, "SELECT")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("does not parse")
    faultless(page)
    # The browser itself tells of each answer that is an error.
    told[:] = [line for line in told if "status of 400" not in line]


def faultless(page: Page) -> None:
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(v["id"], v["nodes"][0]["html"][:200]) for v in found["violations"]] == []
    assert len(found["passes"]) > 15


@pytest.mark.browser
def test_many_rows_come_a_page_at_a_time(page: Page, site: Server, told: list[str]) -> None:
    """A hundred rows first; the next hundred by button, with the focus on what it brought."""
    editor(page, site)
    page.get_by_role("button", name="Run").click()
    caption = page.get_by_role("table").locator("caption")
    expect(caption).to_have_text("Rows 1 to 100 of 250")
    expect(page.get_by_role("button", name="Earlier rows")).to_be_hidden()
    page.get_by_role("button", name="Later rows").click()
    page.get_by_role("button", name="Later rows").click()
    expect(caption).to_have_text("Rows 201 to 250 of 250")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "region"
    expect(page.get_by_role("button", name="Later rows")).to_be_hidden()
    assert page.locator("td").first.inner_text() == "Thing 201"


@pytest.mark.browser
def test_names_and_numbers_make_a_chart_of_the_same_figures(
    page: Page, site: Server, told: list[str]
) -> None:
    """Bars are as long as the numbers say, each with its name and figure; tabs go by arrow keys."""
    editor(page, site)
    typed(page, QUERY + " LIMIT 4")
    page.keyboard.press("Control+Enter")
    page.get_by_role("tab", name="Table").press("ArrowRight")
    chart = page.get_by_role("img", name="Bars: number by name")
    widths = [float(w.removesuffix("%")) for w in chart.locator("rect").evaluate_all(
        "bars => bars.map(bar => bar.getAttribute('width'))")]  # fmt: skip
    assert [round(w / widths[0], 1) for w in widths] == [1, 2, 3, 4]
    assert chart.locator("text").all_text_contents()[:4] == ["Thing 001", "1", "Thing 002", "2"]
    assert page.get_by_role("tab", name="Chart").get_attribute("aria-selected") == "true"


@pytest.mark.browser
def test_only_addresses_of_the_web_become_links(page: Page, site: Server, told: list[str]) -> None:
    """Things link to their pages here, other http addresses to themselves; a script's address stays text."""
    editor(page, site)
    values = (
        f"<{ID}organisation/dfe#x-1> <http://example.org/a> <javascript:alert(1)> <data:text/html,x> '<b>'"
    )
    typed(page, f"SELECT * WHERE {{ VALUES ?x {{ {values} }} }}")
    page.keyboard.press("Control+Enter")
    said(page)
    cells = page.locator("td")
    assert cells.all_inner_texts() == [
        "organisation/dfe#x-1", "http://example.org/a", "javascript:alert(1)", "data:text/html,x", "<b>",
    ]  # fmt: skip
    links = cells.locator("a").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    assert links == ["../organisation/dfe/#x-1", "http://example.org/a"]


@pytest.mark.browser
def test_a_query_in_the_address_is_loaded_and_not_run(page: Page, site: Server, told: list[str]) -> None:
    """Whoever opens a shared link sees the query; it runs when they say so. Running renews the address."""
    shared = "ASK { ?shared ?p ?o }"
    editor(page, site, f"#query={quote(shared)}")
    assert written(page) == shared
    assert "not been run" in said(page)
    assert site.asked == []
    page.get_by_role("button", name="Run").click()
    expect(page.locator(".app-output")).to_contain_text("Yes")
    assert [a["query"] for a in site.asked] == [shared]
    typed(page, "ASK { ?other ?p ?o }")
    page.keyboard.press("Control+Enter")
    said(page)
    assert page.url.endswith("#query=ASK%20%7B%20%3Fother%20%3Fp%20%3Fo%20%7D")
    page.evaluate(f"location.hash = {json.dumps('#query=' + quote(shared))}")
    expect(page.locator(".cm-content")).to_have_text(shared)
    assert len(site.asked) == 2


@pytest.mark.browser
def test_what_the_server_says_of_an_error_is_shown(page: Page, site: Server) -> None:
    """Status and words, from plain text or problem details, and when to try again."""
    editor(page, site)
    typed(page, "SELECT ???")
    page.keyboard.press("Control+Enter")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("The server answered 400 Bad Request")
    expect(alert).to_contain_text("The query does not parse:")
    page.get_by_role("button", name="Go to line 1").press("Enter")
    page.keyboard.type("!")
    assert re.fullmatch(r"SELECT \?*!\?*", written(page))
    typed(page, "ASK {} # BUSY")
    page.keyboard.press("Control+Enter")
    expect(alert).to_contain_text("503 Service Unavailable")
    expect(alert).to_contain_text("All workers are busy.")
    expect(alert).to_contain_text("Try again in 7 s.")


@pytest.mark.browser
def test_a_query_can_be_stopped(page: Page, site: Server, told: list[str]) -> None:
    """Stop ends the wait, says so, and gives the focus back to Run; the next query is answered."""
    editor(page, site)
    typed(page, "ASK {} # WAIT")
    page.keyboard.press("Control+Enter")
    stop = page.get_by_role("button", name="Stop")
    expect(stop).to_be_visible()
    stop.press("Enter")
    assert said(page).startswith("Stopped after")
    assert page.evaluate("document.activeElement.textContent") == "Run"
    site.release.set()
    typed(page, "ASK {}")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".app-output")).to_contain_text("Yes")


@pytest.mark.browser
def test_a_graph_is_shown_as_turtle_and_saved_in_other_forms(
    page: Page, site: Server, told: list[str]
) -> None:
    """CONSTRUCT gives Turtle; N-Triples is asked for with its own media type and comes as a file."""
    editor(page, site)
    typed(page, "CONSTRUCT WHERE { ?x cscip:number 7 }")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".app-raw")).to_contain_text("intervention/thing-7>")
    with page.expect_download() as download:
        page.get_by_role("button", name="N-Triples").click()
    assert download.value.suggested_filename == "result.nt"
    assert download.value.path().read_text(encoding="utf-8").startswith(f"<{ID}intervention/thing-7>")
    assert site.asked[-1]["accept"] == "application/n-triples"


@pytest.mark.browser
def test_a_table_is_saved_as_csv(page: Page, site: Server, told: list[str]) -> None:
    """All rows, not only those shown."""
    editor(page, site)
    page.get_by_role("button", name="Run").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV").click()
    lines = download.value.path().read_text(encoding="utf-8").split()
    assert (download.value.suggested_filename, len(lines), lines[0]) == ("result.csv", 501, "name,number")


@pytest.mark.browser
def test_words_on_offer_bring_their_prefix(page: Page, site: Server, told: list[str]) -> None:
    """A term chosen from the list declares its prefix at the top; PREFIX is completed with its IRI."""
    editor(page, site)
    typed(page, "SELECT * WHERE { ?x ")
    page.keyboard.type("cscip:n")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("cscip:number")
    page.wait_for_timeout(150)  # CodeMirror takes no choice in the first moment after the list appears.
    page.keyboard.press("Enter")
    text = written(page)
    assert text.startswith(f"PREFIX cscip: <{PREFIXES['cscip']}>")
    assert "?x cscip:number" in text
    typed(page, "PREFIX ")
    page.keyboard.type("sko")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text("skos:")
    page.wait_for_timeout(150)
    page.keyboard.press("Enter")
    assert written(page) == f"PREFIX skos: <{PREFIXES['skos']}>"


@pytest.mark.browser
def test_a_stored_query_is_an_example_to_begin_with(page: Page, site: Server, told: list[str]) -> None:
    """Choosing does nothing yet; "Use it" loads the text, and undo brings one's own back."""
    editor(page, site)
    chooser = page.get_by_label("Begin with a stored query")
    assert chooser.locator("optgroup").evaluate_all("g => g.map(e => e.label)") == ["outcomes", "find"]
    chooser.select_option(label="Everything")
    assert "cscip:number" in written(page)
    page.get_by_role("button", name="Use it").click()
    assert written(page) == "# Everything\nSELECT * WHERE { ?s ?p ?o }"
    page.locator(".cm-content").focus()
    page.keyboard.press("Control+z")
    assert "cscip:number" in written(page)
    assert site.asked == []


@pytest.mark.browser
def test_an_example_may_stand_in_the_address(page: Page, site: Server, told: list[str]) -> None:
    """A page of the query library leads to the editor with its query, which waits to be run."""
    editor(page, site, "?query=all-things")
    assert written(page) == "# Everything\nSELECT * WHERE { ?s ?p ?o }"
    expect(page.get_by_label("Begin with a stored query")).to_have_value("all-things")
    assert site.asked == []
    editor(page, site, "?query=nothing-like-it")
    assert said(page) == "There is no stored query “nothing-like-it”."
    assert "cscip:number" in written(page)


@pytest.mark.browser
def test_letters_over_a_selection_go_through_the_editor(page: Page, site: Server, told: list[str]) -> None:
    """What is selected is replaced, or put into brackets; undo brings it back."""
    editor(page, site)
    typed(page, "SELECT ?x")
    page.keyboard.press("Control+a")
    page.keyboard.type("(")
    assert written(page) == "(SELECT ?x)"
    page.keyboard.type("ASK")
    assert written(page) == "(ASK)"
    page.keyboard.press("Escape")
    page.keyboard.press("Control+z")
    assert written(page) == "SELECT ?x"


@pytest.mark.browser
def test_a_page_without_form_or_dump_is_left_as_it_is(page: Page, site: Server, told: list[str]) -> None:
    """Where nothing can answer there is no editor, only what the page says."""
    page.goto(f"{site.address}/no-endpoint/")
    page.wait_for_load_state("networkidle")
    assert page.locator("#sparql-editor").inner_text() == "Nothing answers here."


@pytest.mark.browser
def test_the_form_works_without_scripts(browser: Browser, site: Server) -> None:
    """Without JavaScript there is a field and a button that asks the endpoint."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{site.address}/sparql-editor/")
    page.get_by_label("Query").fill("ASK {}")
    page.get_by_role("button", name="Run").click()
    assert page.url == f"{site.address}/sparql?query=ASK+%7B%7D"
    assert page.locator("body").inner_text() == "asked without scripts"
    context.close()


@pytest.mark.browser
def test_the_static_site_answers_queries_in_the_browser(page: Page, site: Server, told: list[str]) -> None:
    """Over a file of the graph, with no server taking part: rows, errors, and an end when asked for one."""
    editor(page, site, path="/in-browser/")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_role("table").locator("caption")).to_have_text("Rows 1 to 100 of 250", timeout=20000)
    typed(page, "CONSTRUCT WHERE { ?x cscip:number 7 }")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".app-raw")).to_contain_text("thing-7")
    typed(page, "SELECT ???")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("alert")).to_contain_text("error at 1:")
    typed(page, "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . FILTER(?c != ?f && ?f != ?i) }")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Stop").click()
    assert said(page).startswith("Stopped after")
    typed(page, "ASK {}")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".app-output")).to_contain_text("Yes", timeout=20000)
    assert site.asked == []


# --- other scripts --------------------------------------------------------------------------------------


@pytest.mark.browser
def test_a_filter_narrows_rows_and_stands_in_the_address(page: Page, site: Server, told: list[str]) -> None:
    """By value and by words, both together; the address brings the choice back."""
    page.goto(f"{site.address}/filter/")
    status, shown = page.get_by_role("status").first, page.locator("tbody tr:visible")
    expect(status).to_have_text("3 interventions")
    page.get_by_label("Theme").select_option("edge")
    assert shown.all_inner_texts() == ["Pause", "Mockingbird"]
    page.get_by_label("Words").fill("PAU")
    assert shown.all_inner_texts() == ["Pause"]
    expect(status).to_have_text("1 of 3 interventions")
    assert page.url.endswith("/filter/?theme=edge&q=PAU")
    page.reload()
    expect(status).to_have_text("1 of 3 interventions")
    page.get_by_label("Words").fill("")
    page.get_by_label("Theme").select_option("")
    assert shown.count() == 3
    assert page.url.endswith("/filter/")


@pytest.mark.browser
def test_a_text_is_copied(page: Page, site: Server, told: list[str]) -> None:
    """The button appears where scripts run, and says what it did."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site.address}/filter/")
    page.get_by_role("button", name="Copy the citation").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "Cite this."


@pytest.mark.browser
@pytest.mark.parametrize(
    ("asked", "found"),
    [(("pause", ""), ["Pause", "No Wrong Door"]), (("teenager missing", ""), ["No Wrong Door"]),
     (("nwd", ""), ["No Wrong Door"]), (("teenegers", "Themes"), ["Edge of care"]), (("the zzz", ""), [])],
)  # fmt: skip
def test_search_without_a_server(
    page: Page, site: Server, told: list[str], asked: tuple[str, str], found: list[str]
) -> None:
    """Names count most; other names, beginnings and slips find too; a kind narrows; nothing found is said."""
    page.goto(f"{site.address}/search/")
    words, kind = asked
    page.get_by_label("Kind").select_option(kind or "Everything")
    page.get_by_label("Search").fill(words)
    page.keyboard.press("Enter")
    number = f"{len(found)} result" if found else "Nothing found"
    expect(page.get_by_role("status")).to_contain_text(number)
    links = page.locator("[data-results] a")
    assert links.all_inner_texts() == found
    assert links.evaluate_all("l => l.map(a => a.getAttribute('href'))") == [
        next("../" + str(f["path"]) for f in FOUND if f["name"] == name) for name in found
    ]
    page.reload()
    expect(page.get_by_role("status")).to_contain_text(number)
    page.go_back()
    expect(page.locator("[data-results]")).to_have_text("Needs scripts.")


@pytest.mark.browser
def test_interventions_stand_side_by_side_without_a_server(
    page: Page, site: Server, axe: str, told: list[str]
) -> None:
    """A row a subject, a column an intervention; nothing stated is said so, and signs of HTML stay text."""
    page.add_init_script(axe)
    page.goto(f"{site.address}/compare/")
    page.get_by_label("One").select_option("a")
    page.get_by_label("Two").select_option("b")
    page.get_by_role("button", name="Compare").click()
    table = page.get_by_role("table", name="Effect")
    expect(table).to_be_visible()
    assert page.url.endswith("/compare/?intervention=a&intervention=b")
    assert table.locator("th[scope=col]").all_inner_texts() == ["alpha", "beta"]
    first, second = table.locator("tbody td").all()
    assert first.locator("li").all_inner_texts() == ["rose <i>much</i> [x#L1]", "fell [x#L2]"]
    assert second.inner_text() == "Nothing stated"
    assert table.get_by_role("link").first.get_attribute("href") == "../intervention/alpha/"
    faultless(page)
    page.get_by_label("Two").select_option("a")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("status")).to_have_text("Choose 2 to 6 interventions; 1 chosen.")
    assert table.count() == 0


@pytest.mark.browser
def test_with_a_server_forms_are_sent(page: Page, site: Server, told: list[str]) -> None:
    """Filter, search and comparison are the server's where one answers: the scripts change nothing there."""
    page.goto(f"{site.address}/served/filter/?theme=edge")
    expect(page.get_by_role("button", name="Copy the citation")).to_be_visible()
    assert page.locator("tbody tr:visible").count() == 3
    for path in ("search", "compare"):
        page.goto(f"{site.address}/served/{path}/")
        page.get_by_role("button").click()
        page.wait_for_url("**/?*")
        expect(page.locator("main")).to_contain_text("Needs scripts.")
