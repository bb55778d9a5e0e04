"""What a turn leaves in memory, given back before the next prompt: a chat is open all day.

Three keep it that could do without, each for a good reason in programs that end soon. Python looks
for old garbage only when there is a quarter of all that was ever loaded. prompt_toolkit remembers
how wide each short line is that ever was on the prompt, which is one for each key. And glibc keeps
what was freed for the next who asks, in each thread's own arena.
"""

import gc
import sys
from functools import cache
from typing import Any

M_ARENA_MAX = -8  # https://man7.org/linux/man-pages/man3/mallopt.3.html


def share_one_arena() -> None:
    """Let all threads that begin from now on allocate from the same arena, where that is glibc's.

    Ours hardly ever run at the same time. Of other arenas than the first, `malloc_trim` gives back
    holes alone.
    """
    library = _load_c_library()
    if hasattr(library, "mallopt"):
        library.mallopt(M_ARENA_MAX, 1)


def give_back_memory(*, is_loaded: bool) -> None:
    """Free what is not needed any more; takes less than a millisecond.

    Args:
        is_loaded: Whether the modules that a turn needs are there; from then on the collector does
            not look at them any more, which makes it fast.
    """
    from prompt_toolkit import utils

    gc.collect()
    if is_loaded:
        _freeze_once()
    utils._CHAR_SIZES_CACHE.clear()  # noqa: SLF001 - it has no bound, and no other way in
    library = _load_c_library()
    if hasattr(library, "malloc_trim"):
        library.malloc_trim(0)


@cache
def _freeze_once() -> None:
    gc.freeze()  # to ask whether this was done takes longer than to collect


@cache
def _load_c_library() -> Any:
    """Return the C library that this process runs on; None but on Linux."""
    if sys.platform != "linux":
        return None
    import ctypes

    library = ctypes.CDLL(None)
    if hasattr(library, "malloc_trim"):  # not so in musl
        library.malloc_trim.argtypes = [ctypes.c_size_t]
    return library
