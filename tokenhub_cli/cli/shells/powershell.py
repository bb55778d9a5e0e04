"""The completion script for PowerShell 5.1 and later, on every system."""

from tokenhub_cli.cli.tree import Node, Option, list_setting_choices

SCRIPT = r"""# tokenhub completion for PowerShell, printed by `tokenhub completion powershell`.
# Names that change come from small files in tokenhub's cache directory; no program is started.

Register-ArgumentCompleter -Native -CommandName tokenhub -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $table = @{
@TABLE@
    }

    # What settings can be.
    $choices = @{
@CHOICES@
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
"""


def build_script(tree: Node) -> str:
    """Return the script for the tree."""
    choices = "\n".join(
        f"        {_quote(name)} = {_build_kind('choices', values)}"
        for names, values in list_setting_choices()
        for name in names
    )
    table = "\n".join(_build_entry(node) for node in tree.walk())
    return SCRIPT.replace("@CHOICES@", choices).replace("@TABLE@", table)


def _build_entry(node: Node) -> str:
    commands = [(child.name, _quote(child.summary)) for child in node.children]
    options = [(name, _quote(option.help)) for option in node.options for name in option.names]
    values = [
        (name, _build_value(option))
        for option in node.options
        if option.words
        for name in option.names
    ]
    arguments = ", ".join(
        _build_kind(argument.kind, argument.choices) for argument in node.arguments
    )
    if len(node.arguments) == 1:
        arguments = f", {arguments}"  # one array in @() would be taken apart
    repeats = bool(node.arguments) and node.arguments[-1].repeats
    return "\n".join(
        [
            f"        {_quote(' '.join(node.path))} = @{{",
            *_build_table("Commands", commands),
            *_build_table("Options", options),
            *_build_table("Values", values),
            f"            Arguments = @({arguments})",
            f"            Repeats = ${str(repeats).lower()}",
            "        }",
        ]
    )


def _build_table(name: str, rows: list[tuple[str, str]]) -> list[str]:
    """Return an ordered, case-sensitive table: `-r` and `-R` are two options."""
    lines = [f"            {name} = [System.Collections.Specialized.OrderedDictionary]::new()"]
    return lines if not rows else _build_rows(name, rows)


def _build_rows(name: str, rows: list[tuple[str, str]]) -> list[str]:
    return [
        f"            {name} = & {{",
        "                $rows = [System.Collections.Specialized.OrderedDictionary]::new()",
        *(f"                $rows.Add({_quote(key)}, {value})" for key, value in rows),
        "                , $rows",
        "            }",
    ]


def _build_value(option: Option) -> str:
    kind = _build_kind(option.kind, option.choices)
    return f"@{{ Words = {option.words}; Kind = {kind} }}"


def _build_kind(kind: str, choices: tuple[str, ...]) -> str:
    if choices:
        return "@(" + ", ".join(map(_quote, choices)) + ")"
    return _quote(kind)


def _quote(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
