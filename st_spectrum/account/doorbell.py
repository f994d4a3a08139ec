"""Where ServiceTrade rings when something has changed."""

import re
from collections.abc import Iterator

from pydantic import Field, SecretStr

from st_spectrum.account.section import Contradiction, Section
from st_spectrum.account.types import OptionalWebAddress, is_readable_on_the_way

SECRET = re.compile(r"[A-Za-z0-9_-]{32,200}")


class Doorbell(Section):
    """For `st-spectrum serve --doorbell`. `url` is the address from outside, below which nobody
    else has webhooks; `secret` is the last part of the path, because messages are not signed
    [ST 12.2].
    """

    url: OptionalWebAddress = ""
    secret: SecretStr = SecretStr("")
    host: str = "127.0.0.1"
    port: int = Field(default=3055, ge=1, le=65535)

    @property
    def hook_url(self) -> str:
        """What ServiceTrade is given, secret included; "" where no doorbell is meant."""
        return f"{self.url}/{self.secret.get_secret_value()}" if self.url else ""

    def contradictions(self) -> Iterator[Contradiction]:
        """The secret is all that keeps strangers out, so it is long and is never in the clear."""
        secret = self.secret.get_secret_value()
        if self.url and not SECRET.fullmatch(secret):
            yield (
                ("secret", "url"),
                "must be 32 to 200 letters, digits, - and _, such as `openssl rand -hex 32` prints",
            )
        if is_readable_on_the_way(self.url):
            yield ("url",), "must be https, or the secret in it travels readable"
