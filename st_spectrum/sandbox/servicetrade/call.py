"""One call as a resource module sees it, and what it may answer."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from st_spectrum.sandbox.servicetrade.documents import Document, Documents
from st_spectrum.sandbox.servicetrade.logins import Logins
from st_spectrum.sandbox.servicetrade.shapes import Shapes
from st_spectrum.sandbox.servicetrade.switches import Switches


class Refused(Exception):
    """The call is answered with an error status and these texts [ST 1.4]; nothing was done."""

    def __init__(self, status: int, *texts: str) -> None:
        super().__init__("; ".join(texts))
        self.status = status
        self.texts = texts


@dataclass(frozen=True)
class Upload:
    """One file of a form."""

    field: str
    file_name: str
    content_type: str
    content: bytes


@dataclass
class Call:
    """`params` are the parts of the path, `query` the parameters after the question mark, `body`
    the JSON object or the texts of a form, `files` the files in it.

    `user_id` is 0 where no login is needed; `bearer` and `session` are the tokens that came along.
    """

    documents: Documents
    switches: Switches
    logins: Logins
    shapes: Shapes
    params: dict[str, str] = field(default_factory=dict)
    query: dict[str, str] = field(default_factory=dict)
    body: Document = field(default_factory=dict)
    files: tuple[Upload, ...] = ()
    user_id: int = 0
    bearer: str = ""
    session: str = ""

    def named(self, kind: str, param: str = "id") -> Document:
        """The record that the path names; 404 when it does not exist [ST 1.4]."""
        document = self.documents.get(kind, int(self.params[param]))
        if document is None:
            raise Refused(404, f"There is no {kind} {self.params[param]}")
        return document


@dataclass
class Answer:
    """`data` goes into the envelope; without `is_wrapped` it is the whole body, bytes as they are.
    Status 204 has no body [ST 1.1].
    """

    data: Any = None
    status: int = 200
    is_wrapped: bool = True
    headers: dict[str, str] = field(default_factory=dict)
    total_records: int | None = None
    """Set by a compound list, whose paging moves to `meta` [ST 1.6]."""


Handler = Callable[[Call], Answer]

GONE = 204
"""Status of a DELETE that worked [ST 1.1]."""


def created(call: Call, data: Any) -> Answer:
    """The answer of a POST that made something."""
    return Answer(data, status=call.switches.created_status)
