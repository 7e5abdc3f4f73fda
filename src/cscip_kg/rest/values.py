"""The values of a stored query's parameters → terms, each checked by itself, so that a fault has a name.

In: a stored query and what somebody sent. Out: terms for its variables, or a `Refusal` that tells the
parameter, what is allowed and what comes near.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz

from cscip_kg import queries
from cscip_kg.described import things
from cscip_kg.errors import UnknownNameError
from cscip_kg.namespaces import ID
from cscip_kg.queries import Parameter, StoredQuery, Term
from cscip_kg.rest.problems import Refusal, shown

MOST_ALLOWED: Final = 40
_MOST_PARTS: Final = 50
# Likeness of names, of 100; what is less alike is no slip of the pen.
_NEAR, _MOST_NEAR = 68, 5
_INTEGER: Final = re.compile(r"-?[0-9]{1,15}")
_FREE: Final = ("string", "integer", "thing")


def allowed(parameter: Parameter, folder: Path | None = None) -> list[str]:
    """Return the values that a parameter takes, where they are few enough to be listed; else nothing."""
    if parameter.kind in _FREE:
        return []
    # The index of things, not `allowed_values`: names are not wanted here, and take a scan for each kind.
    found = things(folder).by_kind.get(parameter.kind, ())
    return list(found) if len(found) <= MOST_ALLOWED else []


def nearest(value: str, names: Mapping[str, Iterable[str]]) -> list[str]:
    """Return the few slugs that come near a value, by themselves or by one of their names."""
    asked = value.casefold().replace("-", " ")

    def likeness(name: str) -> float:
        spelled = name.casefold().replace("-", " ")
        return max(fuzz.ratio(asked, spelled), fuzz.token_set_ratio(asked, spelled))

    scores = {slug: max(map(likeness, (slug, *others))) for slug, others in names.items()}
    near = (slug for slug, score in scores.items() if score >= _NEAR)
    return sorted(near, key=lambda slug: (-scores[slug], len(slug)))[:_MOST_NEAR]


def _thing(parameter: Parameter, value: str, folder: Path | None) -> None:
    """Refuse what is no described thing; asked of the index, since a made-up kind costs a scan elsewhere."""
    path = value.removeprefix(ID)
    known = things(folder)
    kind, _, slug = path.partition("#")[0].partition("/")
    if known.holds(kind, slug) and (
        "#" not in path or ID + path in known.parts.get(f"{ID}{kind}/{slug}", ())
    ):
        return
    slugs = known.by_kind.get(kind, ())
    near = [f"{kind}/{one}" for one in nearest(slug, dict.fromkeys(slugs, ()))]
    hint = f"Did you mean {', '.join(near)}?" if near else f"Give kind/slug, for example {parameter.example}."
    raise Refusal(
        400,
        f"{shown(value)} is not a value of {parameter.name}. {hint}",
        parameter=parameter.name,
        nearest=near,
        example=parameter.example,
    )


def _one(query: StoredQuery, parameter: Parameter, value: str, folder: Path | None) -> Term:
    if parameter.kind == "thing":
        _thing(parameter, value, folder)
    if parameter.kind == "integer" and not _INTEGER.fullmatch(value):
        raise Refusal(
            400,
            f"{parameter.name} takes a whole number, not {shown(value)}.",
            parameter=parameter.name,
            example=parameter.example,
        )
    alone = replace(query, parameters=(replace(parameter, required=False, many=False),))
    try:
        term = queries.bind(alone, {parameter.name: value}, folder)[parameter.variable]
    except UnknownNameError as error:
        names = queries.allowed_values(parameter.kind, folder)
        near = nearest(value.removeprefix(ID).removeprefix(f"{parameter.kind}/"), names)
        few = allowed(parameter, folder)
        message = str(error).replace(
            "`cscip search` finds others by words", "/api/search?q= finds others by words"
        )
        raise Refusal(
            400,
            message if len(value) < 80 else f"{shown(value)} is not a value of {parameter.name}.",
            parameter=parameter.name,
            **({"allowed": few} if few else {}),
            nearest=near,
            example=parameter.example,
        ) from error
    assert not isinstance(term, list)  # noqa: S101 - for the type checker: `many` is off
    return term


def bound(
    query: StoredQuery, values: Mapping[str, str], folder: Path | None = None
) -> dict[str, Term | Sequence[Term]]:
    """Return the terms for a query's variables.

    Args:
        query: the stored query.
        values: a slug, an IRI or a name for a thing, text or digits otherwise, by the parameter's name; all
            of them names of its parameters.
        folder: the build folder that names are looked up in.

    Raises:
        Refusal: one is missing, or is no value of its parameter.
    """
    made: dict[str, Term | Sequence[Term]] = {}
    for parameter in query.parameters:
        name = parameter.name
        if name not in values:
            if parameter.required:
                raise Refusal(
                    400,
                    f"{query.name} needs {name}: {parameter.summary}. For example {name}={parameter.example}",
                    parameter=name,
                    example=parameter.example,
                    **({"allowed": few} if (few := allowed(parameter, folder)) else {}),
                )
            continue
        if parameter.needs and parameter.needs not in values:
            raise Refusal(
                400,
                f"{name} means nothing without {parameter.needs}: give both.",
                parameter=parameter.needs,
            )
        if not parameter.many:
            made[parameter.variable] = _one(query, parameter, values[name], folder)
            continue
        parts = [part.strip() for part in values[name].split(",")]
        if len(parts) > _MOST_PARTS:
            raise Refusal(400, f"{name} takes at most {_MOST_PARTS} values.", parameter=name)
        made[parameter.variable] = [_one(query, parameter, part, folder) for part in parts]
    return made
