"""JSON as gateways write it: control characters may stand in a string as they are.

The standard wants them escaped; some gateways pass a model's VT, FF, TAB or ESC on raw. Nothing
else is taken that is no JSON.
"""

import json

_decoder = json.JSONDecoder(strict=False)

decode_json = _decoder.decode
"""Return the value of a text that is one JSON document; raises ValueError or RecursionError."""

decode_json_at = _decoder.raw_decode
"""Return the value that begins at an index, and the index after it; raises as `decode_json`."""
