"""A disk that is full, as far as this process can tell."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest


@contextmanager
def limit_files(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond so many bytes; skip the test on Windows."""
    if sys.platform == "win32":
        pytest.skip("Windows has no RLIMIT_FSIZE")
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
