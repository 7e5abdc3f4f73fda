"""An open, cited knowledge graph of the Children's Social Care Innovation Programme's evidence.

`cscip_kg.open_graph()` opens the built graph. The names below are fetched from their room when first asked
for, so that importing the package reads nothing and takes no time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["Finding", "Graph", "Intervention", "Result", "Summary", "Values", "__version__", "open_graph"]

if TYPE_CHECKING:
    from cscip_kg.api import Finding, Graph, Intervention, Result, Summary, Values, open_graph

    __version__: str
else:

    def __getattr__(name: str) -> object:
        if name == "__version__":
            from importlib.metadata import version  # noqa: PLC0415 - reads a file

            return version("cscip-kg")
        if name in __all__:
            from cscip_kg import api  # noqa: PLC0415 - loads the engine

            return getattr(api, name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
