"""Who may call what: Authorization IDs, their companies and services, and the groups that a GUID
opens [SP 1.3, 1.6].
"""

from collections.abc import Mapping
from dataclasses import dataclass

from st_spectrum.sandbox.credentials import AUTHORIZATION_ID
from st_spectrum.sandbox.spectrum.database import Book
from st_spectrum.sandbox.spectrum.own_tables import AUTHORIZATIONS, AUTHORIZED_SERVICES, GROUPS
from st_spectrum.sandbox.spectrum.rows import NOT_SET_UP, TIMED_OUT, Row, abort
from st_spectrum.sandbox.spectrum.switches import Switches
from st_spectrum.spectrum.services import Kind, Service

GROUP_SECONDS = 24 * 3600
"""A group that is idle for longer is gone [SP 1.6]."""


@dataclass(frozen=True)
class Authorization:
    """What one Authorization ID may do for one service. The first company is the default."""

    code: str
    companies: tuple[str, ...]
    udf_kinds: Mapping[str, Kind]


def authorize(book: Book, service: Service, code: str, switches: Switches) -> Authorization | Row:
    """The rights of an ID, or the abort row. Only the first text is documented [SP 4.3], the other
    two are assumed.
    """
    if switches.auth_mode == "off":
        code = AUTHORIZATION_ID
    known = book.find(AUTHORIZATIONS, Authorization_ID=code) if code else None
    if not known:
        return abort("Authorization_ID", NOT_SET_UP)
    if known["Status"] != "A":
        return abort(
            "Authorization_ID", "The Web Service is not authorized. Authorization ID is not active."
        )
    built = book.find(AUTHORIZED_SERVICES, Authorization_ID=code, Service=service.name)
    if not built:
        return abort(
            "Authorization_ID",
            f"The Web Service is not authorized. {service.name} is not set up for this ID.",
        )
    udfs = (pair.partition(":") for pair in built["Udfs"].split())
    return Authorization(
        code, tuple(known["Companies"].split()), {name: Kind(kind) for name, _, kind in udfs}
    )


def refuse_company(authorization: Authorization, field: str, company: str) -> Row | None:
    """A company that the ID may not use; that this aborts the call is assumed [SP 18]."""
    if company in authorization.companies:
        return None
    return abort(field, f"Company {company} is not authorized for this Authorization ID")


def is_timed_out(
    book: Book, service: Service, authorization: Authorization, guid: str, now: float
) -> Row | None:
    """The row of a group that expired. A group is the triple of method, Authorization ID and GUID;
    blank opens none.
    """
    group = (
        book.find(GROUPS, Service=service.name, Authorization_ID=authorization.code, Guid=guid)
        if guid
        else None
    )
    if group and now - float(group["Last_Used"]) > GROUP_SECONDS:
        return abort("GUID", TIMED_OUT)
    return None


def remember_group(
    book: Book, service: Service, authorization: Authorization, guid: str, now: float
) -> None:
    """Note that a group was used; `book` must be writing. A GUID never stops a record from being
    stored twice [SP 1.6].
    """
    if not guid:
        return
    group = {"Service": service.name, "Authorization_ID": authorization.code, "Guid": guid}
    if book.has(GROUPS, **group):
        book.update(GROUPS, {"Last_Used": str(now)}, **group)
    else:
        book.insert(GROUPS, {**group, "Last_Used": str(now)})
