"""Templates on `ask`'s way: filled in with `-t`, made with `--save`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tokenhub_cli.cli.context import Context, write_notice
from tokenhub_cli.settings.paths import find_paths


@dataclass(frozen=True, slots=True)
class Prepared:
    """A template with its variables in place."""

    system: str | None
    prompt: str
    model: str
    options: Mapping[str, Any]

    def add_to(self, setting_flags: Mapping[str, Any]) -> dict[str, Any]:
        """Return the flags' settings with the template's beneath them."""
        return {
            **setting_flags,
            "model": setting_flags.get("model") or self.model or None,
            "options": {**self.options, **setting_flags.get("options", {})},
        }


def apply_template(
    context: Context, name: str, typed: str, piped: str, variables: Sequence[Any] | None
) -> Prepared:
    """Return the template `name`, filled in.

    Args:
        context: The surroundings.
        name: The template.
        typed: The prompt from the command line.
        piped: What standard input brought.
        variables: `-p NAME VALUE`, as pairs of words.

    Raises:
        UsageError: There is no such template, or a variable is missing.
        ConfigurationError: It is not a valid template.
    """
    from tokenhub_cli.settings.templates import read_template, render_template

    template = read_template(find_paths(context.environ).templates_directory, name)
    given = {key: value for key, value in variables or ()}  # noqa: C416 - typed as words, in pairs
    rendered = render_template(template, prompt=typed, stdin=piped, variables=given)
    return Prepared(rendered.system or None, rendered.prompt, template.model, template.options)


def save_as_template(
    context: Context, name: str, prompt: str, system: str, setting_flags: Mapping[str, Any]
) -> int:
    """Keep the prompt and the flags that a template can hold; return the exit code.

    Raises:
        UsageError: The name cannot be used.
        StoreError: The template cannot be written.
    """
    from tokenhub_cli.settings.completion_files import note_templates
    from tokenhub_cli.settings.templates import Template, save_template

    template = Template(
        name,
        system=system,
        prompt=prompt,
        model=setting_flags.get("model") or "",
        options=setting_flags.get("options", {}),
    )
    paths = find_paths(context.environ)
    path = save_template(paths.templates_directory, template)
    note_templates(paths)
    write_notice(f"saved `{path}`; use it with `tokenhub ask -t {name}`")
    return 0
