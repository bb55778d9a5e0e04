"""A stream cut at any byte leaves a text cut between two code points, and nothing else.

So what is shown of a cut in the text (`test_seam_cuts.py`: every answer, every code point, every
kind of gateway) holds for a cut at every byte of the wire, in whatever way the text is encoded.
"""

from copy import deepcopy

import pytest

from tests.support.answers import SHORT, cut_everywhere
from tests.support.wire_bytes import END, Encode, encode_ascii, encode_units, encode_utf8
from tokenhub_cli.wire.body import BodyDecoder
from tokenhub_cli.wire.events import Decoded, Finished, TextDelta

FINISH = END.partition(b"\n\n")[0] + b"\n\n"


def read_text(decoded: list[Decoded]) -> str:
    """Return the text in these events, and check that nothing in them contradicts it."""
    assert all(isinstance(event, TextDelta) for event in decoded)
    return "".join(event.text for event in decoded if isinstance(event, TextDelta))


@pytest.mark.parametrize(
    ("encode", "kind"),
    [
        *((encode, kind) for encode in (encode_utf8, encode_ascii) for kind in SHORT),
        *((encode_units, kind) for kind in ("a line", "emoji", "mixed")),  # the longest streams
    ],
)
def test_a_cut_at_any_byte_is_a_cut_of_the_text(kind: str, encode: Encode) -> None:
    """What came before the cut is one of the texts that the seam is tried with, unfinished.

    Every byte of the stream is tried, up to the last one before the `finish_reason` is whole.
    """
    answer = SHORT[kind]
    tried = {*cut_everywhere(answer), *("\n" * count for count in range(3))}
    decoder = BodyDecoder(model="gpt-4o", secrets=())
    stream = encode(answer) + FINISH
    came = ""
    for offset in range(len(stream) - 1):
        came += read_text(decoder.feed(stream[offset : offset + 1]))
        last = deepcopy(decoder).finish(is_cut=True)
        if any(isinstance(event, Finished) for event in last):
            assert len(stream) - offset <= 3, "only the blank line was missing"
            last = [event for event in last if not isinstance(event, Finished)]
        assert came + read_text(last) in tried, offset
    assert came == answer
    assert any(isinstance(event, Finished) for event in decoder.feed(stream[-1:]))
