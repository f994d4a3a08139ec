"""What goes along with each request: the clients make it themselves, and httpx adds the time limit
when it is sent.
"""

from pathlib import Path

import httpx
import pytest

from st_spectrum.domain.errors import SyncFault

from .test_never_sent import WAYS, Failing, Way

LOGIN = {
    "soap": {"content-type": "text/xml; charset=utf-8"},
    "rest": {"content-type": "application/json; charset=utf-8", "accept": "application/json"},
    "servicetrade": {"content-type": "application/json", "authorization": "Bearer t"},
}


class Keeping(Failing):
    """Keeps what it was sent."""

    def __init__(self) -> None:
        super().__init__(httpx.ReadTimeout)
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return super().handle_request(request)


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_every_request_has_a_time_limit_and_the_headers_of_its_client(
    way: Way, tmp_path: Path
) -> None:
    keeping = Keeping()
    with pytest.raises(SyncFault):
        way(keeping, tmp_path)

    assert keeping.requests
    for request in keeping.requests:
        limits = request.extensions["timeout"]
        assert 0 < limits["connect"] <= limits["read"] == limits["write"] == limits["pool"]
        assert {"accept", "accept-encoding", "user-agent"} <= request.headers.keys()
        assert request.headers["host"] == "127.0.0.1:1"
        assert "cookie" not in request.headers
        assert request.headers.get("content-length", "0") == str(len(request.content))


@pytest.mark.parametrize(("name", "way"), WAYS.items(), ids=WAYS)
def test_a_write_says_what_it_is_and_who_sends_it(name: str, way: Way, tmp_path: Path) -> None:
    keeping = Keeping()
    with pytest.raises(SyncFault):
        way(keeping, tmp_path)

    write = keeping.requests[-1]
    assert LOGIN[name].items() <= dict(write.headers).items()
    assert ("soapaction" in write.headers) == (name == "soap")
    assert all(len(write.headers.get_list(header)) == 1 for header in write.headers)
