"""Puts what is wrong with one value into words: what was found, what is expected."""

from collections.abc import Mapping
from typing import Any

LONGEST_QUOTE = 60

PATTERNS: Mapping[str, str] = {
    r"^[A-Z]{2}$": "a state of two capital letters such as VA",
    r"^[A-Z]{3}$": "a currency of three capital letters such as USD",
    r"^[A-Z0-9]*$": "capital letters and digits only",
    r"^[a-z][a-z0-9_]*$": "small letters, digits and _, the first a letter",
    r"^([a-z][a-z0-9_]*)?$": "small letters, digits and _, the first a letter",
    r"^[a-z0-9][a-z0-9_-]*$": "small letters, digits, _ and -, the first a letter or a digit",
    r"^[A-Z0-9]{1,12}$": "1 to 12 capital letters and digits, without dashes",
    r"^[A-Z0-9]{0,12}$": "up to 12 capital letters and digits, without dashes",
    r"^[A-Z][A-Z0-9]?$": "a capital letter, or one and another letter or digit",
    r"^\d{4}-(0[1-9]|1[0-2])$": "a year and a month such as 2026-11",
    r"^[A-Za-z][A-Za-z0-9_]*$": "the name of a table: letters, digits and _",
    r"^[A-Za-z_][A-Za-z0-9_]*$": "the name of a column: letters, digits and _",
    r"^[^@\s]+@[^@\s]+$": "an e-mail address such as office@example.com",
}
"""The patterns of the account's types in plain words; a test sees to it that none is missing."""

EXPECTED: Mapping[str, str] = {
    "int_parsing": "a whole number",
    "int_parsing_size": "a smaller whole number",
    "int_from_float": "a whole number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_parsing": "true or false",
}

EXPECTED_FORMS: Mapping[str, str] = {
    "model_type": "a section, that is keys indented below it",
    "dict_type": "a map, that is lines of 'name: code' indented below it",
    "tuple_type": "a list such as [first, second]",
}
"""What pydantic wants where it was given something of another form; otherwise it is one value."""


def quoted(text: str) -> str:
    """The text as it was found, in quotes, on one line and not longer than one wants to read."""
    shown = repr(text)
    return shown if len(shown) <= LONGEST_QUOTE else shown[: LONGEST_QUOTE - 4] + "...'"


def complaint(error: Mapping[str, Any], found: str) -> str:
    """One sentence for one pydantic error (`type`, `ctx`, `msg`). `found` names the value in it."""
    kind, context = str(error["type"]), error.get("ctx") or {}
    if "://" in found and "@" in found:
        found = "the address"  # there may be a login in it
    if kind == "value_error":
        text = str(context.get("error", error["msg"]))
        return text if text.startswith(found) else f"{found} {text}"
    if kind == "literal_error":
        return f"found {found}, expected {str(context['expected']).replace(chr(39), '')}"
    if kind == "string_pattern_mismatch":
        return f"found {found}, expected {PATTERNS[context['pattern']]}"
    if kind in ("string_too_long", "too_long"):
        return f"found {found}, expected {_count(context['max_length'])} at most"
    if kind in ("string_too_short", "too_short"):
        return f"is empty, expected {_count(context['min_length'])} at least"
    limits = {
        "greater_than": "gt",
        "greater_than_equal": "ge",
        "less_than": "lt",
        "less_than_equal": "le",
    }
    if kind in limits:
        words = {"gt": "more than", "ge": "at least", "lt": "less than", "le": "at most"}[
            limits[kind]
        ]
        return f"found {found}, expected {words} {context[limits[kind]]:g}"
    return (
        f"found {found}, expected {EXPECTED[kind]}"
        if kind in EXPECTED
        else f"found {found}: {error['msg']}"
    )


def _count(length: int) -> str:
    return "one character" if length == 1 else f"{length} characters"
