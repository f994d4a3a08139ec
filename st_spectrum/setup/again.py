"""An account file that somebody has worked on, and what history proposes by now: what is new is put
into a copy, comments kept, and nothing that stands there is changed.
"""

import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from typing import Any

import yaml
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import PlainScalarString

from st_spectrum.account.nodes import TODO
from st_spectrum.setup.evidence import Place, Proposal, at

MOVES_WITH_USE = ("codes",)
"""Keys whose proposals change with every record that crosses."""
_MAPS = """
    jobs.contract_type
    invoices.gl.by_cost_center invoices.gl.by_job_type
    timecards.pay_types.by_lib_item
    timecards.departments.by_office
    timecards.cost_codes.phase_by_service_line
    maps.payment_terms.by_name
    maps.sales_tax.by_tax_group maps.sales_tax.by_state
    maps.tax_class.by_state
    maps.work_state
    maps.cost_centers.by_service_line maps.cost_centers.by_office maps.cost_centers.price_method
"""
MAPS = frozenset(map(at, _MAPS.split()))
"""Where a new name gets a line of its own; any other setting that is not there may be left out on
purpose.
"""


@dataclass(frozen=True)
class Again:
    """The new text, its difference from the old one, and what differs from history."""

    text: str
    difference: str
    added: tuple[Proposal, ...]
    otherwise: tuple[str, ...]


def go_through(text: str, found: Iterable[Proposal], name: str) -> Again:
    """Nothing is added that stands there already, and nothing where the file has no such map."""
    written = written_in(text)
    known = {tuple(part.casefold() for part in place): value for place, value in written.items()}
    maps = {place[:-1] for place in written} | {place for place in MAPS if _uses(written, place)}
    reader = _reader()
    document = reader.load(text)
    before = _dumped(reader, document)
    added, otherwise = [], []
    for one in found:
        value = known.get(tuple(part.casefold() for part in one.place))
        if value is None:
            if one.place[:-1] in MAPS and one.place[:-1] in maps:
                _insert(document, one)
                added.append(one)
        elif value == TODO and one.is_decided:
            _set(document, one)
            added.append(one)
        elif one.is_decided and value != TODO and _is_other(value, one):
            otherwise.append(f"{'.'.join(one.place)}: {value} here, {one.value} there: {one.why}")
    after = _dumped(reader, document)
    lines = unified_diff(
        before.splitlines(), after.splitlines(), name, f"{name}.new", n=2, lineterm=""
    )
    return Again(after, "\n".join(lines), tuple(added), tuple(otherwise))


def written_in(text: str) -> dict[Place, str]:
    """Each value of a file as it is written, by where it stands."""
    node = yaml.compose(text, Loader=yaml.SafeLoader)
    return dict(_scalars(node, ()))


def _scalars(node: Any, place: Place) -> Iterable[tuple[Place, str]]:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _scalars(value, (*place, str(key.value)))
    elif isinstance(node, yaml.SequenceNode):
        yield place, f"[{', '.join(str(item.value) for item in node.value)}]"
    elif node is not None:
        yield place, str(node.value)


def _uses(written: Mapping[Place, str], place: Place) -> bool:
    """Whether the section around a map is in the file at all."""
    return any(other[: len(place) - 1] == place[:-1] for other in written)


def _is_other(value: str, one: Proposal) -> bool:
    return value != one.value.strip('"') and not any(key in MOVES_WITH_USE for key in one.place)


def _reader() -> YAML:
    reader = YAML()
    reader.preserve_quotes = True
    reader.width = 4096
    reader.indent(mapping=2, sequence=4, offset=2)
    return reader


def _dumped(reader: YAML, document: Any) -> str:
    out = io.StringIO()
    reader.dump(document, out)
    return out.getvalue()


def _insert(document: Any, one: Proposal) -> None:
    """At the head of its map: what stands behind the last line of a map may belong to the next
    section.
    """
    inner = document
    for key in one.place[:-1]:
        if not isinstance(inner.get(key), CommentedMap):
            inner.insert(0, key, CommentedMap())
        inner = inner[key]
    # A comment inside of {braces} would break the line.
    comment = None if inner.fa.flow_style() else f"NEW: {one.why}"
    inner.insert(0, one.place[-1], _value(one), comment=comment)


def _set(document: Any, one: Proposal) -> None:
    inner = document
    for key in one.place[:-1]:
        inner = inner[key]
    inner[one.place[-1]] = _value(one)
    if not inner.fa.flow_style():
        inner.yaml_add_eol_comment(f"NEW: {one.why}", one.place[-1])


def _value(one: Proposal) -> Any:
    return PlainScalarString(one.value or TODO)
