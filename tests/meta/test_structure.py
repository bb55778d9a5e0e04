"""The shape of the house: layers, third-party homes, file sizes, names, and a mirror in tests."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "tokenhub_cli"
TESTS = ROOT / "tests"
LONGEST_FILE = 400
LONGEST_TURN = 200
HINTED_BY_THEMSELVES = {"ExitCode", "OutputError"}
GIVEN_UP = "the connection was given up"  # by us: nobody meets it
VAGUE_NAMES = {"utils", "common", "core", "helpers", "services", "managers", "base"}
HOMES = {
    "httpx": "gateway",
    "h11": "gateway",
    "truststore": "gateway",
    "markdown_it": "render",
    "pygments": "render",
    "prompt_toolkit": "repl",
    "typer": "cli",
    "platformdirs": "settings",
    "tomlkit": "settings",
    "keyring": "settings",
    "sqlite3": "store",
}
PURE = ("wire", "chat", "errors.py")
IMPURE_MODULES = {
    "os",
    "sys",
    "socket",
    "time",
    "random",
    "pathlib",
    "threading",
    "subprocess",
    "ssl",
}
# Tests of a whole package, by what it promises rather than by module.
OF_PACKAGES = {"store/test_crashes.py", "demo/test_guide_clients.py", "render/test_terminals.py"}


def iterate_modules() -> Iterator[Path]:
    yield from sorted(PACKAGE.rglob("*.py"))


def iterate_imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_imports_go_one_way() -> None:
    """The contracts in pyproject.toml hold."""
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_each_library_has_one_home() -> None:
    """A third-party library is imported in its own package and nowhere else."""
    strays = [
        f"{name_of(path)} imports {imported}"
        for path in iterate_modules()
        for imported in iterate_imports(path)
        if (home := HOMES.get(imported.partition(".")[0]))
        and path.relative_to(PACKAGE).parts[0] != home
    ]
    assert strays == []


def test_click_is_never_imported() -> None:
    """Typer brings its own copy of click; ours is not to depend on another."""
    assert [
        name_of(path)
        for path in iterate_modules()
        if any(imported.partition(".")[0] == "click" for imported in iterate_imports(path))
    ] == []


def test_the_pure_layers_do_no_io() -> None:
    """`wire`, `chat` and `errors` import the standard library alone, and nothing that does I/O."""
    strays = []
    for path in iterate_modules():
        if path.relative_to(PACKAGE).parts[0] not in PURE:
            continue
        for imported in iterate_imports(path):
            top = imported.partition(".")[0]
            known = top == "tokenhub_cli" or top in sys.stdlib_module_names
            if not known or top in IMPURE_MODULES:
                strays.append(f"{name_of(path)} imports {imported}")
    assert strays == []


@pytest.mark.parametrize("path", [PACKAGE, TESTS], ids=["package", "tests"])
def test_no_file_is_long(path: Path) -> None:
    """No file has more than 400 lines."""
    lengths = {
        name_of(file): len(file.read_text("utf-8").splitlines()) for file in path.rglob("*.py")
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_the_turn_stays_small() -> None:
    """`turn.py`, where everything meets, stays under 200 lines."""
    assert len((PACKAGE / "turn.py").read_text("utf-8").splitlines()) < LONGEST_TURN


def test_no_module_has_a_vague_name() -> None:
    """A module's name says what it is about."""
    assert [name_of(path) for path in iterate_modules() if path.stem in VAGUE_NAMES] == []


def test_tests_mirror_the_tree() -> None:
    """Each test file names a module or package of the same place, its own suffix apart."""
    strays = []
    for path in TESTS.rglob("test_*.py"):
        parts = path.relative_to(TESTS).parts
        if (
            parts[0] in {"meta", "journeys", "support", "benchmarks"}
            or "/".join(parts) in OF_PACKAGES
        ):
            continue
        folder = PACKAGE.joinpath(*parts[:-1])
        modules = {module.stem for module in folder.glob("*.py")} | {
            module.name for module in folder.iterdir() if module.is_dir()
        }
        subject = path.stem.removeprefix("test_")
        if not any(subject == module or subject.startswith(f"{module}_") for module in modules):
            strays.append(name_of(path))
    assert strays == []


def test_every_test_says_what_it_holds() -> None:
    """Each test function has a docstring."""
    silent = [
        f"{name_of(path)}: {node.name}"
        for path in TESTS.rglob("test_*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_nothing_names_the_machine_it_was_made_on() -> None:
    """No tracked file holds a path of a checkout, and no lock file is tracked."""
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    files = [ROOT / name for name in tracked if name and (ROOT / name).is_file()]
    assert [file.name for file in files if file.name.endswith((".lock", "-lock.json"))] == []
    strays = [name_of(file) for file in files if str(ROOT).encode() in file.read_bytes()]
    assert strays == []


def test_every_error_that_is_raised_has_a_hint() -> None:
    """A message says what is wrong, the hint what to do: an error without one is half of one."""
    tree = ast.parse((PACKAGE / "errors.py").read_text("utf-8"))
    ours = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef)}
    without = [
        f"{path.relative_to(PACKAGE)}:{call.lineno}"
        for path in PACKAGE.rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id in ours - HINTED_BY_THEMSELVES
        and not any(keyword.arg in ("hint", None) for keyword in call.keywords)
        and not any(isinstance(each, ast.Constant) and each.value == GIVEN_UP for each in call.args)
    ]
    assert without == []
