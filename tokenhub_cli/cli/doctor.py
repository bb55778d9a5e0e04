"""`tokenhub doctor`: what is found where, is the gateway reachable, does it stream; what to do.

Checks run in the order in which they depend on each other, so that the first failure is the cause
of those after it: it decides the exit code and the command to run next.
"""

import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from tokenhub_cli.cli.context import (
    TYPER_OPTIONS,
    Context,
    build_help,
    read_context,
    write_json,
    write_line,
    write_notice,
)
from tokenhub_cli.cli.gateway_flags import AsJsonFlag, BaseUrlFlag, ProfileFlag
from tokenhub_cli.errors import ExitCode, GatewayError, TokenHubError
from tokenhub_cli.settings.paths import Paths, find_paths
from tokenhub_cli.settings.resolve import Settings, resolve_settings
from tokenhub_cli.settings.schema import format_profile_flag

if TYPE_CHECKING:
    from tokenhub_cli.gateway.finding import Finding
    from tokenhub_cli.gateway.transport import Transport
    from tokenhub_cli.settings.keys import Key

STEP_TIMEOUT_S = 10.0
ANSWER_TIMEOUT_S = 60.0
STYLES = {"ok": "green", "warning": "yellow", "failed": "bold red", "info": "cyan"}
HOME_MARK = "~"
COMMAND_WHEN_WELL = 'tokenhub ask "Why is the sky blue?"'

app = typer.Typer(**TYPER_OPTIONS)


@app.command(
    help=build_help(
        "Look at everything that an answer depends on, and name the command to run next.",
        "tokenhub doctor",
        "tokenhub doctor --no-spend",
        "tokenhub doctor --probe --profile work",
        "tokenhub doctor --json > report.json      (for a bug report; nothing secret in it)",
        details=(
            "The gateway is asked for its models and for an answer of two tokens. The exit code is "
            "that of the first failure, 0 if there is none: `tokenhub help exit-codes`."
        ),
    )
)
def doctor(
    *,
    no_spend: Annotated[
        bool, typer.Option("--no-spend", help="Ask for no answer: nothing is billed.")
    ] = False,
    probe: Annotated[
        bool,
        typer.Option("--probe", help="Try how cut answers can be resumed: about 200 tokens."),
    ] = False,
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget what was learned of gateways, and end.")
    ] = False,
    profile: ProfileFlag = None,
    base_url: BaseUrlFlag = None,
    as_json: AsJsonFlag = False,
) -> int:
    """Run the checks, print what they found, and return the exit code of the first failure."""
    context = read_context()
    paths = find_paths(context.environ)
    if forget:
        return _forget(paths)
    checkup = Checkup(context, paths, profile, base_url, spends=not no_spend, probes=probe)
    findings = list(_show_progress(checkup.run(), context, is_shown=not as_json))
    findings = [checkup.redact(finding) for finding in findings]
    code, command = conclude(findings)
    if as_json:
        _write_json(findings, code, command)
    else:
        _write_findings(context, findings)
        write_line(f"next: {command}")
    return code


def _forget(paths: Paths) -> int:
    from tokenhub_cli.gateway.quirks import QuirkMemory

    found = QuirkMemory(paths.quirks_file).forget()
    write_notice("forgotten: gateways are learned anew" if found else "there was nothing to forget")
    return ExitCode.COMPLETE


class Checkup:
    """The checks in order, and what must not be printed of what they find.

    Args:
        context: The surroundings.
        paths: Where files live.
        profile: What `--profile` names.
        base_url: What `--base-url` names.
        spends: Whether an answer may be asked for.
        probes: Whether resuming is tried.
    """

    def __init__(
        self,
        context: Context,
        paths: Paths,
        profile: str | None,
        base_url: str | None,
        *,
        spends: bool,
        probes: bool,
    ) -> None:
        self._context = context
        self._paths = paths
        self._profile = profile
        self._base_url = base_url
        self._spends = spends
        self._probes = probes
        self._secrets: list[str] = []

    def run(self) -> "Iterator[Finding]":
        """Yield the findings as they are made."""
        from tokenhub_cli.cli import surroundings
        from tokenhub_cli.gateway.finding import Verdict, fail

        yield surroundings.examine_versions()
        yield from surroundings.examine_directories(self._paths)
        yield from surroundings.examine_private_files(self._paths)
        yield surroundings.examine_terminal(self._context)
        try:
            settings = self._resolve()
        except TokenHubError as error:
            yield fail("config", error)
            yield from _skip("which one is not known", "gateway")
            return
        self._secrets += settings.headers.values()
        yield surroundings.describe_settings(settings, self._paths)
        yield from surroundings.examine_code_themes(self._paths)
        finding, key = surroundings.examine_key(settings, self._context.environ, self._paths)
        yield finding
        if key is not None:
            self._secrets.append(key.value)
        yield from self._examine_gateway(
            settings, key, has_key=finding.verdict is not Verdict.FAILED
        )

    def redact(self, finding: "Finding") -> "Finding":
        """Return the finding without keys, header values and the home directory's name."""
        return replace(
            finding,
            words=self._clean(finding.words),
            hint=self._clean(finding.hint),
            command=self._clean(finding.command),
            facts=tuple(
                (name, self._clean(value) if isinstance(value, str) else value)
                for name, value in finding.facts
            ),
        )

    def _clean(self, text: str) -> str:
        from tokenhub_cli.cli.surroundings import escape_path
        from tokenhub_cli.wire.words import redact

        home = Path(self._context.environ.get("HOME") or Path.home())
        if len(str(home)) > 1:
            text = text.replace(str(home), HOME_MARK).replace(escape_path(home), HOME_MARK)
        return redact(text, self._secrets)

    def _resolve(self) -> Settings:
        flags = {"base_url": self._base_url}
        return resolve_settings(self._context.environ, self._paths, self._profile, flags)

    def _examine_gateway(
        self, settings: Settings, key: "Key | None", *, has_key: bool
    ) -> "Iterator[Finding]":
        from tokenhub_cli.gateway.diagnosis import examine_way
        from tokenhub_cli.gateway.finding import Verdict, fail

        timeout = min(settings.connect_timeout, STEP_TIMEOUT_S)
        for finding in examine_way(settings.base_url, timeout=timeout):
            yield finding
            if finding.verdict is Verdict.FAILED:
                yield from _skip("the gateway cannot be reached", "models", "answer")
                return
        if not has_key:
            yield from _skip("there is no key to ask with", "models", "answer")
            return
        from tokenhub_cli.assembly import build_endpoint
        from tokenhub_cli.gateway.transport import Transport

        endpoint = replace(
            build_endpoint(settings, key),
            connect_timeout=timeout,
            first_token_timeout=min(settings.first_token_timeout, ANSWER_TIMEOUT_S),
        )
        try:
            transport = Transport(endpoint)
        except TokenHubError as error:  # it is refused before anything is sent: a broken proxy, say
            yield fail("models", error)
            yield from _skip("the gateway cannot be asked", "answer")
            return
        try:
            yield from self._try_gateway(transport, settings)
        finally:
            transport.close()

    def _try_gateway(self, transport: "Transport", settings: Settings) -> "Iterator[Finding]":
        from tokenhub_cli.gateway.finding import Verdict
        from tokenhub_cli.gateway.trial import probe_resuming, try_answer

        listed = list(self._list_models(transport, settings))
        yield from listed
        if listed[0].verdict is Verdict.FAILED:
            yield from _skip("the gateway would refuse it", "answer")
            return
        if not self._spends:
            yield from _skip("not asked for, because of `--no-spend`", "answer")
            return
        answer = try_answer(transport, settings.model)
        if answer.verdict is Verdict.FAILED:
            # Where the list of models shows what is wrong, it knows better what to do.
            yield replace(answer, command=listed[0].command or answer.command)
            return
        yield answer
        if self._probes:
            yield probe_resuming(transport, settings.model)
        else:
            words = "not tried; `tokenhub doctor --probe` does, for about 200 tokens"
            yield from _skip(words, "resuming")

    def _list_models(self, transport: "Transport", settings: Settings) -> "Iterator[Finding]":
        from tokenhub_cli.errors import RefusedRequestError
        from tokenhub_cli.gateway.catalog import locate_catalog, save_catalog
        from tokenhub_cli.gateway.diagnosis import judge_clock
        from tokenhub_cli.gateway.finding import Finding, Verdict, fail
        from tokenhub_cli.gateway.listing import fetch_listing

        try:
            names, date = fetch_listing(transport)
        except RefusedRequestError as error:
            words = f"{error.message}; that is not needed for answers"
            yield Finding("models", Verdict.INFO, words)
            return
        except GatewayError as error:
            yield fail("models", error)
            return
        save_catalog(locate_catalog(self._paths.models_directory, settings.base_url), names)
        yield judge_models(names, settings.model, format_profile_flag(settings.profile))
        yield judge_clock(date, time.time())


def _skip(words: str, *checks: str) -> "Iterator[Finding]":
    """Yield a finding for each check that was not made, and why."""
    from tokenhub_cli.gateway.finding import Finding, Verdict

    for check in checks:
        yield Finding(check, Verdict.SKIPPED, words)


def judge_models(names: tuple[str, ...], model: str, target: str = "") -> "Finding":
    """Judge the list of models: is the one in force among them?

    Args:
        names: What the gateway offers.
        model: The model in force.
        target: The flags of a command that is to speak of the same gateway.
    """
    from shlex import quote

    from tokenhub_cli.gateway.catalog import find_near_names
    from tokenhub_cli.gateway.finding import Finding, Verdict

    count = f"{len(names):,} on offer"
    facts = (("count", len(names)), ("has_model", model in names))
    if not names or model in names:
        words = f"{count}, `{model}` among them" if names else "the gateway lists none"
        return Finding("models", Verdict.OK, words, facts=facts)
    near = find_near_names(model, names, count=1)
    command = f"tokenhub models {f'default {quote(near[0])}' if near else 'list'}{target}"
    words = f"{count}, but not `{model}`, the model in force"
    return Finding("models", Verdict.WARNING, words, f"`{command}`", command, facts=facts)


def conclude(findings: "Iterable[Finding]") -> tuple[int, str]:
    """Return the exit code of the first failure, and the one command to run next.

    The first failure's command counts, else the first warning's that has one.
    """
    findings = list(findings)
    failures = [finding for finding in findings if finding.verdict == "failed"]
    warnings = [finding for finding in findings if finding.verdict == "warning"]
    code = failures[0].code if failures else ExitCode.COMPLETE
    commands = [finding.command for finding in failures[:1] or warnings if finding.command]
    if commands:
        return code, commands[0]
    return code, "tokenhub doctor --json" if failures else COMMAND_WHEN_WELL


def _show_progress(
    findings: "Iterator[Finding]", context: Context, *, is_shown: bool
) -> "Iterator[Finding]":
    """Pass the findings on, and say on a terminal meanwhile how far it is."""
    from tokenhub_cli.render.theme import is_dumb

    if not is_shown or not context.stderr_is_terminal or is_dumb(context.environ):
        yield from findings
        return
    try:
        for finding in findings:
            sys.stderr.write(f"\r\x1b[Klooked at {finding.check} …")
            sys.stderr.flush()
            yield finding
    finally:
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()


def _write_findings(context: Context, findings: "list[Finding]") -> None:
    from tokenhub_cli.cli.screen import find_screen
    from tokenhub_cli.render.sanitize import sanitize_line

    screen = find_screen(context)
    if screen is None:
        for finding in findings:
            hint = f" ({finding.hint})" if finding.hint else ""
            words = sanitize_line(finding.words + hint)
            write_line(f"{finding.verdict:8}{finding.check:12}{words}")
        return
    from tokenhub_cli.render.columns import Column, format_table

    rows: list[tuple[Any, ...]] = []
    check = ""
    for finding in findings:
        verdict = (str(finding.verdict), STYLES.get(finding.verdict, "dim"))
        rows.append(("" if finding.check == check else finding.check, verdict, finding.words))
        check = finding.check
        if finding.hint:
            rows.append(("", ("hint", "dim"), finding.hint))
    columns = (Column("CHECK"), Column(""), Column("FOUND", flexible=True, folds=True))
    sys.stdout.write(format_table(columns, rows, screen))


def _write_json(findings: "list[Finding]", code: int, command: str) -> None:
    rows = [
        {
            "check": finding.check,
            "verdict": finding.verdict,
            "words": finding.words,
            "hint": finding.hint,
            **({"facts": dict(finding.facts)} if finding.facts else {}),
        }
        for finding in findings
    ]
    document = {"v": 1, "exit_code": int(code), "next": command, "findings": rows}
    write_json(document)
