"""The streaming guide's own clients, word for word but for the address, against the gateway.

They are programs that we did not write, so they keep the embedded gateway honest: curl, the
official `openai` SDK for Python, and a `fetch` reader in JavaScript.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tokenhub_cli.demo.server import DemoGateway
from tokenhub_cli.demo.texts import POEM

GUIDE_URL = "https://ai-tokenhub.com/v1"

CURL = """\
curl https://ai-tokenhub.com/v1/chat/completions \\
-H "Content-Type: application/json" \\
-H "Authorization: Bearer YOUR_API_KEY" \\
-d '{
"model": "gpt-4o",
"messages": [{"role": "user", "content": "Write a poem"}],
"stream": true
}'
"""

PYTHON = """\
from openai import OpenAI
client = OpenAI(
    base_url="https://ai-tokenhub.com/v1",
    api_key="YOUR_API_KEY"
)
stream = client.chat.completions.create(
    model="gpt-4o",
    messages=[{"role": "user", "content": "Write a poem"}],
    stream=True
)
for chunk in stream:
    if chunk.choices[0].delta.content:
        print(chunk.choices[0].delta.content, end="", flush=True)
"""

JAVASCRIPT = """\
const response = await fetch('https://ai-tokenhub.com/v1/chat/completions', {
  method: 'POST',
  headers: {
    'Content-Type': 'application/json',
    'Authorization': 'Bearer YOUR_API_KEY'
  },
  body: JSON.stringify({
    model: 'gpt-4o',
    messages: [{role: 'user', content: 'Write a poem'}],
    stream: true
  })
});
const reader = response.body.getReader();
const decoder = new TextDecoder();
while (true) {
  const { done, value } = await reader.read();
  if (done) break;
  const chunk = decoder.decode(value);
  const lines = chunk.split('\\n');
  for (const line of lines) {
    if (line.startsWith('data: ') && line !== 'data: [DONE]') {
      const data = JSON.parse(line.slice(6));
      if (data.choices[0]?.delta?.content) {
        console.log(data.choices[0].delta.content);
      }
    }
  }
}
"""


@pytest.fixture
def gateway() -> Iterator[DemoGateway]:
    """A gateway that asks for the guide's key, at a pace at which writes stay apart."""
    with DemoGateway(key="YOUR_API_KEY", tokens_per_second=2000) as opened:
        yield opened


def run(command: list[str], program: str = "") -> str:
    """Run a program to its end and return what it printed; it has to succeed."""
    environment = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    result = subprocess.run(
        command,
        input=program,
        capture_output=True,
        encoding="utf-8",
        env=environment,
        timeout=60,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_the_curl_command(gateway: DemoGateway) -> None:
    """Curl prints the events as they are: role first, `[DONE]` last, the text between."""
    shell = shutil.which("sh")
    if shutil.which("curl") is None or shell is None:
        pytest.skip("this machine has no curl, or no shell")
    printed = run([shell, "-s"], CURL.replace(GUIDE_URL, gateway.base_url))
    data = re.findall(r"^data: (.*)$", printed, re.MULTILINE)
    assert data[-1] == "[DONE]"
    choices = [json.loads(event)["choices"][0] for event in data[:-1]]
    assert choices[0]["delta"]["role"] == "assistant"
    assert choices[-1]["finish_reason"] == "stop"
    assert "".join(choice["delta"].get("content", "") for choice in choices) == POEM


def test_the_openai_sdk(gateway: DemoGateway) -> None:
    """The official SDK prints the poem."""
    program = PYTHON.replace(GUIDE_URL, gateway.base_url)
    assert run([sys.executable, "-"], program) == POEM


def test_the_javascript_reader(gateway: DemoGateway) -> None:
    """The `fetch` reader prints each piece on a line of its own."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("this machine has no node")
    if int(run([node, "--version"]).lstrip("v").split(".")[0]) < 18:
        pytest.skip("this machine's node is older than 18 and has no fetch")
    program = JAVASCRIPT.replace(GUIDE_URL, gateway.base_url)
    printed = run([node, "--input-type=module", "-"], program)
    # `console.log` ends each piece with a newline; the poem's own newlines are pieces too.
    assert printed.replace("\n", "") == POEM.replace("\n", "")
    assert gateway.requests[0].headers["authorization"] == "Bearer YOUR_API_KEY"
