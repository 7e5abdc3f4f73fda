"""A few processes that do the work and can be killed; a bounded queue before them.

In: a command that answers JSON lines, as `worker.py` does, and requests. Out: header and body of each answer,
or an error that says what became of it. A process that is late, crashes or has grown fat is replaced by a
spare that is already warm, and no process outlives the server.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from asyncio.subprocess import PIPE, Process
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from cscip_kg.server.settings import Settings

Message = Mapping[str, Any]
Spend = Callable[[float], None]
_SPARES: Final = 1
# Work that takes longer than so many seconds makes room for others, if it may.
_SLOW: Final = 0.25
# A process whose memory has once grown beyond this is replaced: what it has freed it may not give back.
_FAT: Final = 768 * 1024 * 1024
_START: Final = 60.0
# Bytes of an answer that are read ahead.
_AHEAD: Final = 1024 * 1024
# The least priority there is.
_LAST: Final = 19
_LEAST_PAUSE, _MOST_PAUSE = 0.1, 5.0


class BusyError(Exception):
    """All processes are at work and the queue is full, or the wait was too long."""


class LateError(Exception):
    """The work was not done at its deadline; its process has been killed."""


class CrashError(Exception):
    """The process ended in the middle of the work."""


# What a process says that works by copies of itself, and goes on.
_ENDS: Final[Mapping[str, type[Exception]]] = {"late": LateError, "crashed": CrashError}


class _Worker:
    """One process."""

    def __init__(self, process: Process) -> None:
        if process.stdin is None or process.stdout is None:
            raise CrashError
        self.process, self._asked, self._told = process, process.stdin, process.stdout
        self._pid = 0

    async def ask(self, request: Message) -> tuple[dict[str, Any], bytes]:
        """Return the answer to one request.

        Raises:
            CrashError: the process ended.
        """
        try:
            self._asked.write(json.dumps(request).encode() + b"\n")
            await self._asked.drain()
            header = json.loads(await self._told.readline() or b"null")
            if header is None:
                raise CrashError
            self._pid = header.get("pid", 0)
            return header, await self._told.readexactly(header["size"])
        except (OSError, asyncio.IncompleteReadError, ValueError) as error:
            raise CrashError from error

    def step_back(self) -> None:
        """Leave the processor to all others from now on; there is no way back."""
        with suppress(OSError):
            if self._pid:
                os.setpriority(os.PRIO_PROCESS, self._pid, _LAST)

    def kill(self) -> None:
        with suppress(ProcessLookupError):
            self.process.kill()


class _Room:
    """Room for what has turned out to be slow."""

    def __init__(self, left: int) -> None:
        self.left = left


class _Place:
    """A place among those that work at a time; slow work leaves it to others, where there is room for it."""

    def __init__(self, slots: asyncio.Semaphore, room: _Room, worker: _Worker) -> None:
        self._slots, self._room, self._worker, self.beside = slots, room, worker, False
        self._timer = asyncio.get_running_loop().call_later(_SLOW, self._step_aside)

    def _step_aside(self) -> None:
        if self._room.left:
            self._room.left -= 1
            self.beside = True
            self._worker.step_back()
            self._slots.release()

    def leave(self) -> None:
        self._timer.cancel()
        if self.beside:
            self._room.left += 1
        else:
            self._slots.release()


class Pool:
    """Processes that answer one request at a time each."""

    def __init__(
        self, command: Sequence[str], first: Message, size: int, limits: Settings, *, slow: int = 0
    ) -> None:
        """Take the command, the request that opens each process, and the limits of the queue.

        Args:
            command: program and arguments.
            first: the first request of each process, to which it answers when it is ready.
            size: how many work at a time.
            limits: how many requests may wait, and for how long.
            slow: how many may go on beside them when they have turned out to be slow.
        """
        self._command, self._first = list(command), {**first, "parent": os.getpid()}
        self._size, self._queue, self._wait = size + slow, limits.queue, limits.wait
        self._room = _Room(slow)
        self._slots = asyncio.Semaphore(size)
        self._idle: deque[_Worker] = deque()
        self._ready = asyncio.Condition()
        self._all: set[_Worker] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self._full = asyncio.Event()
        self._pause = _LEAST_PAUSE
        self.waiting = self.working = self.killed = self.crashed = 0

    async def start(self) -> None:
        """Start the processes; returns when the first is ready.

        Raises:
            CrashError: it does not start.
        """
        try:
            self._keep(await self._started())
        except (OSError, TimeoutError) as error:
            raise CrashError(str(error)) from error
        self._later(self._fill())

    async def _fill(self) -> None:
        """Start the others, one after the other, as there are answers to give meanwhile."""
        for _ in range(self._size + _SPARES - 1):
            await self._replace()
        self._full.set()

    async def full(self) -> None:
        """Return when all processes are ready."""
        await self._full.wait()

    async def _started(self) -> _Worker:
        process = await asyncio.create_subprocess_exec(*self._command, stdin=PIPE, stdout=PIPE, limit=_AHEAD)
        worker = _Worker(process)
        self._all.add(worker)
        try:
            header, _ = await asyncio.wait_for(worker.ask(self._first), _START)
        except BaseException:
            await self._bury(worker)
            raise
        if header["kind"] != "ready":
            await self._bury(worker)
            raise CrashError(str(header.get("message", "")))
        return worker

    def _keep(self, worker: _Worker) -> None:
        self._pause = _LEAST_PAUSE
        self._idle.append(worker)

    def _later(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _spawn(self) -> None:
        if not self._closed:
            self._later(self._replace())

    async def _replace(self) -> None:
        """Start a process, again and again with longer pauses while it fails."""
        while not self._closed:
            try:
                worker = await self._started()
            except (CrashError, OSError, TimeoutError):
                await asyncio.sleep(self._pause)
                self._pause = min(self._pause * 2, _MOST_PAUSE)
                continue
            async with self._ready:
                self._keep(worker)
                self._ready.notify_all()
            return

    async def _bury(self, worker: _Worker) -> None:
        self._all.discard(worker)
        worker.kill()
        await worker.process.wait()

    async def _take(self) -> _Worker:
        async with self._ready:
            await self._ready.wait_for(lambda: bool(self._idle))
            return self._idle.popleft()

    async def run(self, request: Message, seconds: float, spend: Spend) -> tuple[dict[str, Any], bytes]:
        """Return header and body of the answer to a request.

        Args:
            request: as the command takes it.
            seconds: the deadline, from when the work begins.
            spend: is told how many seconds the work took.

        Raises:
            BusyError: the queue is full, or the wait was too long.
            LateError: the deadline has passed.
            CrashError: the process ended.
        """
        if self.waiting >= self._queue:
            raise BusyError
        self.waiting += 1
        try:
            async with asyncio.timeout(self._wait):
                await self._slots.acquire()
                try:
                    worker = await self._take()
                except BaseException:
                    self._slots.release()
                    raise
        except TimeoutError as error:
            raise BusyError from error
        finally:
            self.waiting -= 1
        self.working += 1
        sound, place, begun = False, _Place(self._slots, self._room, worker), time.monotonic()
        try:
            header, body = await asyncio.wait_for(worker.ask(request), seconds)
            if header["kind"] in _ENDS:
                sound = True
                raise _ENDS[header["kind"]]
            sound = header.get("again", False) or (header.get("rss", 0) < _FAT and not place.beside)
        except (TimeoutError, LateError) as error:
            self.killed += 1
            raise LateError from error
        except CrashError:
            self.crashed += 1
            raise
        else:
            return header, body
        finally:
            self.working -= 1
            spend(time.monotonic() - begun)
            place.leave()
            await self._done(worker, sound=sound)

    async def _done(self, worker: _Worker, *, sound: bool) -> None:
        """Put a process back, or see to its end and its replacement."""
        if sound and not self._closed:
            async with self._ready:
                self._idle.append(worker)
                self._ready.notify_all()
        else:
            worker.kill()
            self._later(self._bury(worker))
            self._spawn()

    async def close(self) -> None:
        """Let what runs come to its end, then end all processes."""
        while self.working or self.waiting:
            await asyncio.sleep(0.05)
        self._closed = True
        while self._tasks:
            for worker in self._all:
                worker.kill()
            await asyncio.wait(self._tasks, timeout=0.05)
        for worker in list(self._all):
            await self._bury(worker)
