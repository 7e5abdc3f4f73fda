"""Checks every citation against the source texts, and the texts against the citations.

In: the built quads and a folder of source texts. Out: `Fault`s (a citation that does not hold) and `Gap`s (a
numeral or a named project that no statement speaks of). The texts are read only here; nothing else of the
project needs them.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Quad, Store

from cscip_kg.engine import select
from cscip_kg.errors import TextsError
from cscip_kg.namespaces import CSCIP, ID, XSD, short, value_of
from cscip_kg.records import Corpus

_NUMERAL = re.compile(r"\d+(?:[.,]\d+)*", re.ASCII)
_SCALES = (Decimal(1), Decimal(1000), Decimal(1_000_000))
_NUMBERS = {XSD + "decimal", XSD + "integer"}
_UNITS = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
).split(" ")
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ")
_WORDS = {
    **{word: str(n) for n, word in enumerate(_UNITS)},
    **{word: str(10 * n) for n, word in enumerate(_TENS, 2)},
    **{
        f"{tens}-{unit}": str(10 * n + k)
        for n, tens in enumerate(_TENS, 2)
        for k, unit in enumerate(_UNITS[1:10], 1)
    },
    "none": "0",
    "half": "0.5",
    "quarter": "0.25",
    "both": "2",
}
_WORD_END = rf"(?!\w)(?<!ty(?=-(?:{'|'.join(_UNITS[1:10])})\b))"
_SOURCES = "SELECT ?id ?file ?sha { ?s dcterms:identifier ?id ; cscip:fileName ?file ; cscip:sha256 ?sha }"
_EVIDENCE = f"""SELECT ?id ?start ?end {{
  ?section cscip:sectionRole <{ID}section-role/evidence> ;
           cscip:sectionOf/dcterms:identifier ?id ; cscip:startLine ?start ; cscip:endLine ?end .
}}"""
_PRINTED_NAMES = """SELECT ?name ?thing {
  ?thing a cscip:Intervention . ?account cscip:accountOf ?thing ; cscip:printedName ?name .
}"""
_NOT_FIGURES = {CSCIP + n for n in ("position", "startLine", "endLine", "lineCount")}


@dataclass(frozen=True, order=True)
class Fault:
    """A citation that does not hold: the record's file and line, the statement, and what is wrong."""

    file: str
    line: int
    statement: str
    problem: str

    def __str__(self) -> str:
        """Return the fault as one line."""
        return f"{self.file}:{self.line}: {self.problem} — {short(self.statement)}"


@dataclass(frozen=True, order=True)
class Gap:
    """Something in an evidence section that no statement speaks of: where, what, and the words around it."""

    source: str
    line: int
    kind: str
    what: str
    near: str

    def __str__(self) -> str:
        """Return the gap as one line."""
        return f"{self.source}#L{self.line}: {self.kind} {self.what} … {self.near}"


@dataclass(frozen=True)
class Text:
    """One source text: its short id, its lines, and whether its sha256 is the one on record."""

    source: str
    file: str
    lines: tuple[str, ...]
    genuine: bool


def number(text: str) -> Decimal | None:
    """Return the number that a figure as printed stands for (`1,253`, `£1.2`, `22%`, `two`), or None."""
    plain = text.strip().lower()
    if plain in _WORDS:
        return Decimal(_WORDS[plain])
    match = _NUMERAL.search(plain)
    if match is None:
        return None
    try:
        return Decimal(re.sub(r",(?=\d{3}(\D|$))", "", match[0]).replace(",", "."))
    except InvalidOperation:
        return None


def read_texts(store: Store, folder: Path) -> dict[str, Text]:
    """Return the texts that the Source records name, by short id.

    Raises:
        TextsError: the folder or one of the files is missing, or a file is not UTF-8.
    """
    if not folder.is_dir():
        raise TextsError(f"There is no folder {folder}. Give the source texts' folder with --texts.")
    rows = select(store, _SOURCES)
    texts = {}
    for row in rows:
        name, file, digest = (value_of(row[v]) for v in ("id", "file", "sha"))
        path = folder / file
        if not path.is_file():
            raise TextsError(f"{path} is missing: it is the text of source {name}.")
        raw = path.read_bytes()
        try:
            words = raw.decode("utf-8").replace("\r\n", "\n").removesuffix("\n")
        except UnicodeDecodeError as error:
            raise TextsError(f"{path} is not UTF-8, so it is not the text of source {name}.") from error
        genuine = hashlib.sha256(raw).hexdigest() == digest
        texts[name] = Text(name, file, tuple(words.split("\n")), genuine)
    return texts


@dataclass(frozen=True)
class _Cited:
    """A statement with its citations (source, first line, last line) and its literal values by property."""

    iri: str
    passages: tuple[tuple[str, int, int], ...]
    values: tuple[tuple[str, Literal], ...]

    def figures(self) -> list[str]:
        return [v.value for p, v in self.values if p == CSCIP + "citedFigure"]

    def numbers(self) -> list[Literal]:
        return [v for p, v in self.values if v.datatype.value in _NUMBERS and p not in _NOT_FIGURES]


def _passage(iri: str) -> tuple[str, int, int] | None:
    match = re.fullmatch(re.escape(ID) + r"source/([a-z0-9-]+)#L(\d+)(?:-(\d+))?", iri)
    return (match[1], int(match[2]), int(match[3] or match[2])) if match else None


def _cited(store: Store) -> list[_Cited]:
    passages: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
    for quad in store.quads_for_pattern(None, NamedNode(CSCIP + "citation"), None, None):
        if found := _passage(value_of(quad.object)):
            passages[value_of(quad.subject)].append(found)
    return [
        _Cited(
            iri,
            tuple(sorted(where)),
            tuple(
                (q.predicate.value, q.object)
                for q in store.quads_for_pattern(NamedNode(iri), None, None, None)
                if isinstance(q.object, Literal)
            ),
        )
        for iri, where in sorted(passages.items())
    ]


def _on_lines(cited: _Cited, texts: dict[str, Text]) -> str:
    parts = (texts[s].lines[a - 1 : b] for s, a, b in cited.passages if s in texts)
    return "\n".join(line for part in parts for line in part)


def _stands(figure: str, words: str) -> bool:
    # A part of a longer number is not the figure, be it in digits (22 in 122 and 22.5) or words (forty-five).
    edge = r"(?<!\d)(?<!\d[.,])" if figure[:1].isdigit() else r"(?<!\w)(?<!ty-)"
    end = r"(?![\d])(?![.,]\d)" if figure[-1:].isdigit() else _WORD_END
    return re.search(edge + re.escape(figure) + end, words, re.IGNORECASE) is not None


def _lines(first: int, last: int) -> str:
    return f"L{first}" if first == last else f"L{first}-{last}"


def _problems(cited: _Cited, texts: dict[str, Text]) -> Iterable[str]:
    for source, first, last in cited.passages:
        text = texts.get(source)
        if text is None:
            yield f"No source text is known for {source}."
        elif last > len(text.lines):
            yield f"{source} has {len(text.lines)} lines, but {_lines(first, last)} is cited."
        elif not "".join(text.lines[first - 1 : last]).strip():
            yield f"{source}#{_lines(first, last)} is blank."
    words = _on_lines(cited, texts)
    figures = cited.figures()
    for figure in figures:
        if not _stands(figure, words):
            yield f"The figure {figure} does not stand on the cited lines."
    printed = {n for f in (*figures, *_NUMERAL.findall(words)) if (n := number(f)) is not None}
    reachable = {n * scale for n in printed for scale in _SCALES}
    for value in cited.numbers():
        if Decimal(value.value) not in reachable and -Decimal(value.value) not in reachable:
            yield f"The value {value.value} follows from no figure on the cited lines."


def verify(quads: Iterable[Quad], corpus: Corpus, folder: Path) -> list[Fault]:
    """Check every citation.

    Args:
        quads: a built dataset.
        corpus: the records, for the file and line of each fault.
        folder: the source texts.

    Returns:
        A fault for each text whose sha256 is not the one on record, each citation of lines that do not exist
        or are blank, and each figure or value that its lines do not hold.

    Raises:
        TextsError: texts are missing.
    """
    store = Store()
    store.bulk_extend(quads)
    texts = read_texts(store, folder)
    faults = [
        Fault(t.file, 1, f"{ID}source/{t.source}", "The text is not the one whose sha256 is on record.")
        for t in texts.values()
        if not t.genuine
    ]
    for cited in _cited(store):
        place = corpus.places.get(cited.iri)
        file, line = (place.file, place.line_of("citation")) if place else ("(vocabulary)", 0)
        faults += [Fault(file, line, cited.iri, problem) for problem in _problems(cited, texts)]
    return sorted(faults)


def _numeral(text: str) -> Decimal | str:
    """Return the number that a numeral stands for, or the numeral itself when it is none (`12.10.2016`)."""
    return text if (found := number(text)) is None else found


def _spoken_of(store: Store) -> dict[tuple[str, int], set[Decimal | str]]:
    """Return, for each source line, the numerals that the statements citing it hold."""
    spoken: dict[tuple[str, int], set[Decimal | str]] = defaultdict(set)
    for cited in _cited(store):
        found = {
            _numeral(piece)
            for name, value in cited.values
            if name not in _NOT_FIGURES
            for piece in (_NUMERAL.findall(value.value) or [value.value])
        }
        for source, first, last in cited.passages:
            for line in range(first, last + 1):
                spoken[source, line] |= found
    return spoken


def _evidence_lines(store: Store) -> dict[str, list[tuple[int, int]]]:
    rows = select(store, _EVIDENCE)
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for row in rows:
        found[value_of(row["id"])].append((int(value_of(row["start"])), int(value_of(row["end"]))))
    return found


def _names(store: Store) -> dict[str, set[str]]:
    """Return the printed names of interventions, each with the interventions that bear it."""
    names: dict[str, set[str]] = defaultdict(set)
    for row in select(store, _PRINTED_NAMES):
        names[value_of(row["name"])].add(value_of(row["thing"]))
    return names


def _lines_cited(store: Store) -> set[tuple[str, int]]:
    return {
        (source, line)
        for cited in _cited(store)
        for source, first, last in cited.passages
        for line in range(first, last + 1)
    }


def coverage(quads: Iterable[Quad], folder: Path) -> list[Gap]:
    """List what the evidence sections say and no statement does.

    A numeral is covered when a statement that cites its line holds that number, among its figures, values or
    words; what is left out on purpose is an Omission, a statement like any other. A named project is covered
    when a statement cites a line that names it.

    Args:
        quads: a built dataset.
        folder: the source texts.

    Returns:
        The gaps, in the order of source and line.

    Raises:
        TextsError: texts are missing, or shorter than the sections on record.
    """
    store = Store()
    store.bulk_extend(quads)
    texts = read_texts(store, folder)
    spoken, cited, names = _spoken_of(store), _lines_cited(store), _names(store)
    gaps: set[Gap] = set()
    for source, spans in _evidence_lines(store).items():
        wanted, there = max(last for _, last in spans), len(texts[source].lines) if source in texts else 0
        if wanted > there:
            raise TextsError(f"The text of {source} has {there} lines, but its sections go on to L{wanted}.")
        for at in sorted({n for first, last in spans for n in range(first, last + 1)}):
            line = texts[source].lines[at - 1]
            for match in _NUMERAL.finditer(line):
                if _numeral(match[0]) not in spoken[source, at]:
                    near = line[max(0, match.start() - 40) : match.end() + 40].replace("\t", " ")
                    gaps.add(Gap(source, at, "numeral", match[0], near))
            if (source, at) not in cited:
                gaps |= {Gap(source, at, "project", n, line[:80]) for n in names if n in line}
    return sorted(gaps)
