"""Templates → pages and pictures: every text escaped, nothing loaded from elsewhere.

In: the name of a template in `templates/` and its values. Out: HTML or SVG as text. Templates only lay out;
what they show has been fetched before.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from cscip_kg import __version__
from cscip_kg.namespaces import BASE, ID
from cscip_kg.output import CAUTION


def anchor(*parts: str) -> str:
    """Return an identifier for a place on a page, made from the short ids of things."""
    return "-".join(re.sub(r"[^a-z0-9]+", "-", part.removeprefix(ID).casefold()).strip("-") for part in parts)


def cite_as(title: str, build: str) -> str:
    """Return how to cite something made from one build: title, version, build and address."""
    return f"{title}. cscip-kg, version {__version__}, build {build}. {BASE}"


@cache
def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("cscip_kg"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals.update(caution=CAUTION, anchor=anchor, cite_as=cite_as, version=__version__)
    return made


def render(template: str, **values: Any) -> str:
    """Return the template `template` filled with `values`.

    Raises:
        jinja2.UndefinedError: the template asks for a value that was not given.
    """
    return _environment().get_template(template).render(**values)
