"""What is done with every call before and after its handler: login, budget, body, envelope
[ST 1, 2].
"""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from st_spectrum.sandbox.servicetrade import envelope
from st_spectrum.sandbox.servicetrade.call import Answer, Call, Refused
from st_spectrum.sandbox.servicetrade.documents import Documents
from st_spectrum.sandbox.servicetrade.logins import Logins
from st_spectrum.sandbox.servicetrade.routing import PREFIX, Endpoint, Routes, read_body
from st_spectrum.sandbox.servicetrade.shapes import Shapes
from st_spectrum.sandbox.servicetrade.switches import Switches
from st_spectrum.sandbox.servicetrade.uploads import read_upload_form

COOKIE = "PHPSESSID"
EXPIRE = "expire_token"
"""The fault that only this app can act: all logins die, and the call that met it is answered 401.
"""


@dataclass
class Intake:
    """Takes the calls of one account."""

    routes: Routes
    documents: Documents
    logins: Logins
    budget: envelope.Budget
    switches: Switches

    def serve(self, request: Request, body: bytes) -> Response:
        """The answer to one call. The state is locked meanwhile, and written before the answer
        leaves.
        """
        started = time.perf_counter()
        with self.documents.lock:
            now = self.documents.now()
            call = self._call(request)
            refusal: Refused | None = None
            answer = Answer()
            try:
                answer = self._handle(call, request, body, now)
            except Refused as refused:
                refusal = refused
            finally:
                self.documents.commit(call.user_id or None)
            numbers = self._stats(
                started, call.user_id, now, is_charged=refusal is None or refusal.status != 429
            )
            if refusal is not None:
                return envelope.refused(refusal, numbers, now)
            return envelope.accepted(answer, call.shapes, numbers)

    def _call(self, request: Request) -> Call:
        query = dict(parse_qsl(request.url.query, keep_blank_values=True))
        is_compound = request.method == "GET" and (
            self.switches.compound_references or "_sideload" in query
        )
        base_url = f"{request.url.scheme}://{request.url.netloc}{PREFIX}"
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        return Call(
            self.documents,
            self.switches,
            self.logins,
            Shapes(self.documents, base_url, is_compound),
            query=query,
            bearer=bearer.strip() if scheme.lower() == "bearer" else "",
            session=request.cookies.get(COOKIE, ""),
        )

    def _handle(self, call: Call, request: Request, body: bytes, now: int) -> Answer:
        if request.scope.get("sandbox.fault") == EXPIRE:
            self.logins.end_all()
            raise Refused(401, "The session has expired")
        found = self.routes.match(request.scope["path"].removeprefix(PREFIX)).by_method
        endpoint, params = found.get(request.method, (None, {}))
        if endpoint is None or not endpoint.is_open:
            call.user_id = self._user(call)
            self.budget.charge(call.user_id, now)
        if endpoint is None:
            if found:
                raise Refused(
                    405, f"{request.method} is not offered here; {', '.join(sorted(found))} is"
                )
            raise Refused(404, "There is no such resource")
        call.params = params
        if endpoint.has_files:
            call.body, call.files = read_upload_form(request.headers.get("content-type", ""), body)
        elif request.method in ("POST", "PUT"):
            call.body = _body(endpoint, request.headers, body)
        return endpoint.handler(call)

    def _user(self, call: Call) -> int:
        """Whose login came along; 401 without a good one [ST 1.4]. A bearer token goes before a
        cookie (assumed).
        """
        user_id = (
            self.logins.user_of_bearer(call.bearer)
            if call.bearer
            else self.logins.user_of_session(call.session)
        )
        if user_id is None:
            raise Refused(401, "Log in first: there is no session or token, or it has expired")
        return user_id

    def _stats(self, started: float, user_id: int, now: int, is_charged: bool) -> dict[str, int]:
        used = self.switches.charge_ms if user_id and is_charged else 0
        return envelope.stats(
            int((time.perf_counter() - started) * 1000), used, self.budget.left(user_id, now)
        )


def _body(endpoint: Endpoint, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """The body as an object; Refused 400 for anything but JSON, or a form where one is taken
    [ST 1, 2].
    """
    if not body:
        return {}
    content_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if endpoint.is_form and content_type == "application/x-www-form-urlencoded":
        return read_body(body, is_form=True)
    if content_type != "application/json":
        raise Refused(400, f"Content-Type {content_type or 'missing'}: send application/json")
    try:
        content = json.loads(body)
    except ValueError as error:
        raise Refused(400, f"The body is not JSON: {error}") from None
    if not isinstance(content, dict):
        raise Refused(400, "The body must be a JSON object")
    return {name: _with_lists(value) for name, value in content.items()}


def _with_lists(value: Any) -> Any:
    """Lists that came as objects with the keys 0, 1, 2 and so on, as the vendor's PHP SDK sends
    them [ST 1.1].
    """
    if isinstance(value, dict):
        if value and list(value) == [str(place) for place in range(len(value))]:
            return [_with_lists(item) for item in value.values()]
        return {name: _with_lists(item) for name, item in value.items()}
    return [_with_lists(item) for item in value] if isinstance(value, list) else value
