"""Completion scripts, one module a shell, each a pure function from the command tree to a text.

The scripts are static: flags, subcommands and fixed values stand in them. Names that change come
from small text files in the cache directory, one a line, what follows a tab being its description:

    models/*.txt                     the models of each gateway (gateway/catalog.py)
    completion/aliases.txt           names of models that the configuration file gives
    completion/profiles.txt          the profiles of the configuration file
    completion/conversations.txt     ids of conversations, the newest first, with titles
    completion/templates.txt         the templates

`settings/completion_files.py` writes those of `completion/`. No script starts a program, Python
least of all.
"""
