"""How much was asked and answered, by day and model."""

from dataclasses import replace
from pathlib import Path

from tests.store.values import COMPLETE, build_turn
from tokenhub_cli.chat.conversation import Conversation
from tokenhub_cli.chat.usage import Usage
from tokenhub_cli.store.conversations import open_history

DAY = 86_400.0
NOON = 1_795_000_000.0 // DAY * DAY + DAY / 2


def test_days_and_models_are_summed_apart(tmp_path: Path) -> None:
    """Each day and model has its number of turns and the sum of its tokens."""
    now = NOON
    with open_history(tmp_path / "history.db", lambda: now) as history:
        conversation = Conversation("c0nv")
        for number, day in enumerate([0, 0, 1, 1, 1]):
            now = NOON + day * DAY
            answer = None if number == 4 else replace(COMPLETE, usage=Usage(10, 5, 15))
            turn = build_turn(number, answer)
            turn = replace(turn, model="other") if number == 3 else turn
            conversation = conversation.append(turn)
            history.save_turn(conversation, conversation.turns[-1])
        history.save_answer(conversation.tip, replace(COMPLETE, usage=None))
        days = history.count_usage()
        assert [(day.model, day.turns, day.usage.total_tokens, day.unreported) for day in days] == [
            ("gpt-4o", 2, 30, 0),
            ("gpt-4o", 2, 15, 1),
            ("other", 1, 15, 0),
        ]
        assert days[0].day < days[1].day == days[2].day
        assert [day.turns for day in history.count_usage(since=NOON + DAY)] == [2, 1]
