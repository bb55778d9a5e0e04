"""The completion script for fish 3 and later."""

from tokenhub_cli.cli.tree import DYNAMIC_KINDS, Node, Option, list_setting_choices

SCRIPT = r"""# tokenhub completion for fish, printed by `tokenhub completion fish`.
# Names that change come from small files in tokenhub's cache directory; no program is started.

# Prints the lines of the files of the kind $argv[1]: a name, and after a tab its description.
function __tokenhub_names
    set -l cache "$HOME/.cache/tokenhub"
    if test -n "$TOKENHUB_HOME"
        set cache "$TOKENHUB_HOME/cache"
    else if string match -q '/*' -- "$XDG_CACHE_HOME"
        set cache "$XDG_CACHE_HOME/tokenhub"
    else if test -d "$HOME/Library/Caches"
        set cache "$HOME/Library/Caches/tokenhub"
    end
    set -l files "$cache/completion/$argv[1].txt"
    test $argv[1] = models
    and set files $cache/models/*.txt "$cache/completion/aliases.txt"
    for file in $files
        test -r "$file"
        and string match -r '.+' <"$file"
    end
end

# Whether the command is $argv[1], and, if there is an $argv[2], whether so many words follow it.
function __tokenhub_at
    set -l words (commandline -opc)[2..]
    for name in (string split -n ' ' -- $argv[1])
        test "$words[1]" = "$name"
        or return 1
        set -e words[1]
    end
    set -q argv[2]
    or return 0
    set -l count 0
    set -l skip 0
    for word in $words
        if test $skip -gt 0
            set skip (math $skip - 1)
        else if contains -- $word @PAIRS@
            set skip 2
        else if contains -- $word @VALUED@
            set skip 1
        else if not string match -q -- '-?*' $word
            set count (math $count + 1)
        end
    end
    test $count $argv[2] $argv[3]
end

# Prints what the setting named before, of a profile or not, can be.
function __tokenhub_values
    set -l words (commandline -opc)
    switch (string replace -r '^profiles\.[^.]+\.' '' -- $words[-1])
@CHOICES@
    end
end

complete -c tokenhub -f
@LINES@
"""


def build_script(tree: Node) -> str:
    """Return the script for the tree."""
    options = [option for node in tree.walk() for option in node.options]
    flags = {name for option in options if not option.words for name in option.names}
    pairs = {name for option in options if option.words > 1 for name in option.names}
    valued = {name for option in options if option.words == 1 for name in option.names}
    lines = "\n".join(line for node in tree.walk() for line in _build_lines(node))
    choices = "\n".join(
        f"        case {' '.join(names)}\n            printf '%s\\n' {' '.join(values)}"
        for names, values in list_setting_choices()
    )
    return (
        SCRIPT.replace("@PAIRS@", " ".join(sorted(pairs - flags)))
        .replace("@VALUED@", " ".join(sorted(valued - flags - pairs)))
        .replace("@CHOICES@", choices)
        .replace("@LINES@", lines)
    )


def _build_lines(node: Node) -> list[str]:
    path = " ".join(node.path)
    at = f"__tokenhub_at {_quote(path)}"
    lines = ["", f"# tokenhub {path}".rstrip()]
    nothing_follows = _quote(f"{at} -eq 0")
    lines += [
        f"complete -c tokenhub -n {nothing_follows} -a {child.name} -d {_quote(child.summary)}"
        for child in node.children
    ]
    condition = nothing_follows if node.children else _quote(at)
    lines += [_build_option(option, condition) for option in node.options]
    for position, argument in enumerate(node.arguments):
        test = "-ge" if argument.repeats else "-eq"
        value = _build_value(argument.kind, argument.choices)
        if value:
            condition = _quote(f"{at} {test} {position}")
            lines.append(f"complete -c tokenhub -n {condition}{value}")
    return lines


def _build_option(option: Option, condition: str) -> str:
    names = "".join(
        f" -l {name[2:]}" if name.startswith("--") else f" -s {name[1:]}" for name in option.names
    )
    value = ""
    if option.words:
        value = _build_value(option.kind, option.choices) or " -x"
    help_text = f" -d {_quote(option.help)}" if option.help else ""
    return f"complete -c tokenhub -n {condition}{names}{value}{help_text}"


def _build_value(kind: str, choices: tuple[str, ...]) -> str:
    if choices:
        return f" -x -a {_quote(' '.join(choices))}"
    if kind == "files":
        return " -r -F"
    if kind in DYNAMIC_KINDS:
        keep = " -k" if kind == "conversations" else ""  # the newest first, as in the file
        return f" -x{keep} -a {_quote(f'(__tokenhub_names {kind})')}"
    if kind == "values":
        return " -x -k -a '(__tokenhub_values)'"
    return ""


def _quote(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
