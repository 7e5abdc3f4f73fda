"""The release: the wheel holds all that it needs, and works in an empty environment from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.release

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements.lock"


def python(interpreter: Path, *arguments: str) -> None:
    done = subprocess.run(
        [str(interpreter), *arguments], capture_output=True, check=False, text=True, timeout=600
    )
    assert done.returncode == 0, f"{' '.join(arguments)}\n{done.stdout}\n{done.stderr}"


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built by the build system that pyproject.toml names."""
    folder = tmp_path_factory.mktemp("wheel")
    python(Path(sys.executable), "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", str(folder), str(ROOT))
    (built,) = folder.iterdir()
    return built


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel and what it needs, and a folder far from the checkout."""

    bin: Path
    folder: Path

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run `cscip` there, with nothing of this environment but the path to its caches."""
        return subprocess.run(
            [str(self.bin / "cscip"), *arguments],
            capture_output=True,
            check=False,
            text=True,
            timeout=300,
            cwd=self.folder,
            env={
                "PATH": os.defpath,
                "HOME": str(self.folder),
                "XDG_CACHE_HOME": str(self.folder / "cache"),
                "COLUMNS": "200",
                "PYTHONWARNINGS": "error",
                "PYTHONUTF8": "1",
            },
        )


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in an empty environment with the locked dependencies, or pip's choice without a lock."""
    base = tmp_path_factory.mktemp("installed")
    python(Path(sys.executable), "-m", "venv", str(base / "venv"))
    interpreter = base / "venv" / "bin" / "python"
    pip = ("-m", "pip", "--disable-pip-version-check", "install", "--quiet")
    if LOCK.is_file():
        python(interpreter, *pip, "-r", str(LOCK))
        python(interpreter, *pip, "--no-deps", str(wheel))
    else:
        python(interpreter, *pip, str(wheel))
    python(interpreter, "-m", "pip", "check")
    (base / "elsewhere").mkdir()
    return Installed(base / "venv" / "bin", base / "elsewhere")


@pytest.fixture(scope="session")
def with_graph(installed: Installed) -> Installed:
    """The same, after `cscip build`."""
    done = installed.run("build")
    assert done.returncode == 0, done.stderr
    assert "Built" in done.stderr
    return installed


@pytest.mark.parametrize("folder", ["data", "ontology", "queries"])
def test_the_wheel_holds_every_file_that_it_reads(wheel: Path, folder: str) -> None:
    """Records, ontology and stored queries lie in the wheel byte for byte, none missing and none besides."""
    prefix = f"cscip_kg/assets/{folder}/"
    with zipfile.ZipFile(wheel) as archive:
        held = {n.removeprefix(prefix): archive.read(n) for n in archive.namelist() if n.startswith(prefix)}
    ours = {p.relative_to(ROOT / folder).as_posix(): p.read_bytes()
            for p in (ROOT / folder).rglob("*") if p.is_file()}  # fmt: skip
    assert held.keys() == ours.keys()
    assert [name for name in held if held[name] != ours[name]] == []
    assert len(held) > 10


def test_the_wheel_holds_the_licences_and_no_tests(wheel: Path) -> None:
    """Both licences travel with the package; beside the package and its metadata there is nothing."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for licence in ("LICENSE", "LICENSE-DATA"):
        assert any(name.endswith(f".dist-info/licenses/{licence}") for name in names)
    assert {name.split("/")[0] for name in names} == {"cscip_kg", f"{wheel.name.rsplit('-', 3)[0]}.dist-info"}
    code = {p.name for p in (ROOT / "src" / "cscip_kg").glob("*.py")}
    assert {
        n.removeprefix("cscip_kg/") for n in names if n.startswith("cscip_kg/") and n.count("/") == 1
    } >= code


def test_the_installed_command_tells_its_version(installed: Installed, wheel: Path) -> None:
    """The version is that of the wheel's name."""
    done = installed.run("--version")
    assert done.stdout == f"cscip-kg {wheel.name.split('-')[1]}\n", done.stderr


def test_the_installed_command_validates(installed: Installed) -> None:
    """The records that travel in the wheel conform."""
    done = installed.run("validate")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert "The data conform" in done.stderr


def test_the_graph_goes_to_the_users_cache(with_graph: Installed) -> None:
    """Outside a checkout the build lies in the user's cache folder, and nothing else is written there."""
    folder = with_graph.folder
    assert (folder / "cache" / "cscip-kg" / "current" / "build.json").is_file()
    assert [p.name for p in folder.iterdir()] == ["cache"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("query", "interventions-by-theme", "-f", "csv"), "intervention/pause,"),
        (("query",), "interventions-by-theme"),
        (("show", "pause"), "Creating Space for Change"),
        (
            ("explain", "intervention/pause", "theme/support-for-parents-facing-complex-risks"),
            "property chain",
        ),
        (("sparql", "ASK { ?x a cscip:Intervention }", "-f", "csv"), "true"),
    ],
)
def test_the_installed_command_answers(with_graph: Installed, arguments: tuple[str, ...], words: str) -> None:
    """Stored queries, pages, explanations and free SPARQL work from any folder."""
    done = with_graph.run(*arguments)
    assert done.returncode == 0, done.stderr
    assert words in done.stdout


def test_the_installed_command_exports(with_graph: Installed, tmp_path: Path) -> None:
    """Every format is written."""
    done = with_graph.run("export", "-o", str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    suffixes = {path.suffix for path in (tmp_path / "out").iterdir()}
    assert suffixes == {".ttl", ".trig", ".nq", ".jsonld", ".rdf", ".csv", ".xlsx", ".txt"}
