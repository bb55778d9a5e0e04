r"""Templates: a question prepared once, asked often.

A template is a TOML file in the configuration directory, `templates/NAME.toml`:

    description = "Review a change"
    system = "You review code. Answer in $language."
    prompt = "Review this change:\n\n$input"
    model = "gpt-4o"

    [options]
    temperature = 0.2

    [defaults]
    language = "English"

Every name may be left out. `$NAME` (or `${NAME}`, where a letter follows) stands for a variable:

    $prompt    what was typed          $stdin    what was piped
    $input     both, as `ask` joins them: what was typed, a blank line, what was piped

and any other is given with `-p NAME VALUE` or has a default. `$$` is a dollar sign; a `$` before
anything but a name stays as it is. What was typed or piped and has no place in `prompt` comes after
it. What is put in is never looked at again: a `$` in a piped file is text.

Reading and writing apart, this is pure.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tokenhub_cli.errors import ConfigurationError, UsageError
from tokenhub_cli.settings.schema import find_setting
from tokenhub_cli.settings.values import WrongValueError, check_value

SUFFIX = ".toml"
LOCK_NAME = "templates"
NAME = re.compile(r"\w[\w.-]*")
VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|(?P<plain>[^\W\d]\w*)|\{(?P<braced>[^\W\d]\w*)\})")
TEXTS = ("description", "system", "prompt", "model")
TABLES = ("options", "defaults")
GIVEN = ("input", "prompt", "stdin")  # variables that the command line and a pipe fill


@dataclass(frozen=True, slots=True)
class Template:
    """A prepared question; see the module's docstring."""

    name: str
    description: str = ""
    system: str = ""
    prompt: str = ""
    model: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)

    @property
    def variables(self) -> tuple[str, ...]:
        """The names to be given with `-p`, in the order they appear."""
        found = dict.fromkeys((*find_variables(self.system), *find_variables(self.prompt)))
        return tuple(name for name in found if name not in GIVEN)


@dataclass(frozen=True, slots=True)
class Rendered:
    """What is to be asked."""

    system: str
    prompt: str


def render_template(
    template: Template, *, prompt: str, stdin: str, variables: Mapping[str, str]
) -> Rendered:
    """Return the system prompt and the question with every variable in its place.

    Args:
        template: The template.
        prompt: What was typed; may be empty.
        stdin: What was piped; may be empty.
        variables: What `-p` gave.

    Raises:
        UsageError: A variable has no value, one that was given has no place, or nothing was typed
            or piped for a template that needs it.
    """
    _check_variables(template, variables)
    both = "\n\n".join(text for text in (prompt, stdin) if text.strip())
    given = {"input": both, "prompt": prompt, "stdin": stdin}
    placed = set(find_variables(template.prompt)) | set(find_variables(template.system))
    for name in GIVEN:
        if name in placed and not given[name].strip():
            raise UsageError(
                f"the template `{template.name}` needs {_describe_given(name)}",
                hint=f'`tokenhub ask -t {template.name} "…"`, or a pipe',
            )
    values = {**template.defaults, **variables, **given}
    question = substitute(template.prompt, values)
    if "input" not in placed:
        left = [given[name] for name in ("prompt", "stdin") if name not in placed]
        question = "\n\n".join(part for part in (question, *left) if part.strip())
    return Rendered(substitute(template.system, values), question)


def find_variables(text: str) -> tuple[str, ...]:
    """Return the names of the variables in a text, each once, in order."""
    names = (match["plain"] or match["braced"] for match in VARIABLE.finditer(text))
    return tuple(dict.fromkeys(name for name in names if name))


def substitute(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with each variable replaced by its value.

    Raises:
        KeyError: A variable has no value.
    """

    def replace(match: re.Match[str]) -> str:
        return "$" if match["dollar"] else values[match["plain"] or match["braced"]]

    return VARIABLE.sub(replace, text)


def parse_template(name: str, document: Mapping[str, Any], path: Path) -> Template:
    """Return the template that a TOML document describes.

    Raises:
        ConfigurationError: A name is unknown, or a value is of the wrong kind.
    """
    for key, value in document.items():
        if key not in (*TEXTS, *TABLES):
            raise _build_error(f"`{key}` in `{path}` is not part of a template", name)
        if key in TEXTS and not isinstance(value, str):
            raise _build_error(f"`{key}` in `{path}` must be a text", name)
        if key in TABLES and not isinstance(value, Mapping):
            raise _build_error(f"`{key}` in `{path}` must be a table", name)
    options = {
        option: _check_option(option, value, path, name)
        for option, value in document.get("options", {}).items()
    }
    defaults = {key: str(value) for key, value in document.get("defaults", {}).items()}
    for key in defaults:
        if key in GIVEN or not key.isidentifier():
            raise _build_error(f"`defaults.{key}` in `{path}` is not a name for a variable", name)
    texts = {key: document.get(key, "") for key in TEXTS}
    return Template(name, **texts, options=options, defaults=defaults)


def find_template_path(directory: Path, name: str) -> Path:
    """Return where the template `name` is or would be.

    Raises:
        UsageError: The name could mean a file elsewhere.
    """
    if not NAME.fullmatch(name):
        raise UsageError(
            f"`{name}` is not a name for a template: letters, digits, `.`, `-` and `_`",
            hint="`tokenhub templates list`",
        )
    return directory / f"{name}{SUFFIX}"


def read_template(directory: Path, name: str) -> Template:
    """Return the template `name`.

    Raises:
        UsageError: There is none of that name.
        ConfigurationError: It is not a valid template.
    """
    return read_template_file(_find_template(directory, name), name)


def read_template_file(path: Path, name: str) -> Template:
    """Return the template in a file.

    Raises:
        ConfigurationError: It is not a valid template.
    """
    from tokenhub_cli.settings.sources import parse_toml, read_config_text

    try:
        return parse_template(name, parse_toml(read_config_text(path), path), path)
    except ConfigurationError as error:
        raise _build_error(error.message, name) from None


def read_template_text(directory: Path, name: str) -> str:
    """Return the text of the file of the template `name`, be it valid or not.

    Raises:
        UsageError: There is none of that name.
        ConfigurationError: It cannot be read, or is not UTF-8.
    """
    from tokenhub_cli.settings.sources import read_config_text

    path = _find_template(directory, name)
    try:
        return read_config_text(path)
    except ConfigurationError as error:
        raise _build_error(error.message, name) from None


def list_names(directory: Path) -> list[str]:
    """Return the names of the templates, sorted."""
    try:
        names = [path.stem for path in directory.iterdir() if path.suffix == SUFFIX]
    except OSError:
        return []
    return sorted(name for name in names if NAME.fullmatch(name))


def save_template(directory: Path, template: Template) -> Path:
    """Write a template in place of one of the same name; return where it is.

    Raises:
        UsageError: Its name cannot be used.
        StoreError: It cannot be written.
    """
    from tokenhub_cli.settings.files import lock_file, replace_file

    path = find_template_path(directory, template.name)
    with lock_file(directory / LOCK_NAME):
        replace_file(path, format_template(template).encode())
    return path


def format_template(template: Template) -> str:
    """Return a template as TOML; what is empty is left out."""
    import tomlkit

    document = tomlkit.document()
    for key in TEXTS:
        text: str = getattr(template, key)
        if text:
            document[key] = tomlkit.string(text, multiline="\n" in text)
    for key in TABLES:
        table: Mapping[str, Any] = getattr(template, key)
        if table:
            document[key] = dict(table)
    return tomlkit.dumps(document)


def edit_template(
    directory: Path,
    name: str,
    run: Callable[[Path], None],
    ask_again: Callable[[ConfigurationError], bool],
) -> str:
    """Let the user edit a template, a new one from a skeleton; return what was done.

    Args:
        directory: Where templates are.
        name: Which.
        run: Opens a file in the editor and returns when the user is done.
        ask_again: Whether to open the editor again on an edit that has this error.

    Raises:
        UsageError: The name cannot be used.
        ConfigurationError: The edit is not valid, or the editor failed. The edit is kept in a file
            beside, which the next edit opens.
        StoreError: A file cannot be written.
    """
    from tokenhub_cli.settings.editor import Editable, edit_file

    editable = Editable(
        path=find_template_path(directory, name),
        side_file=directory / f".{name}.edit",
        replaced=directory / f".{name}.replaced",
        lock=directory / LOCK_NAME,
        skeleton=SKELETON,
        check=lambda side_file: read_template_file(side_file, name),
        command=_format_edit_command(name),
    )
    return edit_file(editable, run, ask_again)


SKELETON = '''\
# A template of tokenhub: `tokenhub ask -t NAME`. Take away a `#` to set something.

# description = "What it is for"
# system = "You are brief."
# model = "gpt-4o"
prompt = """
$input
"""

# [options]
# temperature = 0.2

# [defaults]
# language = "English"
'''


def _find_template(directory: Path, name: str) -> Path:
    """Return where the template `name` is; raise an error that names the nearest if it is not."""
    path = find_template_path(directory, name)
    if path.is_file():
        return path
    from difflib import get_close_matches

    near = get_close_matches(name, list_names(directory), n=1)
    hint = f"`tokenhub templates edit {name}` makes it"
    raise UsageError(
        f"there is no template `{name}`", hint=f"`tokenhub ask -t {near[0]} …`" if near else hint
    )


def _check_variables(template: Template, variables: Mapping[str, str]) -> None:
    wanted = template.variables
    for name in variables:
        if name not in wanted:
            known = ", ".join(f"`{variable}`" for variable in wanted) or "none"
            raise UsageError(
                f"the template `{template.name}` has no variable `{name}`",
                hint=f"its variables: {known}; `tokenhub templates show {template.name}`",
            )
    for name in wanted:
        if name not in variables and name not in template.defaults:
            raise UsageError(
                f"the template `{template.name}` needs a value for `{name}`",
                hint=f"`tokenhub ask -t {template.name} -p {name} VALUE`",
            )


def _check_option(option: str, value: Any, path: Path, name: str) -> Any:
    setting = find_setting(f"options.{option}")
    if setting is None:
        raise _build_error(f"`options.{option}` in `{path}` is not an option", name)
    try:
        return check_value(setting, value)
    except WrongValueError as error:
        raise _build_error(f"`options.{option}` in `{path}` must be {error}", name) from None


def _build_error(message: str, name: str) -> ConfigurationError:
    return ConfigurationError(message, hint=_format_edit_command(name))


def _format_edit_command(name: str) -> str:
    return f"`tokenhub templates edit {name}`"


def _describe_given(name: str) -> str:
    return {
        "input": "a prompt or piped input",
        "prompt": "a prompt",
        "stdin": "piped input",
    }[name]
