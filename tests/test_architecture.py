"""The house: imports point one way, modules are small, nothing acts on import or is tracked by mistake."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "cscip_kg"

# Each room may use the rooms of the lines above its own, and no other.
ROOMS = (
    ("errors", "namespaces", "assets", "arithmetic", "reply"),
    ("strict_yaml", "context", "engine", "lexicon", "gate"),
    ("records",),
    ("graph", "links"),
    ("rules",),
    ("inference",),
    ("terms",),
    ("validation", "citations"),
    ("store", "worker"),
    ("remote",),
    ("search_documents",),
    ("search_index", "search_words"),
    ("pipeline", "search_ranking"),
    ("search_reasons",),
    ("search",),
    ("queries",),
    ("output", "federation"),
    ("pages", "exports"),
    ("gapmap", "document"),
    ("profiles", "wordfile"),
    ("show",),
    ("official",),
    ("columns", "catalogue"),
    ("spreadsheet",),
    ("formats",),
    ("described",),
    ("package",),
    ("changes",),
    ("api",),
    ("ask",),
    ("rest",),
    ("reconcile",),
    ("site",),
    ("server", "mcp_server"),
    ("cli",),
)
FLOOR = {name: floor for floor, names in enumerate(ROOMS) for name in names}
# A room of several files is a folder; its files may use one another.
FILES = {
    ".".join(path.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}
MODULES = list(FILES)
MAX_LINES = 400


def room(module: str) -> str:
    return module.partition(".")[0]


def tree(module: str) -> ast.Module:
    return ast.parse(FILES[module].read_text(encoding="utf-8"))


def imported(source: ast.Module) -> Iterator[str]:
    """Yield the full name of everything imported, inside functions too; relative imports keep their dots."""
    for node in ast.walk(source):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield from (f"{base}.{alias.name}" for alias in node.names)


def rooms_used(source: ast.Module) -> set[str]:
    """Return the rooms of the package that a module imports, or imports something of."""
    ours = [name.split(".") for name in imported(source) if name.split(".")[0] in ("cscip_kg", "")]
    assert all(parts[0] for parts in ours), "write imports out: from cscip_kg.room import name"
    return {parts[1] for parts in ours if len(parts) > 1 and parts[1] in MODULES}


def back_pointing(module: str, source: ast.Module) -> set[str]:
    own = {room(module)} if "." in module or FILES[module].name == "__init__.py" else set()
    return {used for used in rooms_used(source) - own if FLOOR[used] >= FLOOR[room(module)]}


@pytest.mark.parametrize("module", [m for m in MODULES if m != "__init__"])
def test_no_arrow_points_back(module: str) -> None:
    """A module imports only from rooms that the data passes before its own."""
    assert room(module) in FLOOR, f"{module} has no place in the order of rooms: give it one"
    assert back_pointing(module, tree(module)) == set()


def test_every_room_exists_and_the_front_door_uses_one() -> None:
    """The order of rooms names no module that is gone; the package itself knows of the room `api` alone."""
    assert {*FLOOR, "__init__"} == {room(module) for module in MODULES}
    assert rooms_used(tree("__init__")) == {"api"}


FRONT_DOOR = """
import sys
opened, before = [], set(sys.modules)
sys.addaudithook(lambda event, args: opened.append(args[0]) if event == "open" else None)
import cscip_kg
print([m for m in sys.modules if m not in before and m.startswith("cscip_kg")])
print([str(f) for f in opened if not str(f).endswith((".py", ".pyc"))])
print(sorted({"rdflib", "pyoxigraph", "importlib.metadata", "pandas"} & set(sys.modules) - before))
print(cscip_kg.Graph.__module__, cscip_kg.__version__)
"""


def test_the_front_door_loads_nothing_until_it_is_asked() -> None:
    """Importing the package loads no room, no library, no file but its own code; a name fetches its room."""
    command = [sys.executable, "-I", "-B", "-W", "error", "-c", FRONT_DOOR]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    first, files, libraries, asked = done.stdout.splitlines()
    assert (first, files, libraries) == ("['cscip_kg']", "[]", "[]")
    with (ROOT / "pyproject.toml").open("rb") as file:
        assert asked == f"cscip_kg.api {tomllib.load(file)['project']['version']}"


@pytest.mark.parametrize(
    "line",
    [
        "from cscip_kg.cli import app",
        "from cscip_kg import show",
        "import cscip_kg.exports",
        "def f():\n    from cscip_kg.queries import find",
        "from cscip_kg.worker import main",
    ],
)
def test_an_arrow_that_points_back_is_found(line: str) -> None:
    """However it is written, an import from a later room, or from the same floor, is seen."""
    assert len(back_pointing("store", ast.parse(line))) == 1


def test_an_import_without_the_package_name_is_found() -> None:
    """Relative imports are refused, so that no arrow can hide in one."""
    with pytest.raises(AssertionError, match="write imports out"):
        rooms_used(ast.parse("from .cli import app"))


@pytest.mark.parametrize("module", MODULES)
def test_a_module_is_short_and_says_what_it_is_for(module: str) -> None:
    """At most 400 lines, under a docstring; all but the plainest say what comes in and what goes out."""
    text = FILES[module].read_text(encoding="utf-8")
    assert len(text.splitlines()) <= MAX_LINES
    assert ast.get_docstring(ast.parse(text))


def without_docstring(source: ast.Module) -> list[str]:
    """Return the public functions, classes and methods that have none; __init__ is told by its class."""
    found = []
    places: list[ast.Module | ast.ClassDef] = [source]
    while places:
        for node in places.pop().body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_"):
                if not ast.get_docstring(node):
                    found.append(node.name)
                if isinstance(node, ast.ClassDef):
                    places.append(node)
    return found


@pytest.mark.parametrize("module", MODULES)
def test_what_is_public_has_a_docstring(module: str) -> None:
    """Every function, class and method that others may call says what it does."""
    assert without_docstring(tree(module)) == []


def test_a_missing_docstring_is_found() -> None:
    """In a function, a class and a method alike; private names are free."""
    source = 'def a(): ...\ndef _b(): ...\nclass C:\n    def d(self): ...\n    def e(self):\n        "E."\n'
    assert without_docstring(ast.parse(source)) == ["a", "C", "d"]


# Imports what the modules import from elsewhere, then the modules themselves, under watch.
WATCH = """
import importlib, json, sys
others, ours, package = json.loads(sys.argv[1])
for name in others:
    importlib.import_module(name)
acts = []
def watch(event, args):
    if event == "open":
        acts.append(f"open {args[0]}")
    elif event.startswith(("socket.", "subprocess.", "shutil.", "os.system", "os.mkdir", "os.remove")):
        acts.append(f"{event} {args}")
sys.addaudithook(watch)
for name in ours:
    importlib.import_module(name)
seen = [a for a in acts if not a.startswith(f"open {package}")]
print(json.dumps(seen), file=sys.stderr)
"""


def test_nothing_acts_on_import() -> None:
    """Importing every module prints nothing, starts nothing and opens no file but code."""
    ours = ["cscip_kg", *(f"cscip_kg.{m}" for m in MODULES if m != "__init__")]
    modules = {name.rpartition(".")[0] or name for m in MODULES for name in imported(tree(m))}
    others = sorted(name for name in modules if name.split(".")[0] not in ("cscip_kg", "__future__"))
    plan = json.dumps([others, ours, str(PACKAGE)])
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", WATCH, plan], capture_output=True, check=True, text=True
    )
    assert done.stdout == ""
    # Allowed beside it: code of the libraries, and the metadata that hold the one version number.
    library = "|".join(re.escape(folder) for folder in {sys.prefix, sys.base_prefix})
    allowed = re.compile(rf"open ({library})/.*(\.py|\.pyc|\.so|\.zip|/cscip_kg-[^/]+\.dist-info/METADATA)")
    assert [act for act in json.loads(done.stderr) if not allowed.fullmatch(act)] == []


# --- what is tracked ------------------------------------------------------------------------------------


def git(*arguments: str) -> list[str]:
    done = subprocess.run(
        ["git", "-C", str(ROOT), *arguments], capture_output=True, check=False, text=True, encoding="utf-8"
    )
    if done.returncode:
        pytest.fail(f"git cannot list the files of {ROOT.name}: {done.stderr.strip()}")
    return [line for line in done.stdout.split("\0") if line]


def to_be_tracked() -> list[Path]:
    """Return every text file of the repository, those not yet added included, ignored ones left out."""
    names = git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
    files = [ROOT / name for name in dict.fromkeys(names) if (ROOT / name).is_file()]
    return [path for path in files if path.suffix not in PICTURES]


PICTURES = {".png"}
MACHINE = re.compile(r"(?<![\w.:/~-])/(?:home|root|Users|work|tmp|mnt|srv|opt)/\w|\b[A-Z]:\\\\?Users\b")
# In pieces, so that this file does not hold what it looks for.
HOSTS = re.compile(
    "|".join([r"pypi" + r"\.org", r"python" + r"hosted", r"npm" + r"js\.(?:org|com)", "arti" + "factory"])
)


def strange(text: str) -> list[str]:
    """Return each path of a machine and each name of a package host in a text."""
    return [m[0] for pattern in (MACHINE, HOSTS) for m in pattern.finditer(text)]


def test_no_file_tells_of_a_machine() -> None:
    """No tracked file holds an absolute path of somebody's machine or the name of a package host."""
    found = {}
    files = to_be_tracked()
    assert len(files) > 100
    for path in files:
        if words := strange(path.read_text(encoding="utf-8")):
            found[path.relative_to(ROOT).as_posix()] = words
    assert found == {}


@pytest.mark.parametrize(
    "text",
    [
        "see /" + "home/ann/x",
        "'/" + "tmp/y'",
        "(/" + "work/z)",
        "path=/" + "Users/ann",
        "C:" + "\\Users\\ann",
        "https://files.python" + "hosted.org/a",
        "https://py" + "pi.org/simple",
        "https://registry.npm" + "js.org/a",
    ],
)
def test_a_path_of_a_machine_is_found(text: str) -> None:
    """Each of the shapes that a machine leaves behind is seen."""
    assert len(strange(text)) == 1


@pytest.mark.parametrize(
    "text", ["https://example.org/home/page", "../shared/x", "file:///etc/passwd", "a/tmp/b"]
)
def test_other_paths_are_left_alone(text: str) -> None:
    """Addresses, relative paths and the file that no query may read are no trace of a machine."""
    assert strange(text) == []


def test_lock_files_name_versions_and_digests_only() -> None:
    """No lock file says where a package was fetched from: each machine asks its own index."""
    locks = [p for p in to_be_tracked() if p.name.endswith((".lock", "-lock.json"))]
    assert {p.name for p in locks} >= {"package-lock.json"}
    for path in locks:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".json":
            packages = json.loads(text)["packages"].values()
            assert [p for p in packages if "resolved" in p] == []
            assert all("integrity" in p for p in packages if "version" in p)
        else:
            assert "://" not in text, path.name
            assert "-url" not in text, path.name
            assert "--hash=sha256:" in text, path.name


def test_nothing_generated_is_tracked() -> None:
    """No ignored file was added all the same, and none of the usual leavings lies about."""
    assert git("ls-files", "-z", "--cached", "--ignored", "--exclude-standard") == []
    leavings = re.compile(
        r"(^|/)(build|dist|exports|node_modules|__pycache__|\.venv|\.hypothesis|[^/]+\.egg-info)/"
        r"|\.(pyc|orig|rej|bak|swp|log|tmp|nq|trig|sst|whl)$|~$|(^|/)\.DS_Store$"
    )
    names = [path.relative_to(ROOT).as_posix() for path in to_be_tracked()]
    assert [name for name in names if leavings.search(name)] == []
