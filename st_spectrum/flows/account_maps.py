"""Look-ups in the account's maps for several flows: sales tax code, tax class, work state."""

from dataclasses import replace

from st_spectrum.account import Account, Maps
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.fitting import Fitting, known, tidy
from st_spectrum.flows.go_live import is_left_out_for_good
from st_spectrum.servicetrade.models import Company, Location, TaxGroup


class Missing(Exception):
    """A code is missing without which the record must not go out: carries the `Hold` from a mapping
    function to its decider.
    """

    def __init__(self, hold: Hold) -> None:
        super().__init__(hold.reason)
        self.hold = hold


def missing(reason: str, advice: str, needs: str, cause: str = "") -> Missing:
    """To be raised: one thing is needed, and a person can help."""
    return Missing(Hold(reason, advice, (needs,), cause))


def hold_for_customer(company: Company, account: Account) -> Hold:
    """What a location or job says that waits for its company."""
    if not company.is_customer:
        return Hold(
            f"its company {company.name} is not a customer in ServiceTrade",
            "Mark the company as a customer in ServiceTrade, if it is one; this record follows by"
            " itself.",
            (f"customers/{company.id}",),
        )
    if company.status == "inactive":
        return Hold(
            f"its company {company.name} is inactive in ServiceTrade and was never carried across",
            "Make the company active in ServiceTrade; this record follows by itself.",
            (f"customers/{company.id}",),
            "its company is inactive in ServiceTrade and was never carried across",
        )
    if is_left_out_for_good(company.created, account.customers.before_go_live, account):
        return Hold(
            f"its company {company.name} was made before go-live and is never carried across",
            "Enter its AR customer code as external id of the company in ServiceTrade, or set"
            " customers.before_go_live to needed in the account file; this record follows by"
            " itself.",
            (f"customers/{company.id}",),
            "its company was made before go-live and is never carried across",
        )
    return Hold(
        f"its company {company.name} is not an AR customer yet",
        "Nothing to do if the company is on its way; else see why the company is held.",
        (f"customers/{company.id}",),
        "its company is not an AR customer yet",
    )


def hold_for_site(location: Location, account: Account) -> Hold:
    """What a job says that waits for its location."""
    if location.status == "inactive":
        return Hold(
            f"its location {location.name} is inactive in ServiceTrade and was never carried"
            " across",
            "Make the location active in ServiceTrade; the job follows by itself.",
            (f"sites/{location.id}",),
            "its location is inactive in ServiceTrade and was never carried across",
        )
    if is_left_out_for_good(location.created, account.sites.before_go_live, account):
        return Hold(
            f"its location {location.name} was made before go-live and is never carried across",
            "Enter its site id as external id of the location in ServiceTrade, or set"
            " sites.before_go_live to needed in the account file; the job follows by itself.",
            (f"sites/{location.id}",),
            "its location was made before go-live and is never carried across",
        )
    return Hold(
        f"its location {location.name} is not a work-order site yet",
        "Nothing to do if the location is on its way; else see why the location is held.",
        (f"sites/{location.id}",),
        "its location is not a work-order site yet",
    )


def with_state(hold: Hold, fit: Fitting) -> Hold:
    """The same hold with what was wrong with the state, often why a code was not found."""
    return replace(
        hold, reason="; ".join((hold.reason, *(note for note in fit.notes if "State: " in note)))
    )


def sales_tax_code(
    maps: Maps, state: str, group: TaxGroup | None = None, *, is_taxable: bool = True
) -> str:
    """The AR sales tax code: the one for what is not taxable, else fixed, else by tax group, by
    state, or the default.
    """
    tax = maps.sales_tax
    if not is_taxable and tax.not_taxable:
        return tax.not_taxable
    code = (
        tax.fixed
        or known(tax.by_tax_group, group.code if group else None)
        or known(tax.by_state, state)
        or tax.default
    )
    if not code:
        raise _no_code("sales tax code", "maps.sales_tax", state, group)
    return code


def tax_class_code(maps: Maps, state: str, group: TaxGroup | None) -> str:
    """The job's tax class by tax group, state or default; "" only where the account maps none."""
    classes = maps.tax_class
    code = (
        known(classes.by_tax_group, group.code if group else None)
        or known(classes.by_state, state)
        or classes.default
    )
    if not code and (classes.by_tax_group or classes.by_state):
        raise _no_code("tax class", "maps.tax_class", state, group)
    return code


def work_state_code(maps: Maps, state: str, written: str | None = None) -> str:
    """The work state tax code for payroll; of an address without a state the account's default,
    which may be blank.

    `written` is the state as the address has it: one that is no state is no missing one. "" where
    the account maps no states.
    """
    if not tidy(state if written is None else written):
        return maps.default_work_state
    code = known(maps.work_state, state)
    if not code and maps.work_state:
        raise _no_code("work state tax code", "maps.work_state", state, None)
    return code


def _no_code(noun: str, where: str, state: str, group: TaxGroup | None) -> Missing:
    subject = f"state {state!r}" if state else "an address without a state"
    if group and group.code:
        subject = f"tax group {group.code!r} or {subject}"
    default = "" if where == "maps.work_state" else " or as its default"
    advice = (
        f"Add it under {where} in the account file{default}, or correct the address in"
        " ServiceTrade."
    )
    return Missing(Hold(f"no {noun} for {subject}", advice, (f"account: {where}",)))
