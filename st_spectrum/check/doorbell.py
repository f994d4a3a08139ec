"""Whether the ServiceTrade login may set up the webhook of the doorbell [ST 12.1]."""

from collections.abc import Iterator

from st_spectrum.account import Account
from st_spectrum.check.finding import Finding, Severity
from st_spectrum.domain.errors import AccessDenied
from st_spectrum.servicetrade.client import ServiceTrade


def check_doorbell(account: Account, servicetrade: ServiceTrade) -> Iterator[Finding]:
    """A warning, since without it every change is found all the same. Raises other `SyncFault`s."""
    if not account.doorbell.url:
        return
    try:
        servicetrade.webhooks.all()
    except AccessDenied:
        yield Finding(
            Severity.WARNING,
            "doorbell.url",
            "the login may not see webhooks, so ServiceTrade cannot ring and changes cross some"
            " seconds later",
            "",
            "Let the user administer the account (admin.account), or leave `doorbell` out.",
        )
