"""Keys of a job item's source that an installation calls otherwise, as
`servicetrade.item_source_keys` says: put in on the way out, taken back on the way in. Pure.
"""

from collections.abc import Mapping
from typing import Any


def in_their_keys(item: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    """The body of a write, with the keys of its source as they are called there."""
    return _with_source(item, keys)


def in_our_keys(item: Any, keys: Mapping[str, str]) -> Any:
    """A job item as it was answered, with the keys of its source as we call them."""
    if not keys or not isinstance(item, Mapping):
        return item
    return _with_source(item, {there: ours for ours, there in keys.items()})


def _with_source(item: Mapping[str, Any], keys: Mapping[str, str]) -> dict[str, Any]:
    source = item.get("source")
    if not isinstance(source, Mapping):
        return dict(item)
    return {**item, "source": {keys.get(key, key): value for key, value in source.items()}}
