"""An answer without an end is read as far as 50 MB by every way to both systems, and its write is
in doubt like any other.
"""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from st_spectrum.domain.answer_size import MOST_BYTES
from st_spectrum.domain.errors import OutcomeUnknown

from .stand_in import good_wsdl
from .test_never_sent import WAYS, Way

CHUNK = b" " * 1_000_000


class Endless(httpx.BaseTransport):
    """Answers a write for ever; `given` counts its bytes."""

    given = 0
    writes = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.path.startswith("/wsdls/"):
            return httpx.Response(200, content=good_wsdl("AddPhase").body)
        if request.url.path == "/api/oauth2/token":
            return httpx.Response(
                200, json={"access_token": "t", "refresh_token": "r", "expires_in": 3600}
            )
        self.writes += 1
        return httpx.Response(200, content=self._for_ever())

    def _for_ever(self) -> Iterator[bytes]:
        while self.given < 200_000_000:  # a client without a bound would stay here
            self.given += len(CHUNK)
            yield CHUNK


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_an_answer_without_an_end_is_given_up_and_its_write_is_in_doubt(
    way: Way, tmp_path: Path, no_waiting: None
) -> None:
    endless = Endless()
    with pytest.raises(OutcomeUnknown, match="larger than 50 MB"):
        way(endless, tmp_path)  # type: ignore[arg-type]
    assert endless.writes == 1
    assert endless.given <= MOST_BYTES + 2 * len(CHUNK)
