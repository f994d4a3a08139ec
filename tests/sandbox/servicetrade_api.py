"""A logged-in caller of the ServiceTrade stand-in, for its tests."""

from pathlib import Path
from typing import Any

from starlette.testclient import TestClient

from st_spectrum.sandbox.credentials import CLIENT_ID, CLIENT_SECRET
from st_spectrum.sandbox.servicetrade.app import Sandbox, Switches, build
from st_spectrum.sandbox.servicetrade.seed import PRIME_COMPANY_ID

NOON = 1_762_300_800


class Api:
    """Calls the app over ASGI with a standing clock; `must` gives `data` back and fails on any
    refusal.
    """

    def __init__(self, state_dir: Path, **switches: Any) -> None:
        self.app = build(state_dir, Switches(**({"frozen_time": NOON} | switches)))
        self.sandbox: Sandbox = self.app.state.sandbox
        self.http = TestClient(self.app, base_url="http://st.test/api")
        grant = {
            "grant_type": "client_credentials",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        token = self.http.post("oauth2/token", json=grant).json()["access_token"]
        self.http.headers["Authorization"] = f"Bearer {token}"

    def must(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        answer = self.http.request(method, path, json=body, params=query)
        assert 200 <= answer.status_code < 300, answer.text
        return answer.json()["data"] if answer.content else None

    def refused(self, method: str, path: str, body: Any = None, **query: Any) -> tuple[int, str]:
        answer = self.http.request(method, path, json=body, params=query)
        assert answer.status_code >= 400, answer.text
        assert answer.json()["data"] is None
        return answer.status_code, " | ".join(answer.json()["messages"]["error"])

    def at(self, seconds: int) -> None:
        """Set the clock to `seconds` after noon."""
        self.sandbox.switch("frozen_time", NOON + seconds)

    def company(self, name: str = "Harbor Foods LLC", **more: Any) -> dict[str, Any]:
        return self.must(
            "POST",
            "company",
            {"name": name, "customer": True, "addressStreet": "12 Dock Rd", **more},
        )

    def location(self, company: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        company_id = (company or self.company())["id"]
        body = {"name": "Harbor Foods #3", "companyId": company_id, "addressStreet": "40 Pier St"}
        return self.must("POST", "location", body | more)

    def job(self, location: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        body = {
            "locationId": (location or self.location())["id"],
            "vendorId": PRIME_COMPANY_ID,
            "type": "repair",
        }
        return self.must("POST", "job", body | more)

    def ids(self, path: str, **query: Any) -> list[int]:
        """Ids of a list answer, whatever its plural key."""
        data = self.must("GET", path, **query)
        return [row["id"] for rows in data.values() if isinstance(rows, list) for row in rows]
