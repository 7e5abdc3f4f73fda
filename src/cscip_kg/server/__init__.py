"""The explorer, the data and the SPARQL endpoint over HTTP.

In: the build folder, an address and the limits. Out: a running server, until it is told to stop.
"""

from __future__ import annotations

import logging
import os
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cscip_kg import assets, store
from cscip_kg.errors import ServeError
from cscip_kg.server.settings import Settings, described, from_environment
from cscip_kg.worker import die_with_parent

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_FOLDER: Final = "CSCIP_BUILD_DIR"
_QUIET: Final = "CSCIP_QUIET"
_PATIENCE: Final = 10


def application() -> ASGIApp:
    """Return the application as the environment describes it; the server calls this in its own process."""
    from cscip_kg.server.app import make  # noqa: PLC0415 - loads the web libraries, needed here only

    die_with_parent(os.getppid())
    level = logging.WARNING if os.environ.get(_QUIET) else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(message)s")
    return make(assets.build_dir(), from_environment())


def _check_free(host: str, port: int) -> None:
    """Check that the address can be listened on: the server would share a port with another of its kind.

    Raises:
        ServeError: the address is not one of this machine, is in use, or may not be used.
    """
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        socket.create_server(address, family=family).close()
    except OSError as error:
        raise ServeError(
            f"Cannot listen on {host}:{port} ({error.strerror}). Give another --port or --host."
        ) from error


def serve(
    folder: Path | None, host: str, port: int, tell: Callable[[str], None], *, quiet: bool = False
) -> None:
    """Serve until stopped by a signal.

    Args:
        folder: the build folder.
        host: the address to listen on.
        port: the port.
        tell: told that all is ready to be served.
        quiet: whether to keep no log of requests.

    Raises:
        NoStoreError: nothing has been built.
        ServeError: the parts for serving are not installed, a setting is wrong, or the address
            cannot be listened on.
    """
    try:
        from granian.constants import HTTPModes, Interfaces  # noqa: PLC0415 - an extra
        from granian.http import HTTP1Settings  # noqa: PLC0415
        from granian.server import Server  # noqa: PLC0415
    except ImportError as error:
        raise ServeError("Serving needs more packages. Install: pip install 'cscip-kg[serve]'") from error
    base = folder or assets.build_dir()
    store.current(base)
    settings = from_environment()
    _check_free(host, port)
    tell(f"Serving at http://{host}:{port}/ ; Ctrl-C ends it")
    os.environ[_FOLDER] = str(base.resolve())
    os.environ[_QUIET] = "1" if quiet else ""
    Server(
        "cscip_kg.server:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        # Left to find out the version, it waits without end for a connection's first bytes.
        http=HTTPModes.http1,
        websockets=False,
        workers=1,
        respawn_failed_workers=True,
        backlog=max(128, settings.connections),
        backpressure=settings.connections,
        http1_settings=HTTP1Settings(
            header_read_timeout=int(settings.header_seconds * 1000), max_buffer_size=64 * 1024
        ),
        log_enabled=not quiet,
        workers_kill_timeout=_PATIENCE,
    ).serve()


__all__ = ["Settings", "application", "described", "from_environment", "serve"]
