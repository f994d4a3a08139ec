"""Short stable fingerprints of what was read or sent."""

import hashlib
import json
from typing import Any

_FORM = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str)
"""`json.dumps` makes an encoder for each call that wants another form than its own."""


def digest(value: Any) -> str:
    """Sixteen hexadecimal digits of anything JSON can hold; the order of keys does not matter."""
    return digest_of_text(canonical(value))


def canonical(value: Any) -> str:
    """The text that is digested."""
    return _FORM.encode(value)


def digest_of_text(text: str) -> str:
    """The digest of a value whose `canonical` text is at hand."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]
