"""What many tests share: the project's graph as it stands, in memory and published."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import Quad

from cscip_kg.graph import build_graph
from cscip_kg.inference import infer
from cscip_kg.records import load_records
from cscip_kg.store import publish


@pytest.fixture(scope="session")
def quads() -> list[Quad]:
    """All quads of the project's graph, the inferred ones included."""
    asserted = build_graph(load_records())
    return [*asserted, *infer(asserted)]


@pytest.fixture(scope="session")
def built(quads: list[Quad], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a published build of the project's graph."""
    folder = tmp_path_factory.mktemp("build")
    publish(quads, folder)
    return folder
