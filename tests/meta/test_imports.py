"""Start-up is guarded by sets of modules, not by milliseconds."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.gateways import HOST
from tokenhub_cli.demo.server import DemoGateway

THIRD_PARTY = {
    "annotated_doc",
    "anyio",
    "certifi",
    "click",
    "h11",
    "httpcore",
    "httpx",
    "idna",
    "keyring",
    "markdown_it",
    "mdurl",
    "platformdirs",
    "prompt_toolkit",
    "pydantic",
    "pygments",
    "rich",
    "shellingham",
    "tomlkit",
    "truststore",
    "typer",
    "typing_extensions",
    "wcwidth",
}
HEAVY_STANDARD = {
    "asyncio",
    "sqlite3",
    "tomllib",
    "logging",
    "unittest",
    "email",
    "importlib.metadata",
}
TYPER = {"annotated_doc", "shellingham", "typer", "typing_extensions"}
HTTPX = {"certifi", "h11", "httpcore", "httpx", "idna", "typing_extensions"}
RUNNER = """
import os, sys
descriptor = int(sys.argv.pop(1))
real_exit = os._exit
def report(code):
    loaded = {name for name, module in sys.modules.items() if module is not None}
    names = {name.partition(".")[0] for name in loaded} | ({"importlib.metadata"} & loaded)
    os.write(descriptor, " ".join(sorted(names)).encode())
    real_exit(code)
os._exit = report
from tokenhub_cli.__main__ import main
report(main())
"""


def find_loaded(tmp_path: Path, *arguments: str) -> set[str]:
    """Run the program in a fresh process and return the top-level modules it had at its end."""
    read_end, write_end = os.pipe()
    try:
        done = subprocess.run(
            [sys.executable, "-c", RUNNER, str(write_end), *arguments],
            pass_fds=(write_end,),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env={"TOKENHUB_HOME": str(tmp_path), "PATH": ""},
            timeout=30,
            check=False,
        )
    finally:
        os.close(write_end)
    with os.fdopen(read_end) as pipe:
        loaded = set(pipe.read().split())
    assert done.returncode == 0, done.stderr.decode()
    assert loaded
    return loaded


def third_party(loaded: set[str]) -> set[str]:
    return loaded & THIRD_PARTY


@pytest.mark.parametrize("arguments", [("--version",), ("--help",)], ids=" ".join)
def test_the_first_impressions_load_nothing(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    """`--version` and `--help` load no third-party module, and little of the standard library."""
    loaded = find_loaded(tmp_path, *arguments)
    assert third_party(loaded) == set()
    assert loaded & HEAVY_STANDARD == set()


def test_a_command_s_help_loads_typer_alone(tmp_path: Path) -> None:
    """`ask --help` needs neither httpx nor rich."""
    assert third_party(find_loaded(tmp_path, "ask", "--help")) <= TYPER


def test_ask_into_a_pipe_loads_typer_and_httpx_alone(tmp_path: Path) -> None:
    """`ask` into a pipe loads neither rich nor prompt_toolkit, nor httpx's own command line."""
    with DemoGateway(key=None, tokens_per_second=None) as gateway:
        loaded = find_loaded(tmp_path, "ask", "--base-url", gateway.base_url, "hello")
    assert HOST in gateway.base_url
    assert third_party(loaded) <= TYPER | HTTPX
    assert "httpx" in loaded
    assert loaded & {"tomllib", "importlib.metadata", "certifi", "truststore"} <= {"certifi"}


def test_config_get_loads_typer_alone(tmp_path: Path) -> None:
    """`config get` loads neither httpx nor the library that edits."""
    loaded = find_loaded(tmp_path, "config", "get", "model")
    assert third_party(loaded) <= TYPER
