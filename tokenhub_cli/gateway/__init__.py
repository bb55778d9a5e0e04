"""The only code that opens a socket to a gateway."""

import sys

# Where click and rich are installed, `import httpx` also loads httpx's own command line, for half
# as much again. httpx expects that this import may fail; None in this table makes it fail at once.
sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]
