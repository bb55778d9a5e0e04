# tokenhub completion for fish, printed by `tokenhub completion fish`.
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
        else if contains -- $word --option --param -o -p
            set skip 2
        else if contains -- $word --attach --base-url --color --connect-timeout --continuation --fault --file --first-token-timeout --format --id --idle-timeout --key --limit --max-continue --max-retries --max-tokens --model --older-than --output --port --profile --rate --save --schema --seed --since --stop --system --temperature --template --top-p -f -m -s -t
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
        case keyring keyless history usage screen_reader hide_reasoning collapse_reasoning markdown enter_sends prompt_history
            printf '%s\n' true false
        case resume
            printf '%s\n' auto prefix plain anchor off
        case theme
            printf '%s\n' auto light dark
        case editing_mode
            printf '%s\n' emacs vi
    end
end

complete -c tokenhub -f

# tokenhub
complete -c tokenhub -n '__tokenhub_at \'\' -eq 0' -a ask -d 'Print one answer to stdout.'
complete -c tokenhub -n '__tokenhub_at \'\' -eq 0' -a chat -d 'Hold a conversation on the terminal.'
complete -c tokenhub -n '__tokenhub_at \'\' -eq 0' -a resume -d 'Finish an answer that was cut off.'
complete -c tokenhub -n '__tokenhub_at \'\' -eq 0' -a demo -d 'The embedded gateway, to build and test against.'
complete -c tokenhub -n '__tokenhub_at \'\' -eq 0' -a keys -d 'Store API keys, and say where they are found.'
complete -c tokenhub -n '__tokenhub_at \'\' -eq 0' -a models -d 'List the gateway\'s models, and choose one.'
complete -c tokenhub -n '__tokenhub_at \'\' -eq 0' -a history -d 'Kept conversations: list, show, search, export.'
complete -c tokenhub -n '__tokenhub_at \'\' -eq 0' -a templates -d 'Questions prepared once, asked often.'
complete -c tokenhub -n '__tokenhub_at \'\' -eq 0' -a config -d 'Look at settings and change them.'
complete -c tokenhub -n '__tokenhub_at \'\' -eq 0' -a doctor -d 'Look for what is wrong, and say what to do.'
complete -c tokenhub -n '__tokenhub_at \'\' -eq 0' -a completion -d 'Print a completion script for your shell.'
complete -c tokenhub -n '__tokenhub_at \'\' -eq 0' -a help -d 'Explain a topic or a command.'
complete -c tokenhub -n '__tokenhub_at \'\' -eq 0' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'\' -eq 0' -s V -l version -d 'Print the version.'
complete -c tokenhub -n '__tokenhub_at \'\' -eq 0' -l debug -d 'Show the traceback of an error.'

# tokenhub ask
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s m -l model -x -a '(__tokenhub_names models)' -d 'The model.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s s -l system -x -d 'The system prompt.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s o -l option -x -d 'Any sampling parameter; may be repeated.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l temperature -x -d 'Randomness.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l top-p -x -d 'Share of likely words chosen from.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l max-tokens -x -d 'The longest answer.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l stop -x -d 'A text that ends the answer; may be repeated.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l seed -x -d 'For repeatable answers.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s f -l file -r -F -d 'A text file to send; may be repeated.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s a -l attach -r -F -d 'A picture to send; may be repeated.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s c -l continue -d 'Go on with the newest conversation.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l id -x -k -a '(__tokenhub_names conversations)' -d 'Go on with this conversation.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s n -l no-save -d 'Keep nothing in history.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l no-stream -d 'Ask for the whole answer at once.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s r -l raw -d 'Show Markdown as it is.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l output -x -a 'text json stream-json' -d 'What stdout gets.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l json -d 'The same as `--output json`.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s x -l extract -d 'Print only the first fenced code block.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l extract-last -d 'Print only the last fenced code block.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l schema -r -F -d 'Ask for JSON that fits this JSON schema.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s t -l template -x -a '(__tokenhub_names templates)' -d 'A prepared question to fill in.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s p -l param -x -d 'A variable of the template.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l save -x -d 'Keep prompt and flags as a template; ask nothing.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s u -l usage -d 'Show tokens, timings and cost afterwards.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s R -l hide-reasoning -d 'Do not show the model\'s reasoning.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s q -l quiet -d 'No notices, only errors.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -s v -l verbose -d 'Say more: request ids, attempts.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l color -x -a 'auto always never' -d 'Colours; `auto` asks the terminal.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l profile -x -a '(__tokenhub_names profiles)' -d 'The profile to use.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l base-url -x -d 'The gateway, up to `/v1`.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l demo -d 'Use the embedded demo gateway; no key needed.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l max-retries -x -d 'Attempts after the first.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l no-resume -d 'Do not ask for the rest of an answer that was cut.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l max-continue -x -d 'Go on up to N times when the length limit cut the answer.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l connect-timeout -x -d 'Wait for a connection.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l first-token-timeout -x -d 'Wait for the first piece.'
complete -c tokenhub -n '__tokenhub_at \'ask\'' -l idle-timeout -x -d 'Wait for each further piece.'

# tokenhub chat
complete -c tokenhub -n '__tokenhub_at \'chat\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -s m -l model -x -a '(__tokenhub_names models)' -d 'The model.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -s s -l system -x -d 'The system prompt.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -s o -l option -x -d 'Any sampling parameter; may be repeated.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l temperature -x -d 'Randomness.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l top-p -x -d 'Share of likely words chosen from.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l max-tokens -x -d 'The longest answer.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l stop -x -d 'A text that ends the answer; may be repeated.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l seed -x -d 'For repeatable answers.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -s c -l continue -d 'Go on with the newest conversation.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l id -x -k -a '(__tokenhub_names conversations)' -d 'Go on with this conversation.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -s f -l file -r -F -d 'A text file to send; may be repeated.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -s a -l attach -x -d 'A picture to send; may be repeated.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -s n -l no-save -d 'Keep nothing in history.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -s r -l raw -d 'Show Markdown as it is.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -s u -l usage -d 'Show tokens, timings and cost afterwards.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -s R -l hide-reasoning -d 'Do not show the model\'s reasoning.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -s q -l quiet -d 'No notices, only errors.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -s v -l verbose -d 'Say more: request ids, attempts.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l color -x -a 'auto always never' -d 'Colours; `auto` asks the terminal.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l profile -x -a '(__tokenhub_names profiles)' -d 'The profile to use.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l base-url -x -d 'The gateway, up to `/v1`.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l demo -d 'Use the embedded demo gateway; no key needed.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l max-retries -x -d 'Attempts after the first.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l no-resume -d 'Do not ask for the rest of an answer that was cut.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l max-continue -x -d 'Go on up to N times when the length limit cut the answer.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l connect-timeout -x -d 'Wait for a connection.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l first-token-timeout -x -d 'Wait for the first piece.'
complete -c tokenhub -n '__tokenhub_at \'chat\'' -l idle-timeout -x -d 'Wait for each further piece.'

# tokenhub resume
complete -c tokenhub -n '__tokenhub_at \'resume\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'resume\'' -s r -l raw -d 'Show Markdown as it is.'
complete -c tokenhub -n '__tokenhub_at \'resume\'' -l output -x -a 'text json stream-json' -d 'What stdout gets.'
complete -c tokenhub -n '__tokenhub_at \'resume\'' -l json -d 'The same as `--output json`.'
complete -c tokenhub -n '__tokenhub_at \'resume\'' -s u -l usage -d 'Show tokens, timings and cost afterwards.'
complete -c tokenhub -n '__tokenhub_at \'resume\'' -s q -l quiet -d 'No notices, only errors.'
complete -c tokenhub -n '__tokenhub_at \'resume\'' -s v -l verbose -d 'Say more: request ids, attempts.'
complete -c tokenhub -n '__tokenhub_at \'resume\'' -l color -x -a 'auto always never' -d 'Colours; `auto` asks the terminal.'
complete -c tokenhub -n '__tokenhub_at \'resume\'' -l profile -x -a '(__tokenhub_names profiles)' -d 'The profile to use.'
complete -c tokenhub -n '__tokenhub_at \'resume\'' -l base-url -x -d 'The gateway, up to `/v1`.'
complete -c tokenhub -n '__tokenhub_at \'resume\'' -l demo -d 'Use the embedded demo gateway; no key needed.'
complete -c tokenhub -n '__tokenhub_at \'resume\'' -l max-retries -x -d 'Attempts after the first.'
complete -c tokenhub -n '__tokenhub_at \'resume\'' -l max-continue -x -d 'Go on up to N times when the length limit cut the answer.'
complete -c tokenhub -n '__tokenhub_at \'resume\'' -l connect-timeout -x -d 'Wait for a connection.'
complete -c tokenhub -n '__tokenhub_at \'resume\'' -l first-token-timeout -x -d 'Wait for the first piece.'
complete -c tokenhub -n '__tokenhub_at \'resume\'' -l idle-timeout -x -d 'Wait for each further piece.'
complete -c tokenhub -n '__tokenhub_at \'resume\' -eq 0' -x -k -a '(__tokenhub_names conversations)'

# tokenhub demo
complete -c tokenhub -n '__tokenhub_at \'demo\' -eq 0' -a serve -d 'Run a gateway on this machine that speaks TokenHub\'s protocol, until Ctrl-C.'
complete -c tokenhub -n '__tokenhub_at \'demo\' -eq 0' -s h -l help -d 'Show the help.'

# tokenhub demo serve
complete -c tokenhub -n '__tokenhub_at \'demo serve\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'demo serve\'' -l port -x -d 'The port; 0 takes any free one.'
complete -c tokenhub -n '__tokenhub_at \'demo serve\'' -l fault -x -d 'What goes wrong; repeatable.'
complete -c tokenhub -n '__tokenhub_at \'demo serve\'' -l model -x -d 'A model on offer; repeatable.'
complete -c tokenhub -n '__tokenhub_at \'demo serve\'' -l key -x -d 'The only key that is accepted; by default any one is.'
complete -c tokenhub -n '__tokenhub_at \'demo serve\'' -l keyless -d 'Ask for no key.'
complete -c tokenhub -n '__tokenhub_at \'demo serve\'' -l rate -x -d 'Tokens a second; 0 is full speed.'
complete -c tokenhub -n '__tokenhub_at \'demo serve\'' -l continuation -x -a 'exact trims adds_space rewraps repeats_words starts_over echoes_prefix another_last_word announces something_else empty refuses refuses_flags follows_anchor' -d 'How a partial answer is gone on with: exact, trims, adds_space, rewraps, repeats_words, starts_over, echoes_prefix, another_last_word, announces, something_else, empty, refuses, refuses_flags, follows_anchor.'
complete -c tokenhub -n '__tokenhub_at \'demo serve\'' -s q -l quiet -d 'No line for each request.'

# tokenhub keys
complete -c tokenhub -n '__tokenhub_at \'keys\' -eq 0' -a set -d 'Store the key of a gateway.'
complete -c tokenhub -n '__tokenhub_at \'keys\' -eq 0' -a check -d 'Ask the gateway whether it accepts the key.'
complete -c tokenhub -n '__tokenhub_at \'keys\' -eq 0' -a list -d 'Print which key is found for which gateway, and where.'
complete -c tokenhub -n '__tokenhub_at \'keys\' -eq 0' -a remove -d 'Remove the stored key of a gateway.'
complete -c tokenhub -n '__tokenhub_at \'keys\' -eq 0' -a path -d 'Print where the credentials file is.'
complete -c tokenhub -n '__tokenhub_at \'keys\' -eq 0' -s h -l help -d 'Show the help.'

# tokenhub keys set
complete -c tokenhub -n '__tokenhub_at \'keys set\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'keys set\'' -l profile -x -a '(__tokenhub_names profiles)' -d 'The gateway of this profile.'
complete -c tokenhub -n '__tokenhub_at \'keys set\'' -l base-url -x -d 'The gateway at this URL.'
complete -c tokenhub -n '__tokenhub_at \'keys set\'' -l no-verify -d 'Store the key without asking the gateway.'

# tokenhub keys check
complete -c tokenhub -n '__tokenhub_at \'keys check\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'keys check\'' -l profile -x -a '(__tokenhub_names profiles)' -d 'The gateway of this profile.'
complete -c tokenhub -n '__tokenhub_at \'keys check\'' -l base-url -x -d 'The gateway at this URL.'

# tokenhub keys list
complete -c tokenhub -n '__tokenhub_at \'keys list\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'keys list\'' -l profile -x -a '(__tokenhub_names profiles)' -d 'The gateway of this profile.'
complete -c tokenhub -n '__tokenhub_at \'keys list\'' -l base-url -x -d 'The gateway at this URL.'
complete -c tokenhub -n '__tokenhub_at \'keys list\'' -l json -d 'Print JSON.'

# tokenhub keys remove
complete -c tokenhub -n '__tokenhub_at \'keys remove\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'keys remove\'' -l profile -x -a '(__tokenhub_names profiles)' -d 'The gateway of this profile.'
complete -c tokenhub -n '__tokenhub_at \'keys remove\'' -l base-url -x -d 'The gateway at this URL.'

# tokenhub keys path
complete -c tokenhub -n '__tokenhub_at \'keys path\'' -s h -l help -d 'Show the help.'

# tokenhub models
complete -c tokenhub -n '__tokenhub_at \'models\' -eq 0' -a list -d 'Print the models that the gateway offers.'
complete -c tokenhub -n '__tokenhub_at \'models\' -eq 0' -a default -d 'Choose the model that is asked when none is named, or print it.'
complete -c tokenhub -n '__tokenhub_at \'models\' -eq 0' -s h -l help -d 'Show the help.'

# tokenhub models list
complete -c tokenhub -n '__tokenhub_at \'models list\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'models list\'' -l refresh -d 'Ask the gateway again.'
complete -c tokenhub -n '__tokenhub_at \'models list\'' -l profile -x -a '(__tokenhub_names profiles)' -d 'The gateway of this profile.'
complete -c tokenhub -n '__tokenhub_at \'models list\'' -l base-url -x -d 'The gateway at this URL.'
complete -c tokenhub -n '__tokenhub_at \'models list\'' -l json -d 'Print JSON.'

# tokenhub models default
complete -c tokenhub -n '__tokenhub_at \'models default\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'models default\'' -l profile -x -a '(__tokenhub_names profiles)' -d 'The gateway of this profile.'
complete -c tokenhub -n '__tokenhub_at \'models default\'' -l no-verify -d 'Do not look whether the gateway offers it.'
complete -c tokenhub -n '__tokenhub_at \'models default\' -eq 0' -x -a '(__tokenhub_names models)'

# tokenhub history
complete -c tokenhub -n '__tokenhub_at \'history\' -eq 0' -a list -d 'List conversations, the newest first.'
complete -c tokenhub -n '__tokenhub_at \'history\' -eq 0' -a show -d 'Show a conversation.'
complete -c tokenhub -n '__tokenhub_at \'history\' -eq 0' -a search -d 'Find conversations by what was said in them.'
complete -c tokenhub -n '__tokenhub_at \'history\' -eq 0' -a export -d 'Export conversations to stdout or a file.'
complete -c tokenhub -n '__tokenhub_at \'history\' -eq 0' -a remove -d 'Remove conversations for good.'
complete -c tokenhub -n '__tokenhub_at \'history\' -eq 0' -a rename -d 'Give a conversation another title.'
complete -c tokenhub -n '__tokenhub_at \'history\' -eq 0' -a import -d 'Import conversations that another program kept.'
complete -c tokenhub -n '__tokenhub_at \'history\' -eq 0' -a stats -d 'Count turns, tokens and cost by day and model.'
complete -c tokenhub -n '__tokenhub_at \'history\' -eq 0' -a path -d 'Print where history is.'
complete -c tokenhub -n '__tokenhub_at \'history\' -eq 0' -s h -l help -d 'Show the help.'

# tokenhub history list
complete -c tokenhub -n '__tokenhub_at \'history list\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'history list\'' -s n -l limit -x -d 'At most so many; 0 for all.'
complete -c tokenhub -n '__tokenhub_at \'history list\'' -l since -x -d 'Since `30d`, `12h`, `2026-11-22` ….'
complete -c tokenhub -n '__tokenhub_at \'history list\'' -s m -l model -x -a '(__tokenhub_names models)' -d 'With it.'
complete -c tokenhub -n '__tokenhub_at \'history list\'' -l incomplete -d 'Those whose last answer was cut off.'
complete -c tokenhub -n '__tokenhub_at \'history list\'' -l json -d 'Print JSON.'
complete -c tokenhub -n '__tokenhub_at \'history list\'' -l color -x -a 'auto always never' -d 'Colours; `auto` asks the terminal.'

# tokenhub history show
complete -c tokenhub -n '__tokenhub_at \'history show\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'history show\'' -s a -l answer -d 'Only the last answer, as it came.'
complete -c tokenhub -n '__tokenhub_at \'history show\'' -s r -l raw -d 'Do not render Markdown.'
complete -c tokenhub -n '__tokenhub_at \'history show\'' -l reasoning -d 'What the model thought, too.'
complete -c tokenhub -n '__tokenhub_at \'history show\'' -l json -d 'Print JSON.'
complete -c tokenhub -n '__tokenhub_at \'history show\'' -l color -x -a 'auto always never' -d 'Colours; `auto` asks the terminal.'
complete -c tokenhub -n '__tokenhub_at \'history show\' -eq 0' -x -k -a '(__tokenhub_names conversations)'

# tokenhub history search
complete -c tokenhub -n '__tokenhub_at \'history search\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'history search\'' -s n -l limit -x -d 'At most so many; 0 for all.'
complete -c tokenhub -n '__tokenhub_at \'history search\'' -l json -d 'Print JSON.'
complete -c tokenhub -n '__tokenhub_at \'history search\'' -l color -x -a 'auto always never' -d 'Colours; `auto` asks the terminal.'

# tokenhub history export
complete -c tokenhub -n '__tokenhub_at \'history export\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'history export\'' -s f -l format -x -a 'md json jsonl html' -d 'What to write.'
complete -c tokenhub -n '__tokenhub_at \'history export\'' -s o -l output -r -F -d 'Where to; else stdout.'
complete -c tokenhub -n '__tokenhub_at \'history export\'' -l all -d 'All conversations.'
complete -c tokenhub -n '__tokenhub_at \'history export\' -ge 0' -x -k -a '(__tokenhub_names conversations)'

# tokenhub history remove
complete -c tokenhub -n '__tokenhub_at \'history remove\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'history remove\'' -l older-than -x -d 'Not used since `90d`, `2026-01-01` ….'
complete -c tokenhub -n '__tokenhub_at \'history remove\'' -l all -d 'All conversations.'
complete -c tokenhub -n '__tokenhub_at \'history remove\'' -s y -l yes -d 'Do not ask.'
complete -c tokenhub -n '__tokenhub_at \'history remove\' -ge 0' -x -k -a '(__tokenhub_names conversations)'

# tokenhub history rename
complete -c tokenhub -n '__tokenhub_at \'history rename\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'history rename\' -eq 0' -x -k -a '(__tokenhub_names conversations)'

# tokenhub history import
complete -c tokenhub -n '__tokenhub_at \'history import\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'history import\' -eq 0' -r -F

# tokenhub history stats
complete -c tokenhub -n '__tokenhub_at \'history stats\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'history stats\'' -l since -x -d 'Since `30d`, `12h`, `2026-11-22` ….'
complete -c tokenhub -n '__tokenhub_at \'history stats\'' -l json -d 'Print JSON.'
complete -c tokenhub -n '__tokenhub_at \'history stats\'' -l color -x -a 'auto always never' -d 'Colours; `auto` asks the terminal.'

# tokenhub history path
complete -c tokenhub -n '__tokenhub_at \'history path\'' -s h -l help -d 'Show the help.'

# tokenhub templates
complete -c tokenhub -n '__tokenhub_at \'templates\' -eq 0' -a list -d 'List templates with their variables.'
complete -c tokenhub -n '__tokenhub_at \'templates\' -eq 0' -a show -d 'Print a template as it is.'
complete -c tokenhub -n '__tokenhub_at \'templates\' -eq 0' -a edit -d 'Edit a template in $VISUAL or $EDITOR; make it if it is new.'
complete -c tokenhub -n '__tokenhub_at \'templates\' -eq 0' -a path -d 'Print where templates are, or where one is.'
complete -c tokenhub -n '__tokenhub_at \'templates\' -eq 0' -s h -l help -d 'Show the help.'

# tokenhub templates list
complete -c tokenhub -n '__tokenhub_at \'templates list\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'templates list\'' -l json -d 'Print JSON.'

# tokenhub templates show
complete -c tokenhub -n '__tokenhub_at \'templates show\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'templates show\' -eq 0' -x -a '(__tokenhub_names templates)'

# tokenhub templates edit
complete -c tokenhub -n '__tokenhub_at \'templates edit\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'templates edit\' -eq 0' -x -a '(__tokenhub_names templates)'

# tokenhub templates path
complete -c tokenhub -n '__tokenhub_at \'templates path\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'templates path\' -eq 0' -x -a '(__tokenhub_names templates)'

# tokenhub config
complete -c tokenhub -n '__tokenhub_at \'config\' -eq 0' -a list -d 'Print each setting, its value and where that comes from.'
complete -c tokenhub -n '__tokenhub_at \'config\' -eq 0' -a get -d 'Print the value of a setting.'
complete -c tokenhub -n '__tokenhub_at \'config\' -eq 0' -a set -d 'Write a setting to the configuration file.'
complete -c tokenhub -n '__tokenhub_at \'config\' -eq 0' -a unset -d 'Take a setting out of the configuration file.'
complete -c tokenhub -n '__tokenhub_at \'config\' -eq 0' -a edit -d 'Edit the configuration file in $VISUAL or $EDITOR.'
complete -c tokenhub -n '__tokenhub_at \'config\' -eq 0' -a path -d 'Print where the configuration file is.'
complete -c tokenhub -n '__tokenhub_at \'config\' -eq 0' -s h -l help -d 'Show the help.'

# tokenhub config list
complete -c tokenhub -n '__tokenhub_at \'config list\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'config list\'' -l profile -x -a '(__tokenhub_names profiles)' -d 'Look through this profile.'
complete -c tokenhub -n '__tokenhub_at \'config list\'' -l json -d 'Print JSON.'

# tokenhub config get
complete -c tokenhub -n '__tokenhub_at \'config get\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'config get\'' -l profile -x -a '(__tokenhub_names profiles)' -d 'Look through this profile.'
complete -c tokenhub -n '__tokenhub_at \'config get\' -eq 0' -x -a 'base_url model system default_profile key_command keyring keyless connect_timeout first_token_timeout idle_timeout max_retries max_continue resume history usage theme code_theme screen_reader hide_reasoning collapse_reasoning markdown editing_mode enter_sends prompt_history options.temperature options.top_p options.max_tokens options.stop options.seed prices.prompt prices.completion prices.cached'

# tokenhub config set
complete -c tokenhub -n '__tokenhub_at \'config set\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'config set\' -eq 0' -x -a 'base_url model system default_profile key_command keyring keyless connect_timeout first_token_timeout idle_timeout max_retries max_continue resume history usage theme code_theme screen_reader hide_reasoning collapse_reasoning markdown editing_mode enter_sends prompt_history options.temperature options.top_p options.max_tokens options.stop options.seed prices.prompt prices.completion prices.cached'
complete -c tokenhub -n '__tokenhub_at \'config set\' -ge 1' -x -k -a '(__tokenhub_values)'

# tokenhub config unset
complete -c tokenhub -n '__tokenhub_at \'config unset\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'config unset\' -eq 0' -x -a 'base_url model system default_profile key_command keyring keyless connect_timeout first_token_timeout idle_timeout max_retries max_continue resume history usage theme code_theme screen_reader hide_reasoning collapse_reasoning markdown editing_mode enter_sends prompt_history options.temperature options.top_p options.max_tokens options.stop options.seed prices.prompt prices.completion prices.cached'

# tokenhub config edit
complete -c tokenhub -n '__tokenhub_at \'config edit\'' -s h -l help -d 'Show the help.'

# tokenhub config path
complete -c tokenhub -n '__tokenhub_at \'config path\'' -s h -l help -d 'Show the help.'

# tokenhub doctor
complete -c tokenhub -n '__tokenhub_at \'doctor\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'doctor\'' -l no-spend -d 'Ask for no answer: nothing is billed.'
complete -c tokenhub -n '__tokenhub_at \'doctor\'' -l probe -d 'Try how cut answers can be resumed: about 200 tokens.'
complete -c tokenhub -n '__tokenhub_at \'doctor\'' -l forget -d 'Forget what was learned of gateways, and end.'
complete -c tokenhub -n '__tokenhub_at \'doctor\'' -l profile -x -a '(__tokenhub_names profiles)' -d 'The gateway of this profile.'
complete -c tokenhub -n '__tokenhub_at \'doctor\'' -l base-url -x -d 'The gateway at this URL.'
complete -c tokenhub -n '__tokenhub_at \'doctor\'' -l json -d 'Print JSON.'

# tokenhub completion
complete -c tokenhub -n '__tokenhub_at \'completion\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'completion\' -eq 0' -x -a 'bash zsh fish powershell'

# tokenhub help
complete -c tokenhub -n '__tokenhub_at \'help\'' -s h -l help -d 'Show the help.'
complete -c tokenhub -n '__tokenhub_at \'help\' -ge 0' -x -a 'exit-codes environment config privacy resuming completion man ask chat resume demo keys models history templates config doctor completion help'
