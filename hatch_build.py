"""The browser's files → the wheel and the source archive: built from `web/` unless they are there and new.

In: `web/` with its locked packages. Out: `web/dist`, which a wheel carries as `cscip_kg/assets/static`. It is
never committed, so whoever packages from a checkout needs node and npm; the source archive brings it along.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

MISSING = """The pages of the explorer need their style and scripts, which npm builds, and npm was not found.
Install Node.js 20 or newer with npm (Debian: apt install nodejs npm) and build again,
or set CSCIP_WITHOUT_WEB=1 to package the command line and the Python side alone."""


class BrowserFiles(BuildHookInterface):  # type: ignore[type-arg]
    """Sees to `web/dist` before anything is packed."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the browser's files where they are missing, and put them into a wheel."""
        if version == "editable" or os.environ.get("CSCIP_WITHOUT_WEB"):
            return
        web = Path(self.root) / "web"
        if _is_stale(web):
            npm = shutil.which("npm")
            if npm is None:
                raise SystemExit(MISSING)
            for command in (["ci", "--ignore-scripts", "--no-audit", "--no-fund"], ["run", "build"]):
                subprocess.run([npm, *command], cwd=web, check=True)  # noqa: S603 - our own lock file and script
        if self.target_name == "wheel":
            build_data["force_include"][str(web / "dist")] = "cscip_kg/assets/static"


def _is_stale(web: Path) -> bool:
    """Return whether something that the browser's files are made of is newer than they are."""
    made = web / "dist" / "site.css"
    if not made.is_file():
        return True
    extra = web.parent / "src" / "cscip_kg" / "templates" / "site" / "extra.css"
    inputs = [web / "build.mjs", web / "package-lock.json", extra, *(web / "src").rglob("*.*")]
    # All files of a source archive bear one time.
    return any(path.is_file() and path.stat().st_mtime > made.stat().st_mtime for path in inputs)
