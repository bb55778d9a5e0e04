"""The completion script for bash 3.2 (which macOS has) and later.

`compgen -W` is not used: it expands `$(…)` in the words, and a model's name comes from a gateway.
Words are taken from the line itself, because bash cuts its own list at `=` and `:`.
"""

from tokenhub_cli.cli.tree import Node, Option, list_setting_choices

SCRIPT = r"""# tokenhub completion for bash, printed by `tokenhub completion bash`.
# Names that change come from small files in tokenhub's cache directory; no program is started.

# What may follow the command $1. An option's value is KIND or WORDS:KIND or =CHOICE,CHOICE.
_tokenhub_table() {
    commands='' options='' values=' ' arguments=''
    case $1 in
@TABLE@
    esac
}

# Adds the word $1 to the answers if it begins like what was typed.
_tokenhub_add() {
    local quoted
    [[ $1 == "$typed"* ]] || return
    printf -v quoted %q "$1"
    COMPREPLY+=("${quoted#"$kept"}")
}

# Adds the names in the files of the kind $1.
_tokenhub_add_names() {
    local cache file name rest
    if [[ -n ${TOKENHUB_HOME-} ]]; then
        cache=$TOKENHUB_HOME/cache
    elif [[ ${XDG_CACHE_HOME-} == /* ]]; then
        cache=$XDG_CACHE_HOME/tokenhub
    elif [[ $OSTYPE == darwin* ]]; then
        cache=$HOME/Library/Caches/tokenhub
    else
        cache=$HOME/.cache/tokenhub
    fi
    if [[ $1 == models ]]; then
        set -- "$cache"/models/*.txt "$cache/completion/aliases.txt"
    else
        set -- "$cache/completion/$1.txt"
    fi
    for file; do
        [[ -r $file ]] || continue
        while IFS=$'\t' read -r name rest || [[ -n $name ]]; do
            [[ -n $name ]] && _tokenhub_add "$name"
        done < "$file"
    done
}

# Adds what the setting $1, of a profile or not, can be.
_tokenhub_add_choices() {
    case ${1#profiles.*.} in
@CHOICES@
    esac
}

# Adds what a value of the kind $1 can be.
_tokenhub_add_values() {
    local choice IFS=,
    case $1 in
        values) _tokenhub_add_choices "${words[${#words[@]} - 1]}" ;;
        models | profiles | conversations | templates) _tokenhub_add_names "$1" ;;
        files) compopt -o default 2> /dev/null ;;
        =*) for choice in ${1#=}; do _tokenhub_add "$choice"; done ;;
    esac
}

_tokenhub() {
    local line=${COMP_LINE:0:COMP_POINT} typed='' kept='' path='' word kind
    local commands options values arguments previous='' count=0 skip=0 index=1
    local -a words
    COMPREPLY=()
    read -r -a words <<< "$line"
    if [[ $line != *[[:space:]] ]]; then
        typed=${words[${#words[@]} - 1]}
        unset "words[${#words[@]} - 1]"
    fi
    _tokenhub_table ''
    while ((index < ${#words[@]})) && [[ -n $commands ]]; do
        word=${words[index]}
        [[ " $commands " == *" $word "* ]] || break
        path=${path:+$path }$word
        _tokenhub_table "$path"
        ((index++))
    done
    for ((; index < ${#words[@]}; index++)); do
        word=${words[index]}
        if ((skip > 0)); then
            ((skip--))
        elif [[ $values == *" $word:"* ]]; then
            kind=${values#*" $word:"}
            skip=${kind%%:*}
            kind=${kind#*:}
            previous=${kind%% *}
        elif [[ $word != -?* ]]; then
            ((count++))
        fi
    done
    if ((skip > 0)); then
        word=${typed##*["$COMP_WORDBREAKS"]}
        kept=${typed%"$word"}
        _tokenhub_add_values "$previous"
    elif [[ $typed == --*=* ]]; then
        word=${typed%%=*}
        typed=${typed#*=}
        kind=${typed##*["$COMP_WORDBREAKS"]}
        kept=${typed%"$kind"}
        if [[ $values == *" $word:"* ]]; then
            kind=${values#*" $word:"}
            kind=${kind#*:}
            _tokenhub_add_values "${kind%% *}"
        fi
    elif [[ $typed == -* ]]; then
        for word in $options; do _tokenhub_add "$word"; done
    elif [[ -n $commands ]]; then
        for word in $commands; do _tokenhub_add "$word"; done
    else
        word=${typed##*["$COMP_WORDBREAKS"]}
        kept=${typed%"$word"}
        for kind in $arguments; do
            if ((count == 0)) || [[ $kind == ...* ]]; then
                _tokenhub_add_values "${kind#...}"
                break
            fi
            ((count--))
        done
    fi
}

complete -F _tokenhub tokenhub
"""


def build_script(tree: Node) -> str:
    """Return the script for the tree."""
    choices = "\n".join(
        f"        {' | '.join(names)}) _tokenhub_add_values ={','.join(values)} ;;"
        for names, values in list_setting_choices()
    )
    table = "\n".join(_build_case(node) for node in tree.walk())
    return SCRIPT.replace("@CHOICES@", choices).replace("@TABLE@", table)


def _build_case(node: Node) -> str:
    fields = {
        "commands": " ".join(child.name for child in node.children),
        "options": " ".join(name for option in node.options for name in option.names),
        "values": "".join(_build_value(option) for option in node.options if option.words),
        "arguments": " ".join(
            ("..." if argument.repeats else "")
            + (_format_kind(argument.kind, argument.choices) or "-")
            for argument in node.arguments
        ),
    }
    if fields["values"]:
        fields["values"] = " " + fields["values"]
    lines = [f"            {name}='{text}'" for name, text in fields.items() if text]
    return "\n".join([f"        '{' '.join(node.path)}')", *lines, "            ;;"])


def _build_value(option: Option) -> str:
    kind = _format_kind(option.kind, option.choices)
    return "".join(f"{name}:{option.words}:{kind} " for name in option.names)


def _format_kind(kind: str, choices: tuple[str, ...]) -> str:
    return "=" + ",".join(choices) if choices else kind
