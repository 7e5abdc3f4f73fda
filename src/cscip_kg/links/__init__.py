"""Links to other datasets: SSSOM files → named graphs, one for each target; what proves them, then and now.

In: `data/links/*.sssom.tsv`. Out: link sets, their quads, and faults with file, line, field and remedy.
What may be linked to which target, and how firmly, is said in `targets`.
"""

from __future__ import annotations

from cscip_kg.links.checking import Checked, check_snapshots
from cscip_kg.links.graphs import PREFIX, check_subjects, link_quads, linkset_graph
from cscip_kg.links.reading import Link, LinkSet, load_links
from cscip_kg.links.refreshing import CHANGES, Change, Refreshed, changes_csv, refresh, write
from cscip_kg.links.sources import SOURCES, Fetch, Source
from cscip_kg.links.targets import TARGETS, Target

__all__ = [
    "CHANGES",
    "PREFIX",
    "SOURCES",
    "TARGETS",
    "Change",
    "Checked",
    "Fetch",
    "Link",
    "LinkSet",
    "Refreshed",
    "Source",
    "Target",
    "changes_csv",
    "check_snapshots",
    "check_subjects",
    "link_quads",
    "linkset_graph",
    "load_links",
    "refresh",
    "write",
]
