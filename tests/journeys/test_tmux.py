"""In a real terminal multiplexer: what it captures is what was meant, to the right edge."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.render.documents import get_texts, lay_out, read_pieces
from tests.support.gateways import ScriptedServer
from tests.support.letters import LETTERS, find_letters, write_table
from tests.support.program import MARKED_KEY
from tests.support.widths import FAMILY
from tests.support.wire_bytes import END, HEAD, encode_pieces
from tokenhub_cli.demo.pieces import split_pieces
from tokenhub_cli.demo.server import DemoGateway

TMUX = shutil.which("tmux")
pytestmark = [
    pytest.mark.skipif(TMUX is None, reason="tmux is not on the PATH of this machine"),
    pytest.mark.waits,
]
ROWS = 30
WAIT_S = 15.0
LOOK_AFTER_S = 0.5
LOOK_AGAIN_S = 0.01
SETTLED_S = 1.0  # more than it takes until a new size is believed
# Not longer than 21 bytes a cluster: tmux cuts what is (UTF8_SIZE in its tmux.h, until 3.5).
GOLDEN = f"""\
# Families {FAMILY} and flags 🇩🇪

{" ".join(f"word {FAMILY} 🇩🇪🇫🇷 👍🏽 {number}." for number in range(8))}

- {FAMILY * 7} at the edge
- {" ".join(["🇩🇪", "🇫🇷", "🇯🇵"] * 9)} end
  1. कि क्ष नमस्ते กำ น้ำ \u1112\u1161\u11ab ｶﾞ か\u3099 e\u0301 ❤\ufe0f ⚡\ufe0f 1\ufe0f\u20e3 ✔ done

```text
{FAMILY * 9}  # code
{"🇩🇪🇫🇷" * 12}
```

> quoted {FAMILY} {FAMILY} words 🇩🇪 until the line is full and goes on {FAMILY}

The tail: {" ".join([FAMILY, "🇩🇪", "👍🏽", "and"] * 6)} so on"""


class Tmux:
    """A server of its own, with one session of one window."""

    def __init__(self, folder: Path, columns: int, environ: dict[str, str], command: str) -> None:
        self._command = [str(TMUX), "-f", os.devnull, "-S", str(folder / "socket")]
        self._environ = environ
        size = ["-x", str(columns), "-y", str(ROWS)]
        self.run("new-session", "-d", *size, f"{command}; printf 'exit %s' $?; cat")

    def run(self, *arguments: str) -> str:
        """Run a command of tmux; return what it prints."""
        done = subprocess.run(
            [*self._command, *arguments],
            env=self._environ,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def capture(self) -> list[str]:
        """Return the lines in the scrollback and on the screen, to the last that holds anything."""
        text = self.run("capture-pane", "-p", "-S", "-").rstrip()
        return [line.rstrip() for line in text.split("\n")]

    def wait_for(self, is_there: Callable[[list[str]], bool]) -> list[str]:
        """Return the lines as soon as they fulfil a condition, or what there is after a while."""
        deadline = time.monotonic() + WAIT_S
        while not is_there(lines := self.capture()) and time.monotonic() < deadline:
            time.sleep(0.05)
        return lines


def stream(
    text: str, rate: float | None, open_at: int, go_on: threading.Event
) -> Iterator[bytes | float]:
    """Yield a script for `ScriptedServer`: an answer whose tail stays open for as long as it may.

    Args:
        text: The answer.
        rate: How many pieces come in a second, or None for as many as can.
        open_at: The piece before which nothing comes.
        go_on: Set once it is to come.
    """
    yield HEAD
    for number, piece in enumerate(split_pieces(text)):
        while number == open_at and not go_on.is_set():
            yield LOOK_AGAIN_S  # the end of the server ends it
        yield 1 / rate if rate else 0.0
        yield encode_pieces(piece, len(piece), ascii_only=False)
    yield END


@pytest.fixture
def open_tmux(tmp_path: Path) -> Iterator[Callable[..., Tmux]]:
    """Give a function that asks a gateway in tmux; the server ends with the test."""
    opened: list[Tmux] = []

    def begin(gateway: DemoGateway | ScriptedServer, columns: int, before: str = "") -> Tmux:
        environ = {
            "TOKENHUB_HOME": str(tmp_path / "home"),
            "TOKENHUB_API_KEY": MARKED_KEY,
            "TOKENHUB_BASE_URL": gateway.base_url,
            "HOME": str(tmp_path),
            "PATH": "/usr/bin:/bin",
            "LC_ALL": "C.UTF-8",
        }
        command = f"{before}{sys.executable} -m tokenhub_cli ask -n go"
        tmux = Tmux(tmp_path, columns, environ, command)
        opened.append(tmux)
        return tmux

    yield begin
    for tmux in opened:
        tmux.run("kill-server")


@pytest.mark.parametrize(("columns", "rate"), [(20, 500), (40, 2000), (40, None), (80, 500)])
def test_what_is_joined_stands_in_tmux_as_it_was_laid_out(
    open_tmux: Callable[..., Tmux], columns: int, rate: float | None
) -> None:
    """Live, and when it is final: no line wraps by itself, and no character is lost or doubled."""
    whole = get_texts(lay_out(read_pieces(GOLDEN, []), columns - 1, ROWS))
    go_on = threading.Event()
    script = stream(GOLDEN, rate, len(split_pieces(GOLDEN)) - 2, go_on)
    with ScriptedServer(script) as gateway:
        tmux = open_tmux(gateway, columns)
        tmux.wait_for(lambda lines: "The tail" in " ".join(lines[-12:]))
        time.sleep(LOOK_AFTER_S)
        live = tmux.capture()
        last = len(live) - 1
        assert live[:last] == whole[:last]
        assert whole[last].startswith(live[last])
        go_on.set()
        assert tmux.wait_for(lambda lines: lines[-1] == "exit 0") == [*whole, "exit 0"]


NUMBERED = " ".join(f"w{number:03}" for number in range(120))
TAILS = {
    "prose": NUMBERED,
    "open emphasis": f"**{NUMBERED}**",
    "quote": f"> > *{NUMBERED[:449]}*",
    "table": write_table(3, 2, 18, 4),
}

DRAGS = {
    "narrower": [(columns, ROWS) for columns in range(99, 39, -1)],
    "in leaps": [(columns, ROWS) for columns in (90, 80, 70, 60, 50, 40)],
    "to and fro": [(40, ROWS), (100, ROWS), (40, ROWS)],
    "both edges": [(100 - step, ROWS - step // 3) for step in range(1, 60)],
}
PACES_S = {"narrower": 0.01, "in leaps": 0.1, "to and fro": 0.05, "both edges": 0.02}


def find_words(text: str) -> list[str]:
    """Return the numbered words; a row that was broken anew may have ended within one."""
    return re.findall(r"w\d{3}", re.sub(r"[\s▌]", "", text)) or sorted(find_letters(text))


def has_begun(lines: list[str]) -> bool:
    """Whether the 21st word is there; in the table, the 60th letter."""
    text = " ".join(lines)
    return "w020" in text or LETTERS[60] in text


@pytest.mark.parametrize("above", [0, 3, 40])
@pytest.mark.parametrize("kind", TAILS)
def test_a_narrower_tmux_shows_each_word_once(
    open_tmux: Callable[..., Tmux], kind: str, above: int
) -> None:
    """In the first rows of a pane, too, where tmux pushes rows out that would have room."""
    text = TAILS[kind]
    part = 0.3 if kind == "prose" else 0.9  # so that the tail is tall
    go_on = threading.Event()
    script = stream(text, 2000, int(part * len(split_pieces(text))), go_on)
    with ScriptedServer(script) as gateway:
        tmux = open_tmux(gateway, 100, f"seq {above}; " if above else "")
        tmux.wait_for(has_begun)
        time.sleep(LOOK_AFTER_S)
        tmux.run("resize-window", "-x", "40", "-y", str(ROWS))
        time.sleep(SETTLED_S)
        go_on.set()
        lines = tmux.wait_for(lambda lines: lines[-1] == "exit 0")
    assert find_words("".join(lines)) == find_words(text)


@pytest.mark.parametrize("size", [(5, 2), (5, 10), (1, 1)])
@pytest.mark.parametrize("kind", ["prose", "table"])
def test_a_pane_of_a_few_columns_shows_each_word_once(
    open_tmux: Callable[..., Tmux], kind: str, size: tuple[int, int]
) -> None:
    """The table is a list there; once the pane is wide again each word stands where it belongs."""
    text = TAILS[kind]
    with DemoGateway(answers=text, tokens_per_second=90) as gateway:
        tmux = open_tmux(gateway, 100)
        tmux.wait_for(has_begun)
        tmux.run("resize-window", "-x", str(size[0]), "-y", str(size[1]))
        time.sleep(SETTLED_S)
        tmux.run("resize-window", "-x", "100", "-y", str(ROWS))
        lines = tmux.wait_for(lambda lines: lines[-1] == "exit 0")
    assert find_words("".join(lines)) == find_words(text)


@pytest.mark.parametrize("drag", DRAGS)
@pytest.mark.parametrize("kind", ["prose", "open emphasis", "table"])
def test_an_edge_that_is_dragged_costs_and_doubles_no_word(
    open_tmux: Callable[..., Tmux], kind: str, drag: str
) -> None:
    """While the answer streams, and though tmux tells of most of the sizes late."""
    text = TAILS[kind]
    with DemoGateway(answers=text, tokens_per_second=90) as gateway:
        tmux = open_tmux(gateway, 100)
        tmux.wait_for(has_begun)
        for columns, rows in DRAGS[drag]:
            tmux.run("resize-window", "-x", str(columns), "-y", str(rows))
            time.sleep(PACES_S[drag])
        lines = tmux.wait_for(lambda lines: lines[-1] == "exit 0")
    assert find_words("".join(lines)) == find_words(text)


def test_characters_of_two_columns_cost_no_line(open_tmux: Callable[..., Tmux]) -> None:
    """Where one met the edge of a narrow pane, tmux puts the cursor too high in a wider one."""
    wide = f"a{'中' * 37}"
    text = f"- {wide}\n- {NUMBERED[:60]}"
    go_on = threading.Event()
    script = stream(text, 2000, len(split_pieces(text)) - 8, go_on)
    with ScriptedServer(script) as gateway:
        tmux = open_tmux(gateway, 80)
        tmux.wait_for(lambda lines: "w003" in lines[-1])
        time.sleep(LOOK_AFTER_S)
        for columns in (20, 60):
            tmux.run("resize-window", "-x", str(columns), "-y", str(ROWS))
            time.sleep(SETTLED_S)
        go_on.set()
        lines = tmux.wait_for(lambda lines: lines[-1] == "exit 0")
    shown = "".join(line.strip() for line in lines)
    assert shown.count(f"• {wide}") == 1
    assert find_words(shown) == find_words(text)
