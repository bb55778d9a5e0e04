"""What slash commands do, one module a family; `repl/commands.py` has the table."""
