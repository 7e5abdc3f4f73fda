"""What people read first in the package: `README.md`, and how to cite it: `CITATION.cff`.

In: what is said of the package, and its files. Out: two texts.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from cscip_kg.assets import root
from cscip_kg.formats import HOW_TO_READ
from cscip_kg.output import CAUTION
from cscip_kg.package.about import About
from cscip_kg.package.contents import MARKDOWN, TEXT, TREES, Item

_READ_ME: Final = """# {title}

Version {version}, of {day}.

{description}

**{caution}**

{reading} The texts are no part of this package.

## What is here

| file | what it holds |
|---|---|
{files}
| `ro-crate-metadata.json` | this package described as an RO-Crate |
| `SHA256SUMS` | the sha256 of every other file |

A name under `https://w3id.org/cscip/` is an identifier; whether it opens in a browser depends on a redirect
that may not be registered yet. Nanopublications are not signed: their addresses prove what they say, not who
says it.

## Check it

```sh
sha256sum -c SHA256SUMS          # every file as it was released
```

## Use it

Data, ontology and queries are under CC BY 4.0 (`LICENSE`). To cite, see `CITATION.cff`, and name the version.

## What it was read from

{sources}
"""


def _source(title: str, creators: Iterable[str], publishers: Iterable[str], issued: str) -> str:
    told = ", ".join([*creators, *publishers])
    return f"- {title}. {told}{f', {issued}' if issued else ''}"


def read_me(told: About, items: Iterable[Item]) -> Item:
    """Return the README of the package.

    Args:
        told: what is said of the whole package.
        items: its other files, but for the description as RO-Crate and the checksums.
    """
    rows = {item.path: item.title for item in items if not item.in_tree}
    rows |= {f"{name}/": text for name, text in TREES.items()}
    text = _READ_ME.format(
        title=told.title,
        version=told.version,
        day=told.day.isoformat(),
        description=told.description.removesuffix(CAUTION).strip(),
        caution=CAUTION,
        reading=HOW_TO_READ,
        files="\n".join(f"| `{path}` | {title} |" for path, title in sorted(rows.items())),
        sources="\n".join(
            _source(s.title, s.creators, s.publishers.values(), s.issued) for s in told.sources
        ),
    )
    return Item("README.md", text.encode(), MARKDOWN, "What this is, what lies here, how to check it")


def citation(told: About) -> Item:
    """Return the project's citation file with version and day of this package."""
    text = (root() / "CITATION.cff").read_text(encoding="utf-8").rstrip("\n")
    text += f'\nversion: "{told.version}"\ndate-released: {told.day.isoformat()}\n'
    return Item("CITATION.cff", text.encode(), TEXT, "How to cite this version (Citation File Format)")
