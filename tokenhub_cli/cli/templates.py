"""`tokenhub templates`: questions prepared once, asked often."""

import sys
from typing import Annotated

import typer

from tokenhub_cli.cli.context import (
    TYPER_OPTIONS,
    build_help,
    read_context,
    write_json,
    write_line,
    write_notice,
)
from tokenhub_cli.cli.editing import Editing
from tokenhub_cli.cli.gateway_flags import AsJsonFlag
from tokenhub_cli.cli.screen import find_screen
from tokenhub_cli.errors import ConfigurationError
from tokenhub_cli.settings.completion_files import note_templates
from tokenhub_cli.settings.paths import find_paths
from tokenhub_cli.settings.templates import (
    Template,
    edit_template,
    find_template_path,
    list_names,
    read_template,
    read_template_text,
)

app = typer.Typer(
    **TYPER_OPTIONS,
    help=build_help(
        "Questions prepared once, asked often.",
        "tokenhub templates edit review",
        "git diff | tokenhub ask -t review -p language French",
        'tokenhub ask -s "Answer in rhymes" --save rhymes "Why is the sky blue?"',
        details=(
            "A template is a TOML file: system, prompt, model, options, and defaults for its "
            "variables. $prompt is what was typed, $stdin what was piped, $input both; any other "
            "$NAME is given with `-p NAME VALUE`."
        ),
    ),
)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="The template's name.")]


@app.command(
    "list",
    help=build_help(
        "List templates with their variables.",
        "tokenhub templates list",
        "tokenhub templates list --json",
    ),
)
def list_templates(*, as_json: AsJsonFlag = False) -> None:
    """Print a table, tab-separated values or JSON; a broken template is a note on stderr."""
    context = read_context()
    paths = find_paths(context.environ)
    note_templates(paths)
    directory = paths.templates_directory
    templates: list[Template] = []
    for name in list_names(directory):
        try:
            templates.append(read_template(directory, name))
        except ConfigurationError as error:
            write_notice(f"note: {error.message}")
    if as_json:
        write_json({"v": 1, "templates": [_build_row(template) for template in templates]})
        return
    screen = find_screen(context)
    if not templates and screen is not None:
        write_notice("there is no template yet: `tokenhub templates edit NAME` makes one")
        return
    from tokenhub_cli.render.columns import Column, format_table

    columns = (
        Column("name", style="cyan"),
        Column("about", flexible=True),
        Column("model", optional=True),
        Column("variables", optional=True),
    )
    cells = [
        (
            template.name,
            template.description or template.prompt or template.system,
            template.model,
            " ".join(template.variables),
        )
        for template in templates
    ]
    sys.stdout.write(format_table(columns, cells, screen))


@app.command(
    "show", help=build_help("Print a template as it is.", "tokenhub templates show review")
)
def show_template(name: NameArgument) -> None:
    """Print a template's file."""
    directory = find_paths(read_context().environ).templates_directory
    write_line(read_template_text(directory, name).rstrip("\n"))


@app.command(
    "edit",
    help=build_help(
        "Edit a template in $VISUAL or $EDITOR; make it if it is new.",
        "tokenhub templates edit review",
        details="The edit is checked before it is kept; a broken one is offered back.",
    ),
)
def edit(name: NameArgument) -> None:
    """Edit a template in the user's editor."""
    editing = Editing(read_context())
    paths = find_paths(editing.context.environ)
    done = edit_template(paths.templates_directory, name, editing.run, editing.ask_again)
    note_templates(paths)
    write_notice(done)


@app.command(
    "path",
    help=build_help(
        "Print where templates are, or where one is.",
        "tokenhub templates path",
        'rm "$(tokenhub templates path review)"',
    ),
)
def print_path(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Which.")] = None,
) -> None:
    """Print the directory of templates, or the file of one, whether it exists or not."""
    directory = find_paths(read_context().environ).templates_directory
    write_line(str(directory if name is None else find_template_path(directory, name)))


def _build_row(template: Template) -> dict[str, object]:
    return {
        "name": template.name,
        "description": template.description,
        "system": template.system,
        "prompt": template.prompt,
        "model": template.model,
        "options": dict(template.options),
        "defaults": dict(template.defaults),
        "variables": list(template.variables),
    }
