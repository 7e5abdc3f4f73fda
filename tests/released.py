"""Releases for the tests: of the few records of tests/fixture, and of the project's own graph."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from cscip_kg import package, pipeline
from cscip_kg.package import Item

FIXTURE = Path(__file__).parent / "fixture"
# Runs one of the tools that check a package, its warnings left to itself.
TOOL = (sys.executable, "-W", "ignore", "-m")


def few(folder: Path) -> Path:
    """Build the few records into a folder and return it."""
    outcome = pipeline.build(FIXTURE, folder)
    assert outcome.build is not None
    return folder


def items_of(build: Path, data: Path | None = None) -> list[Item]:
    """Return the files of the release of a build."""
    return package.release(build, data)


def written(items: Iterable[Item], target: Path) -> Path:
    """Write a release and return where it lies."""
    package.write(items, target)
    return target
