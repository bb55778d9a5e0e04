"""What is shown of the loop itself."""

from pathlib import Path

import pytest

from tests.repl.conftest import Open
from tokenhub_cli.demo.server import DemoGateway


@pytest.mark.parametrize("history", [True, False])
def test_usage_counts_every_answer_that_was_billed(
    open_talk: Open, tmp_path: Path, *, history: bool
) -> None:
    """Those that were retried or taken back as well, each at its model's price, and their sum."""
    home = tmp_path / "home"
    home.mkdir()
    (home / "config.toml").write_text(
        "[prices]\nprompt = 1000000\ncompletion = 1000000\n"
        "[models.demo-poet.prices]\nprompt = 2000000\ncompletion = 2000000\n"
    )
    talk = open_talk(DemoGateway(answers="Fine.", tokens_per_second=None), history=history)
    tokens = []
    for line in ("one", "/retry demo-poet", "/undo", "two", "/undo 2"):
        talk.say(line)
        if not line.startswith("/undo"):
            usage = talk.dialogue.last_answer.usage  # type: ignore[union-attr]
            assert usage is not None
            tokens.append(usage.total_tokens)
    assert talk.questions == []
    one, poem, two = tokens
    lines = talk.say("/usage").splitlines()
    assert lines[0].startswith("  gpt-4o")
    assert lines[0].endswith(f"1 request · cost {one}.00")
    assert lines[1].endswith(f"2 requests · cost {2 * (poem + two)}.00")
    assert lines[2].startswith("  all")
    assert lines[2].endswith(f"3 requests · cost {one + 2 * (poem + two)}.00")
