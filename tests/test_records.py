"""Reading records: what a curator may write, and which file, line and remedy each fault is told with."""

from __future__ import annotations

from pathlib import Path

import pytest

from cscip_kg.errors import RecordError, RecordsError, UnknownNameError
from cscip_kg.namespaces import ID
from cscip_kg.records import Place, load_records

CONTEXT = '"@context": ../ontology/context.jsonld\n'
HEAD = CONTEXT + "id: intervention/x\ntype: Intervention\n"  # What follows it begins on line 4.


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder called `data`."""
    made = tmp_path / "data"
    made.mkdir()
    return made


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def faults(folder: Path, text: str) -> list[RecordError]:
    write(folder, "x.yaml", text)
    with pytest.raises(RecordsError) as caught:
        load_records(folder)
    return list(caught.value.errors)


ACCEPTED = [
    "name: Pause",
    "name: >-\n  A longer text,\n  folded.",
    "printedName: [Pause, PAUSE]",
    "printedName:\n  - Pause",
    "position: 3",
    "position: -3",
    'value: "96.0"',
    'value: "-3"',
    "direction: no-change",
    "theme: [adolescents, partners-in-practice]",
    "between: [intervention/pause, intervention/pause#wwcsc-2021]",
    "accountOf: intervention/pause",
    "citation: [wwcsc-2021#L12]",
    "citation: [wwcsc-2021#L12-13, rees-2017#L1]",
    "accounts:\n  - id: intervention/x#a\n    type: InterventionAccount\n    citation: [rees-2017#L1]",
]


@pytest.mark.parametrize("text", ACCEPTED)
def test_each_kind_of_value_is_taken(folder: Path, text: str) -> None:
    """Text, strings, whole numbers, exact decimals, codes, links, citations and nested nodes are read."""
    write(folder, "x.yaml", HEAD + text + "\n")
    corpus = load_records(folder)
    assert [r.file for r in corpus.records] == ["data/x.yaml"]
    key = text.partition(":")[0]
    assert corpus.places[ID + "intervention/x"].line_of(key) == 4
    assert key in corpus.records[0].document


# What stands from line 4 on, the line and the key of the fault, a part of the problem, a part of the remedy.
REFUSED = [
    ("nmae: Pause", 4, "nmae", "not known", "Did you mean name?"),
    ("zzzzzz: Pause", 4, "zzzzzz", "not known", "context.jsonld"),
    ("name: Pause\n'@id': intervention/y", 5, "@id", "not known", ""),
    ("'<<': x", 4, "<<", "not known", ""),
    ("name: [Pause]", 4, "name", "takes one value", "Keep one."),
    ("printedName: Pause", 4, "printedName", "takes a list", "Write printedName: [ … ]."),
    ("printedName: []", 4, "printedName", "empty", "remove the key"),
    ("printedName: [a, b, a]", 4, "printedName", "twice", "once"),
    ("name: 12", 4, "name", "12 is not text", "quotes"),
    ("name: true", 4, "name", "True is not text", "quotes"),
    ("name: ' '", 4, "name", "not text", ""),
    ("name: {a: b}", 4, "name", "not text", ""),
    ("printedName: [Pause, 3]", 4, "printedName", "3 is not text", ""),
    ('position: "3"', 4, "position", "'3' is not a whole number", "without quotes"),
    ("position: true", 4, "position", "not a whole number", ""),
    ("value: 96", 4, "value", "96 is not an exact decimal", 'quotes: "96.0"'),
    ('value: "1,253"', 4, "value", "not an exact decimal", ""),
    ('value: ".5"', 4, "value", "not an exact decimal", ""),
    ('value: "1e3"', 4, "value", "not an exact decimal", ""),
    ("direction: No Change", 4, "direction", "not a code of direction", "slug"),
    ("direction: direction/no-change", 4, "direction", "not a code of direction", "slug"),
    ("direction: -no", 4, "direction", "not a code of direction", "slug"),
    ("theme: [adolescents, 3]", 4, "theme", "3 is not a code of theme", ""),
    ("accountOf: pause", 4, "accountOf", "not the id of a thing", "kind/slug"),
    ("accountOf: https://example.org/pause", 4, "accountOf", "not the id of a thing", ""),
    ("between: [a/b, a/b#C]", 4, "between", "'a/b#C' is not the id", ""),
    ("citation: [wwcsc-2021]", 4, "citation", "not a citation", "source#L12"),
    ("citation: [wwcsc-2021#L0]", 4, "citation", "not a citation", ""),
    ("citation: [wwcsc-2021#L012]", 4, "citation", "not a citation", ""),
    ("citation: [wwcsc-2021#12]", 4, "citation", "not a citation", ""),
    ("citation: [wwcsc-2021#L15-12]", 4, "citation", "not a citation", "first line first"),
    ("citation: [wwcsc-2021#L12-12]", 4, "citation", "not a citation", "first line first"),
    ("citation: wwcsc-2021#L12", 4, "citation", "takes a list", ""),
    ("accounts: [pause]", 4, "accounts", "A node with id and type is wanted", "mapping"),
    ("accounts:\n  - type: Account", 5, "id", "The id is missing", "kind/slug"),
    ("accounts:\n  - id: intervention/x#a", 5, "type", "The type is missing", "Use one of"),
    ("accounts:\n  - type: Account\n    id: X#a", 6, "id", "'X#a' is missing or malformed", "lower case"),
    ("accounts:\n  - id: a/b\n    type: Acount", 6, "type", "Acount is not a class", "mean Account?"),
    ("accounts:\n  - id: a/b\n    type: [Account]", 6, "type", "is not a class", ""),
    (
        "accounts:\n  - id: a/b\n    type: Account\n    regoin: north-east",
        7,
        "regoin",
        "not known",
        "Did you mean region?",
    ),
    (
        "accounts:\n  - id: a/b\n    type: Account\n    '@context': https://example.org/context",
        7,
        "@context",
        "not known",
        "",
    ),
    (
        "accounts:\n  - id: a/b\n    type: Account\n  - id: a/b\n    type: Account",
        7,
        "id",
        "a/b is already described at data/x.yaml:5",
        "another id",
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case[0])
def test_a_fault_is_named_with_line_and_remedy(folder: Path, case: tuple[str, int, str, str, str]) -> None:
    """One mistake gives one fault: the line and the key where it stands, what is wrong, what to do."""
    text, line, field, problem, remedy = case
    (error,) = faults(folder, HEAD + text + "\n")
    assert (error.file, error.line, error.field) == ("data/x.yaml", line, field)
    assert problem in error.problem
    assert remedy in error.remedy
    assert error.remedy != ""


# A whole file, the line and the key of its one fault, a part of the problem.
FILES = [
    ("- a\n- b\n", 1, "", "not one mapping"),
    ("only words\n", 1, "", "not one mapping"),
    ("id: a/b\ntype: Project\n", 1, "@context", "missing, remote or inline"),
    ('id: a/b\ntype: Project\n"@context": https://example.org/c\n', 3, "@context", "missing, remote"),
    ('"@context": /etc/ontology/context.jsonld\nid: a/b\ntype: Project\n', 1, "@context", "missing, remote"),
    ('id: a/b\ntype: Project\n"@context":\n  name: a\n', 3, "@context", "missing, remote or inline"),
    (CONTEXT + "type: Project\n", 1, "id", "The id is missing"),
    (CONTEXT + "id: a/b\n", 1, "type", "The type is missing"),
    (CONTEXT + "id: a/b\ntype: Banana\n", 3, "type", "Banana is not a class"),
    (CONTEXT + '"@graph": a\n', 2, "@graph", "not a list"),
    (CONTEXT + '"@graph":\n  - a\n', 2, "@graph", "A node with id and type is wanted"),
    (CONTEXT + '"@graph": []\nname: a\n', 3, "name", "stands beside @graph"),
    (CONTEXT + '"@graph":\n  - id: a/b\n    type: Project\n    "@context": x\n', 5, "@context", "not known"),
    (HEAD + "name: yes\n", 4, "name", "disagree about the bare value yes"),
    (HEAD + "name: a\nname: b\n", 5, "name", "stands twice"),
]


@pytest.mark.parametrize(("text", "line", "field", "problem"), FILES)
def test_a_fault_of_the_file_is_named(folder: Path, text: str, line: int, field: str, problem: str) -> None:
    """A file with no context of ours, no id, no type or no proper list of nodes is refused on its line."""
    (error,) = faults(folder, text)
    assert (error.file, error.line, error.field) == ("data/x.yaml", line, field)
    assert problem in error.problem


def test_all_faults_of_a_run_are_told_at_once(folder: Path) -> None:
    """Faults of several files come together, in the order of file and line, one line each."""
    write(folder, "z.yaml", HEAD + "name: yes\n")
    write(folder, "a/b.yaml", CONTEXT + "id: a/b\ntype: Project\nposition: x\nname: 1\n")
    found = faults(folder, CONTEXT + "id: Q\ntype: Project\n")
    assert [(e.file, e.line) for e in found] == [
        ("data/a/b.yaml", 4),
        ("data/a/b.yaml", 5),
        ("data/x.yaml", 2),
        ("data/z.yaml", 4),
    ]
    assert str(RecordsError(found)).splitlines()[1] == (
        "data/a/b.yaml:5 (name): 1 is not text. Write words; put numbers and yes/no in quotes."
    )


def test_a_thing_described_in_two_files_is_refused(folder: Path) -> None:
    """The second description of an id is the fault, and it names the place of the first."""
    write(folder, "a.yaml", HEAD)
    (error,) = faults(folder, HEAD)
    assert (error.file, error.line, error.field) == ("data/x.yaml", 2, "id")
    assert "data/a.yaml:1" in error.problem


def test_every_node_has_a_place(folder: Path) -> None:
    """The corpus knows the file, the first line and the line of each key, nested nodes included."""
    write(
        folder,
        "few.yaml",
        CONTEXT
        + '"@graph":\n  - id: theme-x/one\n    type: Note\n\n'
        + "  - id: theme-x/two\n    type: Note\n    accounts:\n      - id: theme-x/two#a\n"
        + "        type: Account\n        name: Two\n  - id: theme-x/three\n    type: Note\n",
    )
    assert load_records(folder).places == {
        ID + "theme-x/one": Place("data/few.yaml", 3, {"id": 3, "type": 4}),
        ID + "theme-x/two": Place("data/few.yaml", 6, {"id": 6, "type": 7, "accounts": 8}),
        ID + "theme-x/two#a": Place("data/few.yaml", 9, {"id": 9, "type": 10, "name": 11}),
        ID + "theme-x/three": Place("data/few.yaml", 12, {"id": 12, "type": 13}),
    }


def test_a_missing_key_is_placed_at_its_node() -> None:
    """The line of a key that a node lacks is the node's own."""
    place = Place("data/a.yaml", 7, {"name": 9})
    assert (place.line_of("name"), place.line_of("citation")) == (9, 7)


def test_files_are_read_in_a_fixed_order_and_others_passed_over(folder: Path) -> None:
    """Record files come by path; a read-me, a table of links and a folder with a like name are left alone."""
    for name in ("b", "a/z", "a/c", "c"):
        slug = name.replace("/", "-")
        write(folder, f"{name}.yaml", CONTEXT + f"id: intervention/{slug}\ntype: Intervention\n")
    write(folder, "README.md", "# not a record")
    write(folder, "links/a.sssom.tsv", "a\tb\n")
    (folder / "d.yaml").mkdir()
    files = [r.file for r in load_records(folder).records]
    assert files == ["data/a/c.yaml", "data/a/z.yaml", "data/b.yaml", "data/c.yaml"]


def test_a_draft_is_read_beside_the_folder_and_never_twice(folder: Path, tmp_path: Path) -> None:
    """A further file is added under the path given; one that lies in the folder is not read again."""
    inside = write(folder, "x.yaml", HEAD)
    draft = write(tmp_path, "draft.yaml", CONTEXT + "id: intervention/y\ntype: Intervention\n")
    corpus = load_records(folder, [draft, inside, folder / ".." / "data" / "x.yaml"])
    assert [r.file for r in corpus.records] == ["data/x.yaml", draft.as_posix()]


def test_a_folder_that_is_not_there_is_no_empty_corpus(tmp_path: Path) -> None:
    """A misspelt folder is refused: it must not read as a corpus without records."""
    with pytest.raises(UnknownNameError, match="nowhere"):
        load_records(tmp_path / "nowhere")
