"""Users: office people, technicians, salespeople, and the login of the integration itself
[ST 9.1].
"""

from st_spectrum.sandbox.servicetrade import fields, filters, paging
from st_spectrum.sandbox.servicetrade.call import Answer, Call, Refused, created
from st_spectrum.sandbox.servicetrade.documents import Document
from st_spectrum.sandbox.servicetrade.fields import Field
from st_spectrum.sandbox.servicetrade.filters import Filter
from st_spectrum.sandbox.servicetrade.routing import Endpoint
from st_spectrum.sandbox.servicetrade.seed import PRIME_COMPANY_ID
from st_spectrum.sandbox.servicetrade.shapes import REFERENCES, Shapes

STATUSES = ("active", "inactive")
ROLES = ("admin", "manager", "technician", "sales", "office")

DEFAULTS: Document = {
    "status": "active",
    "email": None,
    "phone": None,
    "timezone": "America/New_York",
    "isTech": False,
    "isHelper": False,
    "isSales": False,
    "companyId": PRIME_COMPANY_ID,
    "locationId": None,
    "managerId": None,
    "roles": [],
    "serviceLineIds": [],
    "externalIds": {},
}

# No page lists the write keys; these follow the shown fields and are assumed [ST 9.1].
FIELDS = (
    Field("firstName", fields.text(is_filled=True), is_required=True),
    Field("lastName", fields.text(is_filled=True), is_required=True),
    Field("username", fields.text(is_filled=True), is_required=True),
    Field("email", fields.text()),
    Field("phone", fields.text()),
    Field("status", fields.choice(STATUSES), is_nullable=False),
    Field("timezone", fields.text(is_filled=True), is_nullable=False),
    Field("isTech", fields.flag, is_nullable=False),
    Field("isHelper", fields.flag, is_nullable=False),
    Field("isSales", fields.flag, is_nullable=False),
    Field("companyId", fields.one("company"), is_nullable=False),
    Field("locationId", fields.one("location")),
    Field("managerId", fields.one("user")),
    Field("roles", fields.choices(ROLES), is_nullable=False),
    Field("serviceLineIds", fields.many("serviceline"), is_nullable=False),
)


def _role(_call: Call, value: str) -> filters.Test:
    wanted = set(filters.choices(value, ROLES))
    return lambda user: bool(wanted & set(roles(user)))


FILTERS: dict[str, Filter] = {
    **filters.CHANGES,
    "name": filters.containing("name"),
    "email": filters.exact("email"),
    "phone": filters.exact("phone"),
    "search": filters.containing("name", "email", "username"),
    "status": filters.one_of("status", STATUSES),
    "role": _role,
    "officeId": filters.ids("locationId"),
    "isTech": filters.flag("isTech"),
    "company": filters.ids("companyId"),
    "companyId": filters.ids("companyId"),
}


def roles(user: Document) -> list[str]:
    """Roles given, else those that the two flags imply, else office (assumed)."""
    implied = [role for role, key in (("technician", "isTech"), ("sales", "isSales")) if user[key]]
    return user["roles"] or implied or ["office"]


def shape(shapes: Shapes, user: Document) -> Document:
    """The full user [ST 9.1]; that a role's id is its place in the list of roles is assumed."""
    own = REFERENCES["user"](shapes, user) | {
        "firstName": user["firstName"],
        "lastName": user["lastName"],
        "username": user["username"],
        "phone": user["phone"],
        "timezone": user["timezone"],
        "isSales": user["isSales"],
        "company": shapes.reference("company", user["companyId"]),
        "location": shapes.reference("location", user["locationId"]),
        "account": None,
        "manager": shapes.reference("user", user["managerId"]),
        "details": None,
        "activities": [],
        "serviceLines": shapes.references("serviceline", user["serviceLineIds"]),
        "roles": [{"id": ROLES.index(role) + 1, "name": role} for role in roles(user)],
        "mfaRequired": False,
        "externalIds": shapes.external_ids(user),
    }
    return shapes.entity("user", user, own)


def _list(call: Call) -> Answer:
    return paging.answer(call, "user", filters.select(call, "user", FILTERS), shape)


def _read(call: Call) -> Answer:
    return Answer(shape(call.shapes, call.named("user")))


def _add(call: Call) -> Answer:
    user = DEFAULTS | fields.accept(call, FIELDS, is_new=True)
    _settle(call, user, user, 0)
    return created(call, shape(call.shapes, call.documents.insert("user", user)))


def _change(call: Call) -> Answer:
    user = call.named("user")
    changes = fields.accept(call, FIELDS, is_new=False)
    _settle(call, user | changes, changes, user["id"])
    return Answer(shape(call.shapes, call.documents.change("user", user["id"], changes)))


def _settle(call: Call, user: Document, changes: Document, own_id: int) -> None:
    """The full name; and a user name that somebody else has is refused (assumed)."""
    if any(
        other["username"] == user["username"] and other["id"] != own_id
        for other in call.documents.all("user")
    ):
        raise Refused(400, f"username: {user['username']!r} is taken")
    changes["name"] = f"{user['firstName']} {user['lastName']}"


ENDPOINTS = (
    Endpoint("GET", "/user", _list),
    Endpoint("POST", "/user", _add, key=("username",)),
    Endpoint("GET", "/user/{id}", _read),
    Endpoint("PUT", "/user/{id}", _change),
)
