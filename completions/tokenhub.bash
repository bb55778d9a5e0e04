# tokenhub completion for bash, printed by `tokenhub completion bash`.
# Names that change come from small files in tokenhub's cache directory; no program is started.

# What may follow the command $1. An option's value is KIND or WORDS:KIND or =CHOICE,CHOICE.
_tokenhub_table() {
    commands='' options='' values=' ' arguments=''
    case $1 in
        '')
            commands='ask chat resume demo keys models history templates config doctor completion help'
            options='-h --help -V --version --debug'
            ;;
        'ask')
            options='-h --help -m --model -s --system -o --option --temperature --top-p --max-tokens --stop --seed -f --file -a --attach -c --continue --id -n --no-save --no-stream -r --raw --output --json -x --extract --extract-last --schema -t --template -p --param --save -u --usage -R --hide-reasoning -q --quiet -v --verbose --color --profile --base-url --demo --max-retries --no-resume --max-continue --connect-timeout --first-token-timeout --idle-timeout'
            values=' -m:1:models --model:1:models -s:1: --system:1: -o:2: --option:2: --temperature:1: --top-p:1: --max-tokens:1: --stop:1: --seed:1: -f:1:files --file:1:files -a:1:files --attach:1:files --id:1:conversations --output:1:=text,json,stream-json --schema:1:files -t:1:templates --template:1:templates -p:2: --param:2: --save:1: --color:1:=auto,always,never --profile:1:profiles --base-url:1: --max-retries:1: --max-continue:1: --connect-timeout:1: --first-token-timeout:1: --idle-timeout:1: '
            arguments='...-'
            ;;
        'chat')
            options='-h --help -m --model -s --system -o --option --temperature --top-p --max-tokens --stop --seed -c --continue --id -f --file -a --attach -n --no-save -r --raw -u --usage -R --hide-reasoning -q --quiet -v --verbose --color --profile --base-url --demo --max-retries --no-resume --max-continue --connect-timeout --first-token-timeout --idle-timeout'
            values=' -m:1:models --model:1:models -s:1: --system:1: -o:2: --option:2: --temperature:1: --top-p:1: --max-tokens:1: --stop:1: --seed:1: --id:1:conversations -f:1:files --file:1:files -a:1: --attach:1: --color:1:=auto,always,never --profile:1:profiles --base-url:1: --max-retries:1: --max-continue:1: --connect-timeout:1: --first-token-timeout:1: --idle-timeout:1: '
            ;;
        'resume')
            options='-h --help -r --raw --output --json -u --usage -q --quiet -v --verbose --color --profile --base-url --demo --max-retries --max-continue --connect-timeout --first-token-timeout --idle-timeout'
            values=' --output:1:=text,json,stream-json --color:1:=auto,always,never --profile:1:profiles --base-url:1: --max-retries:1: --max-continue:1: --connect-timeout:1: --first-token-timeout:1: --idle-timeout:1: '
            arguments='conversations'
            ;;
        'demo')
            commands='serve'
            options='-h --help'
            ;;
        'demo serve')
            options='-h --help --port --fault --model --key --keyless --rate --continuation -q --quiet'
            values=' --port:1: --fault:1: --model:1: --key:1: --rate:1: --continuation:1:=exact,trims,adds_space,rewraps,repeats_words,starts_over,echoes_prefix,another_last_word,announces,something_else,empty,refuses,refuses_flags,follows_anchor '
            ;;
        'keys')
            commands='set check list remove path'
            options='-h --help'
            ;;
        'keys set')
            options='-h --help --profile --base-url --no-verify'
            values=' --profile:1:profiles --base-url:1: '
            ;;
        'keys check')
            options='-h --help --profile --base-url'
            values=' --profile:1:profiles --base-url:1: '
            ;;
        'keys list')
            options='-h --help --profile --base-url --json'
            values=' --profile:1:profiles --base-url:1: '
            ;;
        'keys remove')
            options='-h --help --profile --base-url'
            values=' --profile:1:profiles --base-url:1: '
            ;;
        'keys path')
            options='-h --help'
            ;;
        'models')
            commands='list default'
            options='-h --help'
            ;;
        'models list')
            options='-h --help --refresh --profile --base-url --json'
            values=' --profile:1:profiles --base-url:1: '
            arguments='...-'
            ;;
        'models default')
            options='-h --help --profile --no-verify'
            values=' --profile:1:profiles '
            arguments='models'
            ;;
        'history')
            commands='list show search export remove rename import stats path'
            options='-h --help'
            ;;
        'history list')
            options='-h --help -n --limit --since -m --model --incomplete --json --color'
            values=' -n:1: --limit:1: --since:1: -m:1:models --model:1:models --color:1:=auto,always,never '
            ;;
        'history show')
            options='-h --help -a --answer -r --raw --reasoning --json --color'
            values=' --color:1:=auto,always,never '
            arguments='conversations'
            ;;
        'history search')
            options='-h --help -n --limit --json --color'
            values=' -n:1: --limit:1: --color:1:=auto,always,never '
            arguments='...-'
            ;;
        'history export')
            options='-h --help -f --format -o --output --all'
            values=' -f:1:=md,json,jsonl,html --format:1:=md,json,jsonl,html -o:1:files --output:1:files '
            arguments='...conversations'
            ;;
        'history remove')
            options='-h --help --older-than --all -y --yes'
            values=' --older-than:1: '
            arguments='...conversations'
            ;;
        'history rename')
            options='-h --help'
            arguments='conversations ...-'
            ;;
        'history import')
            options='-h --help'
            arguments='files'
            ;;
        'history stats')
            options='-h --help --since --json --color'
            values=' --since:1: --color:1:=auto,always,never '
            ;;
        'history path')
            options='-h --help'
            ;;
        'templates')
            commands='list show edit path'
            options='-h --help'
            ;;
        'templates list')
            options='-h --help --json'
            ;;
        'templates show')
            options='-h --help'
            arguments='templates'
            ;;
        'templates edit')
            options='-h --help'
            arguments='templates'
            ;;
        'templates path')
            options='-h --help'
            arguments='templates'
            ;;
        'config')
            commands='list get set unset edit path'
            options='-h --help'
            ;;
        'config list')
            options='-h --help --profile --json'
            values=' --profile:1:profiles '
            ;;
        'config get')
            options='-h --help --profile'
            values=' --profile:1:profiles '
            arguments='=base_url,model,system,default_profile,key_command,keyring,keyless,connect_timeout,first_token_timeout,idle_timeout,max_retries,max_continue,resume,history,usage,theme,code_theme,screen_reader,hide_reasoning,collapse_reasoning,markdown,editing_mode,enter_sends,prompt_history,options.temperature,options.top_p,options.max_tokens,options.stop,options.seed,prices.prompt,prices.completion,prices.cached'
            ;;
        'config set')
            options='-h --help'
            arguments='=base_url,model,system,default_profile,key_command,keyring,keyless,connect_timeout,first_token_timeout,idle_timeout,max_retries,max_continue,resume,history,usage,theme,code_theme,screen_reader,hide_reasoning,collapse_reasoning,markdown,editing_mode,enter_sends,prompt_history,options.temperature,options.top_p,options.max_tokens,options.stop,options.seed,prices.prompt,prices.completion,prices.cached ...values'
            ;;
        'config unset')
            options='-h --help'
            arguments='=base_url,model,system,default_profile,key_command,keyring,keyless,connect_timeout,first_token_timeout,idle_timeout,max_retries,max_continue,resume,history,usage,theme,code_theme,screen_reader,hide_reasoning,collapse_reasoning,markdown,editing_mode,enter_sends,prompt_history,options.temperature,options.top_p,options.max_tokens,options.stop,options.seed,prices.prompt,prices.completion,prices.cached'
            ;;
        'config edit')
            options='-h --help'
            ;;
        'config path')
            options='-h --help'
            ;;
        'doctor')
            options='-h --help --no-spend --probe --forget --profile --base-url --json'
            values=' --profile:1:profiles --base-url:1: '
            ;;
        'completion')
            options='-h --help'
            arguments='=bash,zsh,fish,powershell'
            ;;
        'help')
            options='-h --help'
            arguments='...=exit-codes,environment,config,privacy,resuming,completion,man,ask,chat,resume,demo,keys,models,history,templates,config,doctor,completion,help'
            ;;
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
        keyring | keyless | history | usage | screen_reader | hide_reasoning | collapse_reasoning | markdown | enter_sends | prompt_history) _tokenhub_add_values =true,false ;;
        resume) _tokenhub_add_values =auto,prefix,plain,anchor,off ;;
        theme) _tokenhub_add_values =auto,light,dark ;;
        editing_mode) _tokenhub_add_values =emacs,vi ;;
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
