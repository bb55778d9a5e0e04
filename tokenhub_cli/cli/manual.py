"""The manual page, tokenhub(1), made from the command tree and the help topics.

It stands beside the completion scripts in `completions/`: made from the same tree, tested fresh by
the same test and shipped the same way. Written in the classic man macros, as man-pages(7) has it.
"""

from tokenhub_cli import __version__
from tokenhub_cli.cli.tree import Argument, Node, Option

HEAD = r""".TH TOKENHUB 1 "" "tokenhub @VERSION@" "User Commands"
.SH NAME
tokenhub \- chat with the models behind TokenHub, or any gateway that speaks its protocol
.SH SYNOPSIS
.B tokenhub
.I COMMAND
.RI [ ARGUMENTS ]
.SH DESCRIPTION
Without arguments, tokenhub begins a conversation on a terminal, and asks what a pipe brings.
"""


def build_manual(tree: Node) -> str:
    """Return the page as roff text."""
    from tokenhub_cli.cli.topics import TOPICS

    parts = [HEAD.replace("@VERSION@", __version__), ".SH OPTIONS\n"]
    parts += [_build_option(option) for option in tree.options]
    parts.append(".SH COMMANDS\n")
    parts += [_build_command(node) for node in tree.walk() if node.path and not node.children]
    for name, (_, build_text) in TOPICS.items():
        title = name.upper().replace("-", " ")
        parts += [f".SH {title}\n", _build_literal(build_text())]
    return "".join(parts)


def _build_command(node: Node) -> str:
    words = " ".join(["tokenhub", *node.path, *map(_format_argument, node.arguments)])
    lines = [f".SS {_escape(words)}\n"]
    for number, paragraph in enumerate(node.help.strip().split("\n\n")):
        body = paragraph.removeprefix("\b\n")
        if body != paragraph:
            lines.append(_build_literal(body))
        else:
            lines.append(("" if number == 0 else ".PP\n") + _escape(" ".join(body.split())) + "\n")
    lines += [_build_option(option) for option in node.options[1:]]
    return "".join(lines)


def _build_option(option: Option) -> str:
    names = ", ".join(f"\\fB{_escape(name)}\\fR" for name in option.names)
    metavar = f" \\fI{_escape(option.metavar)}\\fR" if option.metavar else ""
    choices = f" One of: {', '.join(option.choices)}." if option.choices else ""
    return f".TP\n{names}{metavar}\n{_escape((option.help + choices).strip() or option.metavar)}\n"


def _build_literal(text: str) -> str:
    return f".PP\n.nf\n{_escape(text.rstrip())}\n.fi\n"


def _format_argument(argument: Argument) -> str:
    return f"[{argument.metavar}]" + ("..." if argument.repeats else "")


def _escape(text: str) -> str:
    r"""Return text in which nothing is a request or an escape of roff (groff_char(7))."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("`", "\\(ga")
    text = text.replace("'", "\\(aq").replace("^", "\\(ha").replace("~", "\\(ti")
    return "\n".join("\\&" + line if line.startswith(".") else line for line in text.split("\n"))
