"""Pages, data and stored queries in a process of its own, which can be killed.

In: JSON requests on standard input, one a line, after a first one that names the build folder. Out: for each,
one JSON line with status, media type and headers, then the body. It is to the pages what `worker.py` is to
queries, but runs the project's own questions only, with bound values.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from pathlib import Path
from typing import Any

from cscip_kg import described, reconcile, rest, site, store
from cscip_kg.errors import LimitError, NoStoreError, QueryError, UnknownNameError
from cscip_kg.reply import Reply, Request, problem, text
from cscip_kg.worker import die_with_parent

# What is made before the first request: it loads what other pages need.
_FIRST = ("", "interventions/", "ask/", "reconcile/suggest/entity")
_ROOMS = (described.reply, rest.reply, reconcile.reply, site.reply)


def reply(request: Request, folder: Path | None = None) -> Reply:
    """Return what the first room that knows the path says.

    Args:
        request: what is asked for.
        folder: the build folder.
    """
    try:
        found = (room(request, folder) for room in _ROOMS)
        return next(
            (one for one in found if one), problem(404, "Not found", f"Nothing is at /{request.path}.")
        )
    except UnknownNameError as error:
        return problem(404, "Unknown name", str(error))
    except LimitError as error:
        return problem(422, "Too large", str(error))
    except QueryError as error:
        return problem(400, "Not understood", str(error))


def steady(request: Request, folder: Path) -> tuple[Reply, str]:
    """Return a reply that is of one build, and which: made again when another was published meanwhile.

    Args:
        request: what is asked for.
        folder: the build folder.
    """
    while True:
        before = store.current(folder)
        try:
            made = reply(request, folder)
        except (NoStoreError, OSError):
            if store.current(folder) == before:
                raise
            continue
        if store.current(folder) == before:
            return made, before.name


def _whole(request: Request, folder: Path) -> tuple[Reply, str]:
    """Return a reply whatever happens: a fault of ours is told on standard error, and the process goes on."""
    try:
        return steady(request, folder)
    except Exception:
        logging.getLogger("cscip_kg.server").exception("a page failed")
        return text(500, "Something is wrong with this page; it has been noted."), ""


def _say(header: dict[str, Any], body: bytes) -> None:
    header["size"] = len(body)
    header["rss"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\n" + body)
    sys.stdout.buffer.flush()


def main() -> None:
    """Answer the requests on standard input until it ends."""
    first = json.loads(sys.stdin.buffer.readline())
    die_with_parent(first["parent"])
    folder = Path(first["folder"])
    resource.setrlimit(resource.RLIMIT_AS, (first["memory"], first["memory"]))
    for path in _FIRST:
        _whole(Request(path), folder)
    _say({"kind": "ready"}, b"")
    while line := sys.stdin.buffer.readline():
        asked = json.loads(line)
        params = tuple((name, value) for name, value in asked["params"])
        made, build = _whole(Request(asked["path"], params, asked["accept"], asked["origin"]), folder)
        header = {"status": made.status, "media": made.media, "headers": dict(made.headers)}
        _say({"kind": "reply", "build": build, **header}, made.body)


if __name__ == "__main__":
    main()
