"""From turn to turn: what is sent, kept, resumed and merged."""

import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import MARKED_KEY
from tokenhub_cli.assembly import View, build_client
from tokenhub_cli.chat.conversation import Answer, AnswerStatus, Conversation
from tokenhub_cli.chat.message import Role, build_message
from tokenhub_cli.demo.faults import Cut, Fault, Slow
from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import HELLO, POEM
from tokenhub_cli.gateway.client import GatewayClient
from tokenhub_cli.session import Session
from tokenhub_cli.settings.keys import require_key
from tokenhub_cli.settings.paths import Paths, find_paths
from tokenhub_cli.settings.resolve import resolve_settings


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment with a home and a key of its own."""
    return {"TOKENHUB_HOME": str(tmp_path), "TOKENHUB_API_KEY": MARKED_KEY}


@pytest.fixture
def paths(environ: dict[str, str]) -> Paths:
    """Where its files are."""
    return find_paths(environ)


@pytest.fixture
def gateway() -> Iterator[DemoGateway]:
    """A gateway at full speed."""
    with DemoGateway(tokens_per_second=None) as running:
        yield running


def open_session(environ: dict[str, str], gateway: DemoGateway, **flags: Any) -> Session:
    paths = find_paths(environ)
    settings = resolve_settings(environ, paths, None, {"base_url": gateway.base_url, **flags})
    return Session(settings, require_key(settings, environ, paths), paths, environ, View())


def ask(session: Session, question: str, before: Conversation | None = None) -> Conversation:
    turn = session.build_turn(build_message(Role.USER, question))
    return (before or session.begin_conversation()).append(turn)


def test_a_turn_is_shown_and_kept(
    environ: dict[str, str], gateway: DemoGateway, capfd: pytest.CaptureFixture[str], paths: Paths
) -> None:
    """The answer on stdout, question and answer in history, nothing left in the spool."""
    with open_session(environ, gateway) as session:
        result = session.run_turn(ask(session, "Write a poem"))
    with open_session(environ, gateway) as session:
        kept = session.continue_conversation("last").turns[-1]
    assert capfd.readouterr() == (POEM, "")
    assert kept.answer is not None
    assert (kept.question.text, kept.answer.text) == ("Write a poem", POEM)
    assert kept.answer.text == result.answer.text
    assert list(paths.spool_directory.iterdir()) == []


def test_what_is_not_to_be_kept_is_not(
    environ: dict[str, str], gateway: DemoGateway, capfd: pytest.CaptureFixture[str], paths: Paths
) -> None:
    """`--no-save` leaves neither history nor spool."""
    with open_session(environ, gateway, history=False) as session:
        session.run_turn(ask(session, "Write a poem"))
    assert capfd.readouterr().out == POEM
    assert not paths.history_file.exists()
    assert not paths.spool_directory.exists()


def test_turn_follows_turn_over_one_connection(
    environ: dict[str, str], gateway: DemoGateway, capfd: pytest.CaptureFixture[str]
) -> None:
    """The second question brings the first one and its answer along."""
    with open_session(environ, gateway, system="Be brief.") as session:
        first = ask(session, "Hello")
        first = first.answer_last(session.run_turn(first).answer)
        session.run_turn(ask(session, "Write a poem", first))
    assert gateway.connections_accepted == 1
    body = gateway.requests[-1].body
    assert isinstance(body, dict)
    assert [message["role"] for message in body["messages"]] == [
        "system",
        "user",
        "assistant",
        "user",
    ]
    assert capfd.readouterr().out == HELLO + "\n" + POEM


def test_a_resumed_turn_costs_what_both_runs_cost(
    environ: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    """By the model and with the options it began with; attempts, usage and cuts are summed."""
    faults: tuple[Fault, ...] = (Cut(after_pieces=40),)
    with DemoGateway(tokens_per_second=None, faults=faults) as gateway:
        with open_session(
            environ, gateway, resume="off", model="gpt-4o-mini", options={"temperature": 0.5}
        ) as session:
            cut = session.run_turn(ask(session, "Write a poem"))
        capfd.readouterr()
        with open_session(environ, gateway) as session:
            found = session.history.newest_incomplete()
            assert found is not None
            resumed = session.resume_turn(found)
        last = gateway.requests[-1].body
        with open_session(environ, gateway) as session:
            kept = session.continue_conversation("last").turns[-1].answer
    assert capfd.readouterr().out == POEM
    assert isinstance(last, dict)
    assert (last["model"], last["temperature"]) == ("gpt-4o-mini", 0.5)
    assert resumed.answer.status is AnswerStatus.COMPLETE
    assert resumed.answer.attempts == 2
    assert cut.answer.usage is not None
    assert resumed.answer.usage is not None
    assert resumed.answer.usage.total_tokens > cut.answer.usage.total_tokens
    assert len(resumed.answer.interruptions) >= 1
    assert kept is not None
    assert (kept.text, kept.attempts) == (POEM, 2)


def test_a_signal_before_the_turn_is_no_crash(
    environ: dict[str, str],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    paths: Paths,
) -> None:
    """While the request leaves and the store is opened: cancelled, kept, nothing orphaned."""
    from tokenhub_cli.store.keeper import Keeper

    begin = Keeper.begin

    def begin_interrupted(keeper: Keeper, conversation: Conversation) -> Any:
        signal.raise_signal(signal.SIGINT)
        return begin(keeper, conversation)

    monkeypatch.setattr(Keeper, "begin", begin_interrupted)
    with (
        DemoGateway(tokens_per_second=None, faults=(Slow(30),)) as gateway,
        open_session(environ, gateway) as session,
    ):
        result = session.run_turn(ask(session, "Write a poem"))
    assert result.exit_code == 130
    assert list(paths.spool_directory.iterdir()) == []
    with open_session(environ, gateway) as session:
        kept = session.continue_conversation("last").turns[-1]
    assert kept.question.text == "Write a poem"
    assert kept.answer is not None
    assert kept.answer.status is AnswerStatus.CANCELLED
    assert capfd.readouterr().out == ""


def test_a_signal_before_the_request_leaves_sends_nothing(
    environ: dict[str, str], gateway: DemoGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While the HTTP client is imported there is nothing to keep: Ctrl-C ends at once, unbilled."""

    def build_interrupted(*arguments: Any, **more: Any) -> Any:
        signal.raise_signal(signal.SIGINT)
        return build_client(*arguments, **more)

    monkeypatch.setattr("tokenhub_cli.session.build_client", build_interrupted)
    with open_session(environ, gateway) as session, pytest.raises(KeyboardInterrupt):
        session.run_turn(ask(session, "Hello"))
    assert gateway.requests == []


def test_the_request_leaves_before_the_store_is_opened(
    environ: dict[str, str], gateway: DemoGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Renderer, history and spool are opened while the gateway thinks."""
    from tokenhub_cli.store.keeper import Keeper

    sent: list[bool] = []
    begin = Keeper.begin

    def begin_noted(keeper: Keeper, conversation: Conversation) -> Any:
        sent.append(gateway.wait_for(lambda it: bool(it.exchanges), timeout_s=2))
        return begin(keeper, conversation)

    monkeypatch.setattr(Keeper, "begin", begin_noted)
    with open_session(environ, gateway) as session:
        session.run_turn(ask(session, "Hello"))
    assert sent == [True]


def test_no_thread_is_left_behind(environ: dict[str, str], gateway: DemoGateway) -> None:
    """After a turn the reader's thread has ended."""
    with open_session(environ, gateway) as session:
        session.run_turn(ask(session, "Hello"))
    readers = [thread for thread in threading.enumerate() if thread.name == "tokenhub-reader"]
    for reader in readers:
        reader.join(5)
    assert not any(reader.is_alive() for reader in readers)


@pytest.mark.skipif(sys.platform != "linux", reason="open files are seen in /proc")
@pytest.mark.parametrize("history", [True, False])
def test_turns_long_past_wait_on_disk_if_they_may(
    environ: dict[str, str],
    gateway: DemoGateway,
    paths: Paths,
    history: bool,  # noqa: FBT001 - pytest's parameters are
) -> None:
    """In a file without a name, for conversations that are begun and continued; else in memory."""
    directory = str(paths.spool_directory)

    def find_files() -> list[Path]:
        links = [link for link in Path("/proc/self/fd").iterdir() if link.is_symlink()]
        return [link for link in links if str(link.readlink()).startswith(directory)]

    with open_session(environ, gateway, history=history) as session:
        conversation = session.begin_conversation()
        for number in range(40):
            conversation = ask(session, f"question {number}", conversation)
            answer = Answer(f"answer {number}", AnswerStatus.COMPLETE)
            conversation = conversation.answer_last(answer)
        assert len(find_files()) == int(history)
        assert [turn.question.text for turn in conversation.turns][::39] == [
            "question 0",
            "question 39",
        ]
    assert find_files() == []


def test_a_continued_conversation_waits_on_disk_as_well(
    environ: dict[str, str], gateway: DemoGateway
) -> None:
    """What history gave is packed when the conversation goes on, and is sent as it was."""
    with open_session(environ, gateway) as session:
        conversation = session.begin_conversation()
        for number in range(40):
            conversation = ask(session, f"question {number}", conversation)
            answer = Answer(f"answer {number}", AnswerStatus.COMPLETE)
            conversation = conversation.answer_last(answer)
        session.history.save_turn(conversation, conversation.turns[-1])
        before = ask(session, "one more", conversation).build_messages()
    with open_session(environ, gateway) as session:
        gone_on = ask(session, "one more", session.continue_conversation("last"))
        assert len(gone_on.turns.packed) == 2
        assert gone_on.build_messages() == before
        session.run_turn(gone_on)
    sent = gateway.requests[-1].body["messages"]
    assert [message["content"] for message in sent] == [message.text for message in before]


def test_a_session_closed_while_it_warms_up_leaves_no_connection_open(
    environ: dict[str, str], gateway: DemoGateway, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though its client is made only afterwards: the thread that still uses it closes it."""
    go_on = threading.Event()

    def build_late(*arguments: Any, **more: Any) -> GatewayClient:
        go_on.wait(10)
        return build_client(*arguments, **more)

    monkeypatch.setattr("tokenhub_cli.session.build_client", build_late)
    with open_session(environ, gateway) as session:
        session.warm_up()
    go_on.set()
    assert gateway.wait_for(lambda it: it.connections_accepted == 1)
    assert gateway.wait_for(lambda it: not it._connections)
