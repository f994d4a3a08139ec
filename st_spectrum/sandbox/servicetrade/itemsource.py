"""The source of a job item: where the part or the hours come from. The whole of its JSON but `tech`
is assumed [ST 7.2].
"""

from collections.abc import Mapping
from typing import Any

from st_spectrum.sandbox.servicetrade import fields
from st_spectrum.sandbox.servicetrade.call import Call
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Reader

PART_STATUSES = ("to_be_ordered", "ordered", "received")


def _parts_vendor(call: Call, value: Any) -> int:
    """A company that is marked as a parts vendor; that any other is refused is assumed."""
    number: int = fields.one("company")(call, value)
    company = call.documents.get("company", number)
    if company is None or not company["partsVendor"]:
        raise ValueError(f"company {number} is no parts vendor")
    return number


KEYS: Mapping[str, Mapping[str, Reader]] = {
    "tech": {"userId": fields.one("user")},
    "refnumber": {"refNumber": fields.text(255)},
    "vendor": {
        "vendorId": _parts_vendor,
        "poNumber": fields.text(255),
        "status": fields.choice(PART_STATUSES),
        "expectedDelivery": fields.whole,
    },
    # There are no warehouse records here, so no id would be found.
    "warehouse": {},
}
NEEDED: Mapping[str, str] = {"tech": "userId", "refnumber": "refNumber", "vendor": "status"}
"""All others of a parts vendor are optional [ST 7.2]."""


def read(call: Call, value: Any) -> Document:
    """The source as it is kept and answered; ValueError with what is wrong about it. A null key is
    left out.
    """
    if not isinstance(value, Mapping):
        raise ValueError(f"{value!r} is not an object")
    kind = str(value.get("type"))
    if kind not in KEYS:
        raise ValueError(f"type {kind!r} is not one of {', '.join(KEYS)}")
    readers = KEYS[kind]
    given = {
        name: content for name, content in value.items() if name != "type" and content is not None
    }
    if unknown := sorted(given.keys() - readers.keys()):
        raise ValueError(
            f"a {kind} source has no {', '.join(unknown)}; it has {', '.join(readers)}"
        )
    if kind in NEEDED and NEEDED[kind] not in given:
        raise ValueError(f"a {kind} source needs {NEEDED[kind]}")
    found: Document = {"type": kind}
    for name, content in given.items():
        try:
            found[name] = readers[name](call, content)
        except ValueError as error:
            raise ValueError(f"{name}: {error}") from None
    return found
