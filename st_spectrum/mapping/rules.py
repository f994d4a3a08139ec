"""Look-ups in the account's maps that more than one flow uses: sales tax code, tax class, work state."""

from st_spectrum.account import Maps
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.fitting import known
from st_spectrum.servicetrade.models import TaxGroup


class Missing(Exception):
    """A code is missing without which the record must not go out: carries the `Hold` from a mapping function to its decider."""

    def __init__(self, reason: str, advice: str, needs: tuple[str, ...] = ()) -> None:
        super().__init__(reason)
        self.hold = Hold(reason, advice, needs)


def sales_tax_code(maps: Maps, state: str, group: TaxGroup | None = None, *, is_taxable: bool = True) -> str:
    """The AR sales tax code: the one for what is not taxable, else fixed, else by tax group, by state, or the default."""
    tax = maps.sales_tax
    if not is_taxable and tax.not_taxable:
        return tax.not_taxable
    code = (
        tax.fixed or known(tax.by_tax_group, group.code if group else None) or known(tax.by_state, state) or tax.default
    )
    if not code:
        raise _no_code("sales tax code", "maps.sales_tax", state, group)
    return code


def tax_class_code(maps: Maps, state: str, group: TaxGroup | None) -> str:
    """The job's tax class by tax group, state or default; "" only where the account maps no tax classes at all."""
    classes = maps.tax_class
    code = (
        known(classes.by_tax_group, group.code if group else None) or known(classes.by_state, state) or classes.default
    )
    if not code and (classes.by_tax_group or classes.by_state):
        raise _no_code("tax class", "maps.tax_class", state, group)
    return code


def work_state_code(maps: Maps, state: str) -> str:
    """The work state tax code for payroll; "" only where the account maps no states at all."""
    code = known(maps.work_state, state)
    if not code and maps.work_state:
        raise _no_code("work state tax code", "maps.work_state", state, None)
    return code


def _no_code(what: str, where: str, state: str, group: TaxGroup | None) -> Missing:
    subject = f"state {state!r}" if state else "an address without a state"
    if group and group.code:
        subject = f"tax group {group.code!r} or {subject}"
    return Missing(
        f"no {what} for {subject}",
        f"Add it under {where} in the account file, or correct the address in ServiceTrade.",
        (f"account: {where}",),
    )
