"""What an account file says of carrying records, whichever flow they are of."""

from dataclasses import dataclass, field
from typing import Self

from st_spectrum.account import Account, Limits, Pace
from st_spectrum.account.digest import settings_digest


@dataclass(frozen=True)
class CarryingRules:
    """How many at a time, when again, how much without a person, and by which file that is.

    `settings` is the digest of the account file: what it decided is judged anew when it changes.
    `is_approval_needed` says that nothing is begun without an approval.
    """

    pace: Pace = field(default_factory=Pace)
    limits: Limits = field(default_factory=Limits)
    settings: str = ""
    is_approval_needed: bool = False

    @classmethod
    def of(cls, account: Account) -> Self:
        """Those of one account."""
        return cls(
            account.pace, account.limits, settings_digest(account), account.mode == "approve"
        )
