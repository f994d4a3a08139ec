"""Which handler takes which call, and what the call is named in logs and fault rules."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from st_spectrum.sandbox.calls import Operation
from st_spectrum.sandbox.servicetrade.call import Handler

PREFIX = "/api"
_PART = re.compile(r"\{(\w+)(\*?)\}")


@dataclass(frozen=True)
class Endpoint:
    """One verb on one path.

    In `path`, `{id}` and every name that ends in `Id` takes digits only, another `{name}` one part,
    `{name*}` all the
    rest. `key` names the body fields that identify what a POST is about. `name` replaces the path
    in the operation's
    name. `is_open` needs no login; `is_form` takes a form as well as JSON; `has_files` takes a form
    with files.
    """

    method: str
    path: str
    handler: Handler
    key: tuple[str, ...] = ()
    name: str = ""
    is_open: bool = False
    is_form: bool = False
    has_files: bool = False

    @property
    def is_write(self) -> bool:
        """Whether the call changes records; logging in and out does not."""
        return self.method != "GET" and not self.is_open

    @property
    def operation(self) -> str:
        """Such as "PUT /company/{id}"."""
        return f"{self.method} {self.name or self.path}"


@dataclass(frozen=True)
class Match:
    """What a path leads to: the endpoints by verb, each with the parts of the path. Empty = no such
    address.
    """

    by_method: Mapping[str, tuple[Endpoint, dict[str, str]]]


class Routes:
    """All endpoints below `PREFIX`; where two could take a path and verb, the earlier one does."""

    def __init__(self, endpoints: Sequence[Endpoint]) -> None:
        self._by_first_part: dict[str, list[tuple[re.Pattern[str], Endpoint]]] = {}
        for endpoint in endpoints:
            first = endpoint.path.split("/")[1]
            self._by_first_part.setdefault(first, []).append((_pattern(endpoint.path), endpoint))

    def match(self, path: str) -> Match:
        """Endpoints whose path fits; `path` is without the prefix."""
        found: dict[str, tuple[Endpoint, dict[str, str]]] = {}
        first = path.split("/")[1] if path.startswith("/") else ""
        for pattern, endpoint in self._by_first_part.get(first, ()):
            if endpoint.method not in found and (fit := pattern.fullmatch(path)):
                found[endpoint.method] = (endpoint, fit.groupdict())
        return Match(found)

    def identify(self, method: str, path: str, query: str, body: bytes) -> Operation:
        """The name and key under which a call is logged, whether or not it would be carried out."""
        inner = path.removeprefix(PREFIX)
        found = self.match(inner).by_method.get(method)
        if found is None:
            return Operation(f"{method} {inner}", "", method != "GET")
        endpoint, params = found
        parts = list(params.values())
        if endpoint.key:
            content = read_body(body, endpoint.is_form)
            parts += [str(content[name]) for name in endpoint.key if content.get(name) is not None]
        elif method == "GET" and not parts:
            parts = [query]
        return Operation(endpoint.operation, "|".join(parts), endpoint.is_write)


def read_body(body: bytes, is_form: bool) -> dict[str, Any]:
    """The body as an object; empty when it is none."""
    try:
        content = json.loads(body)
    except ValueError:
        if not is_form:
            return {}
        content = dict(parse_qsl(body.decode("utf-8", "replace")))
    return content if isinstance(content, dict) else {}


def _pattern(path: str) -> re.Pattern[str]:
    def part(match: re.Match[str]) -> str:
        name, rest = match.groups()
        if rest:
            return f"(?P<{name}>.+)"
        return (
            f"(?P<{name}>[0-9]+)" if name == "id" or name.endswith("Id") else f"(?P<{name}>[^/]+)"
        )

    return re.compile(_PART.sub(part, path))
