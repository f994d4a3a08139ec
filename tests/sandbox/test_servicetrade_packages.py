"""ServiceTrade's own Python and PHP packages find the stand-in as they find the real one: what they
send is sent here as they send it.
"""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from st_spectrum.sandbox.credentials import (
    CLIENT_ID,
    CLIENT_SECRET,
    PASSWORD,
    USERNAME,
)
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.servicetrade.seed import PRIME_COMPANY_ID

FORM = "application/x-www-form-urlencoded"
PDF = b"%PDF-1.7 " + bytes(range(256)) * 40


class PythonPackage:
    """Logs in beside the API, sends `Content-Type: application/json` with every call, and tries
    again on server errors.
    """

    def __init__(self, sandbox: Sandbox, **credentials: str) -> None:
        self.base = sandbox.servicetrade_url.removesuffix("/api")
        self.session = requests.Session()
        retry = Retry(total=3, backoff_factor=0.01, status_forcelist=[500, 502, 503, 504])
        self.session.mount("http://", HTTPAdapter(max_retries=retry))
        answer = self.session.post(
            f"{self.base}/oauth2/token", data=credentials, headers={"Content-Type": FORM}
        )
        answer.raise_for_status()
        self.tokens = answer.json()

    def call(self, method: str, path: str, data: Any = None, files: Any = None) -> Any:
        headers = {
            "User-Agent": "Servicetrade Python SDK",
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.tokens['access_token']}",
        }
        if files:
            headers.pop("Content-Type")
            sent = {"data": data, "files": files}
        else:
            sent = {"json": data} if method in ("POST", "PUT") else {}
        answer = self.session.request(method, f"{self.base}/api{path}", headers=headers, **sent)
        answer.raise_for_status()
        body = answer.json() if answer.content else None
        return body["data"] if isinstance(body, dict) and "data" in body else body


class PhpPackage:
    """Sends every list as an object, forms to log in, and queries as `http_build_query` writes
    them.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.http = httpx.Client(
            base_url=f"{sandbox.servicetrade_url}/",
            headers={"User-Agent": "ServiceTrade PHP SDK/1"},
        )
        grant = {
            "grant_type": "client_credentials",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        }
        self.tokens = self.form("oauth2/token", grant).json()

    def form(self, path: str, values: dict[str, str]) -> httpx.Response:
        answer = self.http.post(path, content=urlencode(values), headers={"Content-Type": FORM})
        assert answer.status_code == 200, answer.text
        return answer

    def call(self, method: str, path: str, params: Any = None, **query: Any) -> Any:
        answer = self.http.request(
            method,
            path,
            params={name: int(at) if isinstance(at, bool) else at for name, at in query.items()},
            content=None if params is None else json.dumps(forced_object(params)),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {self.tokens['access_token']}",
            },
        )
        assert answer.is_success, answer.text
        return answer.json()["data"] if answer.content else None


def forced_object(value: Any) -> Any:
    """PHP's `JSON_FORCE_OBJECT`."""
    if isinstance(value, list):
        return {str(place): forced_object(item) for place, item in enumerate(value)}
    if isinstance(value, dict):
        return {name: forced_object(item) for name, item in value.items()}
    return value


@pytest.fixture
def python(sandbox: Sandbox) -> Iterator[PythonPackage]:
    package = PythonPackage(
        sandbox,
        grant_type="client_credentials",
        client_id=CLIENT_ID,
        client_secret=CLIENT_SECRET,
    )
    yield package
    package.session.close()


@pytest.fixture
def php(sandbox: Sandbox) -> Iterator[PhpPackage]:
    package = PhpPackage(sandbox)
    yield package
    package.http.close()


def add_job(client: PythonPackage | PhpPackage) -> dict[str, Any]:
    """A company, its location and a job on it, as either package writes them."""
    prefix = "/" if isinstance(client, PythonPackage) else ""
    company = client.call(
        "POST", f"{prefix}company", {"name": "Harbor", "customer": True, "addressCity": "Norfolk"}
    )
    location = client.call(
        "POST",
        f"{prefix}location",
        {"name": "Pier 3", "companyId": company["id"], "addressStreet": "40 Pier St"},
    )
    body = {"locationId": location["id"], "vendorId": PRIME_COMPANY_ID, "type": "repair"}
    made: dict[str, Any] = client.call("POST", f"{prefix}job", body)
    return made


@pytest.mark.parametrize(
    "credentials",
    [
        {"grant_type": "password", "username": USERNAME, "password": PASSWORD},
        {
            "grant_type": "client_credentials",
            "client_id": CLIENT_ID,
            "client_secret": CLIENT_SECRET,
        },
    ],
    ids=lambda credentials: credentials["grant_type"],
)
def test_the_python_package_logs_in_beside_the_api_refreshes_and_revokes(
    sandbox: Sandbox, credentials: dict[str, str]
) -> None:
    first = PythonPackage(sandbox, **credentials)
    assert first.call("GET", "/job")["jobs"] == []
    refresh = {"grant_type": "refresh_token", "refresh_token": first.tokens["refresh_token"]}
    second = PythonPackage(sandbox, **refresh)
    revoked = second.session.post(
        f"{second.base}/oauth2/revoke",
        data={"token": second.tokens["refresh_token"]},
        headers={"Content-Type": FORM},
    )
    assert revoked.status_code == 200
    with pytest.raises(requests.HTTPError, match="401"):
        second.call("GET", "/job")


def test_the_python_package_writes_reads_and_removes(python: PythonPackage) -> None:
    job = add_job(python)
    changed = python.call("PUT", f"/job/{job['id']}", {"description": "Replace the seal"})
    assert changed["description"] == "Replace the seal"
    item = python.call("POST", "/jobitem", {"name": "Seal", "jobId": job["id"]})
    assert python.call("DELETE", f"/jobitem/{item['id']}") is None
    with pytest.raises(requests.HTTPError, match="404"):
        python.call("GET", f"/jobitem/{item['id']}")


def test_the_python_package_tries_again_on_a_server_error(
    sandbox: Sandbox, python: PythonPackage
) -> None:
    sandbox.control.add_fault(
        system="servicetrade", operation="GET /job", kind="status", status=503, count=2
    )
    assert python.call("GET", "/job")["jobs"] == []


def test_the_python_package_attaches_a_file_in_its_own_field(python: PythonPackage) -> None:
    job = add_job(python)
    made = python.call(
        "POST",
        "/attachment",
        {"entityType": "job", "entityId": job["id"]},
        {"file": ("report.pdf", PDF, "application/pdf")},
    )
    assert python.session.get(made["contentUrl"]).content == PDF
    found = python.call("GET", f"/attachment?entityType=3&entityId={job['id']}")
    assert [attachment["fileName"] for attachment in found["attachments"]] == ["report.pdf"]


def test_the_python_package_sets_up_and_removes_a_webhook(python: PythonPackage) -> None:
    wanted = [{"entityType": 3, "actions": ["created", "updated"]}]
    address = "https://hooks.example.com/x"
    made = python.call("POST", "/webhook", {"hookUrl": address, "entityEvents": wanted})
    assert python.call("GET", "/webhook")["webhooks"][0]["entityEvents"] == wanted
    python.call("PUT", f"/webhook/{made['id']}", {"enabled": False})
    python.call("DELETE", f"/webhook/{made['id']}")
    assert python.call("GET", "/webhook")["webhooks"] == []


def test_the_php_package_sends_lists_as_objects(php: PhpPackage) -> None:
    job = add_job(php)
    tagged = {"entityId": job["id"], "entityType": 3, "name": "urgent"}
    php.call("POST", "tag", tagged)
    said = php.call(
        "POST",
        "comment",
        {"entityId": job["id"], "entityType": 3, "content": "Hi", "visibility": ["tech", "public"]},
    )
    assert said["visibility"] == ["tech", "public"]
    emptied = php.call("PUT", f"comment/{said['id']}", {"visibility": []})
    assert emptied["visibility"] == []
    wanted = [{"entityType": 3, "actions": ["created"]}]
    hook = {"hookUrl": "https://hooks.example.com/x", "entityEvents": wanted}
    assert php.call("POST", "webhook", hook)["entityEvents"] == wanted


def test_the_php_package_asks_with_one_and_zero(php: PhpPackage) -> None:
    add_job(php)
    assert len(php.call("GET", "company", isCustomer=True)["companies"]) == 1
    assert php.call("GET", "job", status="all", isInvoiced=True)["jobs"] == []


def test_the_php_package_attaches_a_file_as_curl_writes_it(php: PhpPackage) -> None:
    job = add_job(php)
    boundary = "------------------------d74496d66958873e"
    fields = {
        "purposeId": "7",
        "entityType": "3",
        "entityId": str(job["id"]),
        "visibility[0]": "tech",
    }
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="uploadedFile";'
        ' filename="report.pdf"\r\nContent-Type: application/octet-stream\r\n\r\n'
    )
    body = b"".join([*parts, head.encode(), PDF, f"\r\n--{boundary}--\r\n".encode()])
    answer = php.http.post(
        "attachment",
        content=body,
        headers={
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Authorization": f"Bearer {php.tokens['access_token']}",
            "Expect": "100-continue",
        },
    )
    assert answer.status_code == 200, answer.text
    made = answer.json()["data"]
    assert made["visibility"] == ["tech"]
    assert httpx.get(made["contentUrl"]).content == PDF


def test_the_php_package_reads_what_is_wrong_field_by_field(php: PhpPackage) -> None:
    answer = php.http.post(
        "job",
        content=json.dumps({"type": "nonsense"}),
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {php.tokens['access_token']}",
        },
    )
    assert answer.status_code == 400
    assert isinstance(answer.json()["messages"]["error"], list)
    assert "type" in answer.json()["messages"]["validation"]


def test_the_php_package_refreshes_and_revokes_with_the_clients_own_login(php: PhpPackage) -> None:
    client = {"client_id": CLIENT_ID}
    refresh = {"grant_type": "refresh_token", "refresh_token": php.tokens["refresh_token"]}
    tokens = php.form("oauth2/token", refresh | client).json()
    secret = {"client_secret": CLIENT_SECRET}
    php.form("oauth2/revoke", {"refresh_token": tokens["refresh_token"]} | client | secret)
    answer = php.http.get("job", headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert answer.status_code == 401
