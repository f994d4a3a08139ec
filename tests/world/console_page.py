"""The sandbox's console, as a browser without scripts uses it."""

from typing import Any

import httpx
from lxml import html

from st_spectrum.sandbox.server import Sandbox


def words_of(markup: str, part: str = "") -> str:
    """The text of a page, or of one section, as a person reads it."""
    tree = html.fromstring(markup)
    return " ".join(" ".join((tree.get_element_by_id(part) if part else tree).itertext()).split())


class ConsolePage:
    """Somebody who reads pages and sends forms; `at` is the page that is meant unless told."""

    def __init__(self, sandbox: Sandbox, at: str = "/") -> None:
        self.sandbox, self.control, self.at = sandbox, sandbox.control, at
        self.http = httpx.Client(
            base_url=sandbox.console_url, trust_env=False, follow_redirects=True
        )

    def open(self, address: str = "") -> str:
        answer = self.http.get(address or self.at)
        assert answer.status_code == 200, answer.text
        return answer.text

    def words(self, address: str = "", part: str = "") -> str:
        return words_of(self.open(address), part)

    def submit(self, button: str, part: str = "", nth: int | None = None, **typed: str) -> str:
        """Fill in and send the one form of a button, or the `nth`; what the browser shows then."""
        answer = self._sent(button, self.at, part, nth, typed)
        assert answer.status_code == 200
        return answer.text

    def do(self, button: str, address: str = "/do", **typed: str) -> str:
        """The same on any page; what the page says then, if only that it was refused."""
        found = html.fromstring(self._sent(button, address, "", None, typed).text)
        (said,) = found.xpath("//*[@role='status' or @role='alert']")
        return str(said.text_content())

    def rows(self, table: str) -> list[dict[str, Any]]:
        return self.control.records("servicetrade", table)

    def close(self) -> None:
        self.http.close()

    def _sent(
        self, button: str, address: str, part: str, nth: int | None, typed: dict[str, str]
    ) -> httpx.Response:
        tree = html.fromstring(self.open(address))
        within = tree.get_element_by_id(part) if part else tree
        forms = [form for form in within.iter("form") if button in "".join(form.itertext())]
        if nth is None:
            (form,) = forms
        else:
            form = forms[nth]
        values = {str(name): str(value or "") for name, value in form.fields.items()} | typed
        assert set(typed) <= set(form.fields)
        return self.http.post(form.action, data=values)
