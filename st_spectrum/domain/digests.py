"""Short stable fingerprints of what was read or sent."""

import hashlib
import json
from typing import Any

_FORM = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
"""`json.dumps` makes an encoder for each call that wants another form than its own."""


def digest(value: Any) -> str:
    """Sixteen hexadecimal digits of anything JSON can hold; the order of keys does not matter."""
    return hashlib.sha256(_FORM.encode(value).encode()).hexdigest()[:16]
