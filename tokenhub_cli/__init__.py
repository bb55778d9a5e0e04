"""tokenhub: a command-line chat tool for TokenHub and every gateway that speaks its protocol.

The directory listing reads as the journey of a message: `cli` and `repl` take it in, `turn` carries
it, `gateway` sends it, `wire` understands what comes back, `render` shows it, `store` keeps it.
Imports go one way, down (held by the contracts in pyproject.toml):

                cli
                 |
                repl                       demo   (imports wire, chat and errors at most)
                 |
              session   (what ask, chat and resume share; assembly: its parts from settings;
                 |       theme_checks: whether the code theme that is set exists)
                 |
          turn, attachments   (and interrupts: Ctrl-C)
       __________|__________________________
      |          |             |            |
    gateway   settings       store        render      (siblings never import each other)
      |__________|_____________|____________|
                       |
                 private_files   (how a file of the user's own is made, and replaced)
                       |
                  wire -> chat
                       |
                    errors

`wire`, `chat` and `errors` import the standard library alone, and of it nothing that does I/O or
tells the time. Each third-party library has one home: httpx and truststore in `gateway`;
markdown-it and pygments in `render`; prompt_toolkit in `repl`; typer in `cli`; platformdirs,
tomlkit and keyring in `settings`; sqlite3 in `store`.

This module imports nothing, so that `tokenhub --version` is instant.
"""

__version__ = "0.1.0.dev0"
