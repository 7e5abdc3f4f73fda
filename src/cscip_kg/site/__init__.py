"""The explorer: every page of the graph as a function from a request to a reply, and the same pages as files.

In: a request, or a folder to write into. Out: HTML and CSV. Pages are panels, each panel is a stored query; a
page is described first (`things`, `lists`, `special` …) and laid out last (`layout`).
"""

from __future__ import annotations

from cscip_kg.site.routes import paths, reply
from cscip_kg.site.static import write

__all__ = ["paths", "reply", "write"]
