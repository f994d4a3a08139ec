"""References to environment variables inside texts: `${NAME}` and `${NAME:-default}`; `$${` stands
for a plain `${`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

REFERENCE = re.compile(r"\$(\$\{)|\$\{([A-Za-z_][A-Za-z0-9_]*)(:-([^}]*))?\}|(\$\{)")
"""An escaped `$${`; a name with an optional default; or a `${` that is neither."""

ONE_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*(:-)?\}")
"""How a secret must be written: one reference and nothing else, at most with an empty default."""


@dataclass(frozen=True)
class Resolved:
    """A text with its references filled in.

    `names` were used, `missing` had neither value nor default, `is_broken`: a `${` is no proper
    reference.
    """

    text: str
    names: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    is_broken: bool = False


def resolve(text: str, environ: Mapping[str, str]) -> Resolved:
    """Fills in the references of `text`. A variable that is empty counts as not set; `${NAME:-}`
    allows that.
    """
    names: list[str] = []
    missing: list[str] = []
    is_broken = False

    def fill(match: re.Match[str]) -> str:
        nonlocal is_broken
        escaped, name, has_default, default, broken = match.groups()
        if escaped:
            return "${"
        if broken:
            is_broken = True
            return "${"
        names.append(name)
        value = environ.get(name, "")
        if not value and not has_default:
            missing.append(name)
        return value or default or ""

    filled = REFERENCE.sub(fill, text)
    return Resolved(filled, tuple(names), tuple(dict.fromkeys(missing)), is_broken)


def is_one_reference(text: str) -> bool:
    """Whether `text` is nothing but one reference, so that it can hold no secret itself."""
    return ONE_REFERENCE.fullmatch(text.strip()) is not None
