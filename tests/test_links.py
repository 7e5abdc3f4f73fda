"""Links to other datasets: what may be linked how, that nothing is merged, and what proves each link.

The extracts that prove the links are no part of the project: a check against them runs where they lie beside
the checkout, and small made-up ones show everywhere that each kind of error is seen.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Quad
from typer.testing import CliRunner

from cscip_kg.assets import data_dir
from cscip_kg.cli import app
from cscip_kg.errors import RecordError, RecordsError, TextsError
from cscip_kg.graph import build_graph
from cscip_kg.inference import infer
from cscip_kg.links import TARGETS, Link, LinkSet, check_snapshots, check_subjects, link_quads, load_links
from cscip_kg.links.graphs import published
from cscip_kg.links.reading import COLUMNS
from cscip_kg.links.targets import BROAD, CLOSE, EXACT, LEVELS, SAME, SEE, TO_CONFIRM, UNIT_OF
from cscip_kg.namespaces import DCTERMS, GRAPH, ID, TYPE, XSD, term, value_of
from cscip_kg.pipeline import build
from cscip_kg.records import load_records

ROOT = Path(__file__).parents[1]
SNAPSHOTS = ROOT.parent / "shared" / "links" / "snapshots"
ONS = "http://statistics.data.gov.uk/id/statistical-geography/"
ROR = "https://ror.org/"
VOID = "http://rdfs.org/ns/void#"


@cache
def sets() -> tuple[LinkSet, ...]:
    return tuple(load_links())


def links(*names: str) -> list[Link]:
    """Return the links of these targets, or of all."""
    return [link for one in sets() if not names or one.name in names for link in one.links]


def ours(link: Link) -> str:
    return link.subject.removeprefix(ID)


@pytest.fixture(scope="module")
def asserted() -> list[Quad]:
    """The asserted statements of the project."""
    return build_graph(load_records())


# --- the project's links --------------------------------------------------------------------------------


def test_every_target_has_a_file_and_every_link_a_described_subject(asserted: list[Quad]) -> None:
    """There is one file for each target that is known, and nothing in them is at odds with the records."""
    assert {one.name for one in sets()} == set(TARGETS)
    assert all(one.links for one in sets())
    assert check_subjects(sets(), asserted) == []


def test_regions_that_a_source_prints_against_the_code_are_recorded(asserted: list[Quad]) -> None:
    """Trap 1: the source's region stays beside the code's, and each contradiction is a discrepancy.

    Two projects of North East Lincolnshire stand in wrong regions, one in the South East and one in the East
    Midlands; a third, of Windsor and Maidenhead, in Greater London.
    """
    code_of = {ours(x): x.object for x in links("ons-geography") if x.predicate == SAME}
    region_of = {ours(x): x.object for x in links("ons-regions")}
    facts: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for q in asserted:
        name = q.predicate.value.rpartition("#")[2]
        facts[value_of(q.subject).removeprefix(ID)][name].add(value_of(q.object).removeprefix(ID))
    areas: dict[str, set[str]] = defaultdict(set)
    for account in facts.values():
        for project in account["accountOf"]:
            # All rounds of one intervention are looked at together: a row without an area is such a one.
            for intervention in facts[project]["delivers"]:
                areas[intervention] |= account["statesArea"]
    against = set()
    for node, account in facts.items():
        for project in account["accountOf"]:
            for region in account["statesRegion"]:
                (intervention,) = facts[project]["delivers"] or {""}
                places = {region_of[a] for a in areas[intervention] if a in region_of}
                if region in code_of and places and code_of[region] not in places:
                    against.add((node, region))
    assert against == {
        ("project/staying-close-north-east-lincolnshire#foundations-lessons", "area/south-east"),
        ("project/creating-strong-communities#foundations-lessons", "area/east-midlands"),
        ("project/culturally-attuned-family-support#foundations-lessons", "area/greater-london"),
    }
    recorded = {
        about
        for fact in facts.values()
        if "discrepancy-kind/label-against-place" in fact["discrepancyKind"]
        for about in fact["between"]
    }
    assert {node for node, _ in against} <= recorded
    assert region_of["area/north-east-lincolnshire"] == ONS + "E12000003"
    assert region_of["area/windsor-and-maidenhead"] == ONS + "E12000008"


SUCCESSORS = {
    "area/north-yorkshire": ("E10000023", {"E06000065"}),
    "area/dorset": ("E10000009", {"E06000059"}),
    "area/buckinghamshire": ("E10000002", {"E06000060"}),
    "area/northamptonshire": ("E10000021", {"E06000061", "E06000062"}),
    "area/sheffield": ("E08000019", {"E08000039"}),
}


def test_a_code_that_changed_is_the_one_of_the_time_and_its_successor_is_kept() -> None:
    """Trap 2: an area is the same as the code of the time; what came later is linked and never the same."""
    same = {ours(x): x for x in links("ons-geography") if x.predicate == SAME and "area/" in ours(x)}
    later: dict[str, set[str]] = defaultdict(set)
    for link in links("ons-geography"):
        if link.predicate == SEE:
            later[ours(link)].add(link.object.removeprefix(ONS))
            assert link.valid[0] > same[ours(link)].valid[1] > "2019-01-01"
    assert {a: (same[a].object.removeprefix(ONS), later[a]) for a in later} == SUCCESSORS
    for area, link in same.items():
        if link.object.removeprefix(ONS).startswith("E12"):
            continue
        assert link.valid[0] <= "2014-01-01", area
        assert bool(link.valid[1]) == (area in SUCCESSORS), area
    replaced = {
        (q.subject.value, q.object.value)  # type: ignore[union-attr]
        for q in link_quads(sets())
        if q.predicate.value == DCTERMS + "isReplacedBy"
    }
    assert replaced == {(ONS + old, ONS + new) for old, news in SUCCESSORS.values() for new in news}


def test_no_council_is_merged_with_its_area() -> None:
    """Trap 3: areas have codes of places, councils identifiers of bodies, and no object stands for both."""
    said: dict[str, set[str]] = defaultdict(set)
    for link in links():
        if link.predicate in (SAME, EXACT, CLOSE):
            said[link.object].add(ours(link))
        kind = ours(link).partition("/")[0]
        if link.object.startswith(ONS):
            assert kind == "area"
        if link.object.startswith((ROR, "http://www.wikidata.org/", "http://business.data.gov.uk/")):
            assert kind == "organisation"
    assert {target: things for target, things in said.items() if len(things) > 1} == {}
    assert {ours(x) for x in links("ror") if x.predicate == CLOSE} == {
        "organisation/hampshire-county-council"
    }


# Trap 4: near in name, and other bodies: two research centres, a device maker, a charity, a school.
FALSE_FRIENDS = ("03b98ms23", "05vdnva43", "0381zdw74", "0090zs177")


@pytest.mark.parametrize("code", FALSE_FRIENDS)
def test_false_friends_are_linked_to_nothing(code: str) -> None:
    """The record of a body with a like name is no link's object; the list of the left out names it."""
    assert [x for x in links() if code in x.object] == []
    assert code in (data_dir() / "links" / "not-linked.tsv").read_text(encoding="utf-8")


def test_the_record_of_a_parent_is_never_that_of_its_unit(asserted: list[Quad]) -> None:
    """Trap 5: a unit has org:unitOf and nothing else in ROR, and the records name the same parent."""
    same = {x.object: ours(x) for x in links("ror") if x.predicate == SAME}
    units = {ours(x): x.object for x in links("ror") if x.predicate == UNIT_OF}
    stated = {
        value_of(q.subject).removeprefix(ID): value_of(q.object).removeprefix(ID)
        for q in asserted
        if q.predicate == term("unitOf")
    }
    assert len(units) == 6
    assert {unit: same[parent] for unit, parent in units.items()} == {unit: stated[unit] for unit in units}
    assert set(units).isdisjoint(same.values())


def test_what_was_seen_on_a_private_host_is_not_published() -> None:
    """Trap 6: three links wait for someone to confirm them; no published link leads to such a host."""
    waiting = [x for x in links() if x.verification == TO_CONFIRM]
    assert sorted(x.object.split("/")[2] for x in waiting) == [
        "dev.evaluation-registry.cabinetoffice.gov.uk",
        "ffpsc-stage.abtsites.com",
        "prod.drupal.journalslibrary.nihr.ac.uk",
    ]
    objects = {value_of(q.object) for q in link_quads(sets())}
    assert objects.isdisjoint({x.object for x in waiting})
    assert len(published(links())) == len(links()) - 3


def test_unstable_numbers_of_a_registry_are_no_identity_of_an_adaptation() -> None:
    """Trap 6: of the Title IV-E numbers of one therapy one is exact; the adaptation's is worth a look."""
    found = {
        x.object.removeprefix("https://preventionservices.acf.hhs.gov/"): x.predicate
        for x in links("title-iv-e")
        if ours(x) == "practice-approach/functional-family-therapy"
    }
    assert found == {"programs/416/show": EXACT, "index.php/programs/417/show": SEE}


def test_identity_is_for_codes_of_places_and_own_records_alone() -> None:
    """Trap 7: owl:sameAs stands in two files; interventions are at most near to an entry of a registry."""
    assert {one.name for one in sets() for x in one.links if x.predicate == SAME} == {"ons-geography", "ror"}
    assert [x for x in links() if ours(x).startswith("intervention/") and x.predicate in (SAME, EXACT)] == []
    assert {x.predicate for x in links("ons-regions")} == {BROAD}


def test_every_area_and_organisation_is_linked_or_listed_with_the_reason(asserted: list[Quad]) -> None:
    """What has no link stands in `not-linked.tsv`, which names only things that there are."""
    with (data_dir() / "links" / "not-linked.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, dialect="excel-tab"))
    assert all(all(row.values()) for row in rows)
    listed = {row["subject_id"].removeprefix("id:") for row in rows}
    things = {value_of(q.subject).removeprefix(ID) for q in asserted if q.predicate == TYPE}
    assert listed <= things
    wanted = {t for t in things if t.startswith(("area/", "organisation/")) and "#" not in t}
    assert wanted - listed - {ours(x) for x in links()} == set()


def test_each_target_has_a_graph_with_its_link_set() -> None:
    """A named graph for each target describes its set: licence, rights, day, predicates, number of links."""
    quads = link_quads(sets())
    graphs = {q.graph_name.value for q in quads if isinstance(q.graph_name, NamedNode)}
    assert graphs == {f"{GRAPH}links-{name}" for name in TARGETS}
    for one in sets():
        node = NamedNode(f"{GRAPH}links-{one.name}")
        said: dict[str, set[str]] = defaultdict(set)
        for q in quads:
            if q.subject == node:
                assert q.graph_name == node
                said[q.predicate.value].add(value_of(q.object))
        assert said[TYPE.value] == {VOID + "Linkset"}
        assert said[DCTERMS + "license"] == {"https://creativecommons.org/licenses/by/4.0/"}
        assert (len(said[DCTERMS + "rights"]), said[DCTERMS + "modified"]) == (1, {one.published})
        given = published(one.links)
        assert said[VOID + "triples"] == {str(len(given))}
        assert said[VOID + "linkPredicate"] == {x.predicate for x in given}
        assert all(x.object.startswith(tuple(said[VOID + "objectsTarget"])) for x in given)
        stated = {
            (value_of(q.subject), q.predicate.value, value_of(q.object))
            for q in quads
            if q.graph_name == node
        }
        assert {(x.subject, x.predicate, x.object) for x in given} <= stated


def test_links_add_graphs_and_change_none(asserted: list[Quad]) -> None:
    """The core graphs are those of a build without links: nothing follows from a link."""
    core = [*asserted, *infer(asserted)]
    with_links = [*core, *link_quads(sets())]
    assert [q for q in with_links if "/graph/links-" not in str(q.graph_name)] == core
    assert {str(q) for q in link_quads(sets())}.isdisjoint(map(str, core))


def test_dates_and_numbers_of_links_are_typed() -> None:
    """Confidence is a decimal from 0 to 1 and days are dates, so that queries can compare them."""
    kinds = defaultdict(set)
    for q in link_quads(sets()):
        name = q.predicate.value.rpartition("/")[2].rpartition("#")[2]
        kinds[name].add(getattr(getattr(q.object, "datatype", None), "value", ""))
    for name in ("linkValidFrom", "linkValidTo", "authoredOn", "modified"):
        assert kinds[name] == {XSD + "date"}
    assert kinds["confidence"] == {XSD + "decimal"}
    assert all(0 < float(x.confidence) <= 1 for x in links())


# --- reading --------------------------------------------------------------------------------------------

HEADER = """#mapping_set_id: https://w3id.org/cscip/graph/links-ror
#mapping_set_title: "Title"
#mapping_set_description: "About."
#license: https://creativecommons.org/licenses/by/4.0/
#publication_date: "2026-11-28"
#comment: "CC0."
#curie_map:
#  id: "https://w3id.org/cscip/id/"
#  owl: "http://www.w3.org/2002/07/owl#"
#  skos: "http://www.w3.org/2004/02/skos/core#"
#  ror: "https://ror.org/"
#  ons: "http://statistics.data.gov.uk/id/statistical-geography/"
#  semapv: "https://w3id.org/semapv/vocab/"
#  dataset: "https://w3id.org/cscip/dcat#"
"""
ROW = {
    "subject_id": "id:organisation/ucl",
    "subject_label": "UCL",
    "predicate_id": "owl:sameAs",
    "object_id": "ror:02jx3x895",
    "object_label": "University College London",
    "mapping_justification": "semapv:ManualMappingCuration",
    "author_id": "dataset:publisher",
    "confidence": "0.97",
    "mapping_date": "2026-11-28",
    "comment": "",
    "valid_from": "",
    "valid_to": "",
    "evidence": "ror.jsonl?id=https://ror.org/02jx3x895&names=University College London",
    "evidence_version": "v1",
    "verification": "snapshot",
}


def written(folder: Path, *rows: dict[str, str], header: str = HEADER, name: str = "ror") -> Path:
    """Write a link file and return its data folder."""
    lines = ["\t".join(COLUMNS), *("\t".join((ROW | row)[column] for column in COLUMNS) for row in rows)]
    path = folder / "data" / "links" / f"{name}.sssom.tsv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(header + "\n".join(lines) + "\n", encoding="utf-8")
    return folder / "data"


def faults(folder: Path) -> list[RecordError]:
    with pytest.raises(RecordsError) as caught:
        load_links(folder)
    return list(caught.value.errors)


def test_a_good_file_is_read(tmp_path: Path) -> None:
    """Prefixes are written out, and the row knows its line."""
    (one,) = load_links(written(tmp_path, {}))
    (link,) = one.links
    assert (one.name, one.file, link.line) == ("ror", "data/links/ror.sssom.tsv", 16)
    assert (link.subject, link.object) == (ID + "organisation/ucl", ROR + "02jx3x895")
    assert (link.predicate, link.confidence, link.valid) == (SAME, "0.97", ("", ""))


def test_a_folder_without_links_has_none(tmp_path: Path) -> None:
    """Records may stand alone: the folder of links is no duty."""
    assert load_links(tmp_path) == []


WRONG_CELLS = {
    "subject_id": ["ror:02jx3x895", "organisation/ucl", "", "xx:a"],
    "predicate_id": ["skos:exactMatch", "owl:differentFrom", "sameAs"],
    "object_id": ["ons:E10000023", "id:area/leeds", ""],
    "confidence": ["1.2", "0", "high", "95%", ""],
    "mapping_date": ["28/11/2026", "2026-13-01", "20261128", ""],
    "valid_from": ["2009"],
    "author_id": ["", "Ann"],
    "object_label": [""],
    "verification": ["sure", ""],
    "evidence_version": ["v1|v2", ""],
    "evidence": [""],
}


@pytest.mark.parametrize(("field", "value"), [(f, v) for f, values in WRONG_CELLS.items() for v in values])
def test_a_wrong_cell_is_named_with_its_line(field: str, value: str, tmp_path: Path) -> None:
    """Each fault names file, line, field and remedy; the sound row beside it has none."""
    folder = written(tmp_path, {}, {"object_id": "ror:052gg0110"} | {field: value})
    found = faults(folder)
    assert {(fault.file, fault.line) for fault in found} == {("data/links/ror.sssom.tsv", 17)}
    assert field in {fault.field for fault in found}
    assert all(fault.problem and fault.remedy for fault in found)


HEADERS: dict[str, Callable[[str], str]] = {
    "license": lambda text: text.replace("#license:", "#licence:"),
    "publication_date": lambda text: text.replace('"2026-11-28"', '"last week"'),
    "mapping_set_id": lambda text: text.replace("links-ror", "links-wikidata"),
    "": lambda _: "#: : [\n",
}


@pytest.mark.parametrize("field", HEADERS)
def test_a_wrong_header_is_a_fault(field: str, tmp_path: Path) -> None:
    """What a header must say and does not say rightly is told with the first line."""
    found = faults(written(tmp_path, header=HEADERS[field](HEADER)))
    assert (1, field) in {(fault.line, fault.field) for fault in found}


def test_files_of_no_target_and_of_other_columns_are_refused(tmp_path: Path) -> None:
    """A file is named for its target, and its columns stand in the order agreed."""
    assert "no target 'rorr'" in str(faults(written(tmp_path / "a", name="rorr"))[0])
    folder = written(tmp_path / "b", {})
    path = folder / "links" / "ror.sssom.tsv"
    path.write_text(path.read_text(encoding="utf-8").replace("subject_id\t", "subject\t"), encoding="utf-8")
    assert "columns" in str(faults(folder)[0])
    folder = written(tmp_path / "c", {}, {})
    assert "line 16 already" in str(faults(folder)[0])


# --- against the records --------------------------------------------------------------------------------


def changed(name: str, **cells: object) -> list[LinkSet]:
    """Return one target's set with its first link changed."""
    one = next(s for s in sets() if s.name == name)
    first = (
        next(x for x in one.links if x.predicate == SAME)
        if name in ("ror", "ons-geography")
        else one.links[0]
    )
    return [replace(one, links=(replace(first, **cells), *(x for x in one.links if x != first)))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "subject", "label", "field"),
    [
        ("ons-geography", "organisation/bristol-city-council", "Bristol City Council", "subject_id"),
        ("ons-geography", "area/harrogate", "Harrogate", "subject_id"),
        ("wikidata", "area/bristol", "Bristol", "subject_id"),
        ("ror", "organisation/bristol-city-council", "Bristol City Council", "predicate_id"),
        ("ror", "organisation/rees-centre", "Rees Centre of Elsewhere", "subject_label"),
        ("ror", "organisation/no-such-body", "None", "subject_id"),
    ],
)
def test_a_link_of_the_wrong_thing_is_refused(
    name: str, subject: str, label: str, field: str, asserted: list[Quad]
) -> None:
    """A council is no place, a place no body, a council's record no identity, and names are held to."""
    found = check_subjects(changed(name, subject=ID + subject, subject_label=label), asserted)
    assert field in {fault.field for fault in found}
    assert all(fault.line and fault.remedy for fault in found)


def test_one_object_for_two_things_is_refused(asserted: list[Quad]) -> None:
    """An area and a council, or two bodies, cannot both be one thing elsewhere."""
    other = next(x for x in links("org-id")).object
    found = check_subjects([*changed("dfe-codes", object=other), *sets()], asserted)
    assert [f.field for f in found if "linked to it at" in f.problem] != []
    assert not any("linked to it at" in f.problem for f in check_subjects(sets(), asserted))


def test_a_wrong_link_stops_the_build(tmp_path: Path) -> None:
    """Records that conform are not published with a link that speaks of nothing."""
    shutil.copytree(data_dir(), tmp_path / "data")
    folder = written(tmp_path, {"subject_id": "id:organisation/no-such-body"})
    wrong = r"data/links/ror\.sssom\.tsv:16(.|\n)*organisation/no-such-body is not described"
    with pytest.raises(RecordsError, match=wrong):
        build(folder, tmp_path / "build")
    assert not (tmp_path / "build").exists()


# --- what proves them -----------------------------------------------------------------------------------

RECORD = (
    '{"id": "https://ror.org/02jx3x895", "names": [{"value": "University College London"}], '
    '"relationships": [{"id": "https://ror.org/0320bge18", "label": "Department for Education"}]}\n'
)


def extracts(folder: Path, content: str = RECORD, version: str = "v1") -> Path:
    """Write a folder of extracts with its manifest."""
    made = folder / "extracts"
    made.mkdir(exist_ok=True)
    (made / "ror.jsonl").write_text(content, encoding="utf-8")
    digest = hashlib.sha256(content.encode()).hexdigest()
    manifest = f"file,commit_or_version,extract_sha256\nror.jsonl,{version},{digest}\n"
    (made / "MANIFEST.csv").write_text(manifest, encoding="utf-8")
    return made


def fields(folder: Path, where: Path, *rows: dict[str, str]) -> list[str]:
    return [fault.field for fault in check_snapshots(load_links(written(folder, *rows)), where).faults]


RELATION = {
    "object_id": "ror:0320bge18",
    "object_label": "Department for Education",
    "evidence": "ror.jsonl?relationships.id=https://ror.org/0320bge18"
    "&relationships.label=Department for Education",
}
PLANTED: dict[str, tuple[dict[str, str], Sequence[str]]] = {
    "sound": ({}, []),
    "a relation of a record": (RELATION, []),
    "another identifier": ({"object_id": "ror:052gg0110"}, ["object_id"]),
    "another name": ({"object_label": "University of London"}, ["object_label"]),
    "a row that is not there": (
        {"evidence": "ror.jsonl?id=https://ror.org/02jx3x895&names=University of London"},
        ["evidence", "object_label"],
    ),
    "cells of two rows": (
        {"evidence": "ror.jsonl?id=https://ror.org/02jx3x895&relationships.label=University College London"},
        ["evidence"],
    ),
    "no extract": ({"evidence": "none.csv?a=02jx3x895"}, ["evidence", "object_id", "object_label"]),
    "no cells": ({"evidence": "ror.jsonl"}, ["evidence", "object_id", "object_label"]),
    "another version": ({"evidence_version": "v2"}, ["evidence_version"]),
    "a day that is not there": ({"valid_from": "2009-01-01"}, ["valid_from"]),
    "read once only": ({"object_id": "ror:052gg0110", "verification": "read-once"}, []),
}


@pytest.mark.parametrize("case", PLANTED)
def test_each_planted_error_is_caught(case: str, tmp_path: Path) -> None:
    """Identifier, name, row, file and version are each held to the extract; what none holds is not judged."""
    row, expected = PLANTED[case]
    assert fields(tmp_path, extracts(tmp_path), row) == list(expected)


@pytest.mark.parametrize("day", ["2009-04-01", "01/04/2009"])
def test_a_day_is_found_in_either_writing(day: str, tmp_path: Path) -> None:
    """Days count as ISO 8601 and the British way: the first of April is no fourth of January."""
    where = extracts(
        tmp_path, RECORD.replace('"id": "https://ror.org/02', f'"since": "{day}", "id": "https://ror.org/02')
    )
    row = {"evidence": f"{ROW['evidence']}&since={day}"}
    assert fields(tmp_path, where, row | {"valid_from": "2009-04-01"}) == []
    assert fields(tmp_path, where, row | {"valid_from": "2009-01-04"}) == ["valid_from"]


def test_an_altered_or_missing_extract_proves_nothing(tmp_path: Path) -> None:
    """An extract counts only as the manifest has it, by digest."""
    where = extracts(tmp_path)
    (where / "ror.jsonl").write_text(RECORD + "\n", encoding="utf-8")
    assert "evidence" in fields(tmp_path, where, {})
    (where / "ror.jsonl").unlink()
    assert "evidence" in fields(tmp_path, where, {})
    with pytest.raises(TextsError, match=r"MANIFEST\.csv"):
        check_snapshots(load_links(written(tmp_path, {})), tmp_path)


def test_the_command_tells_faults_and_levels(tmp_path: Path) -> None:
    """`cscip links check` ends with 1 where a link is not borne out, and names file, line and field."""
    data = tmp_path / "data"
    (data / "links").mkdir(parents=True)
    for path in data_dir().rglob("*.yaml"):
        copy = data / path.relative_to(data_dir())
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.symlink_to(path)
    written(tmp_path, {})
    command = ["links", "check", "--data", str(data)]
    assert CliRunner().invoke(app, command).exit_code == 0
    snapshots = ["--snapshots", str(extracts(tmp_path))]
    good = CliRunner().invoke(app, [*command, *snapshots])
    assert (good.exit_code, good.stdout) == (0, "")
    written(tmp_path, {"object_label": "University of London"})
    bad = CliRunner().invoke(app, [*command, *snapshots])
    assert bad.exit_code == 1
    assert bad.stdout.startswith("data/links/ror.sssom.tsv:16 (object_label): ")


def test_levels_are_said_in_words_and_all_in_use() -> None:
    """Each level has a meaning, and the project's links use each: none is a promise without a case."""
    assert {x.verification for x in links()} == set(LEVELS)
    for link in links():
        pages = [piece for piece in link.evidence if piece.startswith(("http://", "https://"))]
        assert (len(pages) == len(link.evidence)) == (link.verification in ("read-once", TO_CONFIRM))


@pytest.fixture
def snapshots() -> Path:
    """The folder of the extracts beside the checkout."""
    if not (SNAPSHOTS / "MANIFEST.csv").is_file():
        pytest.fail(f"The extracts are not beside the checkout: {SNAPSHOTS.relative_to(ROOT.parent)}.")
    return SNAPSHOTS


@pytest.mark.sources
def test_every_link_is_borne_out_by_its_extract(snapshots: Path) -> None:
    """Each link that an extract is said to prove stands in it, and one with another object does not."""
    done = check_snapshots(sets(), snapshots)
    assert [str(fault) for fault in done.faults] == []
    proved = [x for x in links() if x.verification in ("snapshot", "snapshot-code")]
    assert sum(done.levels[level] for level in ("snapshot", "snapshot-code")) == len(proved) > 250
    wrong = [
        replace(one, links=tuple(replace(x, object=x.object + "9") for x in one.links)) for one in sets()
    ]
    found = {(f.file, f.line) for f in check_snapshots(wrong, snapshots).faults if f.field == "object_id"}
    assert found == {(x.file, x.line) for x in proved}
