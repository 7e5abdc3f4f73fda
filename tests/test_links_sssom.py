"""The link files are SSSOM: the format's own tool reads and validates each of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from cscip_kg.assets import data_dir
from cscip_kg.links.reading import link_files, load_links

FILES = link_files(data_dir())
# The tool speaks to pandas in ways that pandas will give up.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:sssom")


def problems(path: Path) -> list[str]:
    """Return what the validators of sssom-py find, its own schema first."""
    from sssom.parsers import parse_sssom_table  # noqa: PLC0415 - slow to import, needed here only
    from sssom.validators import validate  # noqa: PLC0415

    reports = validate(parse_sssom_table(path), fail_on_error=False)
    return [result.message for report in reports.values() for result in report.results]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_link_file_is_valid_sssom(path: Path) -> None:
    """Schema, prefixes and CURIEs are right, and the tool reads as many links as we do."""
    from sssom.parsers import parse_sssom_table  # noqa: PLC0415

    assert problems(path) == []
    ours = next(one for one in load_links() if one.file.endswith(f"/{path.name}"))
    assert len(parse_sssom_table(path).df) == len(ours.links)


def test_a_confidence_above_one_is_not_valid(tmp_path: Path) -> None:
    """The tool sees an error that is planted."""
    text = FILES[0].read_text(encoding="utf-8")
    bad = tmp_path / "bad.sssom.tsv"
    bad.write_text(text.replace("\t0.9\t", "\t1.9\t", 1), encoding="utf-8")
    assert text != bad.read_text(encoding="utf-8")
    assert len(problems(bad)) == 1
