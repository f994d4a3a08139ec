"""What an account file decides about records, as one short digest: when it changes, what waits or
was left out is judged anew.
"""

from collections.abc import Mapping

from st_spectrum.account import Account
from st_spectrum.domain.digests import digest

DECIDES: Mapping[str, set[str] | bool] = {
    "timezone": True,
    "go_live": True,
    "mode": True,
    "scope": True,
    "servicetrade": {"base_url", "external_system"},
    "spectrum": {"base_url", "company_code"},
    "customers": True,
    "sites": True,
    "jobs": True,
    "invoices": True,
    "timecards": True,
    "purchase_orders": True,
    "maps": True,
}
"""Secrets, time-outs, paces and the addresses of people decide nothing about a record."""


def settings_digest(account: Account) -> str:
    """The same for the same decisions. Defaults are left out, so that a setting that a new version
    brings changes nothing.
    """
    return digest(account.model_dump(mode="json", include=DECIDES, exclude_defaults=True))
