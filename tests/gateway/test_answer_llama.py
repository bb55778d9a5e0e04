"""Against llama.cpp's own server, which we did not write: an answer cut anywhere arrives whole.

Needs the extra `llama`: `pip install -e '.[test,llama]'`.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.support.client import ask, count_kinds, find_end, open_client
from tests.support.relays import Relay
from tokenhub_cli.chat.conversation import AnswerStatus

xllamacpp = pytest.importorskip("xllamacpp", reason="the extra `llama` is not installed")

from tests.support.tiny_model import CONTEXT, write_model  # noqa: E402 - skips without the extra

CUTS = 50
LONGEST = 400  # tokens
GREEDY = {"temperature": 0, "max_tokens": LONGEST}
HEADERS_AND_TAIL = 1200  # bytes of a response that carry no text, at least


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """The port of a llama.cpp server in this process, with a tiny model."""
    model = tmp_path_factory.mktemp("model") / "tiny.gguf"
    write_model(model)
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(model)
    parameters.n_ctx = CONTEXT
    parameters.n_parallel = 1
    parameters.n_gpu_layers = 0
    parameters.cpuparams.n_threads = 1
    parameters.warmup = False
    parameters.verbosity = -1
    server = xllamacpp.Server(parameters)
    yield int(urlsplit(server.listening_address).port or 0)
    del server


@pytest.fixture(scope="module")
def options(port: int) -> dict[str, Any]:
    """The options of a question whose answer ends by itself after many words.

    The model never ends by itself, so a word that it says late for the first time ends it.
    """
    with Relay(port) as relay, open_client(relay.base_url) as client:
        words = str(find_end(ask(client, options=GREEDY)).text).split()
    last = max(range(len(words)), key=lambda index: (words.index(words[index]) == index, index))
    assert last > LONGEST // 2
    return {**GREEDY, "stop": [" " + words[last]]}


def test_an_answer_cut_anywhere_arrives_whole(port: int, options: dict[str, Any]) -> None:
    """Fifty cuts, spread over the whole response: the final text is the uncut one each time."""
    with Relay(port) as relay, open_client(relay.base_url) as client:
        uncut = find_end(ask(client, options=options))
        size = relay.bytes_sent
    assert uncut.status is AnswerStatus.COMPLETE
    assert len(str(uncut.text).split()) > LONGEST // 2
    resumed = 0
    for number in range(CUTS):
        offset = 1 + number * (size - HEADERS_AND_TAIL) // (CUTS - 1)
        with Relay(port, cuts=(offset,)) as relay, open_client(relay.base_url) as client:
            events = ask(client, options=options)
            assert relay.connections >= 2
        ended = find_end(events)
        assert (ended.status, ended.text) == (AnswerStatus.COMPLETE, uncut.text), offset
        resumed += count_kinds(events)[2]
    assert resumed > CUTS * 3 // 4  # the others were cut before any text and asked again


def test_an_answer_cut_again_and_again_arrives_whole(port: int, options: dict[str, Any]) -> None:
    """Ten cuts in one answer."""
    with Relay(port) as relay, open_client(relay.base_url) as client:
        uncut = find_end(ask(client, options=options))
    with Relay(port, cuts=[6000] * 10) as relay, open_client(relay.base_url) as client:
        events = ask(client, options=options)
    ended = find_end(events)
    assert (ended.status, ended.text) == (AnswerStatus.COMPLETE, uncut.text)
    assert count_kinds(events)[2] == 10
