"""The notebook: it runs from top to bottom, gives the printed table again, and is kept without outputs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import nbformat
import pytest
from nbclient import NotebookClient
from traitlets.config import Config

pytestmark = pytest.mark.notebook

NOTEBOOK = Path(__file__).parents[1] / "docs" / "first-look.ipynb"
SVG = "{http://www.w3.org/2000/svg}svg"
COLUMNS = [
    "Total projects measuring outcome*",
    "Generally, positive findings",
    "Generally, negative findings",
    "No change or specifies change is non-significant",
    "Mixed or unclear findings**",
]
# rees-2017, lines 425 to 435, 440 and 441, copied from the print row by row.
ROWS = [
    "Reducing the number of children looked after",
    "Reducing number/type of CIN",
    "Reducing re-referrals",
    "Increasing the number of children looked after who return home safely, in a timely manner",
    "Reducing the number of children in residential care",
    "Increasing placement stability",
    "Education, employment and training (EET)",
    "Reducing number missing",
    "Reducing youth crime",
    "Reducing crisis presentations",
    "CSE - improved systems, reporting, convictions (not solely reduction)",
    "Reducing homelessness",
    "Reducing gang affiliation",
]
FIGURES = [
    [23, 14, 4, 1, 4],
    [16, 8, 0, 1, 7],
    [11, 4, 2, 3, 1],
    [9, 4, 0, 0, 0],
    [6, 5, 0, 0, 0],
    [14, 6, 0, 1, 3],
    [18, 10, 0, 1, 3],
    [7, 2, 2, 0, 2],
    [6, 2, 0, 0, 4],
    [7, 3, 0, 0, 2],
    [8, 3, 0, 1, 3],
    [4, 0, 0, 0, 2],
    [2, 2, 0, 0, 0],
]
TABLE_1 = dict(zip(ROWS, FIGURES, strict=True))
# Worked out by hand: 11-10, 9-4, 6-5, 14-10, 18-14, 7-6, 7-5, 8-7, 4-2.
SHORT = [0, 0, 1, 5, 1, 4, 4, 1, 0, 2, 1, 2, 0]
DIFFERENCES = {row: short for row, short in zip(ROWS, SHORT, strict=True) if short}
TELL = """import json
off = sums[sums["difference"] != 0]["difference"]
print(json.dumps({
    "rows": list(table1.index),
    "columns": list(table1.columns),
    "values": table1.to_numpy().tolist(),
    "differences": {name: int(value) for name, value in off.items()},
    "column sums": [int(value) for value in table1.sum()],
    "matrix": [len(matrix.index), len(matrix.columns)],
    "missing": int(matrix.isna().to_numpy().sum()),
    "findings": int(matrix.loc["Adolescents facing complex risks", "Reduced risk for children"]),
    "touching": sorted(touching),
}))"""


@pytest.fixture(scope="module")
def kept() -> Any:
    """The notebook as it is kept."""
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def run(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The notebook after a run in an empty folder, with one more cell that tells what its frames hold."""
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(TELL, id="tell"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CSCIP_BUILD_DIR", str(built))
        patch.setenv("PYTHONWARNINGS", "error::FutureWarning")
        patch.chdir(tmp_path_factory.mktemp("notebook"))
        NotebookClient(
            notebook,
            timeout=120,
            kernel_name="python3",
            # Sockets that are files: nothing goes over a network, not even that of this machine alone.
            config=Config({"KernelManager": {"transport": "ipc"}}),
        ).execute()
    return notebook


def outputs(notebook: Any, cell_id: str) -> list[Any]:
    (found,) = [cell.outputs for cell in notebook.cells if cell.id == cell_id]
    return list(found)


def told(notebook: Any) -> dict[str, Any]:
    (output,) = outputs(notebook, "tell")
    return dict(json.loads(output.text))


def test_it_is_kept_without_outputs(kept: Any) -> None:
    """A valid notebook, its code cells without results, numbers of runs or anything of a machine."""
    nbformat.validate(kept)
    code = [cell for cell in kept.cells if cell.cell_type == "code"]
    assert len(code) > 5
    assert [cell.id for cell in code if cell.outputs or cell.execution_count or cell.metadata] == []
    assert kept.metadata.kernelspec == {"display_name": "Python 3", "language": "python", "name": "python3"}
    assert set(kept.metadata) == {"kernelspec", "language_info"}
    assert set(kept.metadata.language_info) == {"name"}


def test_each_cell_ran_without_a_word_of_complaint(run: Any) -> None:
    """No cell fails, prints or warns, and each shows something."""
    code = [cell for cell in run.cells if cell.cell_type == "code" and cell.id != "tell"]
    shown = {cell.id: [output.output_type for output in cell.outputs] for cell in code}
    assert shown == {cell.id: ["execute_result"] for cell in code}


def test_table_1_is_the_printed_one(run: Any) -> None:
    """The frame has the rows, columns and figures of the print, in its order."""
    found = told(run)
    assert found["columns"] == COLUMNS
    assert dict(zip(found["rows"], found["values"], strict=True)) == TABLE_1
    assert found["rows"] == list(TABLE_1)


def test_the_sums_that_do_not_come_out_are_named(run: Any, kept: Any) -> None:
    """Nine rows of thirteen fall short of their printed total; the words beside it say as many."""
    assert told(run)["differences"] == DIFFERENCES
    assert told(run)["column sums"] == [131, 63, 8, 8, 31]
    (words,) = [cell.source for cell in kept.cells if cell.id == "sums-say"]
    assert words.startswith("In nine of the thirteen rows they do not.")
    assert "rees-2017#L443" in words
    assert (len(DIFFERENCES), len(TABLE_1)) == (9, 13)


def test_the_discrepancies_about_the_table_are_shown(run: Any) -> None:
    """Re-referrals: the text has 10 projects (line 523) and the table 11 (line 427), so it is on record."""
    assert any(name.endswith("discrepancy/rees-2017-report-l523") for name in told(run)["touching"])
    (output,) = outputs(run, "text")
    assert "10 projects, 6 positive" in output.data["text/html"]


def test_the_matrix_has_every_cell(run: Any) -> None:
    """Fourteen themes against the seven outcomes and what lies outside them, none of the cells open."""
    found = told(run)
    assert found["matrix"] == [14, 8]
    assert found["missing"] == 0
    assert found["findings"] > 0


def test_the_figure_is_a_picture(run: Any) -> None:
    """The gap map is one well-formed SVG that names its themes and fetches nothing from elsewhere."""
    (output,) = outputs(run, "figure")
    picture = output.data["image/svg+xml"]
    root = ET.fromstring(picture)  # noqa: S314 - drawn by the project itself
    assert root.tag == SVG
    words = re.sub(r"\s+", " ", " ".join(root.itertext()))
    assert "Residential care" in words
    fetched = [
        (node.tag, name) for node in root.iter() for name in node.attrib if name.endswith(("href", "src"))
    ]
    assert fetched == []


def test_effects_come_with_the_caution(run: Any) -> None:
    """The first answer tells of effects, and so does the caution below it."""
    (answer,) = outputs(run, "missing")
    assert "Most of these studies cannot show what caused a result" in answer.data["text/html"]
