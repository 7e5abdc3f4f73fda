"""The Python door: what it opens, what comes out of it, and in which types.

Figures were worked out from the sources by hand; the lines stand beside them.
"""

from __future__ import annotations

import ast
import csv
import dataclasses
import doctest
import io
import re
import sys
from decimal import Decimal
from pathlib import Path

import pandas as pd
import polars as pl
import pytest
from pyoxigraph import Literal, NamedNode
from rdflib import DCTERMS, RDFS, URIRef
from rdflib import Literal as RdflibLiteral

import cscip_kg
from cscip_kg import Finding, Graph, Result, Summary, Values, api, open_graph
from cscip_kg.errors import LimitError, NoStoreError, QueryError, UnknownNameError
from cscip_kg.namespaces import ID, XSD
from cscip_kg.output import CAUTION, as_csv
from cscip_kg.queries import Parameter, Table, catalogue, find, run, table_of
from cscip_kg.store import describe

ROOT = Path(__file__).parents[1]
NO_WRONG_DOOR = ID + "intervention/no-wrong-door"


@pytest.fixture(scope="module")
def graph(built: Path) -> Graph:
    """The project's graph."""
    return open_graph(built)


# --- the names ------------------------------------------------------------------------------------------


def test_the_public_names_are_those_of_the_room() -> None:
    """What the package offers is what `api` defines, for the type checker too, and nothing else."""
    assert set(cscip_kg.__all__) - {"__version__"} == set(api.__all__)
    source = ast.parse((ROOT / "src" / "cscip_kg" / "__init__.py").read_text(encoding="utf-8"))
    (checked,) = [
        node
        for node in ast.walk(source)
        if isinstance(node, ast.ImportFrom) and node.module == "cscip_kg.api"
    ]
    assert {alias.name for alias in checked.names} == set(api.__all__)
    for name in api.__all__:
        assert getattr(cscip_kg, name) is getattr(api, name)
        assert getattr(api, name).__doc__
    assert set(cscip_kg.__all__) <= set(dir(cscip_kg))


def test_a_name_that_is_not_there_is_refused() -> None:
    """A misspelt name of the package is an AttributeError, as of any module."""
    with pytest.raises(AttributeError, match="no attribute 'open_grahp'"):
        cscip_kg.open_grahp  # noqa: B018


# --- opening --------------------------------------------------------------------------------------------


def test_without_a_build_opening_says_what_to_run(tmp_path: Path) -> None:
    """A folder without a build, or with a damaged one, is told of when it is opened, not later."""
    with pytest.raises(NoStoreError, match="Run: cscip build"):
        open_graph(tmp_path)
    damaged = tmp_path / "builds" / "x"
    (damaged / "store").mkdir(parents=True)
    (damaged / "build.json").write_text("{}", encoding="utf-8")
    (tmp_path / "current").symlink_to("builds/x")
    with pytest.raises(NoStoreError, match=r"cannot be read .* Run: cscip build"):
        open_graph(tmp_path)


def test_the_build_is_known(graph: Graph, built: Path) -> None:
    """A graph says of which build and version it is and what to bear in mind, and takes a path as text."""
    assert graph.build == describe(built)
    assert graph.build.id in repr(graph)
    assert repr(graph) == repr(open_graph(str(built)))
    assert graph.build.version == cscip_kg.__version__
    assert graph.caution == CAUTION


def test_the_folder_is_that_of_the_environment(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder the build of `$CSCIP_BUILD_DIR` is opened."""
    monkeypatch.setenv("CSCIP_BUILD_DIR", str(built))
    assert open_graph().build.id == describe(built).id


# --- queries --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value", ["missing-episodes", ID + "outcome-measure/missing-episodes", "Missing episodes"]
)
def test_a_stored_query_takes_slug_iri_and_name(graph: Graph, built: Path, value: str) -> None:
    """However the value is given, the rows are those of the stored query."""
    found = graph.query("what-reduced", measure=value)
    expected = table_of(run("what-reduced", {"measure": "missing-episodes"}, folder=built))
    assert found.table == expected
    assert [row["name"] for row in found][:2] == [
        "Inside Out",  # wwcsc-2021, line 1031
        "Multisystemic Therapy for Family Integrated Transitions (MST-FIT)",  # rees-2017, line 585
    ]


def test_a_parameter_called_like_a_word_of_python(graph: Graph) -> None:
    """`from_` stands for `from`, numbers need no quotes: line 585 of rees-2017 tells of missing incidents."""
    found = graph.query("cited-from-lines", source="rees-2017", from_=585, to=585)
    assert ID + "evaluation/no-wrong-door#missing-episodes" in {row["statement"] for row in found}


def test_a_parameter_with_a_hyphen(graph: Graph, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An underscore stands for the hyphen of a parameter's name."""
    text = "SELECT (?_line_integer AS ?n) WHERE { VALUES ?_line_integer { UNDEF } }"
    query = dataclasses.replace(
        find("sources-read"),
        name="hyphened",
        text=text,
        parameters=(Parameter("first-line", "_line_integer", "integer", "a line", False, "1"),),
    )
    monkeypatch.setattr("cscip_kg.queries.catalogue", lambda: {"hyphened": query})
    assert graph.query("hyphened", first_line=7).rows == [(7,)]


def test_names_that_are_not_known_are_refused(graph: Graph) -> None:
    """A query, a parameter, a value that does not exist: the message lists what does."""
    with pytest.raises(UnknownNameError, match="what-reduced"):
        graph.query("what-reduces")
    with pytest.raises(UnknownNameError, match="Its parameters: measure, theme"):
        graph.query("what-reduced", measures="missing-episodes")
    with pytest.raises(UnknownNameError, match="missing-episodes"):
        graph.query("what-reduced", measure="missing-episode")
    with pytest.raises(UnknownNameError, match="no-wrong-door"):
        graph.intervention("no-wrong-dor")
    with pytest.raises(UnknownNameError, match="reduced-days-in-state-care"):
        graph.findings(outcome="reduced-days-in-care")


def test_the_catalogue_is_a_result(graph: Graph) -> None:
    """Each stored query is listed with its question; an optional parameter has a question mark."""
    listed = {row["name"]: row for row in graph.queries()}
    assert set(listed) == set(catalogue())
    assert listed["what-reduced"]["question"] == "Which interventions a study saw reduce a measure"
    assert listed["what-reduced"]["parameters"] == "measure?, theme?"
    assert listed["names-of"] == {
        "name": "names-of",
        "topic": "provenance",
        "question": find("names-of").summary,
        "parameters": "thing",
    }


def test_sparql_gives_python_values(graph: Graph) -> None:
    """Numbers, truth, text, IRIs and open cells come out as what they are."""
    found = graph.sparql("""SELECT ?whole ?decimal ?double ?yes ?text ?tagged ?iri ?open WHERE {
      VALUES (?whole ?decimal ?double ?yes ?text ?tagged ?iri ?open) {
        (7 "96.5"^^xsd:decimal 1.5e0 true "7" "sept"@fr id:x UNDEF) } }""")
    assert found.columns == ("whole", "decimal", "double", "yes", "text", "tagged", "iri", "open")
    (row,) = found.rows
    assert row == (7, Decimal("96.5"), 1.5, True, "7", "sept", ID + "x", None)
    assert list(map(type, row[:4])) == [int, Decimal, float, bool]


def test_sparql_asks_and_constructs(graph: Graph) -> None:
    """ASK is one cell; the triples of a CONSTRUCT are rows."""
    assert graph.sparql("ASK { ?x a cscip:Intervention }").rows == [(True,)]
    made = graph.sparql("CONSTRUCT { id:a rdfs:label 'b' } WHERE {}")
    assert list(made) == [{"subject": ID + "a", "predicate": str(RDFS.label), "object": "b"}]


def test_sparql_is_bounded(graph: Graph) -> None:
    """What may not run is refused, and what takes too long is ended."""
    with pytest.raises(QueryError, match="SERVICE is refused"):
        graph.sparql("SELECT * WHERE { SERVICE <http://example.org/> { ?s ?p ?o } }")
    with pytest.raises(LimitError, match=r"after 0\.5 seconds"):
        graph.sparql("SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }", seconds=0.5)


# --- interventions and findings -------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["no-wrong-door", "No Wrong Door", "NWD", "no wrong door", NO_WRONG_DOOR])
def test_an_intervention_goes_by_any_name(graph: Graph, name: str) -> None:
    """Slug, name, short name (rees-2017, line 917) and IRI lead to the same thing."""
    assert graph.intervention(name).iri == NO_WRONG_DOOR


def test_an_intervention_with_what_sources_say(graph: Graph) -> None:
    """The table row (foundations-lessons, line 555) and the Department's page (lines 99, 141-145)."""
    found = graph.intervention("No Wrong Door")
    assert (found.name, found.names) == ("No Wrong Door", ("No Wrong Door", "NWD"))
    assert found.themes == ("Adolescents facing complex risks",)
    by_source = {summary.source: summary for summary in found.summaries}
    assert set(by_source) == {"foundations-lessons", "rees-2017", "dfe-insights"}
    assert by_source["foundations-lessons"].citations == ("foundations-lessons#L555",)
    for word in ("outreach", "coaching", "speech", "residential"):
        assert word in by_source["foundations-lessons"].text
    # Lines in the order of the text, not of their digits.
    lines = ("L99", "L141", "L143", "L145")
    assert by_source["dfe-insights"].citations == tuple(f"dfe-insights#{line}" for line in lines)
    assert all(isinstance(summary, Summary) for summary in found.summaries)


def test_all_interventions_are_there(graph: Graph) -> None:
    """One for each file of records, in the order of names, each as it is when asked for alone."""
    found = graph.interventions()
    files = {path.stem for path in (ROOT / "data" / "interventions").glob("*.yaml")}
    assert {i.iri.removeprefix(ID + "intervention/") for i in found} == files
    assert [i.name.casefold() for i in found] == sorted(i.name.casefold() for i in found)
    assert graph.intervention("pause") in found


def test_a_finding_in_full(graph: Graph) -> None:
    """Missing incidents in No Wrong Door (rees-2017, lines 585 and 931 under the lead-in of 921-923)."""
    (found,) = graph.findings(intervention="No Wrong Door", measure="missing-episodes")
    assert found == Finding(
        iri=ID + "evaluation/no-wrong-door#missing-episodes",
        intervention="No Wrong Door",
        measure="Missing episodes",
        printed="Missing incidents",
        outcome="Reduced risk for children",
        direction="decrease",
        effect="favourable",
        values=Values(before=Decimal(503), after=Decimal(253)),
        unit="incidents",
        comparator=found.comparator,
        sample_size=None,
        significance=None,
        caveat=None,
        evaluation="Evaluation of No Wrong Door",
        round="Round 1",
        citations=("rees-2017#L585", "rees-2017#L921-923", "rees-2017#L931"),
    )
    # The matched cohort of line 585: from 1318 to 1231.
    assert found.comparator is not None
    assert "1318 to 1231" in found.comparator
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.effect = "unclear"  # type: ignore[misc]


def test_findings_by_measure(graph: Graph) -> None:
    """Line 585 of rees-2017: in MST-FIT missing incidents went from 13 in 2014 to none in 2016."""
    found = {f.intervention: f for f in graph.findings(measure="Missing episodes")}
    fit = found["Multisystemic Therapy for Family Integrated Transitions (MST-FIT)"]
    assert (fit.values.before, fit.values.after, fit.citations) == (13, 0, ("rees-2017#L585",))
    assert found["Inside Out"].citations == ("wwcsc-2021#L1031-1035",)
    # Lines 2479-2484 of wwcsc-2021: no change is a finding, and is neither nothing nor a decrease.
    assert (found["Mockingbird Family Model"].direction, found["Mockingbird Family Model"].effect) == (
        "no change",
        "no change",
    )


def test_findings_about_money(graph: Graph) -> None:
    """Pause in Table 4 (rees-2017, line 792): £1.2 to 2.1 million a year, and £628,000 to 732,000."""
    found = list(graph.findings(intervention="pause", outcome="Better value for money"))
    table4 = [f for f in found if "rees-2017#L792" in f.citations]
    amounts = sorted(f.values.amount_gbp for f in table4 if f.values.amount_gbp is not None)
    assert amounts == [628_000, 732_000, 1_200_000, 2_100_000]
    assert {f.direction for f in table4} == {"not stated"}
    assert {(f.values.value, f.values.ratio) for f in table4} == {(None, None)}


def test_filters_narrow_and_agree(graph: Graph) -> None:
    """Each filter keeps the findings that say so, two together those of both."""
    every = list(graph.findings())
    assert [f.iri for f in every] == sorted({f.iri for f in every})
    own = list(graph.findings(intervention="no-wrong-door"))
    assert own == [f for f in every if f.intervention == "No Wrong Door"]
    assert own == list(graph.intervention("NWD").findings())
    outcome = list(graph.findings(outcome="reduced-days-in-state-care"))
    assert outcome == [f for f in every if f.outcome == "Reduced days in state care"]
    both = list(graph.findings(intervention="no-wrong-door", outcome="reduced-days-in-state-care"))
    assert both == [f for f in own if f in outcome]
    assert 0 < len(both) < len(own) < len(every)
    assert all(f.citations and "#L" in f.citations[0] for f in every)


# --- results --------------------------------------------------------------------------------------------


def literal(text: str, kind: str = "string") -> Literal:
    return Literal(text, datatype=NamedNode(XSD + kind))


def result(columns: str, *rows: tuple[Literal | NamedNode | None, ...]) -> Result:
    return Result(Table(tuple(columns.split()), list(rows)))


MIXED = result(
    "thing whole few price yes words open",
    (
        NamedNode(ID + "intervention/pause"),
        literal("3", "integer"),
        literal("2", "decimal"),
        literal("96.0", "decimal"),
        literal("true", "boolean"),
        literal("45", "decimal"),
        None,
    ),
    (
        NamedNode(ID + "intervention/keep"),
        literal("4", "integer"),
        None,
        literal("5", "integer"),
        literal("false", "boolean"),
        literal("not stated"),
        literal(""),
    ),
)


def test_a_result_is_rows(graph: Graph) -> None:
    """A result has a length, gives dicts, and says in a line what it holds."""
    assert len(MIXED) == 2
    assert next(iter(MIXED))["whole"] == 3
    assert [row["open"] for row in MIXED] == [None, ""]
    assert repr(MIXED) == "Result(2 rows: thing, whole, few, price, yes, words, open)"


def test_a_result_as_csv(graph: Graph, built: Path) -> None:
    """The CSV is that of `cscip query -f csv`, IRIs whole."""
    text = graph.query("sources-read").to_csv()
    assert text == as_csv(table_of(run("sources-read", folder=built)))
    assert len(list(csv.reader(io.StringIO(text)))) == 6


def test_a_pandas_frame_has_types() -> None:
    """Whole numbers, decimals, truth and text are columns of their kind; what is open is null."""
    frame = MIXED.to_pandas()
    kinds = {name: str(kind) for name, kind in frame.dtypes.items()}
    assert kinds == {
        "thing": "string",
        "whole": "int64",
        "few": "Int64",
        "price": "float64",
        "yes": "bool",
        "words": "string",
        "open": "string",
    }
    assert frame["price"].tolist() == [96.0, 5.0]
    assert frame["words"].tolist() == ["45", "not stated"]
    assert frame.isna().sum().to_dict() == dict.fromkeys(MIXED.columns, 0) | {"few": 1, "open": 2}


def test_a_polars_frame_has_types() -> None:
    """The same in polars."""
    frame = MIXED.to_polars()
    assert frame.schema == {
        "thing": pl.String,
        "whole": pl.Int64,
        "few": pl.Int64,
        "price": pl.Float64,
        "yes": pl.Boolean,
        "words": pl.String,
        "open": pl.String,
    }
    assert frame["price"].to_list() == [96.0, 5.0]
    assert frame.null_count().row(0) == (0, 0, 1, 0, 0, 0, 2)


def test_a_number_too_large_for_a_column_is_a_float() -> None:
    """A whole number beyond 64 bits does not break the frame."""
    frame = result("n", (literal(str(2**70), "integer"),)).to_pandas()
    assert frame["n"].tolist() == [float(2**70)]


def test_frames_of_nothing_keep_their_columns() -> None:
    """An answer without rows is a frame without rows, columns in place."""
    empty = result("a b")
    assert list(empty.to_pandas().columns) == empty.to_polars().columns == ["a", "b"]
    assert len(empty.to_pandas()) == len(empty.to_polars()) == len(empty) == 0


@pytest.mark.parametrize("package", ["pandas", "polars"])
def test_a_package_that_is_missing_is_named(package: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the extra, the error says what to install."""
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError) as caught:
        getattr(MIXED, f"to_{package}")()
    assert str(caught.value) == f'This needs {package}: pip install "cscip-kg[{package}]"'


def test_a_notebook_shows_a_table() -> None:
    """IRIs are short, signs of HTML are escaped, and only the first rows stand there."""
    rows = [(NamedNode(ID + "intervention/pause"), literal(f"<b>{n}</b> & more")) for n in range(25)]
    html = result("thing text", *rows)._repr_html_()
    assert html.count("<tr>") == 21
    assert "<td>intervention/pause</td><td>&lt;b&gt;0&lt;/b&gt; &amp; more</td>" in html
    assert "<b>" not in html
    assert "<p>25 rows, the first 20 shown</p>" in html
    assert result("a<b", (literal("x"),))._repr_html_().startswith("<table><thead><tr><th>a&lt;b</th>")


def test_effects_are_shown_with_the_caution(graph: Graph) -> None:
    """Wherever a column tells of effects, the caution stands below, and nowhere else."""
    judged = graph.query("what-reduced", measure="missing-episodes")
    assert judged.caution == CAUTION
    assert f"<em>{CAUTION}</em>" in judged._repr_html_()
    plain = graph.query("sources-read")
    assert plain.caution is None
    assert "<em>" not in plain._repr_html_()


def test_table_1_is_counted_in_whole_numbers(graph: Graph) -> None:
    """Printed counts are decimals in the graph and whole numbers in a frame (rees-2017, line 425)."""
    frame = graph.query("table-cells", table="Table 1").to_pandas()
    assert isinstance(frame, pd.DataFrame)
    assert str(frame["value"].dtype) == "int64"
    row = frame[frame["row"] == "Reducing the number of children looked after"]
    assert row["value"].tolist() == [23, 14, 4, 1, 4]


# --- rdflib ---------------------------------------------------------------------------------------------


@pytest.mark.reference
@pytest.mark.filterwarnings(r"ignore:Dataset\..* is deprecated:DeprecationWarning:rdflib")
def test_rdflib_holds_the_same_graph(graph: Graph) -> None:
    """Every statement is there, texts are equal to rdflib's own, and the named graphs are one to ask."""
    dataset = graph.rdflib()
    assert len(list(dataset.quads())) == sum(graph.build.graphs.values())
    source = URIRef(ID + "source/rees-2017")
    assert (source, DCTERMS.identifier, RdflibLiteral("rees-2017")) in dataset
    assert (URIRef(NO_WRONG_DOOR), RDFS.label, RdflibLiteral("No Wrong Door", lang="en")) in dataset
    text = find("sources-read").text
    found = [str(row[1]) for row in dataset.query(text)]  # type: ignore[index]
    assert found == [row["shortId"] for row in graph.query("sources-read")]
    effects = dataset.query("SELECT ?e WHERE { ?f a cscip:Finding ; cscip:effect ?e }")
    assert len(list(effects)) >= len(list(graph.findings()))


# --- the page about it ----------------------------------------------------------------------------------


@pytest.mark.reference
@pytest.mark.filterwarnings(r"ignore:Dataset\..* is deprecated:DeprecationWarning:rdflib")
def test_the_page_on_python_is_true(built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every example of docs/python.md runs, one after the other, and prints what stands there."""
    monkeypatch.setenv("CSCIP_BUILD_DIR", str(built))
    page = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    text = "\n".join(re.findall(r"(?ms)^```python\n(.*?)^```$", page))
    examples = doctest.DocTestParser().get_doctest(text, {}, "python.md", "python.md", 0)
    told: list[str] = []
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    found = runner.run(examples, out=told.append)
    assert found.failed == 0, "".join(told)
    assert found.attempted > 20
