"""A thing → a little page, and a few lines, that tell which one it is.

In: an id. Out: HTML for the frame in which a client shows a preview, and for the box that flies out. All text
is escaped; neither loads anything.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from cscip_kg.described import things
from cscip_kg.namespaces import ID
from cscip_kg.output import citations_text
from cscip_kg.pages import render
from cscip_kg.reconcile.kinds import KINDS, kind_named
from cscip_kg.reconcile.properties import PROPERTIES, TELLING, name_of, values
from cscip_kg.reconcile.register import register

WIDTH, HEIGHT = 420, 260
_ID: Final = re.compile(r"([a-z0-9-]{1,80})/([a-z0-9-]{1,200})")
_MOST_NAMES, _MOST_VALUES, _MOST_CITED = 4, 4, 3
_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def _facts(iri: str, folder: Path | None) -> list[tuple[str, str]]:
    found = []
    for name in TELLING:
        several = [value.text for value in values(PROPERTIES[name], iri, folder)]
        more = f" and {len(several) - _MOST_VALUES} more" if len(several) > _MOST_VALUES else ""
        if several:
            found.append((PROPERTIES[name].name, "; ".join(several[:_MOST_VALUES]) + more))
    return found


def told(name: str, folder: Path | None = None) -> dict[str, object] | None:
    """Return what is shown of a thing, or None when there is no such thing.

    Args:
        name: its id, or its whole IRI.
        folder: the build folder.

    Raises:
        NoStoreError: nothing has been built.
    """
    short = name.strip().removeprefix(ID)
    match = _ID.fullmatch(short)
    if match is None or not things(folder).holds(match[1], match[2]):
        return None
    iri = ID + short
    entity = register(folder).entities.get(iri)
    kind = KINDS[entity.kinds[0]].name if entity else match[1].replace("-", " ").capitalize()
    others = [value.text for value in values(PROPERTIES["otherName"], iri, folder)]
    # Spellings that differ in capitals only tell nothing more.
    names = {
        text.casefold(): text
        for text in reversed(others)
        if text.casefold() != name_of(iri, folder).casefold()
    }
    cited = [value.text for value in values(PROPERTIES["citation"], iri, folder)]
    return {
        "id": short,
        "name": name_of(iri, folder),
        "kind": kind,
        "names": sorted(names.values())[:_MOST_NAMES],
        "facts": _facts(iri, folder),
        "cited": citations_text(cited[:_MOST_CITED]),
        "more": max(0, len(cited) - _MOST_CITED),
    }


def preview(name: str, origin: str, folder: Path | None = None) -> str | None:
    """Return the page that tells of a thing; None when there is no such thing.

    Args:
        name: its id.
        origin: scheme and host of this service, for the link to the whole page.
        folder: the build folder.
    """
    shown = told(name, folder)
    return render("reconcile/preview.html", thing=shown, origin=origin) if shown else None


@cache
def policy() -> str:
    """Return the policy of previews: anybody may frame them, and they load nothing but their own style."""
    empty = {"id": "", "name": "", "kind": "", "names": [], "facts": [], "cited": "", "more": 0}
    found = _STYLE.search(render("reconcile/preview.html", thing=empty, origin=""))
    style = b64encode(sha256((found[1] if found else "").encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors *"
    )


def flyout(what: str, name: str, folder: Path | None = None) -> dict[str, str] | None:
    """Return the few lines that tell of a thing, a kind or a property; None when there is none.

    Args:
        what: entity, type or property.
        name: its id.
        folder: the build folder.
    """
    if what == "entity":
        shown = told(name, folder)
        html = render("reconcile/flyout.html", **shown) if shown else ""
        return {"id": str(shown["id"]), "html": html.strip()} if shown else None
    one = kind_named(name) if what == "type" else PROPERTIES.get(name)
    if one is None:
        return None
    html = render(
        "reconcile/flyout.html", name=one.name, kind=one.description, names=[], facts=[], cited="", more=0
    )
    return {"id": one.id, "html": html.strip()}
