"""dataset + shapes → `Report`: each problem with the file and line of the record at fault.

In: the asserted quads and the corpus they came from. Out: problems, sorted. Four kinds of check: SHACL
shapes (ontology/shapes), names that point at nothing or at no declared term, classes that exclude each
other, and sums that do not come out. `engine="reference"` runs pySHACL, which tests hold the fast default to.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, cast

import pyoxigraph as ox
from pyoxigraph import NamedNode, Quad

from cscip_kg.arithmetic import agrees, told
from cscip_kg.assets import ontology_dir
from cscip_kg.context import Key, load_context
from cscip_kg.inference import clashes
from cscip_kg.namespaces import ID, ONTOLOGY_GRAPH, TYPE, short, term, value_of
from cscip_kg.records import Corpus, Place
from cscip_kg.terms import unknown_terms

Engine = Literal["fast", "reference"]
Severity = Literal["Violation", "Warning", "Info"]
_DESCRIBED = re.compile(r"<(?:https://w3id\.org/cscip/id/)?([a-z-]+/[a-z0-9-]+)>\s+a\s")
_STEP = re.compile(r"(\^?)<([^>]+)>")


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        file: the record or vocabulary file, or an empty string when no file describes the focus node.
        line: 1-based line of the field, or of the node when the field is missing.
        severity: Violation (the build stops), Warning or Info.
        focus: IRI of the node at fault.
        path: IRI of the property concerned, after a `^` when it points at the node from others, or an empty
            string.
        component: the constraint that failed, such as `MinCountConstraintComponent`.
        value: the offending value as text, or an empty string.
        message: what is wrong and what to do.
    """

    file: str
    line: int
    severity: Severity
    focus: str
    path: str
    component: str
    value: str
    message: str

    def __str__(self) -> str:
        """Return the problem as one line for people."""
        key = _key(self.path)
        name = f" ({key.name if key else short(self.path.removeprefix('^'))})" if self.path else ""
        value = f" [{short(self.value)}]" if self.value not in ("", self.focus) else ""
        return f"{self.file or '(no file)'}:{self.line}{name}: {self.message}{value} — {short(self.focus)}"


@dataclass
class Report:
    """The outcome of a validation."""

    problems: list[Problem] = field(default_factory=list)

    @property
    def conforms(self) -> bool:
        """Whether no problem is a Violation."""
        return not any(p.severity == "Violation" for p in self.problems)


@dataclass(frozen=True)
class Result:
    """One SHACL result as both engines report it, before it is traced to a file."""

    severity: Severity
    focus: str
    path: str
    component: str
    value: str
    message: str


def _key(path: str) -> Key | None:
    """Return the key that curators write for `path`: one for nested nodes when the path is inverse."""
    inverse = path.startswith("^")
    return next(
        (
            key
            for key in load_context().keys.values()
            if key.iri == path.removeprefix("^") and (key.kind == "nested") == inverse
        ),
        None,
    )


def shape_files(folder: Path | None = None) -> list[Path]:
    """Return the shape files in a fixed order."""
    return sorted(((folder or ontology_dir()) / "shapes").glob("*.ttl"))


def _plain(text: str | None) -> str:
    """Return an IRI or literal in N-Triples syntax without its syntax."""
    if not text:
        return ""
    if text.startswith("<") and text.endswith(">"):
        return text[1:-1]
    if text.startswith('"'):
        return ox.Literal(text[1 : text.rindex('"')]).value
    return text


def _first_step(path: str | None) -> str:
    """Return the first step of a path in SPARQL's notation: an IRI, with `^` before it if inverse."""
    match = _STEP.search(path or "")
    return match[1] + match[2] if match else ""


def shacl_fast(data: str, shapes: list[Path]) -> list[Result]:
    """Return the results of the `shacl` engine on data in N-Triples."""
    import shacl  # noqa: PLC0415 - each engine is loaded only when it is used

    text = "\n".join(path.read_text(encoding="utf-8") for path in shapes)
    report = shacl.Shapes.from_turtle(text).validate_turtle(data)
    return sorted(
        (
            Result(
                severity=cast("Severity", r.severity),
                focus=_plain(r.focus_node),
                path=_first_step(r.path),
                component=r.component,
                value=r.value_plain or "",
                message=r.message or "",
            )
            for r in report.results
        ),
        key=repr,
    )


def shacl_reference(data: str, shapes: list[Path]) -> list[Result]:
    """Return the results of pySHACL on data in N-Triples."""
    import pyshacl  # noqa: PLC0415 - each engine is loaded only when it is used
    from rdflib import RDF, SH, Graph, Node, URIRef  # noqa: PLC0415

    shapes_graph = Graph()
    for path in shapes:
        shapes_graph.parse(path, format="turtle")
    data_graph = Graph().parse(data=data, format="nt")
    _, report, _ = pyshacl.validate(data_graph, shacl_graph=shapes_graph, inference="none", advanced=True)

    def told(node: Node, predicate: URIRef) -> str:
        return str(report.value(node, predicate) or "")

    def first_step(path: Node | None, mark: str = "") -> str:
        if path is None or isinstance(path, URIRef):
            return mark + str(path) if path else ""
        if (inverse := report.value(path, SH.inversePath)) is not None:
            return first_step(inverse, "^")
        return first_step(report.value(path, SH.alternativePath) or report.value(path, RDF.first), mark)

    found = [
        Result(
            severity=cast("Severity", told(node, SH.resultSeverity).rpartition("#")[2]),
            focus=told(node, SH.focusNode),
            path=first_step(report.value(node, SH.resultPath)),
            component=told(node, SH.sourceConstraintComponent).rpartition("#")[2],
            value=told(node, SH.value),
            message=told(node, SH.resultMessage),
        )
        for node in report.objects(None, SH.result)
    ]
    return sorted(found, key=repr)


class _Tracer:
    """Finds the file and line of a node."""

    def __init__(self, corpus: Corpus, quads: list[Quad], ontology: Path) -> None:
        self.places = dict(corpus.places)
        self.cited_by: dict[str, list[str]] = {}
        for q in quads:
            if q.predicate == term("citation"):
                self.cited_by.setdefault(value_of(q.object), []).append(value_of(q.subject))
        for path in sorted((ontology / "vocabularies").glob("*.ttl")):
            shown = f"{ontology.name}/vocabularies/{path.name}"
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if match := _DESCRIBED.match(line):
                    self.places.setdefault(ID + match[1], Place(shown, number, {}))

    def trace(self, focus: str, path: str) -> list[tuple[str, int, str]]:
        """Return file, line and path of a fault: for a citation, the key that each citing node has."""
        if focus not in self.places and focus in self.cited_by:
            cited = term("citation").value
            return [self._at(node, cited) for node in self.cited_by[focus]]
        return [self._at(focus, path)]

    def _at(self, focus: str, path: str) -> tuple[str, int, str]:
        key, place = _key(path), self.places.get(focus)
        if place is None:
            return "", 0, path
        return place.file, place.line_of(key.name if key else "id"), path


def _names(quads: list[Quad]) -> list[Result]:
    """Return a result for each name that points at nothing, and for each undeclared term."""
    ontology = [q for q in quads if q.graph_name == ONTOLOGY_GRAPH]
    described = {q.subject.value for q in quads if q.predicate == TYPE and isinstance(q.subject, NamedNode)}
    by_kind: dict[str, list[str]] = {}
    for iri in described:
        if iri.startswith(ID):
            by_kind.setdefault(iri.removeprefix(ID).partition("/")[0], []).append(iri)
    found = []
    for q in quads:
        target = q.object
        if not isinstance(target, NamedNode) or not target.value.startswith(ID) or target.value in described:
            continue
        kind = target.value.removeprefix(ID).partition("/")[0]
        allowed = sorted(short(i).partition("/")[2] for i in by_kind.get(kind, []) if "#" not in i)
        near = get_close_matches(short(target.value).partition("/")[2], allowed, 3)
        listed = ", ".join(near or allowed[:20]) or "none yet"
        lead = "Did you mean" if near else "Allowed"
        found.append(
            Result("Violation", value_of(q.subject), q.predicate.value, "UndescribedThing", target.value,
                   f"This {kind} is not described anywhere. {lead}: {listed}.")
        )  # fmt: skip
    for unknown in unknown_terms((q for q in quads if q.graph_name != ONTOLOGY_GRAPH), ontology):
        hint = f" Did you mean {unknown.nearest}?" if unknown.nearest else ""
        found.append(
            Result("Violation", unknown.subject, "", "UndeclaredTerm", unknown.term,
                   f"This term is not declared by its vocabulary.{hint}")
        )  # fmt: skip
    return found


def _exclusive(quads: list[Quad]) -> list[Result]:
    return [
        Result("Violation", c.thing, TYPE.value, "DisjointClasses", c.classes[1],
               f"A thing cannot be both {c.classes[0]} and {c.classes[1]}. Split it in two.")
        for c in clashes(quads)
    ]  # fmt: skip


def _sums(quads: list[Quad]) -> list[Result]:
    """Return a result for each Check whose sum fails, and each arithmetic Discrepancy whose sum comes out."""
    keys = {term(n): n for n in ("expression", "printedResult")}
    given: dict[str, dict[str, set[str]]] = {}
    for q in quads:
        if (key := keys.get(q.predicate)) is not None:
            given.setdefault(value_of(q.subject), {}).setdefault(key, set()).add(value_of(q.object))
    checks = {value_of(q.subject) for q in quads if q.predicate == TYPE and q.object == term("Check")}
    kind = NamedNode(ID + "discrepancy-kind/arithmetic")
    wrong = {
        value_of(q.subject) for q in quads if q.predicate == term("discrepancyKind") and q.object == kind
    }
    found = []
    for node, sum_ in given.items():
        # Where one of the two is missing or stands twice, the shapes say so.
        if len(sums := sorted(sum_.get("expression", ()))) != 1:
            continue
        if len(printed := sorted(sum_.get("printedResult", ()))) != 1:
            continue
        if message := _sum_fault(sums[0], printed[0], check=node in checks, wrong=node in wrong):
            found.append(Result("Violation", node, term("expression").value, "Arithmetic", sums[0], message))
    return found


def _sum_fault(expression: str, printed: str, *, check: bool, wrong: bool) -> str:
    try:
        right = agrees(expression, printed)
        result = told(expression, printed)
    except ValueError as error:
        return f"{error} Write one sum of printed numbers, and the plain number that is printed for it."
    if check and not right:
        return (
            f"The sum gives {result}, but {printed} is printed: mend the numbers, or make it a Discrepancy."
        )
    if wrong and right:
        return f"The sum gives {result}, as the printed {printed} says: mend the numbers, or make it a Check."
    return ""


def as_ntriples(quads: Iterable[Quad]) -> str:
    """Return the quads as N-Triples, their graphs merged."""
    triples = dict.fromkeys(ox.Triple(q.subject, q.predicate, q.object) for q in quads)
    return (ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"").decode()


def validate(
    quads: Iterable[Quad], corpus: Corpus, *, engine: Engine = "fast", ontology: Path | None = None
) -> Report:
    """Check a dataset.

    Args:
        quads: the asserted dataset, ontology and vocabularies included.
        corpus: the records that the dataset was made from, for files and lines.
        engine: `fast` or `reference`; both give the same results.
        ontology: the folder of ontology and shapes; by default the project's own.

    Returns:
        All problems, in the order of file and line.
    """
    folder = ontology or ontology_dir()
    kept = list(quads)
    check = shacl_fast if engine == "fast" else shacl_reference
    results = [*check(as_ntriples(kept), shape_files(folder)), *_names(kept), *_exclusive(kept), *_sums(kept)]
    tracer = _Tracer(corpus, kept, folder)
    problems = {
        Problem(file, line, r.severity, r.focus, path, r.component, r.value, r.message)
        for r in results
        for file, line, path in tracer.trace(r.focus, r.path)
    }
    return Report(sorted(problems))
