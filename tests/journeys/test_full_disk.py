"""`tokenhub resume` on a disk that fills: the answer arrives whole, and what was kept stays kept.

The disk is a real one of two megabytes, a tmpfs in a mount namespace of the test's own, which is
gone with the last process in it.
"""

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.conversing import Conversing
from tokenhub_cli.chat.conversation import Answer, AnswerStatus
from tokenhub_cli.demo.faults import Cut
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.store.conversations import open_history

NAMESPACE = ("unshare", "--map-root-user", "--mount")
LINES = 2000
WHOLE = "".join(f"Sentence number {number} of a long answer.\n\n" for number in range(LINES))
PATIENCE_S = 60.0
# KiB that are left on the disk: nothing; enough for half of the answer's 79; enough for its spool,
# but not for the journal and the search index that history needs besides.
FULL, FILLS_IN_THE_MIDDLE, TAKES_THE_SPOOL = 0, 48, 160

# The home is the disk; copies of it are made outside, before, while it is full, and afterwards.
SCRIPT = f"""
tokenhub() {{ "{sys.executable}" -m tokenhub_cli "$@"; }}
mkdir -p "$TOKENHUB_HOME"
mount -t tmpfs -o size=2m tmpfs "$TOKENHUB_HOME" || exit 99
tokenhub ask --no-resume "Tell me" >asked 2>/dev/null
cp -a "$TOKENHUB_HOME" before
available=$(df --output=avail --block-size=1K "$TOKENHUB_HOME" | tail -1)
head -c $(((available - LEFT) * 1024)) /dev/zero >"$TOKENHUB_HOME/fill"
RESUME
echo $? >code
cp -a "$TOKENHUB_HOME" full
rm "$TOKENHUB_HOME/fill"
tokenhub history show last >shown 2>said-later
cp -a "$TOKENHUB_HOME" after
"""


@dataclass(frozen=True, slots=True)
class Found:
    """What was there: the answers kept at three moments, the exit code, and where text went."""

    before: Answer
    full: Answer
    after: Answer
    code: int
    directory: Path

    def read(self, name: str) -> str:
        """Return what was written to a file."""
        return (self.directory / name).read_text()


def can_mount() -> bool:
    """Tell whether this machine lets the test mount a disk of its own."""
    if sys.platform != "linux" or shutil.which(NAMESPACE[0]) is None:
        return False
    command = [*NAMESPACE, "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


needs_a_disk = pytest.mark.skipif(not can_mount(), reason="no disk can be mounted here")


@pytest.fixture
def environ(environ: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """Give an environment whose home is the place of the disk."""
    return {**environ, "TOKENHUB_HOME": str(tmp_path / "disk"), "PATH": "/usr/bin:/bin:/usr/sbin"}


def write_script(directory: Path, left_kib: int, resume: str) -> str:
    """Write the script that leaves so much room on the disk; return the command that runs it."""
    script = directory / "script.sh"
    script.write_text(SCRIPT.replace("LEFT", str(left_kib)).replace("RESUME", resume))
    return f"cd {directory} && exec {' '.join(NAMESPACE)} bash {script}"


def look(directory: Path) -> Found:
    """Return what the script has left. Each copy can be read, and is sound."""
    before, full, after = (find_answer(directory / name) for name in ("before", "full", "after"))
    code = int((directory / "code").read_text())
    return Found(before, full, after, code, directory)


def find_answer(home: Path) -> Answer:
    with open_history(home / "history.db") as history:
        (state,) = history.database.read(
            lambda connection: connection.execute("PRAGMA integrity_check").fetchone()
        )
        answer = history.load_conversation("last").turns[-1].answer
        assert history.notices == []
    assert state == "ok"
    assert answer is not None
    return answer


def open_gateway() -> DemoGateway:
    return DemoGateway(answers=WHOLE, tokens_per_second=None, faults=(Cut(after_pieces=4000),))


def resume_on_a_disk(
    environ: Mapping[str, str], directory: Path, left_kib: int, resume: str
) -> Found:
    """Let an answer be cut off and kept, leave so much room on the disk, and resume."""
    with open_gateway() as gateway:
        done = subprocess.run(
            ["bash", "-c", write_script(directory, left_kib, resume)],
            env={**environ, "TOKENHUB_BASE_URL": gateway.base_url},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE_S,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    return look(directory)


def check_kept(found: Found, left_kib: int) -> None:
    """Check that nothing was lost: there is at least what there was, and never a wrong word."""
    assert found.before.status is AnswerStatus.INCOMPLETE
    assert 0 < len(found.before.text) < len(WHOLE)
    for answer in (found.before, found.full, found.after):
        assert WHOLE.startswith(str(answer.text))
        assert len(answer.text) >= len(found.before.text)
        assert (answer.status is AnswerStatus.COMPLETE) is (answer.text == WHOLE)
    if left_kib == FILLS_IN_THE_MIDDLE:
        assert len(found.before.text) < len(found.after.text) < len(WHOLE)
    elif left_kib == TAKES_THE_SPOOL:
        assert found.after.text == WHOLE
    else:
        assert found.after.text == found.before.text


@needs_a_disk
@pytest.mark.parametrize("left_kib", [FULL, FILLS_IN_THE_MIDDLE, TAKES_THE_SPOOL])
def test_an_answer_is_resumed_on_a_disk_that_fills(
    environ: dict[str, str], tmp_path: Path, left_kib: int
) -> None:
    """In a pipe: the whole answer, one notice, exit code 0; later there is what the disk took."""
    found = resume_on_a_disk(environ, tmp_path, left_kib, "tokenhub resume >answer 2>said")
    assert (found.code, found.read("answer")) == (0, WHOLE)
    assert found.read("said").count("kept") == 1
    assert "Traceback" not in found.read("said")
    check_kept(found, left_kib)
    assert found.read("shown").count("Sentence") == str(found.after.text).count("Sentence")


@needs_a_disk
def test_an_answer_is_resumed_into_a_file_on_a_disk_that_fills(
    environ: dict[str, str], tmp_path: Path
) -> None:
    """The file cannot take it: exit code 1, one error, and what was kept stays kept."""
    command = 'tokenhub resume >"$TOKENHUB_HOME/answer" 2>said'
    found = resume_on_a_disk(environ, tmp_path, FILLS_IN_THE_MIDDLE, command)
    assert found.code == 1
    assert found.read("said").count("error: ") == 1
    assert "the output cannot be written: no space left on device" in found.read("said")
    assert "Traceback" not in found.read("said")
    assert WHOLE.startswith((found.directory / "full" / "answer").read_text())
    for answer in (found.before, found.full, found.after):
        assert WHOLE.startswith(str(answer.text))
        assert len(answer.text) >= len(found.before.text)


@needs_a_disk
@pytest.mark.parametrize("flags", ["", "--raw"], ids=["live", "plain"])
def test_an_answer_is_resumed_in_a_terminal_on_a_disk_that_fills(
    environ: dict[str, str], tmp_path: Path, flags: str
) -> None:
    """On the screen stands each line of the answer, once, with one notice."""
    with open_gateway() as gateway:
        environ["TOKENHUB_BASE_URL"] = gateway.base_url
        command = write_script(tmp_path, FILLS_IN_THE_MIDDLE, f"tokenhub resume {flags}")
        with Conversing(None, environ) as shell:
            shell.send_line(command)
            shell.wait_for(lambda it: it.process.poll() is not None, PATIENCE_S)
            assert shell.wait_for_end() == 0
    shown = shell.text()
    numbers = [int(number) for number in re.findall(r"Sentence number (\d+) of a", shown)]
    assert numbers == list(range(LINES))
    assert shown.count("may not be kept") == 1
    found = look(tmp_path)
    assert found.code == 0
    check_kept(found, FILLS_IN_THE_MIDDLE)
