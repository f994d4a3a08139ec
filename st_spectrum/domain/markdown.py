"""Texts of people and vendors inside Dagster's Markdown: shown as they are, never as headings, links, pictures or HTML. Pure."""

import re

_MARKS = re.compile(r"([\\`*\[\]|~])")


def in_a_line(text: str) -> str:
    """The text on one line, every character that Markdown would act on made harmless."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    # A bare address would become a link to wherever a record says.
    return _MARKS.sub(r"\\\1", plain).replace("://", ":&#47;&#47;").replace("www.", "www&#46;")


def linked(text: str, address: str) -> str:
    """Markdown of a text that leads to an address of ours; the bare text where there is none."""
    return f"[{text}]({address})" if address else text
