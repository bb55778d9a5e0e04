"""`tokenhub ask` on the wire: what each flag puts into the request, and that nothing else is."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.program import MARKED_KEY
from tests.support.questioner import ANSWER, Questioner, check_error
from tokenhub_cli.demo.server import DemoGateway

PNG = b"\x89PNG\r\n\x1a\n" + bytes(12)


@pytest.fixture
def questioner(tmp_path: Path) -> Iterator[Questioner]:
    """Give the program, a key and a gateway."""
    with Questioner(tmp_path / "home") as program:
        yield program


def test_a_plain_question_sends_nothing_that_was_not_asked_for(questioner: Questioner) -> None:
    """Model, messages and the stream's own fields; the key in its header; no other parameter."""
    assert questioner.ask("Why", "is", "it", "blue?").stdout == ANSWER
    assert questioner.body == {
        "model": "gpt-4o",
        "messages": [{"role": "user", "content": "Why is it blue?"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }
    headers = questioner.gateway.requests[0].headers
    assert headers["authorization"] == f"Bearer {MARKED_KEY}"
    assert headers["accept-encoding"] == "identity"
    assert headers["content-type"] == "application/json"
    assert headers["user-agent"].startswith("tokenhub/")


def test_every_sampling_flag_reaches_the_wire_by_its_name(questioner: Questioner) -> None:
    """Numbers are numbers, `--stop` is a list, and `-s` is a message of its own before all."""
    flags = "-m gpt-4o-mini -s Briefly. --temperature 0.2 --top-p 0.9 --max-tokens 50 --seed 7"
    done = questioner.ask(*flags.split(), "--stop", "END", "--stop", "\n\n", "hi")
    assert done.returncode == 0
    assert questioner.body == {
        "model": "gpt-4o-mini",
        "messages": [
            {"role": "system", "content": "Briefly."},
            {"role": "user", "content": "hi"},
        ],
        "stream": True,
        "stream_options": {"include_usage": True},
        "temperature": 0.2,
        "top_p": 0.9,
        "max_tokens": 50,
        "seed": 7,
        "stop": ["END", "\n\n"],
    }


def test_an_option_is_json_where_it_can_be(questioner: Questioner) -> None:
    """`-o NAME VALUE` takes numbers, booleans, lists and objects, else text; a named flag wins."""
    pairs = {
        "seed": "3",
        "logprobs": "true",
        "user": "me and you",
        "logit_bias": '{"50256": -100}',
        "metadata": '["a"]',
        "temperature": "1",
        "service_tier": "auto",
    }
    words = [word for name, value in pairs.items() for word in ("-o", name, value)]
    assert questioner.ask(*words, "--temperature", "0", "hi").returncode == 0
    sent = {name: questioner.body[name] for name in pairs}
    assert sent == {
        "seed": 3,
        "logprobs": True,
        "user": "me and you",
        "logit_bias": {"50256": -100},
        "metadata": ["a"],
        "temperature": 0,
        "service_tier": "auto",
    }


def test_an_option_cannot_replace_the_question(questioner: Questioner) -> None:
    """The protocol's own fields are refused as options, with the flag that sets them."""
    for name, flag in (("messages", "-s SYSTEM"), ("stream", "--no-stream"), ("model", "-m NAME")):
        check_error(questioner.ask("-o", name, "[]", "hi"), 2, f"`{name}` is no option", hint=flag)
    assert not questioner.gateway.exchanges


def test_a_whole_answer_is_asked_for_in_one(questioner: Questioner) -> None:
    """`--no-stream`: one JSON body, no stream options, the same text on stdout."""
    assert questioner.ask("--no-stream", "hi").stdout == ANSWER
    assert questioner.body["stream"] is False
    assert "stream_options" not in questioner.body


def test_files_go_into_the_question_fenced_and_named(
    questioner: Questioner, tmp_path: Path
) -> None:
    """Each file follows the prompt and the pipe, by its name, in a fence longer than any inside."""
    (tmp_path / "a.py").write_text("print(1)")
    (tmp_path / "b.md").write_text("```\ncode\n```\n")
    first, second = str(tmp_path / "a.py"), str(tmp_path / "b.md")
    assert questioner.ask("-f", first, "-f", second, "Compare", stdin="piped").returncode == 0
    assert questioner.prompt == (
        f"Compare\n\npiped\n\n{first}:\n```\nprint(1)\n```\n\n{second}:\n````\n```\ncode\n```\n````"
    )


def test_a_file_alone_is_a_question(questioner: Questioner, tmp_path: Path) -> None:
    """`-f FILE` needs no words, and an empty pipe beside it is no failure."""
    (tmp_path / "a.txt").write_text("why?\n")
    assert questioner.ask("-f", str(tmp_path / "a.txt")).returncode == 0
    assert questioner.prompt == f"{tmp_path / 'a.txt'}:\n```\nwhy?\n```"


def test_pictures_go_beside_the_question(questioner: Questioner, tmp_path: Path) -> None:
    """A picture's bytes as a data URL, a URL as it is; its kind is read from its bytes."""
    (tmp_path / "p.jpg").write_bytes(PNG)
    url = "https://example.org/p.png"
    done = questioner.ask("-a", str(tmp_path / "p.jpg"), "-a", url, "What?")
    assert done.returncode == 0
    text, picture, linked = questioner.prompt
    assert text == {"type": "text", "text": "What?"}
    assert picture["image_url"]["url"].startswith("data:image/png;base64,iVBORw0KGgo")
    assert linked == {"type": "image_url", "image_url": {"url": url}}


def test_a_picture_may_come_through_the_pipe(questioner: Questioner) -> None:
    """`-a -` reads standard input as a picture, which is then no text of the prompt."""
    assert questioner.ask("-a", "-", "What?", stdin=PNG).returncode == 0
    text, picture = questioner.prompt
    assert text["text"] == "What?"
    assert picture["image_url"]["url"].startswith("data:image/png;base64,")
    check_error(questioner.ask("-a", "-", "What?"), 2, "is empty", hint="`tokenhub ask -a -")


SCHEMA: dict[str, Any] = {
    "title": "Sky",
    "type": "object",
    "properties": {"color": {"type": "string"}},
    "required": ["color"],
}


@pytest.mark.parametrize("is_file", [True, False])
def test_a_schema_becomes_a_response_format(
    questioner: Questioner, tmp_path: Path, *, is_file: bool
) -> None:
    """`--schema` takes a file or JSON; the answer is JSON by it."""
    written = json.dumps(SCHEMA)
    (tmp_path / "s.json").write_text(written)
    done = questioner.ask("--schema", str(tmp_path / "s.json") if is_file else written, "hi")
    assert questioner.body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "Sky", "schema": SCHEMA, "strict": True},
    }
    assert isinstance(json.loads(done.stdout)["color"], str)


def test_the_gateway_and_the_model_come_from_flags_first(questioner: Questioner) -> None:
    """Flag goes before environment, environment before profile, profile before file."""
    with DemoGateway(answers="other\n", tokens_per_second=None, models=("m1", "m2", "m3")) as other:
        questioner.home.mkdir(exist_ok=True)
        questioner.config_file.write_text(
            f'model = "m1"\n[profiles.p]\nbase_url = "{other.base_url}"\nmodel = "m2"\n'
            "[profiles.p.options]\nseed = 5\n"
        )
        environ = {"TOKENHUB_BASE_URL": "", "TOKENHUB_API_KEY": MARKED_KEY}
        assert questioner.ask("--profile", "p", "hi", **environ).stdout == "other\n"
        body = other.requests[-1].body
        assert (body["model"], body["seed"]) == ("m2", 5)
        environ |= {"TOKENHUB_PROFILE": "p", "TOKENHUB_MODEL": "m3"}
        assert questioner.ask("-o", "seed", "6", "hi", **environ).returncode == 0
        body = other.requests[-1].body
        assert (body["model"], body["seed"]) == ("m3", 6)
        assert questioner.ask("--base-url", other.base_url, "-m", "m1", "hi").stdout == "other\n"
        assert other.requests[-1].body["model"] == "m1"
    assert questioner.gateway.requests == []


def test_the_demo_needs_neither_key_nor_settings(tmp_path: Path) -> None:
    """`--demo` says who answers, and sends nothing to the gateway that is set."""
    with Questioner(tmp_path) as questioner:
        done = questioner.ask("--demo", "hello", TOKENHUB_API_KEY="")
        assert done.returncode == 0
        assert done.stdout.startswith("Hello!")
        assert done.stderr == "note: the embedded demo gateway answers, not a model\n"
        assert questioner.ask("--demo", "-q", "hello").stderr == ""
        assert questioner.gateway.requests == []
