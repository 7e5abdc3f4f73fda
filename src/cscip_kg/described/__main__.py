"""Makes the files of every export format of the current build, so that no request has to wait for them.

In: the build folder as first argument, by default the project's own; as second the number of the process
that wants it, at whose end it ends too. Out: files beside the store. The server runs it for each new build.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cscip_kg.described import prepare
from cscip_kg.worker import die_with_parent


def main(arguments: list[str]) -> None:
    """Make the files; see `downloads.prepare` for errors."""
    folder, parent = [*arguments, "", ""][:2]
    os.nice(10)
    if parent:
        die_with_parent(int(parent))
    prepare(Path(folder) if folder else None)


if __name__ == "__main__":
    main(sys.argv[1:])
