"""Approved time in every state, by SOAP and by REST."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from office import CARD, CARDS, SUNDAY, Office
from st_spectrum.flows.time_settled import settle_time

from st_spectrum.sandbox.time_plan import moment

SOAP: dict[str, Any] = {"timecards": {"target": "soap"}}
REST: dict[str, Any] = {"timecards": {"target": "rest"}}


class Time:
    """Cards of one row each, no two of one technician on one day."""

    def __init__(self, office: Office, job: int) -> None:
        self.office = office
        self.job = job
        self._slots = self._days()

    def _days(self) -> Iterator[tuple[int, date]]:
        for back in range(3):
            for place in range(1, 6):
                for technician in range(3):
                    yield technician, SUNDAY + timedelta(days=place - 7 * back)

    def card(self, **more: Any) -> tuple[int, str]:
        """One card with its key in the ledger."""
        technician, day = next(self._slots)
        card = self.office.card(technician, self.job, day, 2.5, **more)
        end = day + timedelta(days=(5 - day.weekday()) % 7)
        row = self.office.hand.get(f"/timecard/{card}")["dayLogs"][0]
        return card, f"{end:%Y%m%d}.timecard.{row['id']}"

    def crossed(self, name: str, **way: Any) -> tuple[int, str]:
        card, key = self.card()
        entry = self.office.run("timecards", key, name, **way)
        assert entry is not None and entry.state == "confirmed", (key, entry)
        return card, key

    def change(self, card: int, **changes: Any) -> None:
        """Somebody edits the one row of a card."""
        row = dict(self.office.hand.get(f"/timecard/{card}")["dayLogs"][0])
        stored = next(
            each
            for each in self.office.control.records("servicetrade", "timecard")
            if each["id"] == card
        )
        self.office.control.edit(
            "timecard", card, dayLogs=[{**stored["dayLogs"][0], "id": row["id"], **changes}]
        )

    def settle(self, key: str, *, is_there: bool) -> None:
        with self.office.session() as session:
            held = session.ledger.get("timecards", key)
            assert held is not None
            assert settle_time(session.ledger, held.entry, is_there=is_there)


def write_time(office: Office, job: int) -> None:
    time = Time(office, job)
    for operation, way in ((CARD, SOAP), (CARDS, REST)):
        for arrives in (True, False):
            office.kill("timecards", time.card()[1], operation, arrives=arrives, **way)
        fault = {"system": "spectrum", "operation": operation, "kind": "fail_before"}
        entry = office.fail("timecards", time.card()[1], "", fault, **way)
        assert entry.state == "unknown" and entry.absent_since, entry
        office.names[f"timecards/{entry.key}"] = f"{operation} looked for once, not there"
        for kind, word in (("drop_answer", "there"), ("fail_before", "not there")):
            name = f"{operation} {word}, could not be looked up"
            entry = office.fail(
                "timecards", time.card()[1], name, fault | {"kind": kind}, infolink=False, **way
            )
            assert entry.state == "held" and entry.started_steps, entry
        time.crossed(f"crossed by {operation}", **way)
    _changed(office, time)
    _waiting(office, time)


def _changed(office: Office, time: Time) -> None:
    card, key = time.crossed("crossed, then 3.5 hours")
    time.change(card, duration=12600, quantity=3.5)
    assert office.run("timecards", key).state == "held"
    card, key = time.crossed("crossed, then 4.5 hours, corrected by a person")
    time.change(card, duration=16200, quantity=4.5)
    office.run("timecards", key)
    time.settle(key, is_there=True)
    card, key = time.crossed("crossed, approval taken back, card taken out, approved again")
    office.hand.put(f"/timecard/{card}", status="submitted")
    assert office.run("timecards", key).state == "held"
    _take_out(office, key)
    time.settle(key, is_there=False)
    office.hand.put(f"/timecard/{card}", status="approved")
    card, key = time.crossed("crossed, taken out by a person's word, still there")
    office.hand.put(f"/timecard/{card}", status="submitted")
    office.run("timecards", key)
    time.settle(key, is_there=False)
    office.hand.put(f"/timecard/{card}", status="approved")
    assert "still stands" in office.run("timecards", key).reason
    card, key = time.crossed("crossed, then deleted")
    office.control.edit("timecard", card, dayLogs=[])
    assert office.run("timecards", key).state == "held"
    card, key = time.crossed("crossed, then moved to another week")
    moved = SUNDAY - timedelta(days=7 * 4 - 2)
    time.change(card, date=moment(moved))
    end = moved + timedelta(days=(5 - moved.weekday()) % 7)
    other = f"{end:%Y%m%d}.{key.partition('.')[2]}"
    assert office.run("timecards", other, "moved here from another week").state == "held"


def _take_out(office: Office, key: str) -> None:
    """A payroll clerk deletes one card."""
    from st_spectrum.mapping.timecard_codes import token_of

    system = office.sandbox._rig.systems["spectrum"].app.state.sandbox
    with system.database.writing() as book:
        sql = "DELETE FROM PR_PRE_TC_IMPORT_ERR_MC WHERE trim(Message) = ?"
        assert book.connection.execute(sql, (token_of(key),)).rowcount == 1


def _waiting(office: Office, time: Time) -> None:
    _, key = time.card(status="submitted")
    assert office.run("timecards", key, "not approved yet").state == "skipped"
    office.give("user", office.technicians[0], "GONE")
    while True:
        card, key = time.card()
        if office.hand.get(f"/timecard/{card}")["user"]["id"] == office.technicians[0]:
            break
        office.names[f"timecards/{key}"] = "approved, never asked for"
    assert office.run("timecards", key, "held for its employee").state == "held"
    office.give("user", office.technicians[0], "T0001")
    with office.session() as session:
        pay_types = session.account.timecards.pay_types.model_copy(
            update={"by_lib_item": {"LAB-REG": "Z"}}
        )
    _, key = time.card()
    entry = office.run(
        "timecards", key, "its pay type was refused", timecards={"pay_types": pay_types}
    )
    assert entry.state in ("held", "rejected"), entry
    old = date(2026, 3, 10)
    card = office.card(1, time.job, old, 6)
    row = office.hand.get(f"/timecard/{card}")["dayLogs"][0]
    documents = office.sandbox._rig.systems["servicetrade"].app.state.sandbox.documents
    with documents.lock:
        at = moment(old) + 36 * 3600
        documents.change("timecard", card, {"created": at, "updated": at}, moves_updated=False)
        documents.commit()
    office.names[f"timecards/20260314.timecard.{row['id']}"] = (
        "approved after first_day, older than eight weeks"
    )
