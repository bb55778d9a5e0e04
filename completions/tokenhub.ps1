# tokenhub completion for PowerShell, printed by `tokenhub completion powershell`.
# Names that change come from small files in tokenhub's cache directory; no program is started.

Register-ArgumentCompleter -Native -CommandName tokenhub -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $table = @{
        '' = @{
            Commands = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('ask', 'Print one answer to stdout.')
                $rows.Add('chat', 'Hold a conversation on the terminal.')
                $rows.Add('resume', 'Finish an answer that was cut off.')
                $rows.Add('demo', 'The embedded gateway, to build and test against.')
                $rows.Add('keys', 'Store API keys, and say where they are found.')
                $rows.Add('models', 'List the gateway''s models, and choose one.')
                $rows.Add('history', 'Kept conversations: list, show, search, export.')
                $rows.Add('templates', 'Questions prepared once, asked often.')
                $rows.Add('config', 'Look at settings and change them.')
                $rows.Add('doctor', 'Look for what is wrong, and say what to do.')
                $rows.Add('completion', 'Print a completion script for your shell.')
                $rows.Add('help', 'Explain a topic or a command.')
                , $rows
            }
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('-V', 'Print the version.')
                $rows.Add('--version', 'Print the version.')
                $rows.Add('--debug', 'Show the traceback of an error.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @()
            Repeats = $false
        }
        'ask' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('-m', 'The model.')
                $rows.Add('--model', 'The model.')
                $rows.Add('-s', 'The system prompt.')
                $rows.Add('--system', 'The system prompt.')
                $rows.Add('-o', 'Any sampling parameter; may be repeated.')
                $rows.Add('--option', 'Any sampling parameter; may be repeated.')
                $rows.Add('--temperature', 'Randomness.')
                $rows.Add('--top-p', 'Share of likely words chosen from.')
                $rows.Add('--max-tokens', 'The longest answer.')
                $rows.Add('--stop', 'A text that ends the answer; may be repeated.')
                $rows.Add('--seed', 'For repeatable answers.')
                $rows.Add('-f', 'A text file to send; may be repeated.')
                $rows.Add('--file', 'A text file to send; may be repeated.')
                $rows.Add('-a', 'A picture to send; may be repeated.')
                $rows.Add('--attach', 'A picture to send; may be repeated.')
                $rows.Add('-c', 'Go on with the newest conversation.')
                $rows.Add('--continue', 'Go on with the newest conversation.')
                $rows.Add('--id', 'Go on with this conversation.')
                $rows.Add('-n', 'Keep nothing in history.')
                $rows.Add('--no-save', 'Keep nothing in history.')
                $rows.Add('--no-stream', 'Ask for the whole answer at once.')
                $rows.Add('-r', 'Show Markdown as it is.')
                $rows.Add('--raw', 'Show Markdown as it is.')
                $rows.Add('--output', 'What stdout gets.')
                $rows.Add('--json', 'The same as `--output json`.')
                $rows.Add('-x', 'Print only the first fenced code block.')
                $rows.Add('--extract', 'Print only the first fenced code block.')
                $rows.Add('--extract-last', 'Print only the last fenced code block.')
                $rows.Add('--schema', 'Ask for JSON that fits this JSON schema.')
                $rows.Add('-t', 'A prepared question to fill in.')
                $rows.Add('--template', 'A prepared question to fill in.')
                $rows.Add('-p', 'A variable of the template.')
                $rows.Add('--param', 'A variable of the template.')
                $rows.Add('--save', 'Keep prompt and flags as a template; ask nothing.')
                $rows.Add('-u', 'Show tokens, timings and cost afterwards.')
                $rows.Add('--usage', 'Show tokens, timings and cost afterwards.')
                $rows.Add('-R', 'Do not show the model''s reasoning.')
                $rows.Add('--hide-reasoning', 'Do not show the model''s reasoning.')
                $rows.Add('-q', 'No notices, only errors.')
                $rows.Add('--quiet', 'No notices, only errors.')
                $rows.Add('-v', 'Say more: request ids, attempts.')
                $rows.Add('--verbose', 'Say more: request ids, attempts.')
                $rows.Add('--color', 'Colours; `auto` asks the terminal.')
                $rows.Add('--profile', 'The profile to use.')
                $rows.Add('--base-url', 'The gateway, up to `/v1`.')
                $rows.Add('--demo', 'Use the embedded demo gateway; no key needed.')
                $rows.Add('--max-retries', 'Attempts after the first.')
                $rows.Add('--no-resume', 'Do not ask for the rest of an answer that was cut.')
                $rows.Add('--max-continue', 'Go on up to N times when the length limit cut the answer.')
                $rows.Add('--connect-timeout', 'Wait for a connection.')
                $rows.Add('--first-token-timeout', 'Wait for the first piece.')
                $rows.Add('--idle-timeout', 'Wait for each further piece.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-m', @{ Words = 1; Kind = 'models' })
                $rows.Add('--model', @{ Words = 1; Kind = 'models' })
                $rows.Add('-s', @{ Words = 1; Kind = '' })
                $rows.Add('--system', @{ Words = 1; Kind = '' })
                $rows.Add('-o', @{ Words = 2; Kind = '' })
                $rows.Add('--option', @{ Words = 2; Kind = '' })
                $rows.Add('--temperature', @{ Words = 1; Kind = '' })
                $rows.Add('--top-p', @{ Words = 1; Kind = '' })
                $rows.Add('--max-tokens', @{ Words = 1; Kind = '' })
                $rows.Add('--stop', @{ Words = 1; Kind = '' })
                $rows.Add('--seed', @{ Words = 1; Kind = '' })
                $rows.Add('-f', @{ Words = 1; Kind = 'files' })
                $rows.Add('--file', @{ Words = 1; Kind = 'files' })
                $rows.Add('-a', @{ Words = 1; Kind = 'files' })
                $rows.Add('--attach', @{ Words = 1; Kind = 'files' })
                $rows.Add('--id', @{ Words = 1; Kind = 'conversations' })
                $rows.Add('--output', @{ Words = 1; Kind = @('text', 'json', 'stream-json') })
                $rows.Add('--schema', @{ Words = 1; Kind = 'files' })
                $rows.Add('-t', @{ Words = 1; Kind = 'templates' })
                $rows.Add('--template', @{ Words = 1; Kind = 'templates' })
                $rows.Add('-p', @{ Words = 2; Kind = '' })
                $rows.Add('--param', @{ Words = 2; Kind = '' })
                $rows.Add('--save', @{ Words = 1; Kind = '' })
                $rows.Add('--color', @{ Words = 1; Kind = @('auto', 'always', 'never') })
                $rows.Add('--profile', @{ Words = 1; Kind = 'profiles' })
                $rows.Add('--base-url', @{ Words = 1; Kind = '' })
                $rows.Add('--max-retries', @{ Words = 1; Kind = '' })
                $rows.Add('--max-continue', @{ Words = 1; Kind = '' })
                $rows.Add('--connect-timeout', @{ Words = 1; Kind = '' })
                $rows.Add('--first-token-timeout', @{ Words = 1; Kind = '' })
                $rows.Add('--idle-timeout', @{ Words = 1; Kind = '' })
                , $rows
            }
            Arguments = @(, '')
            Repeats = $true
        }
        'chat' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('-m', 'The model.')
                $rows.Add('--model', 'The model.')
                $rows.Add('-s', 'The system prompt.')
                $rows.Add('--system', 'The system prompt.')
                $rows.Add('-o', 'Any sampling parameter; may be repeated.')
                $rows.Add('--option', 'Any sampling parameter; may be repeated.')
                $rows.Add('--temperature', 'Randomness.')
                $rows.Add('--top-p', 'Share of likely words chosen from.')
                $rows.Add('--max-tokens', 'The longest answer.')
                $rows.Add('--stop', 'A text that ends the answer; may be repeated.')
                $rows.Add('--seed', 'For repeatable answers.')
                $rows.Add('-c', 'Go on with the newest conversation.')
                $rows.Add('--continue', 'Go on with the newest conversation.')
                $rows.Add('--id', 'Go on with this conversation.')
                $rows.Add('-f', 'A text file to send; may be repeated.')
                $rows.Add('--file', 'A text file to send; may be repeated.')
                $rows.Add('-a', 'A picture to send; may be repeated.')
                $rows.Add('--attach', 'A picture to send; may be repeated.')
                $rows.Add('-n', 'Keep nothing in history.')
                $rows.Add('--no-save', 'Keep nothing in history.')
                $rows.Add('-r', 'Show Markdown as it is.')
                $rows.Add('--raw', 'Show Markdown as it is.')
                $rows.Add('-u', 'Show tokens, timings and cost afterwards.')
                $rows.Add('--usage', 'Show tokens, timings and cost afterwards.')
                $rows.Add('-R', 'Do not show the model''s reasoning.')
                $rows.Add('--hide-reasoning', 'Do not show the model''s reasoning.')
                $rows.Add('-q', 'No notices, only errors.')
                $rows.Add('--quiet', 'No notices, only errors.')
                $rows.Add('-v', 'Say more: request ids, attempts.')
                $rows.Add('--verbose', 'Say more: request ids, attempts.')
                $rows.Add('--color', 'Colours; `auto` asks the terminal.')
                $rows.Add('--profile', 'The profile to use.')
                $rows.Add('--base-url', 'The gateway, up to `/v1`.')
                $rows.Add('--demo', 'Use the embedded demo gateway; no key needed.')
                $rows.Add('--max-retries', 'Attempts after the first.')
                $rows.Add('--no-resume', 'Do not ask for the rest of an answer that was cut.')
                $rows.Add('--max-continue', 'Go on up to N times when the length limit cut the answer.')
                $rows.Add('--connect-timeout', 'Wait for a connection.')
                $rows.Add('--first-token-timeout', 'Wait for the first piece.')
                $rows.Add('--idle-timeout', 'Wait for each further piece.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-m', @{ Words = 1; Kind = 'models' })
                $rows.Add('--model', @{ Words = 1; Kind = 'models' })
                $rows.Add('-s', @{ Words = 1; Kind = '' })
                $rows.Add('--system', @{ Words = 1; Kind = '' })
                $rows.Add('-o', @{ Words = 2; Kind = '' })
                $rows.Add('--option', @{ Words = 2; Kind = '' })
                $rows.Add('--temperature', @{ Words = 1; Kind = '' })
                $rows.Add('--top-p', @{ Words = 1; Kind = '' })
                $rows.Add('--max-tokens', @{ Words = 1; Kind = '' })
                $rows.Add('--stop', @{ Words = 1; Kind = '' })
                $rows.Add('--seed', @{ Words = 1; Kind = '' })
                $rows.Add('--id', @{ Words = 1; Kind = 'conversations' })
                $rows.Add('-f', @{ Words = 1; Kind = 'files' })
                $rows.Add('--file', @{ Words = 1; Kind = 'files' })
                $rows.Add('-a', @{ Words = 1; Kind = '' })
                $rows.Add('--attach', @{ Words = 1; Kind = '' })
                $rows.Add('--color', @{ Words = 1; Kind = @('auto', 'always', 'never') })
                $rows.Add('--profile', @{ Words = 1; Kind = 'profiles' })
                $rows.Add('--base-url', @{ Words = 1; Kind = '' })
                $rows.Add('--max-retries', @{ Words = 1; Kind = '' })
                $rows.Add('--max-continue', @{ Words = 1; Kind = '' })
                $rows.Add('--connect-timeout', @{ Words = 1; Kind = '' })
                $rows.Add('--first-token-timeout', @{ Words = 1; Kind = '' })
                $rows.Add('--idle-timeout', @{ Words = 1; Kind = '' })
                , $rows
            }
            Arguments = @()
            Repeats = $false
        }
        'resume' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('-r', 'Show Markdown as it is.')
                $rows.Add('--raw', 'Show Markdown as it is.')
                $rows.Add('--output', 'What stdout gets.')
                $rows.Add('--json', 'The same as `--output json`.')
                $rows.Add('-u', 'Show tokens, timings and cost afterwards.')
                $rows.Add('--usage', 'Show tokens, timings and cost afterwards.')
                $rows.Add('-q', 'No notices, only errors.')
                $rows.Add('--quiet', 'No notices, only errors.')
                $rows.Add('-v', 'Say more: request ids, attempts.')
                $rows.Add('--verbose', 'Say more: request ids, attempts.')
                $rows.Add('--color', 'Colours; `auto` asks the terminal.')
                $rows.Add('--profile', 'The profile to use.')
                $rows.Add('--base-url', 'The gateway, up to `/v1`.')
                $rows.Add('--demo', 'Use the embedded demo gateway; no key needed.')
                $rows.Add('--max-retries', 'Attempts after the first.')
                $rows.Add('--max-continue', 'Go on up to N times when the length limit cut the answer.')
                $rows.Add('--connect-timeout', 'Wait for a connection.')
                $rows.Add('--first-token-timeout', 'Wait for the first piece.')
                $rows.Add('--idle-timeout', 'Wait for each further piece.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('--output', @{ Words = 1; Kind = @('text', 'json', 'stream-json') })
                $rows.Add('--color', @{ Words = 1; Kind = @('auto', 'always', 'never') })
                $rows.Add('--profile', @{ Words = 1; Kind = 'profiles' })
                $rows.Add('--base-url', @{ Words = 1; Kind = '' })
                $rows.Add('--max-retries', @{ Words = 1; Kind = '' })
                $rows.Add('--max-continue', @{ Words = 1; Kind = '' })
                $rows.Add('--connect-timeout', @{ Words = 1; Kind = '' })
                $rows.Add('--first-token-timeout', @{ Words = 1; Kind = '' })
                $rows.Add('--idle-timeout', @{ Words = 1; Kind = '' })
                , $rows
            }
            Arguments = @(, 'conversations')
            Repeats = $false
        }
        'demo' = @{
            Commands = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('serve', 'Run a gateway on this machine that speaks TokenHub''s protocol, until Ctrl-C.')
                , $rows
            }
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @()
            Repeats = $false
        }
        'demo serve' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('--port', 'The port; 0 takes any free one.')
                $rows.Add('--fault', 'What goes wrong; repeatable.')
                $rows.Add('--model', 'A model on offer; repeatable.')
                $rows.Add('--key', 'The only key that is accepted; by default any one is.')
                $rows.Add('--keyless', 'Ask for no key.')
                $rows.Add('--rate', 'Tokens a second; 0 is full speed.')
                $rows.Add('--continuation', 'How a partial answer is gone on with: exact, trims, adds_space, rewraps, repeats_words, starts_over, echoes_prefix, another_last_word, announces, something_else, empty, refuses, refuses_flags, follows_anchor.')
                $rows.Add('-q', 'No line for each request.')
                $rows.Add('--quiet', 'No line for each request.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('--port', @{ Words = 1; Kind = '' })
                $rows.Add('--fault', @{ Words = 1; Kind = '' })
                $rows.Add('--model', @{ Words = 1; Kind = '' })
                $rows.Add('--key', @{ Words = 1; Kind = '' })
                $rows.Add('--rate', @{ Words = 1; Kind = '' })
                $rows.Add('--continuation', @{ Words = 1; Kind = @('exact', 'trims', 'adds_space', 'rewraps', 'repeats_words', 'starts_over', 'echoes_prefix', 'another_last_word', 'announces', 'something_else', 'empty', 'refuses', 'refuses_flags', 'follows_anchor') })
                , $rows
            }
            Arguments = @()
            Repeats = $false
        }
        'keys' = @{
            Commands = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('set', 'Store the key of a gateway.')
                $rows.Add('check', 'Ask the gateway whether it accepts the key.')
                $rows.Add('list', 'Print which key is found for which gateway, and where.')
                $rows.Add('remove', 'Remove the stored key of a gateway.')
                $rows.Add('path', 'Print where the credentials file is.')
                , $rows
            }
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @()
            Repeats = $false
        }
        'keys set' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('--profile', 'The gateway of this profile.')
                $rows.Add('--base-url', 'The gateway at this URL.')
                $rows.Add('--no-verify', 'Store the key without asking the gateway.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('--profile', @{ Words = 1; Kind = 'profiles' })
                $rows.Add('--base-url', @{ Words = 1; Kind = '' })
                , $rows
            }
            Arguments = @()
            Repeats = $false
        }
        'keys check' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('--profile', 'The gateway of this profile.')
                $rows.Add('--base-url', 'The gateway at this URL.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('--profile', @{ Words = 1; Kind = 'profiles' })
                $rows.Add('--base-url', @{ Words = 1; Kind = '' })
                , $rows
            }
            Arguments = @()
            Repeats = $false
        }
        'keys list' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('--profile', 'The gateway of this profile.')
                $rows.Add('--base-url', 'The gateway at this URL.')
                $rows.Add('--json', 'Print JSON.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('--profile', @{ Words = 1; Kind = 'profiles' })
                $rows.Add('--base-url', @{ Words = 1; Kind = '' })
                , $rows
            }
            Arguments = @()
            Repeats = $false
        }
        'keys remove' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('--profile', 'The gateway of this profile.')
                $rows.Add('--base-url', 'The gateway at this URL.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('--profile', @{ Words = 1; Kind = 'profiles' })
                $rows.Add('--base-url', @{ Words = 1; Kind = '' })
                , $rows
            }
            Arguments = @()
            Repeats = $false
        }
        'keys path' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @()
            Repeats = $false
        }
        'models' = @{
            Commands = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('list', 'Print the models that the gateway offers.')
                $rows.Add('default', 'Choose the model that is asked when none is named, or print it.')
                , $rows
            }
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @()
            Repeats = $false
        }
        'models list' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('--refresh', 'Ask the gateway again.')
                $rows.Add('--profile', 'The gateway of this profile.')
                $rows.Add('--base-url', 'The gateway at this URL.')
                $rows.Add('--json', 'Print JSON.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('--profile', @{ Words = 1; Kind = 'profiles' })
                $rows.Add('--base-url', @{ Words = 1; Kind = '' })
                , $rows
            }
            Arguments = @(, '')
            Repeats = $true
        }
        'models default' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('--profile', 'The gateway of this profile.')
                $rows.Add('--no-verify', 'Do not look whether the gateway offers it.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('--profile', @{ Words = 1; Kind = 'profiles' })
                , $rows
            }
            Arguments = @(, 'models')
            Repeats = $false
        }
        'history' = @{
            Commands = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('list', 'List conversations, the newest first.')
                $rows.Add('show', 'Show a conversation.')
                $rows.Add('search', 'Find conversations by what was said in them.')
                $rows.Add('export', 'Export conversations to stdout or a file.')
                $rows.Add('remove', 'Remove conversations for good.')
                $rows.Add('rename', 'Give a conversation another title.')
                $rows.Add('import', 'Import conversations that another program kept.')
                $rows.Add('stats', 'Count turns, tokens and cost by day and model.')
                $rows.Add('path', 'Print where history is.')
                , $rows
            }
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @()
            Repeats = $false
        }
        'history list' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('-n', 'At most so many; 0 for all.')
                $rows.Add('--limit', 'At most so many; 0 for all.')
                $rows.Add('--since', 'Since `30d`, `12h`, `2026-11-22` ….')
                $rows.Add('-m', 'With it.')
                $rows.Add('--model', 'With it.')
                $rows.Add('--incomplete', 'Those whose last answer was cut off.')
                $rows.Add('--json', 'Print JSON.')
                $rows.Add('--color', 'Colours; `auto` asks the terminal.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-n', @{ Words = 1; Kind = '' })
                $rows.Add('--limit', @{ Words = 1; Kind = '' })
                $rows.Add('--since', @{ Words = 1; Kind = '' })
                $rows.Add('-m', @{ Words = 1; Kind = 'models' })
                $rows.Add('--model', @{ Words = 1; Kind = 'models' })
                $rows.Add('--color', @{ Words = 1; Kind = @('auto', 'always', 'never') })
                , $rows
            }
            Arguments = @()
            Repeats = $false
        }
        'history show' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('-a', 'Only the last answer, as it came.')
                $rows.Add('--answer', 'Only the last answer, as it came.')
                $rows.Add('-r', 'Do not render Markdown.')
                $rows.Add('--raw', 'Do not render Markdown.')
                $rows.Add('--reasoning', 'What the model thought, too.')
                $rows.Add('--json', 'Print JSON.')
                $rows.Add('--color', 'Colours; `auto` asks the terminal.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('--color', @{ Words = 1; Kind = @('auto', 'always', 'never') })
                , $rows
            }
            Arguments = @(, 'conversations')
            Repeats = $false
        }
        'history search' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('-n', 'At most so many; 0 for all.')
                $rows.Add('--limit', 'At most so many; 0 for all.')
                $rows.Add('--json', 'Print JSON.')
                $rows.Add('--color', 'Colours; `auto` asks the terminal.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-n', @{ Words = 1; Kind = '' })
                $rows.Add('--limit', @{ Words = 1; Kind = '' })
                $rows.Add('--color', @{ Words = 1; Kind = @('auto', 'always', 'never') })
                , $rows
            }
            Arguments = @(, '')
            Repeats = $true
        }
        'history export' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('-f', 'What to write.')
                $rows.Add('--format', 'What to write.')
                $rows.Add('-o', 'Where to; else stdout.')
                $rows.Add('--output', 'Where to; else stdout.')
                $rows.Add('--all', 'All conversations.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-f', @{ Words = 1; Kind = @('md', 'json', 'jsonl', 'html') })
                $rows.Add('--format', @{ Words = 1; Kind = @('md', 'json', 'jsonl', 'html') })
                $rows.Add('-o', @{ Words = 1; Kind = 'files' })
                $rows.Add('--output', @{ Words = 1; Kind = 'files' })
                , $rows
            }
            Arguments = @(, 'conversations')
            Repeats = $true
        }
        'history remove' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('--older-than', 'Not used since `90d`, `2026-01-01` ….')
                $rows.Add('--all', 'All conversations.')
                $rows.Add('-y', 'Do not ask.')
                $rows.Add('--yes', 'Do not ask.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('--older-than', @{ Words = 1; Kind = '' })
                , $rows
            }
            Arguments = @(, 'conversations')
            Repeats = $true
        }
        'history rename' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @('conversations', '')
            Repeats = $true
        }
        'history import' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @(, 'files')
            Repeats = $false
        }
        'history stats' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('--since', 'Since `30d`, `12h`, `2026-11-22` ….')
                $rows.Add('--json', 'Print JSON.')
                $rows.Add('--color', 'Colours; `auto` asks the terminal.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('--since', @{ Words = 1; Kind = '' })
                $rows.Add('--color', @{ Words = 1; Kind = @('auto', 'always', 'never') })
                , $rows
            }
            Arguments = @()
            Repeats = $false
        }
        'history path' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @()
            Repeats = $false
        }
        'templates' = @{
            Commands = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('list', 'List templates with their variables.')
                $rows.Add('show', 'Print a template as it is.')
                $rows.Add('edit', 'Edit a template in $VISUAL or $EDITOR; make it if it is new.')
                $rows.Add('path', 'Print where templates are, or where one is.')
                , $rows
            }
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @()
            Repeats = $false
        }
        'templates list' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('--json', 'Print JSON.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @()
            Repeats = $false
        }
        'templates show' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @(, 'templates')
            Repeats = $false
        }
        'templates edit' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @(, 'templates')
            Repeats = $false
        }
        'templates path' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @(, 'templates')
            Repeats = $false
        }
        'config' = @{
            Commands = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('list', 'Print each setting, its value and where that comes from.')
                $rows.Add('get', 'Print the value of a setting.')
                $rows.Add('set', 'Write a setting to the configuration file.')
                $rows.Add('unset', 'Take a setting out of the configuration file.')
                $rows.Add('edit', 'Edit the configuration file in $VISUAL or $EDITOR.')
                $rows.Add('path', 'Print where the configuration file is.')
                , $rows
            }
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @()
            Repeats = $false
        }
        'config list' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('--profile', 'Look through this profile.')
                $rows.Add('--json', 'Print JSON.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('--profile', @{ Words = 1; Kind = 'profiles' })
                , $rows
            }
            Arguments = @()
            Repeats = $false
        }
        'config get' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('--profile', 'Look through this profile.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('--profile', @{ Words = 1; Kind = 'profiles' })
                , $rows
            }
            Arguments = @(, @('base_url', 'model', 'system', 'default_profile', 'key_command', 'keyring', 'keyless', 'connect_timeout', 'first_token_timeout', 'idle_timeout', 'max_retries', 'max_continue', 'resume', 'history', 'usage', 'theme', 'code_theme', 'screen_reader', 'hide_reasoning', 'collapse_reasoning', 'markdown', 'editing_mode', 'enter_sends', 'prompt_history', 'options.temperature', 'options.top_p', 'options.max_tokens', 'options.stop', 'options.seed', 'prices.prompt', 'prices.completion', 'prices.cached'))
            Repeats = $false
        }
        'config set' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @(@('base_url', 'model', 'system', 'default_profile', 'key_command', 'keyring', 'keyless', 'connect_timeout', 'first_token_timeout', 'idle_timeout', 'max_retries', 'max_continue', 'resume', 'history', 'usage', 'theme', 'code_theme', 'screen_reader', 'hide_reasoning', 'collapse_reasoning', 'markdown', 'editing_mode', 'enter_sends', 'prompt_history', 'options.temperature', 'options.top_p', 'options.max_tokens', 'options.stop', 'options.seed', 'prices.prompt', 'prices.completion', 'prices.cached'), 'values')
            Repeats = $true
        }
        'config unset' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @(, @('base_url', 'model', 'system', 'default_profile', 'key_command', 'keyring', 'keyless', 'connect_timeout', 'first_token_timeout', 'idle_timeout', 'max_retries', 'max_continue', 'resume', 'history', 'usage', 'theme', 'code_theme', 'screen_reader', 'hide_reasoning', 'collapse_reasoning', 'markdown', 'editing_mode', 'enter_sends', 'prompt_history', 'options.temperature', 'options.top_p', 'options.max_tokens', 'options.stop', 'options.seed', 'prices.prompt', 'prices.completion', 'prices.cached'))
            Repeats = $false
        }
        'config edit' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @()
            Repeats = $false
        }
        'config path' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @()
            Repeats = $false
        }
        'doctor' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                $rows.Add('--no-spend', 'Ask for no answer: nothing is billed.')
                $rows.Add('--probe', 'Try how cut answers can be resumed: about 200 tokens.')
                $rows.Add('--forget', 'Forget what was learned of gateways, and end.')
                $rows.Add('--profile', 'The gateway of this profile.')
                $rows.Add('--base-url', 'The gateway at this URL.')
                $rows.Add('--json', 'Print JSON.')
                , $rows
            }
            Values = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('--profile', @{ Words = 1; Kind = 'profiles' })
                $rows.Add('--base-url', @{ Words = 1; Kind = '' })
                , $rows
            }
            Arguments = @()
            Repeats = $false
        }
        'completion' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @(, @('bash', 'zsh', 'fish', 'powershell'))
            Repeats = $false
        }
        'help' = @{
            Commands = [System.Collections.Specialized.OrderedDictionary]::new()
            Options = & {
                $rows = [System.Collections.Specialized.OrderedDictionary]::new()
                $rows.Add('-h', 'Show the help.')
                $rows.Add('--help', 'Show the help.')
                , $rows
            }
            Values = [System.Collections.Specialized.OrderedDictionary]::new()
            Arguments = @(, @('exit-codes', 'environment', 'config', 'privacy', 'resuming', 'completion', 'man', 'ask', 'chat', 'resume', 'demo', 'keys', 'models', 'history', 'templates', 'config', 'doctor', 'completion', 'help'))
            Repeats = $true
        }
    }

    # What settings can be.
    $choices = @{
        'keyring' = @('true', 'false')
        'keyless' = @('true', 'false')
        'history' = @('true', 'false')
        'usage' = @('true', 'false')
        'screen_reader' = @('true', 'false')
        'hide_reasoning' = @('true', 'false')
        'collapse_reasoning' = @('true', 'false')
        'markdown' = @('true', 'false')
        'enter_sends' = @('true', 'false')
        'prompt_history' = @('true', 'false')
        'resume' = @('auto', 'prefix', 'plain', 'anchor', 'off')
        'theme' = @('auto', 'light', 'dark')
        'editing_mode' = @('emacs', 'vi')
    }

    # Gives one answer, quoted where PowerShell wants that.
    function Complete-Word([string] $name, [string] $description, [string] $head = '') {
        if (-not $name.StartsWith($typed, [StringComparison]::OrdinalIgnoreCase)) { return }
        $text = $head + $name
        if ($text -notmatch '^[\w./:=+-]+$') { $text = "'" + $text.Replace("'", "''") + "'" }
        if (-not $description) { $description = $name }
        $type = [System.Management.Automation.CompletionResultType]::ParameterValue
        [System.Management.Automation.CompletionResult]::new($text, $name, $type, $description)
    }

    # Gives the names in the files of a kind.
    function Complete-Name([string] $kind, [string] $head) {
        if ($env:TOKENHUB_HOME) { $cache = Join-Path $env:TOKENHUB_HOME 'cache' }
        elseif ($env:LOCALAPPDATA) { $cache = Join-Path $env:LOCALAPPDATA 'tokenhub\Cache' }
        elseif ($env:XDG_CACHE_HOME) { $cache = Join-Path $env:XDG_CACHE_HOME 'tokenhub' }
        elseif (Test-Path "$HOME/Library/Caches") { $cache = "$HOME/Library/Caches/tokenhub" }
        else { $cache = "$HOME/.cache/tokenhub" }
        $files = @(Join-Path $cache "completion/$kind.txt")
        if ($kind -eq 'models') {
            $files = @('models/*.txt', 'completion/aliases.txt' | ForEach-Object {
                Join-Path $cache $_
            })
        }
        Get-Content -Path $files -Encoding UTF8 -ErrorAction SilentlyContinue | ForEach-Object {
            $name, $description = $_ -split "`t", 2
            if ($name) { Complete-Word $name $description $head }
        }
    }

    # Gives what a value can be: a kind, or an array of choices; `values` are those of the setting
    # named before, of a profile or not.
    function Complete-Value($kind, [string] $head = '') {
        if ($kind -eq 'values') { $kind = $choices[$words[-1] -replace '^profiles\.[^.]+\.'] }
        if ($kind -is [array]) { $kind | ForEach-Object { Complete-Word $_ '' $head } }
        elseif ($kind -and $kind -ne 'files') { Complete-Name $kind $head }
    }

    $typed = $wordToComplete
    $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
        Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { "$_" })
    $path = ''
    $index = 0
    while ($index -lt $words.Count -and $table[$path].Commands.Contains($words[$index])) {
        $path = ($path + ' ' + $words[$index]).Trim()
        $index++
    }
    $entry = $table[$path]
    $skip = 0
    $count = 0
    $kind = $null
    for (; $index -lt $words.Count; $index++) {
        $word = $words[$index]
        if ($skip -gt 0) { $skip-- }
        elseif ($entry.Values.Contains($word)) {
            $skip = $entry.Values[$word].Words
            $kind = $entry.Values[$word].Kind
        }
        elseif ($word -notlike '-?*') { $count++ }
    }
    if ($skip -gt 0) { Complete-Value $kind }
    elseif ($typed -match '^(--[\w-]+)=(.*)$') {
        $option, $typed = $Matches[1], $Matches[2]
        $value = $entry.Values[$option]
        if ($value) { Complete-Value $value.Kind "$option=" }
    }
    elseif ($typed.StartsWith('-')) {
        $entry.Options.GetEnumerator() | ForEach-Object { Complete-Word $_.Key $_.Value }
    }
    elseif ($entry.Commands.Count) {
        $entry.Commands.GetEnumerator() | ForEach-Object { Complete-Word $_.Key $_.Value }
    }
    elseif ($entry.Arguments.Count) {
        if ($count -lt $entry.Arguments.Count) { Complete-Value $entry.Arguments[$count] }
        elseif ($entry.Repeats) { Complete-Value $entry.Arguments[-1] }
    }
}
