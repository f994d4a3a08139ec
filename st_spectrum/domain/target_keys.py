"""Keys of the target as one text: an external id of ServiceTrade may name several of them."""

SEPARATOR = "|"
"""Between several Spectrum job numbers in the one external id of a ServiceTrade job [ST 11]."""


def single_keys(target_key: str) -> tuple[str, ...]:
    """The single keys that a typed external id names, each once, in Spectrum's capitals."""
    parts = (part.strip().upper() for part in target_key.split(SEPARATOR))
    return tuple(dict.fromkeys(part for part in parts if part))


def replaced_in(keys: str, old: str, new: str) -> str:
    """Keys with one of them replaced."""
    return SEPARATOR.join(new if key == old else key for key in keys.split(SEPARATOR))
