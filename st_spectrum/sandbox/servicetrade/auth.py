"""Logging in and out: OAuth2 client credentials, and the session login that is on its way out
[ST 2].
"""

from hmac import compare_digest

from st_spectrum.sandbox.credentials import CLIENT_ID, CLIENT_SECRET, PASSWORD, USERNAME
from st_spectrum.sandbox.servicetrade.call import GONE, Answer, Call, Refused
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.intake import COOKIE
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.seed import API_USER_ID


def _log_in(call: Call) -> Answer:
    """JSON, form and query are all taken; 400 for a missing field, 403 for a wrong one [ST 2.1]."""
    _require_password(call)
    token = call.logins.open_session()
    headers = {"Set-Cookie": f"{COOKIE}={token}; Path=/; HttpOnly"}
    return Answer(_session(call, token), headers=headers)


def _require_password(call: Call) -> None:
    username, password = _given(call, "username"), _given(call, "password")
    missing = [
        name for name, value in (("username", username), ("password", password)) if not value
    ]
    if missing:
        raise Refused(400, *(f"{name} is required" for name in missing))
    if not (_equal(username, USERNAME) and _equal(password, PASSWORD)):
        raise Refused(403, "Username and password do not match")


def _whoami(call: Call) -> Answer:
    if call.logins.user_of_session(call.session) is None:
        raise Refused(404, "There is no such session")
    return Answer(_session(call, call.session))


def _log_out(call: Call) -> Answer:
    if not call.logins.close_session(call.session):
        raise Refused(404, "There is no such session")
    return Answer(status=GONE)


def _token(call: Call) -> Answer:
    """All grants of [ST 2.2]. The answer is not wrapped; the codes of its refusals are assumed."""
    match _given(call, "grant_type"):
        case "client_credentials":
            _require_client(call)
            return Answer(call.logins.grant(), is_wrapped=False)
        case "refresh_token":
            if (client := _given(call, "client_id")) and not _equal(client, CLIENT_ID):
                raise Refused(401, "client_id is unknown")
            tokens = call.logins.rotate(_given(call, "refresh_token"))
            if tokens is None:
                raise Refused(400, "refresh_token is not valid, or was used already")
            return Answer(tokens, is_wrapped=False)
        case "password":
            # What the vendor's Python package sends for a user with a password.
            _require_password(call)
            return Answer(call.logins.grant(), is_wrapped=False)
        case other:
            raise Refused(
                400, f"grant_type: {other!r} is not client_credentials, password or refresh_token"
            )


def _revoke(call: Call) -> Answer:
    """`refresh_token` with the client's login, or `token` alone; the empty answer is assumed
    [ST 2.2].
    """
    refresh_token = _given(call, "refresh_token")
    if refresh_token:
        _require_client(call)
    revoked = refresh_token or _given(call, "token")
    if not revoked:
        raise Refused(400, "refresh_token or token is required")
    call.logins.revoke(revoked)
    return Answer({})


def _given(call: Call, name: str) -> str:
    value = call.body.get(name, call.query.get(name, ""))
    return value if isinstance(value, str) else ""


def _equal(given: str, right: str) -> bool:
    return compare_digest(given.encode(), right.encode())


def _require_client(call: Call) -> None:
    if not (
        _equal(_given(call, "client_id"), CLIENT_ID)
        and _equal(_given(call, "client_secret"), CLIENT_SECRET)
    ):
        raise Refused(401, "client_id and client_secret do not match")


def _user(call: Call) -> Document:
    """The user as a login shows it, smaller than elsewhere [ST 2.1]."""
    user = call.documents.get("user", API_USER_ID) or {}
    company = call.documents.get("company", user["companyId"]) or {}
    keys = (
        "id",
        "name",
        "email",
        "firstName",
        "lastName",
        "username",
        "phone",
        "isTech",
        "isHelper",
        "timezone",
    )
    return {key: user[key] for key in keys} | {
        "company": {key: company[key] for key in ("id", "name")}
    }


def _session(call: Call, token: str) -> Document:
    return {"authenticated": True, "authToken": token, "eulaNeeded": False, "user": _user(call)}


def _user_info(call: Call) -> Answer:
    """Account, company, user and time zone of the credential; the keys are assumed [ST 2.2]."""
    account = call.documents.all("account")[0]
    user = _user(call)
    return Answer(
        {
            "account": {"id": account["id"], "name": account["name"]},
            "company": user["company"],
            "user": user,
            "timezone": user["timezone"],
        }
    )


ENDPOINTS = (
    Endpoint("POST", "/auth", _log_in, key=("username",), is_open=True, is_form=True),
    Endpoint("GET", "/auth", _whoami, is_open=True),
    Endpoint("DELETE", "/auth", _log_out, is_open=True),
    Endpoint("POST", "/oauth2/token", _token, key=("grant_type",), is_open=True, is_form=True),
    Endpoint("POST", "/oauth2/revoke", _revoke, is_open=True, is_form=True),
    Endpoint("GET", "/oauth2/userinfo", _user_info),
)
