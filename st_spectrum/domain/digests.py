"""Short stable fingerprints of what was read or sent."""

import hashlib
import json
from typing import Any


def digest(value: Any) -> str:
    """Sixteen hexadecimal digits of anything JSON can hold; the order of keys does not matter."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
