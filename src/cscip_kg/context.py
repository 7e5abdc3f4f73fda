"""The one JSON-LD context: what each key of a record means.

In: `ontology/context.jsonld`. Out: the context itself and a `Key` per term, which the record reader checks
values against, which messages use to name fields, and which the JSON-LD export frames with.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from cscip_kg.assets import ontology_dir
from cscip_kg.namespaces import ID

Kind = Literal["nested", "code", "link", "text", "string", "integer", "decimal"]
_LITERALS: dict[str, Kind] = {"xsd:integer": "integer", "xsd:decimal": "decimal"}


@dataclass(frozen=True)
class Key:
    """One key of the records.

    Attributes:
        name: as curators write it.
        iri: the property it stands for.
        kind: what its values are: nested nodes, a code of one kind, a link to any thing, our own English
            text, a string as printed, a whole number or an exact decimal.
        many: whether its value is a list.
        codes: for a code, the kind of thing named (`direction`, `organisation`, …).
    """

    name: str
    iri: str
    kind: Kind
    many: bool
    codes: str = ""


@dataclass(frozen=True)
class Context:
    """The context with its keys and classes, and the key for each property."""

    document: dict[str, Any]
    keys: dict[str, Key]
    classes: dict[str, str]

    def key_of(self, iri: str) -> Key | None:
        """Return the key that stands for the property `iri`, if any."""
        return next((k for k in self.keys.values() if k.iri == iri), None)


def _expand(value: str, prefixes: dict[str, str]) -> str:
    prefix, _, local = value.partition(":")
    return prefixes[prefix] + local if prefix in prefixes else value


def _key(name: str, spec: dict[str, Any], prefixes: dict[str, str]) -> Key:
    many = spec.get("@container") == "@set"
    if "@reverse" in spec:
        return Key(name, _expand(spec["@reverse"], prefixes), "nested", many=True)
    iri = _expand(spec["@id"], prefixes)
    coercion = spec.get("@type", "")
    if coercion == "@vocab":
        codes = spec["@context"]["@vocab"].removeprefix(ID).rstrip("/")
        return Key(name, iri, "code", many, codes)
    if coercion == "@id":
        return Key(name, iri, "link", many)
    if coercion:
        return Key(name, iri, _LITERALS[coercion], many)
    return Key(name, iri, "text" if "@language" in spec else "string", many)


@cache
def load_context(path: Path | None = None) -> Context:
    """Read the shared context from `path` (by default the project's own); nothing remote is ever read."""
    source = path or ontology_dir() / "context.jsonld"
    terms: dict[str, Any] = json.loads(source.read_text(encoding="utf-8"))["@context"]
    plain = {k: v for k, v in terms.items() if isinstance(v, str) and not k.startswith("@")}
    prefixes = {k: v for k, v in plain.items() if v.endswith(("#", "/"))}
    keys = {k: _key(k, v, prefixes) for k, v in terms.items() if isinstance(v, dict)}
    classes = {k: _expand(v, prefixes) for k, v in plain.items() if v not in ("@id", "@type") and ":" in v}
    classes = {k: v for k, v in classes.items() if k not in prefixes}
    return Context(document={"@context": terms}, keys=keys, classes=classes)
