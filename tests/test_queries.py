"""The stored queries: their headers, their parameters, and answers worked out by hand from the sources.

`expected/<query>.csv` holds the rows: parameters in the first line, then how they were worked out. It may
leave columns out (our own words; counts that grow); a table's file gives the number of rows and a choice.
"""

from __future__ import annotations

import csv
import re
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, serialize
from rdflib import Dataset
from rdflib import Literal as RdflibLiteral
from rdflib.plugins.sparql import prepareQuery
from rdflib.term import Node

from cscip_kg.assets import queries_dir
from cscip_kg.engine import construct, select
from cscip_kg.errors import QueryError, UnknownNameError
from cscip_kg.exports import arranged
from cscip_kg.gate import check_query
from cscip_kg.namespaces import ID, short
from cscip_kg.queries import (
    StoredQuery,
    allowed_values,
    bind,
    catalogue,
    cell_value,
    fill,
    find,
    read_query,
)
from cscip_kg.store import open_store

EXPECTED = Path(__file__).parent / "expected"
QUERIES = list(catalogue().values())
NAMES = [query.name for query in QUERIES]
# Any text is a value of a parameter for text; these take a choice.
CHOICES = [(query.name, p.name) for query in QUERIES for p in query.parameters if p.kind != "string"]
NO_PARAMETERS = "# (no parameters)"

Row = tuple[str, ...]


@dataclass(frozen=True)
class Expected:
    """What one expected file says."""

    values: dict[str, str]
    count: int | None
    columns: Row
    rows: list[Row]


def read_expected(name: str) -> Expected:
    first, *lines = (EXPECTED / f"{name}.csv").read_text(encoding="utf-8").splitlines()
    assert first.startswith("# "), f"{name}.csv does not begin with its parameters"
    pairs = [] if first == NO_PARAMETERS else [item.split("=", 1) for item in shlex.split(first[2:])]
    values = dict(pairs)
    count = values.pop("rows", None)
    header, *rows = csv.reader(line for line in lines if not line.startswith("# "))
    return Expected(values, None if count is None else int(count), tuple(header), [tuple(r) for r in rows])


def text_of(cell: object) -> str:
    """Return a cell of either engine as the expected files write it: IRIs short, numbers plain."""
    if isinstance(cell, Node):
        text, kind = str(cell), str(getattr(cell, "datatype", None) or "")
    else:
        text = cell_value(cell)  # type: ignore[arg-type]
        kind = cell.datatype.value if isinstance(cell, Literal) else ""
    if kind.endswith(("#decimal", "#integer")):
        return f"{Decimal(text).normalize():f}"
    return "|".join(short(part) for part in text.split("|"))


def rows_as_text(query: StoredQuery, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> list[Row]:
    """Return rows as text, joined cells in a fixed order, the rows of a graph sorted."""
    made = []
    for cells in rows:
        row = arranged(dict(zip(columns, map(text_of, cells), strict=True)), query)
        made.append(tuple(row.values()))
    return sorted(made) if query.columns == ("subject", "predicate", "object") else made


@cache
def in_memory(folder: Path) -> Store:
    """The built store, read into memory once: hundreds of answers are asked of it."""
    store = Store()
    store.bulk_extend(open_store(folder).quads_for_pattern(None, None, None, None))
    return store


def answer(query: StoredQuery, values: dict[str, str], folder: Path) -> list[Row]:
    text = fill(query.text, bind(query, values, folder))
    if "CONSTRUCT" in query.text:
        return rows_as_text(query, query.columns, construct(in_memory(folder), text))
    result = select(in_memory(folder), text)
    assert tuple(v.value for v in result.variables) == query.columns
    return rows_as_text(query, query.columns, result)


def required(query: StoredQuery) -> dict[str, str]:
    return {p.name: p.example for p in query.parameters if p.required}


# --- what takes in narrower choices -------------------------------------------------------------------------


def test_not_continued_takes_in_every_reason(built: Path) -> None:
    """Worked out by hand: rees-2017#L1016-1018 names eight projects, dfe-insights#L155-191 three more."""
    query = find("continuation")
    place = query.columns.index("project")
    found = {row[place].rpartition("/")[2] for row in answer(query, {"status": "not-continued"}, built)}
    assert found == set(
        """learning-into-practice north-london-childrens-efficiency-programme
        south-east-together-dynamic-purchasing-system belhaven-services better-by-design
        family-and-adolescent-support-hub aycliffe-secure-centre culturally-attuned-family-support
        childrens-services-transformation-programme newham-delivery-for-children
        childrens-services-in-an-integrated-care-organisation""".split()
    )


# --- headers --------------------------------------------------------------------------------------------


def test_every_query_has_expected_rows() -> None:
    """Each stored query has a file of expected rows, and each such file a query."""
    assert {path.stem for path in EXPECTED.iterdir()} == set(NAMES)


def test_no_two_queries_share_a_name() -> None:
    """A query is called by its name alone, so no name stands twice in the folders."""
    files = [path.stem for path in queries_dir().glob("*/*.rq")]
    assert sorted(files) == sorted(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_header_says_what_a_reader_needs(name: str) -> None:
    """A header has a summary of one line without a full stop, a description of sentences, and tags."""
    query = find(name)
    assert query.summary[0].isupper()
    assert not query.summary.endswith(".")
    assert "\n" not in query.summary
    assert query.description.endswith(".")
    assert query.topic in query.tags or query.topic.rstrip("s") in " ".join(query.tags)
    assert len(set(query.columns)) == len(query.columns)
    for group in (query.lists, query.series, *query.together):
        assert set(group) <= set(query.columns)


@pytest.mark.parametrize("name", NAMES)
def test_text_is_plain_sparql(name: str) -> None:
    """The file as it stands passes the gate, parses on rdflib, and negates with MINUS where it filters."""
    text = find(name).text
    check_query(text)
    prepareQuery(text)
    for inner in re.findall(r"NOT EXISTS \{([^}]*)\}", text):
        assert "FILTER" not in inner
        assert "VALUES" not in inner
    assert max(map(len, text.splitlines())) <= 130


@pytest.mark.parametrize("name", NAMES)
def test_no_path_may_be_of_length_none(name: str) -> None:
    """Virtuoso finds too little or too much by `p?` and `p*`, in place of which stand alternatives."""
    assert re.findall(r"(?:\b[a-z]+:\w+|\))[*?](?=\s)", find(name).text) == []


@pytest.mark.parametrize("name", [q.name for q in QUERIES if "CONSTRUCT" not in q.text])
def test_order_is_asked_for(name: str) -> None:
    """Every query that gives rows says in which order."""
    assert re.search(r"(?m)^ORDER BY ", find(name).text)


HEADERS = {
    "no header": "SELECT ?a WHERE { ?a ?b ?c }",
    "no tags": "#+ summary: A\n#+ columns: [a]\nSELECT ?a WHERE { ?a ?b ?c }",
    "broken YAML": "#+ summary: a: b\n#+ tags: [x]\n#+ columns: [a]\nSELECT ?a WHERE { ?a ?b ?c }",
    "parameter not described": "#+ summary: A\n#+ tags: [x]\n#+ columns: [a]\n"
    "SELECT ?a WHERE { VALUES ?_theme_iri { UNDEF } ?a ?b ?_theme_iri }",
    "parameter not used": "#+ summary: A\n#+ tags: [x]\n#+ columns: [a]\n"
    "#+ params: {theme: {kind: theme, summary: s, example: e}}\nSELECT ?a WHERE { ?a ?b ?c }",
    "parameter without a block": "#+ summary: A\n#+ tags: [x]\n#+ columns: [a]\n"
    "#+ params: {theme: {kind: theme, summary: s, example: e}}\nSELECT ?a WHERE { ?a ?b ?_theme_iri }",
    "parameter without an example": "#+ summary: A\n#+ tags: [x]\n#+ columns: [a]\n"
    "#+ params: {theme: {kind: theme, summary: s}}\n"
    "SELECT ?a WHERE { VALUES ?_theme_iri { UNDEF } ?a ?b ?_theme_iri }",
}


@pytest.mark.parametrize("fault", HEADERS)
def test_faulty_header_is_refused(fault: str, tmp_path: Path) -> None:
    """A header that lacks something, or says something else than the query, is an error naming the file."""
    path = tmp_path / "faulty.rq"
    path.write_text(HEADERS[fault] + "\n", encoding="utf-8")
    with pytest.raises(QueryError, match=r"faulty\.rq"):
        read_query(path)


# --- answers --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_rows_are_those_of_the_sources(
    name: str, built: Path, record_property: Callable[[str, object], None]
) -> None:
    """The answer is, row for row and in order, what was worked out by hand; of a table, number and choice."""
    record_property("agreement", (name, "sources"))
    query, expected = find(name), read_expected(name)
    found = answer(query, expected.values, built)
    places = [query.columns.index(column) for column in expected.columns]
    shown = [tuple(row[place] for place in places) for row in found]
    wanted = [
        tuple(
            arranged(
                dict(zip(expected.columns, row, strict=True))
                | dict.fromkeys(set(query.columns) - set(expected.columns), ""),
                query,
            )[c]
            for c in expected.columns
        )
        for row in expected.rows
    ]
    if expected.count is None:
        assert shown == wanted
    else:
        assert len(shown) == expected.count
        assert [row for row in wanted if row not in shown] == []


@pytest.mark.parametrize("name", NAMES)
def test_expected_file_is_whole(name: str) -> None:
    """An expected file names columns of the query and says how its rows were worked out."""
    query, expected = find(name), read_expected(name)
    assert set(expected.columns) <= set(query.columns)
    assert all(len(row) == len(expected.columns) for row in expected.rows)
    assert (EXPECTED / f"{name}.csv").read_text(encoding="utf-8").splitlines()[1].startswith("# ")


@pytest.mark.parametrize("name", NAMES)
def test_optional_parameters_may_be_left_out(name: str, built: Path) -> None:
    """With required parameters alone a query answers, no row twice; each example gives some of its rows."""
    query = find(name)
    whole = answer(query, required(query), built)
    assert len(set(whole)) == len(whole)
    for p in query.parameters:
        part = answer(query, required(query) | {p.name: p.example}, built)
        assert part, f"the example of {p.name} gives no row"
        if not any(c in query.text for c in ("COUNT", "GROUP_CONCAT")):
            assert set(part) <= set(whole)


@pytest.fixture(scope="session")
def reference(quads: list[Quad]) -> Dataset:
    """The same graph in rdflib, all named graphs together as the default one."""
    dataset = Dataset(default_union=True)
    dataset.parse(data=serialize(quads, format=RdfFormat.N_QUADS), format="nquads")
    return dataset


def reference_rows(dataset: Dataset, text: str) -> list[tuple[Any, ...]]:
    """Return the rows of rdflib, less the row of nothing that it gives for a grouping without members."""
    rows = [tuple(row) for row in dataset.query(text)]
    return [row for row in rows if any(cell is not None for cell in row)]


@pytest.mark.reference
@pytest.mark.filterwarnings(r"ignore:Dataset\..* is deprecated:DeprecationWarning:rdflib")
@pytest.mark.parametrize("name", NAMES)
def test_rdflib_gives_the_same_rows(
    name: str, built: Path, reference: Dataset, record_property: Callable[[str, object], None]
) -> None:
    """The reference engine gives our rows in our order, with the expected parameters and with the least."""
    record_property("agreement", (name, "rdflib"))
    query, expected = find(name), read_expected(name)
    for values in (expected.values, required(query)):
        text = fill(query.text, bind(query, values, built))
        found = rows_as_text(query, query.columns, reference_rows(reference, text))
        assert found == answer(query, values, built)


def test_numbers_compare_by_value() -> None:
    """The comparison reads 110000000.00 and 110000000 as one number, whichever engine wrote it."""
    decimal = "http://www.w3.org/2001/XMLSchema#decimal"
    ours = Literal("110000000.00", datatype=NamedNode(decimal))
    theirs = RdflibLiteral("110000000", datatype=decimal)  # type: ignore[arg-type]
    assert text_of(ours) == text_of(theirs) == "110000000"


# --- parameters -----------------------------------------------------------------------------------------


def test_unknown_query_names_the_nearest() -> None:
    """A misspelt name of a query is refused with the nearest names."""
    with pytest.raises(UnknownNameError, match="interventions-by-theme"):
        find("intervention-by-theme")


@pytest.mark.parametrize("name", NAMES)
def test_unknown_parameter_names_the_allowed(name: str, built: Path) -> None:
    """A parameter that a query does not have is refused; the message lists those it has."""
    query = find(name)
    with pytest.raises(UnknownNameError) as caught:
        bind(query, required(query) | {"nonsense": "1"}, built)
    for p in query.parameters:
        assert p.name in str(caught.value)


@pytest.mark.parametrize("name", [q.name for q in QUERIES if required(q)])
def test_required_parameter_is_asked_for(name: str, built: Path) -> None:
    """Without a required parameter a query is refused; the message gives an example to paste."""
    query = find(name)
    with pytest.raises(UnknownNameError, match="--param"):
        bind(query, {}, built)


@pytest.mark.parametrize(("name", "parameter"), CHOICES)
def test_unknown_value_names_the_allowed(name: str, parameter: str, built: Path) -> None:
    """A value that is no thing of the kind is refused with allowed ones; one with an escape in it no less."""
    query = find(name)
    spec = next(p for p in query.parameters if p.name == parameter)
    for value in ("nonsense", "x> } DROP ALL #", 'x" } DROP ALL #', "", "../theme/residential-care"):
        with pytest.raises(UnknownNameError) as caught:
            bind(query, required(query) | {parameter: value}, built)
        told = str(caught.value)
        assert "Allowed" in told or "Did you mean" in told or "whole number" in told
    if spec.kind not in {"integer", "thing"}:
        assert any(slug in told for slug in allowed_values(spec.kind, built))


@pytest.mark.parametrize(
    ("value", "nearest"),
    [
        ("no-wrong-dor", "no-wrong-door"),
        ("wrong door", "no-wrong-door"),
        ("Creating Spaces for Change", "pause"),
        ("hertfordshire", "family-safeguarding"),
        ("family", "mst-fit"),
    ],
)
def test_a_value_that_is_nearly_right_brings_the_nearest(value: str, nearest: str, built: Path) -> None:
    """Slugs and printed names are both looked through; at most five are told, the nearest first."""
    with pytest.raises(UnknownNameError) as caught:
        bind(find("profile-02-names"), {"intervention": value}, built)
    told = str(caught.value).partition("Did you mean: ")[2].rstrip(".").split(", ")
    assert told[0] == nearest
    assert len(told) <= 5


def test_a_value_like_none_of_many_brings_no_long_list(built: Path) -> None:
    """Of a hundred and more, an example and how to look for others are told; of a few, all."""
    with pytest.raises(UnknownNameError) as caught:
        bind(find("profile-02-names"), {"intervention": "zzz"}, built)
    assert re.search(r"None of the \d{3} has such a name. Allowed is, for example, pause", str(caught.value))
    assert "`cscip search`" in str(caught.value)
    with pytest.raises(UnknownNameError) as caught:
        bind(find("interventions-by-theme"), {"theme": "zzz"}, built)
    assert str(caught.value).count("-and-") > 3
    for slug in allowed_values("theme", built):
        assert slug in str(caught.value)


@pytest.mark.parametrize("text", ["x> } DROP ALL #", '" } DROP ALL #', "\\", '"""', "\n}", "') || true #"])
def test_text_is_never_spliced(text: str, built: Path) -> None:
    """A text value enters the query as one literal: it finds nothing, and the query still parses."""
    query = find("interventions-named")
    filled = fill(query.text, bind(query, {"text": text}, built))
    prepareQuery(filled)
    assert f"VALUES ?_text {{ {Literal(text)} }}" in filled
    assert answer(query, {"text": text}, built) == []


def test_filling_changes_only_the_block() -> None:
    """Only the block of a bound variable changes; the others go on matching anything."""
    query = find("evaluations-by-aim")
    term = NamedNode(ID + "theme/residential-care")
    filled = fill(query.text, {"_theme_iri": term})
    assert filled == query.text.replace("VALUES ?_theme_iri { UNDEF }", f"VALUES ?_theme_iri {{ {term} }}")
    assert "VALUES ?_aim_iri { UNDEF }" in filled


@pytest.mark.parametrize(
    "value", ["residential-care", "theme/residential-care", ID + "theme/residential-care", "Residential care"]
)
def test_a_thing_goes_by_slug_iri_or_name(value: str, built: Path) -> None:
    """A thing may be given by its slug, by kind and slug, by IRI or by a name of it."""
    bound = bind(find("interventions-by-theme"), {"theme": value}, built)
    assert bound == {"_theme_iri": NamedNode(ID + "theme/residential-care")}


def test_a_part_of_a_thing_can_be_named(built: Path) -> None:
    """A parameter for any thing takes a part of one, such as a finding; a misspelt one brings near slugs."""
    query = find("names-of")
    part = "evaluation/inside-out#missing-episodes"
    assert bind(query, {"thing": part}, built) == {"_thing_iri": NamedNode(ID + part)}
    with pytest.raises(UnknownNameError, match="Did you mean intervention/pause"):
        bind(query, {"thing": "intervention/pausse"}, built)


def test_lines_are_whole_numbers(built: Path) -> None:
    """A line number is digits only, and the first line may not be given in words or in other scripts."""
    query = find("cited-from-lines")
    for value in ("five", "4.5", "٤"):
        with pytest.raises(UnknownNameError, match="whole number"):
            bind(query, {"from": value}, built)
