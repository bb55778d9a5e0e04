"""`tokenhub demo`: the embedded gateway for people.

By itself it runs a short tour: an answer whose connection is really cut twice, and arrives whole.
`serve` runs it until Ctrl-C, for those who build against TokenHub without spending tokens. The base
URL is the first line of stdout, so that a script can read it; everything else goes to stderr.
"""

import json
import shlex
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from tokenhub_cli.cli.context import (
    TYPER_OPTIONS,
    build_help,
    read_context,
    write_line,
    write_notice,
)
from tokenhub_cli.demo.answers import MODELS
from tokenhub_cli.demo.continuation import Continuation
from tokenhub_cli.demo.respond import ANY_KEY
from tokenhub_cli.demo.server import HOST, NATURAL_TOKENS_PER_SECOND, DemoGateway
from tokenhub_cli.demo.specs import format_table, parse_faults
from tokenhub_cli.errors import UsageError, describe_cause
from tokenhub_cli.interrupts import noted_interrupt

if TYPE_CHECKING:
    from tokenhub_cli.demo.delivery import Exchange

EXCHANGES_KEPT = 20
_WAYS = ", ".join(Continuation)

app = typer.Typer(**TYPER_OPTIONS)


@app.callback(
    invoke_without_command=True,
    help=build_help(
        "The embedded gateway: a real server on this machine, and no model behind it.",
        "tokenhub demo                       a short tour: an answer survives two cuts",
        "tokenhub demo serve --port 8080     a gateway to build and test against",
        "tokenhub ask --demo 'Write a poem'  one answer",
    ),
)
def demo(run: typer.Context) -> int | None:
    """Give the tour, unless a subcommand follows."""
    return give_tour() if run.invoked_subcommand is None else None


def give_tour() -> int:
    """Stream an answer over a connection that is cut twice; return the exit code."""
    from tokenhub_cli.assembly import View
    from tokenhub_cli.chat.message import Role, build_message
    from tokenhub_cli.cli.opening import open_session
    from tokenhub_cli.demo import tour

    # The user's own settings stay out of it where they would change what there is to see.
    flags = {"model": tour.MODEL, "keyless": True, "history": False, "resume": "auto"}
    write_notice(tour.INTRODUCTION)
    with tour.open_tour() as gateway:
        flags["base_url"] = gateway.base_url
        with open_session(read_context(), flags, View(), remembers=False) as session:
            turn = session.build_turn(build_message(Role.USER, tour.QUESTION))
            result = session.run_turn(session.begin_conversation("").append(turn))
        story = tour.describe_tour(gateway, str(result.answer.text))
        write_notice(f"\n{story}\n\n{tour.NEXT_STEPS}")
    return result.exit_code


@app.command(
    help=build_help(
        "Run a gateway on this machine that speaks TokenHub's protocol, until Ctrl-C.",
        "tokenhub demo serve --port 8080",
        "tokenhub demo serve --fault 429:2 --fault cut:400:rst",
        "tokenhub demo serve --fault 'stall:12p:60*' --rate 20",
        details=format_table(),
    )
)
def serve(
    *,
    port: Annotated[
        int,
        typer.Option(metavar="PORT", help="The port; 0 takes any free one.", min=0, max=65535),
    ] = 0,
    fault: Annotated[
        list[str] | None, typer.Option(metavar="SPEC", help="What goes wrong; repeatable.")
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A model on offer; repeatable.")
    ] = None,
    key: Annotated[
        str,
        typer.Option(metavar="KEY", help="The only key that is accepted; by default any one is."),
    ] = ANY_KEY,
    keyless: Annotated[bool, typer.Option("--keyless", help="Ask for no key.")] = False,
    rate: Annotated[
        float, typer.Option(metavar="N", min=0, help="Tokens a second; 0 is full speed.")
    ] = NATURAL_TOKENS_PER_SECOND,
    continuation: Annotated[
        Continuation,
        typer.Option(metavar="WAY", help=f"How a partial answer is gone on with: {_WAYS}."),
    ] = Continuation.EXACT,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No line for each request.")] = False,
) -> None:
    """Run the embedded gateway until Ctrl-C."""
    faults, every = parse_faults(fault or [])
    with noted_interrupt() as wait_for_interrupt:
        try:
            gateway = DemoGateway(
                port=port,
                key=None if keyless else key,
                models=model or MODELS,
                continuation=continuation,
                tokens_per_second=rate or None,
                faults=faults,
                every=every,
                observe=None if quiet else _report,
                keeps=EXCHANGES_KEPT,
            )
        except OSError as error:
            message = f"the gateway cannot listen on `{HOST}:{port}`: {describe_cause(error)}"
            raise UsageError(
                message, hint="`tokenhub demo serve --port 0` takes any free port"
            ) from None
        with gateway:
            write_line(gateway.base_url)
            sys.stdout.flush()
            shown_key = "demo" if key == ANY_KEY else key
            write_notice(format_invitation(gateway.base_url, shown_key, (model or MODELS)[0]))
            wait_for_interrupt()  # the way to end it, so no failure


def format_invitation(base_url: str, key: str, model: str) -> str:
    """Return lines to copy: our own client, curl, and the official SDK."""
    messages = [{"role": "user", "content": "Write a poem"}]
    body = json.dumps({"model": model, "messages": messages, "stream": True}, ensure_ascii=False)
    asking = f"tokenhub ask --base-url {base_url} -m {shlex.quote(model)}"
    return f"""\
The demo gateway answers here until Ctrl-C. It is not a model: its texts are prepared.

  TOKENHUB_API_KEY={shlex.quote(key)} {asking} "Write a poem"

  curl -N {base_url}/chat/completions \\
    -H "Content-Type: application/json" -H {shlex.quote(f"Authorization: Bearer {key}")} \\
    -d {shlex.quote(body)}

  OpenAI(base_url="{base_url}", api_key={json.dumps(key)})
"""


def _report(exchange: "Exchange") -> None:
    request = exchange.request
    model = request.body.get("model", "") if isinstance(request.body, dict) else ""
    words = [request.method, request.path, str(model)]
    # A header or a model's name may hold anything; what is not printable is escaped.
    shown = " ".join(word for word in words if word).encode("unicode_escape").decode()
    ending = f"{exchange.status or 'no response'}, {exchange.pieces_sent} pieces"
    write_notice(f"{shown}: {ending}, {exchange.outcome}")
