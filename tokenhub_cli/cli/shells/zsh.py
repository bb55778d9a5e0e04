"""The completion script for zsh: `_arguments` for flags, `compadd` for names.

Names go through `compadd -a`, which expands nothing and quotes what is special.
"""

from tokenhub_cli.cli.tree import DYNAMIC_KINDS, Argument, Node, Option, list_setting_choices

SCRIPT = r"""#compdef tokenhub
# tokenhub completion for zsh, printed by `tokenhub completion zsh`.
# Names that change come from small files in tokenhub's cache directory; no program is started.

# Adds the names in the files of the kind $1; the other arguments are for compadd.
__tokenhub_names() {
  local kind=$1 cache file line
  local -a files names shown
  shift
  if [[ -n ${TOKENHUB_HOME-} ]]; then
    cache=$TOKENHUB_HOME/cache
  elif [[ ${XDG_CACHE_HOME-} == /* ]]; then
    cache=$XDG_CACHE_HOME/tokenhub
  elif [[ $OSTYPE == darwin* ]]; then
    cache=$HOME/Library/Caches/tokenhub
  else
    cache=$HOME/.cache/tokenhub
  fi
  files=($cache/completion/$kind.txt(N))
  [[ $kind == models ]] && files=($cache/models/*.txt(N) $cache/completion/aliases.txt(N))
  for file in $files; do
    for line in "${(@f)$(<$file)}"; do
      [[ -n $line ]] || continue
      names+=("${line%%$'\t'*}")
      shown+=("${line/$'\t'/  -- }")
    done
  done
  (( $#names )) || return 1
  compadd "$@" -l -d shown -a names
}
@KINDS@

# Adds what the setting named before, of a profile or not, can be.
__tokenhub_values() {
  case ${words[CURRENT-1]#profiles.*.} in
@CHOICES@
  esac
}

@FUNCTIONS@

if [[ $funcstack[1] == _tokenhub ]]; then
  _tokenhub "$@"
else
  compdef _tokenhub tokenhub
fi
"""


def build_script(tree: Node) -> str:
    """Return the script for the tree."""
    kinds = "\n".join(
        f'__tokenhub_{kind}() {{ __tokenhub_names {kind} "$@" }}' for kind in DYNAMIC_KINDS
    )
    functions = "\n\n".join(_build_function(node) for node in tree.walk())
    choices = "\n".join(
        f'    ({"|".join(names)}) compadd "$@" {" ".join(values)} ;;'
        for names, values in list_setting_choices()
    )
    return (
        SCRIPT.replace("@KINDS@", kinds)
        .replace("@CHOICES@", choices)
        .replace("@FUNCTIONS@", functions)
    )


def _build_function(node: Node) -> str:
    name = "_".join(("_tokenhub", *node.path))
    specs = [_build_option(option) for option in node.options]
    if not node.children:
        specs += [_build_argument(argument) for argument in node.arguments]
        lines = " \\\n".join(["  _arguments -s -S", *(f"    {spec}" for spec in specs)])
        return f"{name}() {{\n{lines}\n}}"
    specs += ["'1: :->command'", "'*:: :->words'"]
    arguments = " \\\n".join(["  _arguments -C", *(f"    {spec}" for spec in specs)])
    commands = "\n".join(
        "        " + _quote(f"{child.name}:{child.summary}") for child in node.children
    )
    cases = "\n".join(f"        {child.name}) {name}_{child.name} ;;" for child in node.children)
    return f"""{name}() {{
  local curcontext=$curcontext state line
  local -a commands
{arguments} && return
  case $state in
    command)
      commands=(
{commands}
      )
      _describe -t commands command commands
      ;;
    words)
      case $line[1] in
{cases}
      esac
      ;;
  esac
}}"""


def _build_option(option: Option) -> str:
    help_text = "[" + _escape(option.help or option.metavar) + "]"
    value = ""
    if option.words:
        value = f":{_escape(option.metavar)}:{_build_action(option.kind, option.choices)}"
        value += ":VALUE: " * (option.words - 1)
    if len(option.names) == 1:
        star = "*" if option.repeats else ""
        return _quote(f"{star}{_name(option.names[0], option)}{help_text}{value}")
    head = "*" if option.repeats else f"({' '.join(option.names)})"
    names = ",".join(_name(name, option) for name in option.names)
    return f"{_quote(head)}{{{names}}}{_quote(help_text + value)}"


def _name(name: str, option: Option) -> str:
    """Return an option's name with the mark that says how its value may be attached."""
    if option.words != 1:
        return name
    return f"{name}=" if name.startswith("--") else f"{name}+"


def _build_argument(argument: Argument) -> str:
    prefix = "*:" if argument.repeats else ":"
    action = _build_action(argument.kind, argument.choices)
    return _quote(f"{prefix}{_escape(argument.metavar)}:{action}")


def _build_action(kind: str, choices: tuple[str, ...]) -> str:
    if choices:
        return f"({' '.join(choices)})"
    if kind == "files":
        return "_files"
    return f"__tokenhub_{kind}" if kind in (*DYNAMIC_KINDS, "values") else " "


def _escape(text: str) -> str:
    for special in "\\[]:":
        text = text.replace(special, "\\" + special)
    return text


def _quote(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"
