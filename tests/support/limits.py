"""A disk that is full, and no free descriptor, as far as this process can tell."""

import os
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


@contextmanager
def limit_descriptors() -> Iterator[None]:
    """Let this process open no further file or socket; skip the test on Windows."""
    if sys.platform == "win32":
        pytest.skip("Windows has no RLIMIT_NOFILE")
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    lowest_free = os.dup(0)
    os.close(lowest_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (lowest_free, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
