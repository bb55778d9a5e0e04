"""Which names a sampling parameter may have: for `-o NAME VALUE` and `/set NAME VALUE`."""

import re

from tokenhub_cli.errors import UsageError
from tokenhub_cli.settings.schema import PROTOCOL_FIELDS, SETTINGS

_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)


def check_option_name(name: str) -> None:
    """Accept what may be a parameter of some gateway.

    Raises:
        UsageError: It is a field that is set otherwise, no name, or a known one misspelt.
    """
    if name in PROTOCOL_FIELDS:
        raise UsageError(f"`{name}` is no option", hint=PROTOCOL_FIELDS[name])
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"`{name}` is no name of an option", hint='`tokenhub ask -o top_k 40 "PROMPT"`'
        )
    known = name.lower()
    if known != name and f"options.{known}" in SETTINGS:
        raise UsageError(
            f"there is no option `{name}`", hint=f'`tokenhub ask -o {known} VALUE "PROMPT"`'
        )
