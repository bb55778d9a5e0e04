"""What `tokenhub help TOPIC` says: short texts, and tables that are made from the code's own.

The tests hold the texts to the code: each exit code, each setting, each `TOKENHUB_` variable.
"""

from collections.abc import Callable

from tokenhub_cli.errors import ExitCode

MEANINGS = {
    ExitCode.COMPLETE: "the answer is complete, or the reader closed the pipe",
    ExitCode.UNEXPECTED: (
        "unexpected failure, or the output could not be written; also: a search of history "
        "found nothing, or a question was answered with no"
    ),
    ExitCode.USAGE: "wrong usage: a flag, an argument, the input",
    ExitCode.INCOMPLETE: "incomplete: some of the answer was delivered, not all",
    ExitCode.CREDENTIAL: "no key, or the key was refused (401, 403)",
    ExitCode.LIMIT: "rate limit or quota, after waiting",
    ExitCode.UNREACHABLE: "network or gateway down; nothing received",
    ExitCode.CONFIGURATION: "configuration: the file, a profile or a setting",
    ExitCode.REFUSED: "the gateway refused the request (400, 404, 413, 422)",
    ExitCode.INTERRUPTED: "interrupted by Ctrl-C",
}

# name -> what it does, in the order of `help environment`
VARIABLES = {
    "TOKENHUB_API_KEY": "The key; goes before every other place of one.",
    "TOKENHUB_BASE_URL": "The gateway, up to `/v1`.",
    "TOKENHUB_MODEL": "The model, or an alias of it.",
    "TOKENHUB_PROFILE": "The profile in force.",
    "TOKENHUB_HOME": "One directory for all files, in place of the system's own.",
    "TOKENHUB_NO_HISTORY": "Set to anything: conversations are not kept.",
    "NO_COLOR": "Set to anything: no colours.",
    "FORCE_COLOR": "Set to anything but 0: coloured tables even where `TERM` is `dumb`.",
    "TERM": "`dumb`: nothing is repainted or coloured.",
    "VISUAL, EDITOR": "The editor of `tokenhub config edit` and of `chat`.",
    "PAGER": "A command for what `tokenhub history` shows, where that is longer than the screen.",
    "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY": "The proxy to the gateway, and exceptions.",
    "SSL_CERT_FILE, SSL_CERT_DIR": "Certificates to trust, such as a company's.",
    "XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME, XDG_CACHE_HOME": (
        "Where files live on Linux, if TOKENHUB_HOME is not set."
    ),
}

_CONFIG = """\
Settings stand in one TOML file (`tokenhub config path` names it). Change it with
`tokenhub config set`, `unset` and `edit`; comments and layout stay.

A flag goes before the environment, that before the profile, that before the
file, that before the default. `tokenhub config list` shows where each value
comes from. Nothing in the working directory can set a key or a gateway.

A profile is a gateway with its settings:

  [profiles.local]
  base_url = "http://localhost:11434/v1"
  model = "llama3.2"

  tokenhub ask --profile local "Hello"     once
  tokenhub config set default_profile local     always

A model may have options of its own, and an alias:

  [models.fast]
  model = "gpt-4o-mini"
  options = { temperature = 0.2 }

  tokenhub ask -m fast "Hello"

Headers that a gateway wants stand in its profile:

  [profiles.work.headers]
  X-Team = "search"

All settings:

"""

_PRIVACY = """\
What leaves this machine
  Questions, files and pictures that you send, and the conversation so far, go
  to the gateway in force (`tokenhub config get base_url`), and nowhere else.
  There is no telemetry and no update check.

The key
  It is sent to the origin (scheme, host, port) that it was stored for, never
  after a redirect, and over plain http to this machine only. No flag takes it.
  It is never printed: `tokenhub keys list` shows a fingerprint.
  `OPENAI_API_KEY` is neither used nor sent: it would hand one vendor's secret to
  another. Only whether it is set is looked at, to word the error of a missing key.

What stays on this machine
  Conversations, in a file that only you can read: `tokenhub history`. Not with
  `--no-save`, `TOKENHUB_NO_HISTORY=1`, or `tokenhub config set history false`.
  An answer under way stands in a file beside until it is kept, so that a crash
  loses nothing that was shown. Earlier turns of a conversation that is open,
  pictures included, wait in another file, without a name, that ends with it.
  Questions typed in `chat`, to be found again by Up and Ctrl-R, but none that
  looks like a key: `tokenhub config set prompt_history false` ends that.
  Names of models, profiles and conversations, with titles, in the cache
  directory, for the shell's completion.

A report for others
  `tokenhub doctor --json` holds neither keys nor conversations.
"""

_RESUMING = """\
An answer is complete only if the gateway said so. One that was cut is gone on
with by itself: the text so far goes back to the gateway with the request for
the rest, and what comes is joined where it was cut. Text shown is never lost
and never shown twice. A resumed answer bills the prompt again; a notice says so.

What cannot be joined with certainty is not joined. Then the answer ends as
incomplete (exit code 3), with the text so far, and is kept:

  tokenhub resume            finish the newest
  tokenhub resume ID         finish another

How to ask for the rest differs from gateway to gateway. `auto` finds out and
remembers; `tokenhub config set resume VALUE` fixes it, in a profile too:

  auto      try them in this order, and remember what works
  prefix    the gateway's own flag on the last message
  plain     the text so far as the last message
  anchor    a request to go on from the last words
  off       never ask for the rest

  tokenhub doctor --probe    tries it, for a few tokens
  tokenhub doctor --forget   forgets what was learned

`--no-resume` leaves one answer as it was cut. `--max-continue N` goes on when
the model's length limit cut the answer.
"""

_COMPLETION = """\
A package of your system brings completions with it. Otherwise, once:

  bash        mkdir -p ~/.local/share/bash-completion/completions
              tokenhub completion bash \\
                > ~/.local/share/bash-completion/completions/tokenhub
              (without the package bash-completion: source that file in ~/.bashrc)

  zsh         mkdir -p ~/.zfunc
              tokenhub completion zsh > ~/.zfunc/_tokenhub
              and in ~/.zshrc, before compinit: fpath=(~/.zfunc $fpath)

  fish        mkdir -p ~/.config/fish/completions
              tokenhub completion fish > ~/.config/fish/completions/tokenhub.fish

  powershell  tokenhub completion powershell >> $PROFILE

The scripts start no program: flags stand in them, and names of models, profiles,
conversations and templates come from small files in the cache directory.
`tokenhub models list` and `tokenhub config list` bring those up to date. After an
update of tokenhub, print the script anew.
"""


def _build_exit_codes() -> str:
    from textwrap import fill

    indent = " " * 7
    lines = [
        fill(MEANINGS[code], 80, initial_indent=f"  {code.value:>3}  ", subsequent_indent=indent)
        for code in ExitCode
    ]
    return "\n".join(["What the exit code of `tokenhub` means:", "", *lines, ""])


def _build_environment() -> str:
    lines = []
    for name, meaning in VARIABLES.items():
        lines += [f"  {name}", f"      {meaning}"]
    head = "Variables that are read; a flag goes before them, the files after them:"
    return "\n".join([head, "", *lines, ""])


def _build_config() -> str:
    from tokenhub_cli.settings.schema import SETTINGS

    lines = []
    for setting in SETTINGS.values():
        lines.append(f"  {setting.name}")
        lines.append(f"      {setting.help}")
        if setting.choices:
            lines.append(f"      One of: {', '.join(setting.choices)}.")
    return _CONFIG + "\n".join([*lines, ""])


TOPICS: dict[str, tuple[str, Callable[[], str]]] = {
    "exit-codes": ("What the exit code means.", _build_exit_codes),
    "environment": ("Variables that are read.", _build_environment),
    "config": ("The configuration file, profiles, aliases.", _build_config),
    "privacy": ("What leaves this machine, and what stays on it.", lambda: _PRIVACY),
    "resuming": ("How a cut answer is finished.", lambda: _RESUMING),
    "completion": ("How to install completion in your shell.", lambda: _COMPLETION),
}
