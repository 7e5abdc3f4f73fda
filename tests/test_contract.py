"""The API keeps to its own description, whatever somebody makes of it: requests made up from OpenAPI."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from server_process import Running

# A name that fits the pattern need not be one of the hundreds of names: that is told with status 400.
LEFT_OUT = "positive_data_acceptance"
# Each way of answering has one query or more; all 152 take minutes and say the same.
SOME = (
    r"/api/(search|ask|map/[^/]+|interventions.*|queries|openapi\.json"
    r"|queries/(what-reduced|findings-where|statements-listed|who-led|gap-map|returns-per-pound|arithmetic"
    r"|measures-in-common|map-cell|profile-02-names|about-intervention))$"
)


@pytest.mark.server
def test_requests_made_up_from_the_description(served: Running, tmp_path: Path) -> None:
    """Right and wrong, in every parameter: status, media type and shape are as described."""
    command = [
        *(str(Path(sys.executable).with_name("schemathesis")), "run", f"{served.url}api/openapi.json"),
        *("--phases", "examples,coverage,fuzzing", "--max-examples", "5", "--generation-deterministic"),
        *("--exclude-checks", LEFT_OUT, "--include-path-regex", SOME, "--request-timeout", "30"),
        "--no-color",
    ]
    done = subprocess.run(command, capture_output=True, check=False, text=True, timeout=500, cwd=tmp_path)
    assert done.returncode == 0, done.stdout[-6000:]
    assert "Tested: 16" in done.stdout
