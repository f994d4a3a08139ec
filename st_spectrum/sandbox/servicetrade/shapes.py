"""How records look on the wire: the short forms inside other records, and what every full record
carries [ST 1, 3].
"""

from collections.abc import Callable, Iterable
from typing import Any

from st_spectrum.sandbox.servicetrade.documents import Document, Documents

PLURALS = {
    "absence": "userAbsences",
    "account": "accounts",
    "attachment": "attachments",
    "clockevent": "events",
    "comment": "comments",
    "company": "companies",
    "contact": "contacts",
    "invoice": "invoices",
    "job": "jobs",
    "jobitem": "jobItems",
    "libitem": "libItems",
    "location": "locations",
    "paymentterms": "paymentTerms",  # assumed, as [ST 1.2] says
    "serviceline": "servicelines",
    "servicerequest": "serviceRequests",
    "tag": "tags",
    "taxgroup": "taxGroups",
    "timecard": "timeCards",  # assumed, as [ST 1.2] says
    "user": "users",
    "webhook": "webhooks",
}
"""Key of the array in a list answer, by kind [ST 1.2]."""

SIDELOADED = frozenset({"company", "contact", "job", "location", "servicerequest", "user"})
"""Kinds whose references become bare ids in a compound answer [ST 1.6]."""

EXTRA_KEY = "sandboxExtra"
"""A key that no page describes, because new ones appear without notice (assumed) [ST 1]."""

AVATAR = {"small": None, "medium": None, "large": None}


class Shapes:
    """Renders the records of one answer. In a compound answer `included` gathers the targets of
    bare ids.
    """

    def __init__(self, documents: Documents, base_url: str, is_compound: bool) -> None:
        self.documents = documents
        self.base_url = base_url
        self.is_compound = is_compound
        self.included: dict[str, dict[int, Document]] = {}
        self._references: dict[tuple[str, int], Any] = {}
        self._requests_by_job: dict[int, list[Document]] | None = None

    def uri(self, kind: str, number: int) -> str:
        """Absolute address of a record [ST 1]."""
        return f"{self.base_url}/{kind}/{number}"

    def reference(self, kind: str, number: int | None) -> Any:
        """The short form of a record; None for none; a bare id in a compound answer."""
        if number is None:
            return None
        if (kind, number) in self._references:
            return self._references[kind, number]
        document = self.documents.get(kind, number)
        if document is None:
            return None
        if self.is_compound and kind in SIDELOADED:
            self._references[kind, number] = number
            self.included.setdefault(PLURALS[kind], {})[number] = REFERENCES[kind](self, document)
            return number
        reference = self._references[kind, number] = REFERENCES[kind](self, document)
        return reference

    def references(self, kind: str, numbers: Iterable[int]) -> list[Any]:
        """Short forms in the order of the ids."""
        return [self.reference(kind, number) for number in numbers]

    def entity(self, kind: str, document: Document, fields: Document) -> Document:
        """A full record: id, uri, its fields, the two times, and a key nobody knows [ST 1, 4]."""
        return {
            "id": document["id"],
            "uri": self.uri(kind, document["id"]),
            **fields,
            "created": document["created"],
            "updated": document["updated"],
            EXTRA_KEY: {"note": "clients ignore keys they do not know"},
        }

    def external_ids(self, document: Document) -> Any:
        """The map of external ids. An empty one is sent as `[]` for every seventh id, as PHP does
        (assumed) [ST 1].
        """
        held = document.get("externalIds") or {}
        return held or ([] if document["id"] % 7 == 0 else {})

    def service_requests(self, job_id: int) -> list[Document]:
        """Service requests of a job; grouped once for a whole list."""
        if self._requests_by_job is None:
            self._requests_by_job = {}
            for request in self.documents.all("servicerequest"):
                self._requests_by_job.setdefault(request["jobId"], []).append(request)
        return self._requests_by_job.get(job_id, [])


def money(document: Document, key: str) -> float | int | None:
    """An amount as a JSON number; whole ones are integers on every second record, as seen live
    [ST 1, 15].
    """
    amount: float | None = document.get(key)
    if amount is not None and document["id"] % 2 == 0 and float(amount).is_integer():
        return int(amount)
    return None if amount is None else float(amount)


def _company(shapes: Shapes, company: Document) -> Document:
    return {
        "id": company["id"],
        "uri": shapes.uri("company", company["id"]),
        "name": company["name"],
        "status": company["status"],
    }


def location_keys(shapes: Shapes, location: Document) -> Document:
    """The reference keys of a location, which its full form starts with as well [ST 3, 4.2]."""
    return {
        "id": location["id"],
        "uri": shapes.uri("location", location["id"]),
        "name": location["name"],
        "refNumber": location.get("refNumber"),
        "legacyId": None,
        "lat": location.get("lat"),
        "lon": location.get("lon"),
        "phoneNumber": location.get("phoneNumber"),
        "email": location.get("email"),
        "primaryContact": shapes.reference("contact", location.get("primaryContactId")),
        "address": location["address"],
        "taxable": location["taxable"],
        "status": location["status"],
    }


def _contact(shapes: Shapes, contact: Document) -> Document:
    types = contact.get("types") or []
    return {
        "id": contact["id"],
        "uri": shapes.uri("contact", contact["id"]),
        "firstName": contact.get("firstName"),
        "lastName": contact.get("lastName"),
        "phone": contact.get("phone"),
        "mobile": contact.get("mobile"),
        "alternatePhone": contact.get("alternatePhone"),
        "email": contact.get("email"),
        "type": types[0] if types else None,
        "types": types,
    }


def _user(shapes: Shapes, user: Document) -> Document:
    return {
        "id": user["id"],
        "uri": shapes.uri("user", user["id"]),
        "name": user["name"],
        "status": user["status"],
        "email": user.get("email"),
        "avatar": AVATAR,
        "isTech": user["isTech"],
        "isHelper": user["isHelper"],
    }


def _job(shapes: Shapes, job: Document) -> Document:
    return {
        "id": job["id"],
        "uri": shapes.uri("job", job["id"]),
        "number": job["number"],
        "name": job["name"],
        "customName": job.get("customName"),
        "type": job["type"],
        "primaryContact": shapes.reference("contact", job.get("primaryContactId")),
        "isProject": job["isProject"],
    }


def _service_request(shapes: Shapes, request: Document) -> Document:
    return {
        "id": request["id"],
        "uri": shapes.uri("servicerequest", request["id"]),
        "description": request["description"],
        "status": request["status"],
    }


def _lib_item(shapes: Shapes, item: Document) -> Document:
    return {
        "id": item["id"],
        "uri": shapes.uri("libitem", item["id"]),
        "name": item["name"],
        "type": item["type"],
        "code": item["code"],
        "isGeneric": item["isGeneric"],
        "externalIds": shapes.external_ids(item),
    }


def _job_item(shapes: Shapes, item: Document) -> Document:
    return {
        "id": item["id"],
        "uri": shapes.uri("jobitem", item["id"]),
        "description": item["name"],
        "cost": money(item, "cost"),
        "usedOn": item["usedOn"],
    }


def _service_line(_shapes: Shapes, line: Document) -> Document:
    return {key: line[key] for key in ("id", "name", "trade", "abbr", "icon")}


def _tax_group(_shapes: Shapes, group: Document) -> Document:
    return {key: group[key] for key in ("id", "name", "code", "combinedRate")}


def _named(kind: str) -> Callable[[Shapes, Document], Document]:
    def reference(shapes: Shapes, document: Document) -> Document:
        return {
            "id": document["id"],
            "uri": shapes.uri(kind, document["id"]),
            "name": document["name"],
        }

    return reference


REFERENCES: dict[str, Callable[[Shapes, Document], Document]] = {
    "company": _company,
    "contact": _contact,
    "invoice": _named("invoice"),
    "job": _job,
    "jobitem": _job_item,
    "libitem": _lib_item,
    "location": location_keys,
    "paymentterms": _named("paymentterms"),
    "serviceline": _service_line,
    "servicerequest": _service_request,
    "tag": _named("tag"),
    "taxgroup": _tax_group,
    "user": _user,
}
"""Short form by kind [ST 3]."""
