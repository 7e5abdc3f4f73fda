"""What changed in the data between two versions: statements added, changed and withdrawn.

In: two versions, as dumps or releases. Out: `Changes`, and their telling as Markdown, CSV and RDF. Nodes
without a name are compared by what is said of them.
"""

from __future__ import annotations

from cscip_kg.changes.comparing import Change, Changes, compare
from cscip_kg.changes.reading import Version, version
from cscip_kg.changes.telling import FILES, as_csv, markdown, turtle

__all__ = ["FILES", "Change", "Changes", "Version", "as_csv", "compare", "markdown", "turtle", "version"]
