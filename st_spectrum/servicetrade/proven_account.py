"""Whether a login leads to the account that the account file names. A demo account lives on the
same host as real ones [ST 1].
"""

from collections.abc import Callable

from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.servicetrade.models import ServiceTradeAccount


def proof_of(wanted: str, read: Callable[[], ServiceTradeAccount]) -> Callable[[], None] | None:
    """What raises `SettingsInvalid` for another account, to be called before anything is written;
    None where none is named.
    """

    def prove() -> None:
        found = read()
        if not found.is_called(wanted):
            text = f"servicetrade.account: the login leads to {found.words}, not to {wanted!r}"
            raise SettingsInvalid([text])

    return prove if wanted else None
