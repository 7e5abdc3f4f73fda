"""One build, being served: its processes and the answers it has given; and the change to the next build.

In: the build folder. Out: answers of the current build. A new build is opened beside the old one and takes
its place when it is ready; what the old one was doing it brings to its end.
"""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL
from collections.abc import Callable, Coroutine, Hashable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from cscip_kg import store
from cscip_kg.errors import NoStoreError, QueryError
from cscip_kg.gate import check_dataset, check_query, names_its_graphs
from cscip_kg.namespaces import PREFIXES
from cscip_kg.reply import Reply, Request
from cscip_kg.server.cache import Cache
from cscip_kg.server.pool import BusyError, CrashError, LateError, Pool, Spend
from cscip_kg.server.protocol import GRAPH, ROWS, Operation, RefusedError
from cscip_kg.server.settings import Settings

_LOOK: Final = 0.5
# So many looks a new build has until it serves, though not all of its processes are ready.
_PATIENCE: Final = 60
# So long a process has to end itself before it is ended.
_GRACE: Final = 0.25
# Of an answer that is not to be kept, by us or by others.
PASSING: Final = {"Cache-Control": "no-store"}
_MOST_TOLD: Final = 300
_PAGES: Final = "cscip_kg.server.answering"
_DOWNLOADS: Final = "cscip_kg.described"


def lasts(made: Reply) -> bool:
    """Return whether an answer may be kept as one of the build that is served."""
    return made.headers.get("Cache-Control") != PASSING["Cache-Control"]


class Engine:
    """Answers from one build."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Take the build folder and the limits.

        Raises:
            NoStoreError: nothing has been built there.
        """
        self.path = store.current(folder)
        self.build = store.describe(folder)
        self.since = (self.path / "build.json").stat().st_mtime
        self.settings = settings
        self._cache = Cache(settings.cache)
        self._coming: dict[Hashable, asyncio.Future[Reply]] = {}
        dump = self.path / store.DUMP
        held = dump.is_file() and sum(self.build.graphs.values()) <= settings.in_memory
        first = {
            "store": str(self.path / "store"),
            "memory": settings.memory,
            "dump": str(dump) if held else None,
        }
        command = [sys.executable, "-P", str(store.WORKER)]
        self.queries = Pool(command, first, settings.queries, settings, slow=settings.slow)
        opening = {"folder": str(folder), "memory": settings.memory}
        command = [sys.executable, "-P", "-m", _PAGES]
        self.pages = Pool(command, opening, settings.pages, settings)
        self._graphs = frozenset(self.build.named().values())

    async def start(self) -> None:
        """Start the processes.

        Raises:
            CrashError: they do not start.
        """
        await asyncio.gather(self.queries.start(), self.pages.start())

    async def close(self) -> None:
        """Bring what runs to its end, then stop."""
        await asyncio.gather(self.queries.close(), self.pages.close())

    async def page(self, request: Request, spend: Spend) -> Reply:
        """Return the answer of a page process.

        Args:
            request: what is asked for.
            spend: is told the seconds of work.

        Raises:
            RefusedError: a limit was met, or the page failed.
        """
        return await self._once(("page", request), lambda: self._made(request, spend))

    async def _made(self, request: Request, spend: Spend) -> Reply:
        asked = {
            "path": request.path,
            "params": request.params,
            "accept": request.accept,
            "origin": request.origin,
        }
        header, body = await self._run(self.pages, asked, spend)
        # Between a publication and the change to it, a page is of the new build already: it has no tag here.
        passing = {} if header["build"] == self.path.name else PASSING
        return Reply(header["status"], header["media"], body, {**header["headers"], **passing})

    async def query(self, asked: Operation, spend: Spend) -> Reply:
        """Return the result of a query.

        Args:
            asked: the query and the wanted forms.
            spend: is told the seconds of work.

        Raises:
            RefusedError: it is refused, malformed, or a limit was met.
        """
        return await self._once(("query", asked), lambda: self._queried(asked, spend))

    async def _once(self, key: Hashable, work: Callable[[], Coroutine[Any, Any, Reply]]) -> Reply:
        """Return what is kept; or work, once for all who ask the same at this moment."""
        if not self.settings.cache:
            return await work()
        if kept := self._cache.get(key):
            return kept
        if (coming := self._coming.get(key)) is None:
            coming = self._coming[key] = asyncio.ensure_future(work())
            coming.add_done_callback(lambda _: self._coming.pop(key, None))
        made = await asyncio.shield(coming)
        if made.status < 400 and lasts(made):
            self._cache.put(key, made)
        return made

    async def _queried(self, asked: Operation, spend: Spend) -> Reply:
        try:
            check_query(asked.query)
            if not asked.has_dataset:
                check_dataset(asked.query, self._graphs)
        except QueryError as error:
            raise RefusedError(400, str(error)) from error
        limit = self.settings
        request = {
            "query": asked.query,
            "base": asked.base,
            "seconds": limit.seconds,
            "prefixes": PREFIXES,
            "union": not asked.has_dataset and not names_its_graphs(asked.query),
            "max_bytes": limit.result,
            "rows_form": asked.rows and ROWS[asked.rows],
            "graph_form": asked.graph and GRAPH[asked.graph],
        }
        if asked.has_dataset:
            request |= {"default_graphs": asked.default_graphs, "named_graphs": asked.named_graphs}
        header, body = await self._run(self.queries, request, spend)
        kind, told = header["kind"], str(header.get("message", ""))[:_MOST_TOLD]
        if kind == "full":
            raise RefusedError(
                422,
                f"The result is larger than {limit.result} bytes (limit: result). Add LIMIT, or narrow it.",
            )
        if kind == "unacceptable":
            raise RefusedError(406, f"The result is a {told}; you accept no form of it that is on offer.")
        if kind in ("syntax", "failed"):
            raise RefusedError(400, f"The query failed: {told}")
        media = asked.graph if kind == "graph" else asked.rows
        charset = "; charset=utf-8" if str(media).startswith("text/") else ""
        return Reply(200, f"{media}{charset}", body)

    async def _run(self, pool: Pool, request: dict[str, Any], spend: Spend) -> tuple[dict[str, Any], bytes]:
        limit = self.settings
        try:
            return await pool.run(request, limit.seconds + _GRACE * ("seconds" in request), spend)
        except BusyError as error:
            raise RefusedError(
                503,
                f"Too many ask at this moment: {limit.queue} may wait, for {limit.wait:g} seconds (limits: "
                "queue, wait). Try again shortly.",
                {"Retry-After": "2"},
            ) from error
        except LateError as error:
            raise RefusedError(
                504, f"It was ended after {limit.seconds:g} seconds (limit: seconds). Narrow the question."
            ) from error
        except CrashError as error:
            raise RefusedError(
                422, "It ended the process that worked on it: it is too deep or too costly (limit: memory)."
            ) from error


class Current:
    """The engine of the build that is current."""

    def __init__(self, folder: Path, settings: Settings) -> None:
        """Take the build folder and the limits."""
        self._folder, self._settings = folder, settings
        self._tasks: set[asyncio.Task[None]] = set()
        self.engine = Engine(folder, settings)

    async def start(self) -> None:
        """Start serving the current build, and look for new ones."""
        await self.engine.start()
        self._later(self._prepare())
        self._later(self._watch())

    def _later(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            with suppress(NoStoreError, OSError, CrashError):
                if store.current(self._folder) != self.engine.path:
                    await self._change()

    async def _change(self) -> None:
        fresh = Engine(self._folder, self._settings)
        try:
            await fresh.start()
            if not await self._stands(fresh):
                await fresh.close()
                return
        except BaseException:
            await fresh.close()
            raise
        old, self.engine = self.engine, fresh
        self._later(old.close())
        self._later(self._prepare())

    async def _prepare(self) -> None:
        """Have the files for download made, in a process that yields to all others."""
        command = [sys.executable, "-P", "-m", _DOWNLOADS, str(self._folder), str(os.getpid())]
        process = await asyncio.create_subprocess_exec(*command, stdin=DEVNULL, stdout=DEVNULL)
        try:
            await process.wait()
        finally:
            with suppress(ProcessLookupError):
                process.kill()

    async def _stands(self, fresh: Engine) -> bool:
        """Wait until all query processes are ready, as the old ones answer meanwhile.

        Returns:
            Whether the build is still the current one; of another the rest of it would never be ready.
        """
        for _ in range(_PATIENCE):
            with suppress(TimeoutError):
                await asyncio.wait_for(fresh.queries.full(), _LOOK)
                break
            if store.current(self._folder) != fresh.path:
                return False
        return True

    async def close(self) -> None:
        """Stop serving."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.engine.close()
