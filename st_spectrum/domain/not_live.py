"""Why nothing of an account is carried yet."""

from st_spectrum.domain.errors import SettingsInvalid


class NotLive(SettingsInvalid):
    """The account has not gone live: nothing is carried, and nothing was called."""

    advice = (
        "Set go_live in the account file to the day from which on records cross; what was before it"
        " stays as it was entered by hand."
    )

    def __init__(self, reason: str) -> None:
        super().__init__([reason])
