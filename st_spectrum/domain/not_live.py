"""Why nothing of an account is carried yet."""

from st_spectrum.domain.errors import SettingsInvalid


class NotLive(SettingsInvalid):
    """The account has not gone live: nothing is carried or called. `advice` says what to do."""

    def __init__(self, reason: str, advice: str) -> None:
        super().__init__([reason])
        self.advice = advice
