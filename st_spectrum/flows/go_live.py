"""What the account file leaves out: records from before the day on which it went live, and those of
offices that are not its own. Pure.
"""

from datetime import date
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.account.master import BeforeGoLive
from st_spectrum.domain.calendar_days import day_begins
from st_spectrum.domain.decisions import Decision, Hold, Skip

GO_LIVE, SCOPE = "go_live", "scope.offices"
"""The keys of the account file, as `Skip.by_setting` names them."""

NO_OFFICE = "it has no office, and the account file carries those of some offices only"


def leaves_out_what_is_not_needed(account: Account) -> bool:
    """Whether the account file leaves records out until one that crosses needs them."""
    return bool(account.go_live or account.scope.offices)


def begins_at(account: Account) -> int:
    """The go-live day's first second by the account's clocks, in epoch seconds; 0 without a day."""
    if not account.go_live:
        return 0
    return day_begins(date.fromisoformat(account.go_live), ZoneInfo(account.timezone))


def is_before(at: int, account: Account) -> bool:
    """Whether a moment in epoch seconds was before the account went live; 0 for one that is not
    known is.
    """
    return at < begins_at(account)


def master_left_out(
    created: int, rule: BeforeGoLive, account: Account, *, is_needed: bool
) -> Skip | None:
    """Why a company or location stays where it is for now; None when it crosses."""
    is_older = is_before(created, account)
    if is_older and rule == "never":
        return Skip(f"made before go-live on {account.go_live}", by_setting=GO_LIVE)
    if is_needed:
        return None
    if is_older and rule == "needed":
        return Skip(
            f"made before go-live on {account.go_live}, and nothing that crosses needs it yet",
            by_setting=GO_LIVE,
            unless_needed=True,
        )
    if account.scope.offices:
        return Skip(
            "nothing of the offices of the account file needs it yet",
            by_setting=SCOPE,
            unless_needed=True,
        )
    return None


def is_left_out_for_good(created: int, rule: BeforeGoLive, account: Account) -> bool:
    """Whether a company or location never crosses, whoever needs it."""
    return rule == "never" and is_before(created, account)


def waits_for_need(decision: Decision) -> bool:
    """Whether the record would cross if one that crosses needed it."""
    return isinstance(decision, Skip) and decision.unless_needed


def outside_scope(office: str, noun: str, account: Account) -> Skip | Hold | None:
    """Why a record of this office does not cross; a person is asked where it has none. None when it
    is of the account's offices.
    """
    if account.scope.has(office):
        return None
    if office.strip():
        return Skip(f"is of {office}, whose {noun} this account file leaves out", by_setting=SCOPE)
    return Hold(
        NO_OFFICE,
        f"Assign an office in ServiceTrade: then it crosses with the {noun} of that office.",
        ("servicetrade: office", "account: scope.offices"),
    )
