"""One file a command: parse, call, return a code."""
