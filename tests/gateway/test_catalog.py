"""The kept list of models, which completion reads, and the names near a wrong one."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tokenhub_cli.gateway.catalog import (
    find_near_names,
    locate_catalog,
    read_catalog,
    save_catalog,
)

NAMES = ("a", "b")


def test_the_kept_list_is_one_name_a_line_with_its_age(tmp_path: Path) -> None:
    """What a shell reads is what we read back; the age is the file's."""
    path = locate_catalog(tmp_path / "models", "https://gateway.example/v1/")
    assert read_catalog(path, now=0.0) is None
    assert save_catalog(path, ["a", "b"])
    assert path.read_bytes() == b"a\nb\n"
    os.utime(path, (1000.0, 1000.0))
    kept = read_catalog(path, now=1060.0)
    assert kept is not None
    assert (kept.names, kept.age_s) == (NAMES, 60.0)
    assert [found.name for found in path.parent.iterdir()] == [path.name]


def test_each_base_url_has_a_file_of_its_own(tmp_path: Path) -> None:
    """Neither another scheme nor another path shares it, and no URL leaves the directory."""
    urls = ["https://x/v1", "http://x/v1", "https://x/v2", "https://x/" + "../" * 100, "https://x"]
    paths = {locate_catalog(tmp_path, url) for url in urls}
    assert len(paths) == len(urls)
    assert {path.parent for path in paths} == {tmp_path}
    assert locate_catalog(tmp_path, "https://x/v1/") in paths


def test_a_directory_that_cannot_be_written_is_no_failure(tmp_path: Path) -> None:
    """The list is shown all the same."""
    (tmp_path / "models").write_text("a file")
    assert not save_catalog(tmp_path / "models" / "x.txt", ["a"])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no mode bits")
def test_directories_on_the_way_are_private(tmp_path: Path) -> None:
    """A home that is not there yet is made for its owner alone, each part of it."""
    assert save_catalog(tmp_path / "home" / "cache" / "models" / "x.txt", ["a"])
    for made in ("home", "home/cache", "home/cache/models"):
        assert (tmp_path / made).stat().st_mode & 0o777 == 0o700


def test_a_damaged_file_is_no_list(tmp_path: Path) -> None:
    """Bytes that are not text, or nothing at all, mean that nothing is known."""
    for content in (b"\xff\xfe", b""):
        (tmp_path / "x.txt").write_bytes(content)
        assert read_catalog(tmp_path / "x.txt", now=0.0) is None


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("gpt4o", "gpt-4o"),
        ("GPT-4O", "gpt-4o"),
        ("gpt-4", "gpt-4o"),
        ("openai/gpt-4o", "gpt-4o"),
        ("sonnet", "claude-sonnet-4"),
        ("claude-sonet-4", "claude-sonnet-4"),
        ("deepseek-chat", "deepseek/deepseek-chat"),
        ("xyzzy", ""),
        ("", ""),
    ],
)
def test_near_names_are_those_that_were_meant(name: str, first: str) -> None:
    """Case, a vendor's prefix, a missing hyphen or half a name still find the model."""
    names = ["gpt-4o-mini", "gpt-4o", "claude-sonnet-4", "deepseek/deepseek-chat"]
    assert next(iter(find_near_names(name, names)), "") == first


def test_reading_the_list_needs_no_client() -> None:
    """A kept list is printed without httpx, which is most of a start."""
    code = "import sys, tokenhub_cli.gateway.catalog; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
