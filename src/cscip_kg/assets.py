"""Where the project's files are: in a checkout or inside the installed wheel.

In: nothing. Out: folders. Everything else asks here, so that no other module knows how it was installed.
"""

from __future__ import annotations

import os
from pathlib import Path

from platformdirs import user_cache_path

_PACKAGE = Path(__file__).resolve().parent
_CHECKOUT = _PACKAGE.parents[1]


def _is_checkout() -> bool:
    return (_CHECKOUT / "pyproject.toml").is_file() and (_CHECKOUT / "ontology").is_dir()


def root() -> Path:
    """Return the folder that holds `ontology/`, `data/` and `queries/`."""
    return _CHECKOUT if _is_checkout() else _PACKAGE / "assets"


def ontology_dir() -> Path:
    """Return the folder of the ontology, its vocabularies, shapes and context."""
    return root() / "ontology"


def data_dir() -> Path:
    """Return the folder of the curated records."""
    return root() / "data"


def queries_dir() -> Path:
    """Return the folder of the stored queries."""
    return root() / "queries"


def static_dir() -> Path:
    """Return the folder of what browsers load: `site.css`, `site.js`, `editor.js` and the like.

    In a checkout it is made by `make web` and may not be there yet; a wheel always brings it.
    """
    return _CHECKOUT / "web" / "dist" if _is_checkout() else _PACKAGE / "assets" / "static"


def build_dir() -> Path:
    """Return the folder for built graphs.

    `$CSCIP_BUILD_DIR` when set, else `build/` of a checkout, else the user's cache folder.
    """
    if chosen := os.environ.get("CSCIP_BUILD_DIR"):
        return Path(chosen)
    return _CHECKOUT / "build" if _is_checkout() else user_cache_path("cscip-kg", appauthor=False)
