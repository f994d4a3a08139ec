"""Purchase order lines in every state of their job items."""

from typing import Any

from office import Office

from st_spectrum.ledger import layout

FLOW = "purchase_orders"
ADD, CHANGE, REMOVE = "POST /jobitem", "PUT /jobitem/{id}", "DELETE /jobitem/{id}"
LINK, ADOPT = "job item external id", "job item found"


def write_orders(office: Office, job: int) -> None:
    number = office.carried("job", job)
    for arrives in (True, False):
        for operation in (ADD, LINK):
            office.kill(FLOW, f"{office.order(number)}|1", operation, arrives=arrives)
        office.kill_inside(f"{office.order(number)}|1", "add_job_item", arrives=arrives)
        order = _made(office, number)
        office.control.order(order, "change_line", line=1, quantity="5")
        office.kill(FLOW, f"{order}|1", CHANGE, arrives=arrives)
        order = _made(office, number)
        office.control.order(order, "change_line", line=1, quantity="6")
        office.kill_inside(f"{order}|1", "change_job_item", arrives=arrives)
        order = _made(office, number)
        office.control.order(order, "change_line", line=1, quantity="0")
        office.kill(FLOW, f"{order}|1", REMOVE, arrives=arrives)
        order = _made(office, number)
        office.control.order(order, "change_line", line=1, quantity="0")
        office.kill_inside(f"{order}|1", "delete_job_item", arrives=arrives)
        key = _forgotten(office, number)
        office.kill(FLOW, key, ADOPT, arrives=arrives)
    entry = office.fail(
        FLOW, f"{office.order(number)}|1", "POST /jobitem looked for once, not there",
        {"system": "servicetrade", "operation": ADD, "kind": "fail_before", "count": 2},
    )  # fmt: skip
    assert entry.state == "unknown", entry
    _at_rest(office, number)
    key = f"{office.order('TEMPLATE')}|1"
    assert office.run(FLOW, key, "held for its job").state == "held"


def _made(office: Office, number: str, name: str = "") -> str:
    order = office.order(number)
    assert office.run(FLOW, f"{order}|1", name).state == "confirmed"
    return order


def _forgotten(office: Office, number: str) -> str:
    """The item stands with its external id, and the ledger does not know it."""
    key = f"{_made(office, number)}|1"
    with office.session() as session:
        session.ledger.drop("po-items", key)
        store = session.ledger._store
        store.discard(layout.entry_path(FLOW, key))
        store.discard(layout.open_path(FLOW, key))
    return key


def _at_rest(office: Office, number: str) -> None:
    _made(office, number, "made and linked")
    _made(office, number, "made, changed in Spectrum since the last poll")
    order = _made(office, number, "made, changed by a person in ServiceTrade, then in Spectrum")
    _edit_item(office, order, quantity=9)
    office.control.order(order, "change_line", line=1, quantity="8")
    assert office.run(FLOW, f"{order}|1").state == "held"
    order = _made(
        office, number, "made, deleted by a person in ServiceTrade, then changed in Spectrum"
    )
    office.hand.remove(f"/jobitem/{_item(office, order)['id']}")
    office.control.order(order, "change_line", line=1, quantity="8")
    assert office.run(FLOW, f"{order}|1").state == "held"
    order = _made(office, number, "made and removed")
    office.control.order(order, "change_line", line=1, quantity="0")
    assert office.run(FLOW, f"{order}|1").state == "confirmed"
    order = _made(office, number, "made, removed and ordered again")
    office.control.order(order, "change_line", line=1, quantity="0")
    assert office.run(FLOW, f"{order}|1").state == "confirmed"
    office.control.order(order, "change_line", line=1, quantity="3")
    key = f"{_message(office, number)}|2"
    assert office.run(FLOW, key, "skipped as a text").state == "skipped"


def _message(office: Office, number: str) -> str:
    order = office.order(
        number, {}, {"Detail_Entry_Type": "M", "Message": "Call the site before delivery"}
    )
    assert office.run(FLOW, f"{order}|1", "made beside a text").state == "confirmed"
    return order


def _item(office: Office, order: str) -> dict[str, Any]:
    rows = office.control.records("servicetrade", "jobitem")
    return next(
        row for row in rows if (row.get("externalIds") or {}).get("spectrum") == f"{order}|1"
    )


def _edit_item(office: Office, order: str, **changes: Any) -> None:
    office.control.edit("jobitem", _item(office, order)["id"], **changes)
