"""The tour's gateway really cuts the connection, and its sentence tells the truth."""

from tests.support.gateways import post_messages
from tokenhub_cli.demo.texts import POEM
from tokenhub_cli.demo.tour import QUESTION, describe_tour, open_tour


def test_the_tour_cuts_twice_in_mid_answer() -> None:
    """Two requests break off with some of the poem, and the third brings the rest."""
    messages = [{"role": "user", "content": QUESTION}]
    text = ""
    with open_tour(tokens_per_second=None) as gateway:
        for expected_to_break in (True, True, False):
            partial = [{"role": "assistant", "content": text}] if text else []
            reply = post_messages(gateway.port, messages + partial)
            assert reply.broken == expected_to_break
            assert reply.text
            text += reply.text
        assert text == POEM
        assert "was cut twice" in describe_tour(gateway, text)
        assert f"all {len(POEM)} characters" in describe_tour(gateway, text)


def test_the_tour_does_not_boast() -> None:
    """Where some of the answer is missing, the sentence says so."""
    with open_tour(tokens_per_second=None) as gateway:
        text = post_messages(gateway.port, QUESTION).text
        assert f"{len(text)} of {len(POEM)} characters" in describe_tour(gateway, text)
