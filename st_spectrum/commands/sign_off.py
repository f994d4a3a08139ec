"""`st-spectrum sign-off`: somebody signs a month of invoices or a payroll week."""

import sys
from pathlib import Path
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.engine.people.person import NotDone, Person


def run_sign_off(account_file: Path, month: str, week: str, person: Person) -> int:
    """0 once it is signed; 1 when it is not, with the reason."""
    from st_spectrum.domain.period_comparison import PeriodComparison
    from st_spectrum.flows.session import open_session
    from st_spectrum.reconcile.both_sides import compare_period
    from st_spectrum.reconcile.periods import flow_closed_by, month_named, week_ending
    from st_spectrum.reconcile.sign_offs import not_in_spectrum_sentence, sign_off

    if bool(month) == bool(week):
        raise ArgumentInvalid(["say either --month or --week"])
    account: Account = load_account(account_file)
    flow = flow_closed_by("month" if month else "week")
    period = month_named(month) if month else week_ending(week, account.timecards.week_starts_on)
    with open_session(account) as session:
        today = session.clock().astimezone(ZoneInfo(account.timezone)).date()
        whole = compare_period(session, flow, period.name)
        compared = PeriodComparison.of(whole, period.name)
        try:
            signature = sign_off(session.ledger, compared, period.last_day, today, person)
        except NotDone as refusal:
            print(f"Nothing was signed: {refusal}.", file=sys.stderr)
            return 1
    print(
        f"{signature.who} signed {flow} of {period.name} on {signature.at:%Y-%m-%d}:"
        f" approved {compared.approved:,.2f}, in Spectrum {compared.accepted:,.2f}"
        f" (digest {signature.digest})."
    )
    if waits := not_in_spectrum_sentence(compared):
        print(f"{waits} `st-spectrum ledger open` has each of them.")
    return 0
