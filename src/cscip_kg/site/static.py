"""The explorer as files that any web host can serve: the same pages, written whole or not at all.

In: a folder. Out: HTML, CSV, JSON and the built style sheet and scripts. Everything is written aside and
swapped in at the end; a folder that holds something else is left alone.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from typing import Final

from cscip_kg import assets, described
from cscip_kg.errors import ExportError
from cscip_kg.reply import Request
from cscip_kg.site.known import Known, known
from cscip_kg.site.routes import answered, walk

# Stands in every site that was written: only such a folder is written over.
MARK: Final = ".cscip-site"


def file_of(path: str) -> str:
    """Return the file that a path of the site is kept in."""
    return f"{path}index.html" if path.endswith("/") or not path else path


def _check(out: Path) -> None:
    if out.is_symlink() or (out.exists() and not out.is_dir()):
        raise ExportError(f"{out} is not a folder.")
    if out.is_dir() and any(out.iterdir()) and not (out / MARK).is_file():
        raise ExportError(
            f"{out} holds something else than a site written by this command. Give an empty folder."
        )


def _fill(found: Known, aside: Path, tell: Callable[[str], None]) -> int:
    done = 0
    for path in walk(found):
        made = answered(found, Request(path), static=True)
        if made.status != 200:
            raise ExportError(f"The page {path} could not be made (status {made.status}).")
        file = aside / file_of(path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(made.body)
        done += 1
        if done % 1000 == 0:
            tell(f"{done} files")
    (aside / "404.html").write_bytes(answered(found, Request("404.html"), static=True).body)
    return done


def write(out: Path, folder: Path | None = None, tell: Callable[[str], None] | None = None) -> int:
    """Write the whole site into a folder.

    Args:
        out: where to; made if missing. A site that stands there is replaced.
        folder: the build folder.
        tell: is told how far it is.

    Returns:
        The number of pages and tables.

    Raises:
        ExportError: the folder holds something else, or cannot be written.
        NoStoreError: nothing has been built.
    """
    _check(out)
    static = assets.static_dir()
    if not (static / "site.css").is_file():
        raise ExportError("The style sheet and scripts of the pages have not been built. Run: make web")
    found = known(folder)
    out.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    try:
        done = _fill(found, aside, tell or (lambda _: None))
        shutil.copytree(static, aside / "static", dirs_exist_ok=True)
        (aside / "downloads").mkdir(exist_ok=True)
        for made in described.files(folder):
            shutil.copyfile(made.path, aside / "downloads" / made.download.name)
        (aside / MARK).write_text(f"{found.build.id}\n", encoding="utf-8")
        aside.chmod(0o755)
        old = None
        if out.exists():
            old = Path(mkdtemp(prefix=f".{out.name}-old-", dir=out.parent))
            old.rmdir()
            out.rename(old)
        aside.rename(out)
        if old:
            shutil.rmtree(old, ignore_errors=True)
    except OSError as error:
        shutil.rmtree(aside, ignore_errors=True)
        raise ExportError(f"The site cannot be written to {out}: {os.strerror(error.errno or 0)}.") from error
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return done
