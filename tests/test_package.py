"""The package described: each format holds to its own tool, and says what the files and the graph say.

The few records of tests/fixture stand for the rules, the project's graph for the data. The tools run in
processes of their own and fetch nothing.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import shutil
import subprocess
import sys
import warnings
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad

from cscip_kg import store
from cscip_kg.errors import ExportError
from cscip_kg.exports import graph_of
from cscip_kg.namespaces import CSCIP, DATA_GRAPH, ID, LABEL, TYPE, term
from cscip_kg.package.about import About, about
from cscip_kg.package.nanopubs import nanopubs, trig
from cscip_kg.package.trusty import code_of, renamed
from released import FIXTURE, TOOL, few, items_of, written

ROOT = Path(__file__).parents[1]
BASE = "https://w3id.org/cscip/"
PROV = "http://www.w3.org/ns/prov#"


@pytest.fixture(scope="session")
def small_build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a build of the few records."""
    return few(tmp_path_factory.mktemp("small-build"))


@pytest.fixture(scope="session")
def small(small_build: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the few records; nobody writes into it."""
    return written(items_of(small_build, FIXTURE), tmp_path_factory.mktemp("small") / "release")


@pytest.fixture(scope="session")
def whole(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release of the project's graph; nobody writes into it."""
    return written(items_of(built), tmp_path_factory.mktemp("whole") / "release")


@pytest.fixture
def copy(small: Path, tmp_path: Path) -> Path:
    """A copy of the small release that a test may spoil."""
    return shutil.copytree(small, tmp_path / "copy")


def document(folder: Path, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
    return found


def put(folder: Path, name: str, content: dict[str, Any]) -> None:
    (folder / name).write_text(json.dumps(content), encoding="utf-8")


def run(*command: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=300, encoding="utf-8"
    )


def rows(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / "tables" / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# --- Frictionless ---------------------------------------------------------------------------------------


def frictionless(folder: Path) -> dict[str, Any]:
    done = run(*TOOL, "frictionless", "validate", "datapackage.json", "--json", folder=folder)
    told: dict[str, Any] = json.loads(done.stdout)
    assert done.returncode == (0 if told["valid"] else 1), done.stderr
    return told


def faults(told: dict[str, Any]) -> set[str]:
    return {e["type"] for e in [*told["errors"], *(e for task in told["tasks"] for e in task["errors"])]}


def test_frictionless_finds_the_data_package_valid(small: Path) -> None:
    """Every file has the size and sha256 that stand in the package, every cell the type of its column."""
    told = frictionless(small)
    assert (told["valid"], told["stats"]["errors"], told["stats"]["warnings"]) == (True, 0, 0)
    counted = {t["place"]: t["stats"].get("rows", 0) for t in told["tasks"] if t["type"] == "table"}
    for path in (small / "tables").glob("*.csv"):
        assert counted[f"tables/{path.name}"] == len(rows(small, path.stem)), path.name


@pytest.mark.reference
def test_frictionless_finds_the_whole_data_package_valid(whole: Path) -> None:
    """The project's own tables and link files, row by row."""
    told = frictionless(whole)
    assert (told["valid"], faults(told)) == (True, set())
    kinds = [t["type"] for t in told["tasks"]]
    assert kinds.count("table") == len(list((whole / "tables").glob("*.csv"))) + len(
        list((whole / "data" / "links").glob("*.tsv"))
    )


def test_frictionless_finds_a_changed_byte_and_a_wrong_cell(copy: Path) -> None:
    """A file that is not the one described is found by its sha256; a wrong cell by its column's type."""
    path = copy / "tables" / "statistics.csv"
    path.write_bytes(path.read_bytes().replace(b"Text", b"Tact", 1))
    assert "hash-count" in faults(frictionless(copy))
    package = document(copy, "datapackage.json")
    (resource,) = (r for r in package["resources"] if r["path"] == "tables/statistics.csv")
    (field,) = (f for f in resource["schema"]["fields"] if f["name"] == "source")
    field["type"] = "integer"
    put(copy, "datapackage.json", package)
    assert "type-error" in faults(frictionless(copy))


@pytest.mark.reference
def test_the_columns_are_typed_and_explained(whole: Path) -> None:
    """Numbers with their word for a missing one, lists, texts; each with the ontology's meaning."""
    package = document(whole, "datapackage.json")
    (resource,) = (r for r in package["resources"] if r["path"] == "tables/findings.csv")
    fields = {f["name"]: f for f in resource["schema"]["fields"]}
    assert (fields["sample_size"]["type"], fields["value"]["type"]) == ("integer", "number")
    assert fields["value"]["missingValues"] == ["", "not stated"]
    assert (fields["round"]["type"], fields["round"]["delimiter"]) == ("list", "|")
    assert (fields["direction"]["type"], fields["direction"]["constraints"]) == ("string", {"required": True})
    assert resource["schema"]["primaryKey"] == ["id"]
    assert [f for f in fields.values() if not f.get("description")] == []


# --- Croissant ------------------------------------------------------------------------------------------

LOADER = """
import json, sys
import mlcroissant
data = mlcroissant.Dataset(jsonld="croissant.json")
found = {}
for records in data.metadata.record_sets:
    found[records.id] = [
        {key.partition("/")[2]: value.decode() if isinstance(value, bytes) else str(value)
         for key, value in record.items()} for record in data.records(records.id)
    ]
json.dump(found, sys.stdout)
"""


def croissant(folder: Path) -> tuple[int, str]:
    command = ("mlcroissant.scripts.validate", "--jsonld", "croissant.json")
    done = run(*TOOL, *command, folder=folder)
    return done.returncode, done.stderr


def test_mlcroissant_finds_the_description_valid(small: Path) -> None:
    """Without an error or a warning."""
    code, told = croissant(small)
    assert code == 0, told
    assert "WARNING" not in told
    assert "Done." in told


@pytest.mark.reference
def test_mlcroissant_finds_the_description_of_the_whole_valid(whole: Path) -> None:
    """The same for the project's own graph."""
    code, told = croissant(whole)
    assert (code, "WARNING" in told) == (0, False), told


def test_mlcroissant_loads_every_row(small: Path) -> None:
    """Each record set is its table: as many records, and each text as the file has it."""
    done = run(sys.executable, "-W", "ignore", "-c", LOADER, folder=small)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found) == {path.stem for path in (small / "tables").glob("*.csv")}
    for name, records in found.items():
        assert len(records) == len(rows(small, name)), name
    assert {r["id"] for r in found["findings"]} == {r["id"] for r in rows(small, "findings")}
    assert {r["caveat"] for r in found["findings"]} == {r["caveat"] for r in rows(small, "findings")}


def test_mlcroissant_refuses_a_column_that_is_not_there(copy: Path) -> None:
    """A record set that names a file that is not described is an error."""
    told = document(copy, "croissant.json")
    told["recordSet"][0]["field"][0]["source"]["fileObject"]["@id"] = "tables/none.csv"
    put(copy, "croissant.json", told)
    assert croissant(copy)[0] != 0


def test_croissant_needs_no_address_to_be_read(small: Path) -> None:
    """The context stands in the document: a reader fetches nothing, and finds the files."""
    told = document(small, "croissant.json")
    assert isinstance(told["@context"], dict)
    found = ox.parse(json.dumps(told), format=ox.RdfFormat.JSON_LD, base_iri="https://example.org/")
    kind = NamedNode("http://mlcommons.org/croissant/FileObject")
    assert len({q.subject for q in found if q.object == kind}) == len(told["distribution"]) > 10


# --- DataCite -------------------------------------------------------------------------------------------


def datacite_faults(told: dict[str, Any]) -> list[str]:
    with warnings.catch_warnings():
        # The package uses what jsonschema deprecates.
        warnings.simplefilter("ignore")
        from datacite import schema45  # noqa: PLC0415 - with its warnings

        return [fault.message for fault in schema45.validator.iter_errors(told)]


@pytest.mark.parametrize("of", ["small", pytest.param("whole", marks=pytest.mark.reference)])
def test_datacite_finds_the_metadata_valid(of: str, request: pytest.FixtureRequest) -> None:
    """By the JSON Schema of DataCite 4.5; and one that lacks a creator is not."""
    told = document(request.getfixturevalue(of), "datacite.json")
    assert datacite_faults(told) == []
    assert datacite_faults({**told, "creators": []})
    assert datacite_faults({**told, "types": {"resourceTypeGeneral": "Graph"}})


@pytest.mark.reference
def test_no_doi_and_nobody_is_made_up(whole: Path) -> None:
    """No DOI yet; the maker is the organisation of CITATION.cff, authors are those of the sources."""
    told = document(whole, "datacite.json")
    assert {"doi", "prefix", "suffix", "identifiers"} & set(told) == set()
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert [(c["name"], c["nameType"]) for c in told["creators"]] == [
        ("The cscip-kg contributors", "Organizational")
    ]
    assert f'name: "{told["creators"][0]["name"]}"' in citation
    people = {c["name"] for item in told["relatedItems"] for c in item.get("creators", [])}
    printed = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "data" / "sources").glob("*.yaml"))
    assert people
    assert [name for name in people if name not in printed] == []
    everything = "".join(path.read_text(encoding="utf-8") for path in whole.glob("*.json"))
    assert "orcid.org" not in everything
    assert {item["titles"][0]["title"]: item.get("publicationYear") for item in told["relatedItems"]}[
        "Children's Social Care Innovation Programme: final evaluation report"
    ] == "2017"


# --- RO-Crate -------------------------------------------------------------------------------------------

# Recommended, and not ours to say: a ROR or a person to write to; an address that is not served yet.
NOT_OURS = {"ro-crate-1.2_51.1", "ro-crate-1.2_89.0", "ro-crate-1.2_90.1", "ro-crate-1.2_93.0"}


@pytest.fixture(scope="session")
def crate_validator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with roc-validator, which wants an older rich than the command."""
    folder = tmp_path_factory.mktemp("roc") / "venv"
    python = folder / "bin" / "python"
    lock = ROOT / "tests" / "ro_crate" / "requirements.lock"
    for command in (
        [sys.executable, "-m", "venv", str(folder)],
        [str(python), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "-r", str(lock)],
    ):
        subprocess.run(command, check=True, capture_output=True, timeout=600)
    return python


def crate_faults(python: Path, folder: Path) -> tuple[str, list[list[str]]]:
    done = run(
        str(python), "-W", "ignore", str(ROOT / "tests/ro_crate/validate.py"), str(folder), folder=folder
    )
    assert done.returncode == 0, done.stderr
    *found, verdict = done.stdout.splitlines()
    return verdict, [line.split(" ", 2) for line in found]


@pytest.mark.outside_tools
@pytest.mark.parametrize("of", ["small", pytest.param("whole", marks=pytest.mark.reference)])
def test_roc_validator_finds_the_crate_valid(
    crate_validator: Path, of: str, request: pytest.FixtureRequest
) -> None:
    """RO-Crate 1.3: no fault in what is required, and of what is recommended only what is not ours to say."""
    verdict, found = crate_faults(crate_validator, request.getfixturevalue(of))
    assert verdict == "valid", found
    assert {check for _, check, _ in found} <= NOT_OURS


@pytest.mark.outside_tools
def test_roc_validator_finds_what_is_missing(crate_validator: Path, copy: Path) -> None:
    """A file that is described and not there, and a crate without a licence, are faults."""
    (copy / "tables" / "findings.csv").unlink()
    told = document(copy, "ro-crate-metadata.json")
    (whole,) = (node for node in told["@graph"] if node["@id"] == "./")
    del whole["license"]
    put(copy, "ro-crate-metadata.json", told)
    verdict, found = crate_faults(crate_validator, copy)
    text = "\n".join(" ".join(parts) for parts in found if parts[0] == "REQUIRED")
    assert verdict == "not valid"
    assert "tables/findings.csv" in text
    assert "license" in text


# --- what they all say ----------------------------------------------------------------------------------


def test_every_description_has_the_bytes_that_are_there(small: Path) -> None:
    """Size and sha256 of each file, in each document that names it; none of the single files is left out."""
    crate = {n["@id"]: n for n in document(small, "ro-crate-metadata.json")["@graph"]}
    resources = {r["path"]: r for r in document(small, "datapackage.json")["resources"]}
    objects = {o["contentUrl"]: o for o in document(small, "croissant.json")["distribution"]}
    files = {p.relative_to(small).as_posix(): p.read_bytes() for p in small.rglob("*") if p.is_file()}
    own = {"ro-crate-metadata.json", "SHA256SUMS"}
    assert {path for path, node in crate.items() if node["@type"] == "File"} == files.keys() - own | {
        "SHA256SUMS"
    }
    for path, content in files.items():
        digest = hashlib.sha256(content).hexdigest()
        if path not in own:
            assert (crate[path]["sha256"], crate[path]["contentSize"]) == (digest, str(len(content)))
        if path in resources:
            assert (resources[path]["hash"], resources[path]["bytes"]) == (f"sha256:{digest}", len(content))
        if path in objects:
            assert (objects[path]["sha256"], objects[path]["contentSize"]) == (digest, f"{len(content)} B")
    assert crate["SHA256SUMS"]["contentSize"] == str(len(files["SHA256SUMS"]))
    tables = {path for path in files if path.endswith(".csv")}
    assert tables <= resources.keys() & objects.keys()


def test_every_description_says_the_same_of_the_whole(small: Path, small_build: Path) -> None:
    """Title, version, licence, day and maker; the caution stands wherever the data are described."""
    build = store.describe(small_build)
    crate = {n["@id"]: n for n in document(small, "ro-crate-metadata.json")["@graph"]}["./"]
    package, loaded = document(small, "datapackage.json"), document(small, "croissant.json")
    cited = document(small, "datacite.json")
    version, licence = f"{build.version}+{build.id}", "https://creativecommons.org/licenses/by/4.0/"
    title = cited["titles"][0]["title"]
    assert {crate["name"], package["title"], loaded["name"]} == {title}
    assert {crate["version"], package["version"], loaded["version"], cited["version"]} == {version}
    assert {crate["license"]["@id"], package["licenses"][0]["path"], loaded["license"]} == {licence}
    assert cited["rightsList"][0]["rightsUri"] == licence
    day = cited["dates"][0]["date"]
    assert {crate["datePublished"], loaded["datePublished"], package["created"][:10]} == {day}
    abstract = cited["descriptions"][0]["description"]
    assert {crate["description"], package["description"], loaded["description"]} == {abstract}
    assert "cannot show what caused a result" in abstract
    assert f'version: "{version}"\ndate-released: {day}\n' in (small / "CITATION.cff").read_text()


# --- nanopublications -----------------------------------------------------------------------------------


def parts_of(path: Path) -> list[str]:
    return re.split(r"\n(?=@prefix sub: )", path.read_text(encoding="utf-8"))


def held(text: str) -> bool:
    """Return whether the reference library finds a nanopublication valid and its address true."""
    with warnings.catch_warnings():
        # The library uses what RDFLib deprecates.
        warnings.simplefilter("ignore")
        before = rdflib.NORMALIZE_LITERALS
        try:
            from nanopub import Nanopub  # noqa: PLC0415 - with its warnings
            from nanopub.utils import MalformedNanopubError  # noqa: PLC0415

            rdflib.NORMALIZE_LITERALS = False
            with TemporaryDirectory() as folder:
                path = Path(folder) / "one.trig"
                path.write_text(text, encoding="utf-8")
                one = Nanopub(rdf=path)
            return bool(one.is_valid and one.has_valid_trusty)
        except MalformedNanopubError:
            return False
        finally:
            rdflib.NORMALIZE_LITERALS = before


def test_the_library_holds_every_nanopublication_true(small: Path) -> None:
    """Its structure, and its address made again from what it says."""
    parts = parts_of(small / "graph" / "nanopubs.trig")
    assert len(parts) == len(rows(small, "findings")) + len(rows(small, "economic_findings")) > 5
    assert [part for part in parts if not held(part)] == []


@pytest.mark.reference
def test_the_library_holds_every_nanopublication_of_the_graph_true(whole: Path) -> None:
    """One for each finding of the project's graph, each under another address."""
    parts = parts_of(whole / "graph" / "nanopubs.trig")
    assert len(parts) == len(rows(whole, "findings")) + len(rows(whole, "economic_findings")) > 500
    assert len({part.split("\n", 1)[0] for part in parts}) == len(parts)
    assert [part for part in parts if not held(part)] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("cscip:startLine ", "cscip:startLine 1"),
        ("foaf:name ", 'foaf:name "Somebody else" , '),
        ("licenses/by/4.0/", "licenses/by/3.0/"),
        ("cscip:direction ", "cscip:otherDirection "),
        ('"@en', '."@en'),
    ],
)
def test_a_changed_byte_makes_the_address_untrue(small: Path, old: str, new: str) -> None:
    """Whatever is changed, in the assertion, the provenance or the publication info."""
    for part in parts_of(small / "graph" / "nanopubs.trig"):
        if old in part:
            assert not held(part.replace(old, new, 1))
            break
    else:
        pytest.fail(f"{old} stands nowhere")


@pytest.fixture(scope="session")
def pause(small: Path) -> dict[str, set[Quad]]:
    """The graphs of the nanopublication on infants who enter care, by their names."""
    (text,) = (
        part
        for part in parts_of(small / "graph" / "nanopubs.trig")
        if f"{ID}evaluation/pause-round-2#infants-entering-care> a " in part
    )
    graphs: dict[str, set[Quad]] = {}
    for quad in ox.parse(text, format=ox.RdfFormat.TRIG):
        assert isinstance(quad.graph_name, NamedNode)
        graphs.setdefault(quad.graph_name.value.rpartition("#")[2], set()).add(quad)
    return graphs


def objects(quads: set[Quad], predicate: str) -> set[str]:
    return {
        q.object.value
        for q in quads
        if q.predicate.value == predicate and not isinstance(q.object, ox.Triple)
    }


def test_a_nanopublication_states_the_finding_of_its_source(pause: dict[str, set[Quad]]) -> None:
    """Lines 2692 to 2698 of the dashboards: a decrease. Favourable is a rule of ours, not asserted."""
    assert set(pause) == {"Head", "assertion", "provenance", "pubinfo"}
    assertion = pause["assertion"]
    assert {q.subject for q in assertion} == {
        NamedNode(f"{ID}evaluation/pause-round-2#infants-entering-care")
    }
    assert objects(assertion, CSCIP + "direction") == {ID + "direction/decrease"}
    assert objects(assertion, CSCIP + "aboutMeasure") == {ID + "outcome-measure/infants-entering-care"}
    assert {CSCIP + "effect", CSCIP + "citation"} & {q.predicate.value for q in assertion} == set()
    assert objects(assertion, TYPE.value) == {CSCIP + "Finding"}


def test_a_nanopublication_names_its_lines_and_source(pause: dict[str, set[Quad]]) -> None:
    """Derived from the passage that the record cites; its source has title, publisher and sha256."""
    provenance = pause["provenance"]
    source = f"{ID}source/wwcsc-2021"
    assert objects(provenance, PROV + "wasDerivedFrom") == {f"{source}#L2692-2698"}
    assert objects(provenance, PROV + "hadPrimarySource") == {source}
    assert objects(provenance, CSCIP + "startLine") == {"2692"}
    assert objects(provenance, CSCIP + "endLine") == {"2698"}
    assert objects(provenance, CSCIP + "sha256") == {
        "6cf8ec5dac823d2c4755468e491326a83a8e9d23bd560caff48d7de67c042760"
    }
    assert "What Works for Children's Social Care" in objects(provenance, LABEL.value)


def test_a_nanopublication_says_whose_it_is_and_is_not_signed(
    pause: dict[str, set[Quad]], small_build: Path
) -> None:
    """Version, licence, maker and caution; no key, no signature, no person."""
    info, build = pause["pubinfo"], store.describe(small_build)
    assert objects(info, "https://schema.org/version") == {f"{build.version}+{build.id}"}
    assert objects(info, "http://purl.org/dc/terms/license") == {
        "https://creativecommons.org/licenses/by/4.0/"
    }
    assert objects(info, "http://purl.org/dc/terms/creator") == {f"{BASE}dcat#publisher"}
    assert objects(info, "http://xmlns.com/foaf/0.1/name") == {"The cscip-kg contributors"}
    assert any(
        "cannot show what caused" in text
        for text in objects(info, "http://www.w3.org/2000/01/rdf-schema#comment")
    )
    every = {node.value for graph in pause.values() for q in graph for node in (q.subject, q.predicate)
             if isinstance(node, NamedNode)}  # fmt: skip
    assert [iri for iri in every if "nanopub/x" in iri or "orcid" in iri] == []


def test_an_address_depends_on_what_is_said_and_nothing_else(small_build: Path) -> None:
    """The same statements in another order, and under another name for now, have the same code."""
    quads = graph_of(store.open_store(small_build))
    told = about(quads, store.describe(small_build))
    first = nanopubs(quads, told)
    assert trig(nanopubs(quads[::-1], told)) == trig(first)
    address, own = first[0]
    other = f"{BASE}np/RA{'B' * 43}"
    assert code_of(renamed(own[::-1], address, other), other) == address.rpartition("/")[2]
    assert rdflib.NORMALIZE_LITERALS is True


def test_a_finding_without_a_name_for_a_thing_is_refused() -> None:
    """What has no name cannot be part of an address that proves it: the message says so."""
    quads = [
        Quad(NamedNode(ID + "evaluation/e#f"), TYPE, term("Finding"), DATA_GRAPH),
        Quad(NamedNode(ID + "evaluation/e#f"), term("text"), ox.BlankNode("b"), DATA_GRAPH),
    ]
    told = About("0", "0", date(2026, 1, 1), ())
    with pytest.raises(ExportError, match="things with a name"):
        nanopubs(quads, told)


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """The package is an extra: the message names it."""
    monkeypatch.setitem(sys.modules, "nanopub.trustyuri.rdf", None)
    with pytest.raises(ExportError, match=r'pip install "cscip-kg\[release\]"'):
        code_of([Quad(NamedNode("a:a"), NamedNode("a:b"), Literal("c"), NamedNode("a:g"))], "a:a")
    assert rdflib.NORMALIZE_LITERALS is True
