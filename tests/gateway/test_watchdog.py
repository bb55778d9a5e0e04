"""One deadline at a time, kept by whoever checks."""

import threading

import pytest

from tests.support.terminal import FakeClock
from tokenhub_cli.gateway.watchdog import READING_SECONDS, Watchdog


@pytest.fixture
def clock() -> FakeClock:
    """A clock that moves when told to."""
    return FakeClock()


@pytest.fixture
def aborts() -> list[str]:
    """What was aborted."""
    return []


@pytest.fixture
def watchdog(clock: FakeClock, aborts: list[str]) -> Watchdog:
    """A watchdog that notes that it bites."""
    return Watchdog(clock, lambda: aborts.append("bite"))


def test_nothing_is_expected_at_first(watchdog: Watchdog, aborts: list[str]) -> None:
    """No deadline, no bite."""
    assert watchdog.check() is None
    assert (watchdog.missed, aborts) == ("", [])


def test_it_tells_how_long_is_left(watchdog: Watchdog, clock: FakeClock) -> None:
    """So that whoever checks knows when to check again."""
    watchdog.expect(5, "a piece")
    clock.advance(2)
    assert watchdog.check() == 3


def test_a_missed_deadline_bites_once(
    watchdog: Watchdog, clock: FakeClock, aborts: list[str]
) -> None:
    """The connection is shut down once, and what was missed is known."""
    watchdog.expect(5, "a piece")
    clock.advance(5)
    assert watchdog.check() is None
    assert watchdog.check() is None
    assert (watchdog.missed, aborts) == ("a piece", ["bite"])


def test_what_waits_at_the_deadline_is_read_first(clock: FakeClock, aborts: list[str]) -> None:
    """Once for each thing expected: comments that always wait put the bite off by a second only."""
    guard = Watchdog(clock, lambda: aborts.append("bite"), lambda: True)
    guard.expect(5, "a piece")
    clock.advance(60)
    assert guard.check() == READING_SECONDS
    guard.expect(5, "the next piece")  # it was read
    clock.advance(6)
    assert guard.check() == READING_SECONDS
    assert aborts == []
    clock.advance(READING_SECONDS)
    assert guard.check() is None
    assert (guard.missed, aborts) == ("the next piece", ["bite"])


def test_a_new_deadline_replaces_the_old_one(
    watchdog: Watchdog, clock: FakeClock, aborts: list[str]
) -> None:
    """Each piece that comes gives the next one its own time."""
    watchdog.expect(5, "the first piece")
    clock.advance(4)
    watchdog.expect(5, "the next piece")
    clock.advance(4)
    assert watchdog.check() == 1
    assert aborts == []


def test_renewing_gives_the_whole_time_again(
    watchdog: Watchdog, clock: FakeClock, aborts: list[str]
) -> None:
    """Where it was us who did not read; without a deadline there is nothing to renew."""
    watchdog.renew()
    assert watchdog.check() is None
    watchdog.expect(5, "a piece")
    clock.advance(100)
    watchdog.renew()
    assert watchdog.check() == 5
    assert aborts == []


@pytest.mark.parametrize("seconds", [2, 8])
def test_a_nearer_deadline_wakes_who_waits(
    watchdog: Watchdog, clock: FakeClock, seconds: float
) -> None:
    """Who sleeps until one deadline must learn of an earlier one, and of no later one."""
    woken = []
    watchdog.expect(5, "the answer")
    watchdog.check()
    watchdog.wake = lambda: woken.append("up")
    watchdog.expect(seconds, "the next piece")
    assert len(woken) == (1 if seconds < 5 else 0)
    clock.advance(1)
    watchdog.expect(seconds, "the piece after that")
    assert len(woken) == (1 if seconds < 5 else 0)
    watchdog.relax()
    watchdog.check()
    watchdog.expect(100, "another attempt")
    assert woken[-1:] == ["up"]


def test_nothing_is_missed_while_held(watchdog: Watchdog, clock: FakeClock) -> None:
    """Who looks meanwhile is woken when the time runs again."""
    woken = []
    watchdog.wake = lambda: woken.append("up")
    watchdog.expect(5, "a piece")
    watchdog.hold()
    clock.advance(60)
    assert watchdog.check() is None
    woken.clear()
    watchdog.renew()
    assert woken == ["up"]
    assert watchdog.check() == 5


def test_relaxing_forgets(watchdog: Watchdog, clock: FakeClock, aborts: list[str]) -> None:
    """Neither a deadline nor what was missed outlives the attempt."""
    watchdog.expect(5, "a piece")
    clock.advance(9)
    watchdog.check()
    watchdog.relax()
    assert watchdog.missed == ""
    watchdog.expect(5, "another piece")
    watchdog.relax()
    clock.advance(9)
    assert watchdog.check() is None
    assert aborts == ["bite"]


def test_nothing_is_aborted_or_missed_once_it_is_relaxed(clock: FakeClock) -> None:
    """A deadline met at the last moment is not the next request's: relaxing waits for the abort."""
    order: list[str] = []

    def relax() -> None:
        guard.relax()
        order.append("relaxed")

    other = threading.Thread(target=relax)

    def abort() -> None:
        other.start()
        other.join(0.2)
        order.append("aborted")

    guard = Watchdog(clock, abort)
    guard.expect(5, "a piece")
    clock.advance(5)
    guard.check()
    other.join()
    assert order == ["aborted", "relaxed"]
    assert guard.missed == ""
