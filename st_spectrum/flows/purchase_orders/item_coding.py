"""Library item and service line of a purchase order line, by the account's maps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from st_spectrum.account.purchase_orders import ByCoding, LibraryItems
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.fitting import known, tidy
from st_spectrum.flows.account_maps import Missing
from st_spectrum.spectrum.purchase_orders import NON_STOCK_MARK, PurchaseOrderLine


@dataclass(frozen=True)
class Catalog:
    """What ServiceTrade has to choose from: ids by code and by name, both folded by `folded`.
    Retired items are not in it.
    """

    items_by_code: Mapping[str, int] = field(default_factory=dict)
    items_by_name: Mapping[str, int] = field(default_factory=dict)
    service_lines: Mapping[str, int] = field(default_factory=dict)


def folded(text: str) -> str:
    """Names as people write them: upper and lower case and outer blanks do not count."""
    return tidy(text).casefold()


def library_item_of(line: PurchaseOrderLine, rules: LibraryItems, catalog: Catalog) -> int | None:
    """Id of the library item, None where no rule knows one; raises `Missing` for one not there."""
    name = _by_item_code(line, rules)
    if not name and rules.has_same_codes:
        for code in _item_codes(line):
            if (same := catalog.items_by_code.get(folded(code))) is not None:
                return same
    name = name or _by_cost_coding(line, rules)
    if not name:
        return None
    found = catalog.items_by_code.get(folded(name)) or catalog.items_by_name.get(folded(name))
    if found is None:
        raise _unknown("library item", name, "purchase_orders.library_items")
    return found


def service_line_of(line: PurchaseOrderLine, rules: ByCoding, catalog: Catalog) -> int | None:
    """Id of the service line, None where no rule knows one; raises `Missing` for one not there."""
    name = _by_item_code(line, rules) or _by_cost_coding(line, rules)
    if not name:
        return None
    found = catalog.service_lines.get(folded(name))
    if found is None:
        raise _unknown("service line", name, "purchase_orders.service_lines")
    return found


def _by_item_code(line: PurchaseOrderLine, rules: ByCoding) -> str:
    return next(
        (name for code in _item_codes(line) if (name := known(rules.by_item_code, code))), ""
    )


def _by_cost_coding(line: PurchaseOrderLine, rules: ByCoding) -> str:
    phases = {phase.replace("-", ""): name for phase, name in rules.by_phase.items()}
    return (
        known(rules.by_cost_type, line.cost_type)
        or known(phases, line.phase_code.replace("-", ""))
        or rules.default
    )


def _item_codes(line: PurchaseOrderLine) -> Iterator[str]:
    if line.item_code:
        yield line.item_code
    if bare := line.item_code.removeprefix(NON_STOCK_MARK):
        yield bare


def _unknown(noun: str, name: str, where: str) -> Missing:
    advice = (
        f"Add it in ServiceTrade, make it active again, or correct {where} in the account file."
    )
    return Missing(
        Hold(f"ServiceTrade has no {noun} {name!r}", advice, (f"servicetrade: {noun} {name}",))
    )
