"""What a turn leaves behind is given back, measured where that can be seen."""

import platform
import subprocess
import sys
import weakref

import pytest
from prompt_toolkit.utils import get_cwidth

from tokenhub_cli.repl.memory import give_back_memory

HOLES = """
import threading
from pathlib import Path
from tokenhub_cli.repl.memory import give_back_memory, share_one_arena

def measure():
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024

def fill():
    blocks = [bytes(2000) for _ in range(20_000)]
    kept.append(blocks[-1])  # what comes after the holes keeps them from being given back

share_one_arena()
give_back_memory(is_loaded=False)
kept, before = [], measure()
for _ in range(3):
    thread = threading.Thread(target=fill)
    thread.start()
    thread.join()
give_back_memory(is_loaded=True)
print(measure() - before)
"""


class Circle:
    """Something that reference counts alone do not free."""

    def __init__(self) -> None:
        self.itself = self


@pytest.mark.parametrize("is_loaded", [False, True])
def test_garbage_is_collected(is_loaded: bool) -> None:  # noqa: FBT001 - pytest's parameters are
    """However young it is, and also after the collector was told to pass over what is loaded."""
    give_back_memory(is_loaded=is_loaded)
    circle = weakref.ref(Circle())
    give_back_memory(is_loaded=is_loaded)
    assert circle() is None


def test_widths_of_lines_are_forgotten() -> None:
    """prompt_toolkit has a cache without a bound; it is the cache that measuring fills."""
    from prompt_toolkit import utils

    known = utils._CHAR_SIZES_CACHE
    give_back_memory(is_loaded=False)
    assert not known
    assert get_cwidth("what was typed") == 14
    assert "what was typed" in known
    give_back_memory(is_loaded=False)
    assert not known


@pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only glibc keeps what is freed like this"
)
def test_freed_memory_goes_back_to_the_system() -> None:
    """Threads have filled 40 MB each and freed all but their last block."""
    run = subprocess.run([sys.executable, "-c", HOLES], check=True, capture_output=True, text=True)
    assert int(run.stdout) < 8
