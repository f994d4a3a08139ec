"""Generated parts inside pages that people write: between two markers, drawn from code."""

import re
from collections.abc import Callable, Mapping

from st_spectrum.ledger.diagram import mermaid
from st_spectrum.pages.flows import flows_table
from st_spectrum.pages.kept_documents import kinds_table

_PART = re.compile(
    r"(?P<head><!-- generated: python -m (?P<name>[\w.]+) -->\n).*?(?=<!-- end of generated -->)",
    re.DOTALL,
)

INSERTS: Mapping[str, Callable[[], str]] = {
    "st_spectrum.pages.kept_documents": kinds_table,
    "st_spectrum.ledger.diagram": lambda: f"```mermaid\n{mermaid()}\n```\n",
    "st_spectrum.pages.flows": flows_table,
}
"""What to put behind a marker, by the module that the marker names."""


def with_inserts(page: str) -> str:
    """The page with every marked part renewed; raises `KeyError` for an unknown marker."""
    return _PART.sub(lambda part: part["head"] + INSERTS[part["name"]](), page)
