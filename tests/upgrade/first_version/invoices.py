"""Invoices in every state, by REST and by SOAP."""

from typing import Any

from office import AR_INVOICE, INVOICE, Office

SOAP: dict[str, Any] = {"invoices": {"target": "soap"}}
REST: dict[str, Any] = {"invoices": {"target": "rest"}}
STATUS = "invoice status"


def write_invoices(office: Office, job: int, waiting_job: int) -> None:
    for operation, way in ((INVOICE, REST), (AR_INVOICE, SOAP)):
        for arrives in (True, False):
            office.kill("invoices", office.invoice(job, 100), operation, arrives=arrives, **way)
            office.kill("invoices", office.invoice(job, 101), STATUS, arrives=arrives, **way)
            _void_in_doubt(office, job, operation, way, arrives=arrives)
        _failures(office, job, operation, way)
    for arrives in (True, False):
        split = office.invoice(job, 150, -50)
        office.kill("invoices", split, INVOICE, skip=1, arrives=arrives)
        office.names[f"invoices/{split}"] += ": credit memo of a split, its invoice posted"
        split = office.invoice(job, 160, -60)
        office.kill("invoices", split, INVOICE, arrives=arrives)
        office.names[f"invoices/{split}"] += ": invoice of a split"
    _half_posted(office, job)
    assert (
        office.run("invoices", office.invoice(waiting_job, 70), "held for its job").state == "held"
    )
    _crossed(office, job)


def _void_in_doubt(
    office: Office, job: int, operation: str, way: dict[str, Any], *, arrives: bool
) -> None:
    invoice = office.invoice(job, 102)
    assert office.run("invoices", invoice, **way).state == "confirmed"
    office.hand.put(f"/invoice/{invoice}", status="void")
    office.kill("invoices", invoice, operation, arrives=arrives, **way)
    office.names[f"invoices/{invoice}"] += ": offset of a void"


def _failures(office: Office, job: int, operation: str, way: dict[str, Any]) -> None:
    fault = {"system": "spectrum", "operation": operation}
    entry = office.fail(
        "invoices", office.invoice(job, 103), "", fault | {"kind": "fail_before", "count": 2}, **way
    )
    assert entry.state == "unknown", entry
    office.names[f"invoices/{entry.key}"] = f"{operation} unknown, not there"
    invoice = office.invoice(job, 104)
    lost = fault | {"kind": "drop_answer"}
    entry = office.fail(
        "invoices",
        invoice,
        f"{operation} there, could not be looked up",
        lost,
        infolink=False,
        **way,
    )
    assert entry.state == "held" and entry.started_steps, entry
    invoice = office.invoice(job, 105)
    lost = fault | {"kind": "fail_before"}
    entry = office.fail(
        "invoices",
        invoice,
        f"{operation} not there, could not be looked up",
        lost,
        infolink=False,
        **way,
    )
    assert entry.state == "held" and entry.started_steps, entry


def _half_posted(office: Office, job: int) -> None:
    """The invoice is posted, its credit memo was refused: nothing is in doubt."""
    split = office.invoice(job, 170, -70)
    fault = {"system": "spectrum", "operation": INVOICE, "kind": "locked", "skip": 1}
    entry = office.fail("invoices", split, "split half posted, credit memo locked", fault)
    assert entry.done_steps and not entry.started_steps and entry.state in ("held", "rejected"), (
        entry
    )


def _crossed(office: Office, job: int) -> None:
    for name, way in (("REST", REST), ("SOAP", SOAP)):
        invoice = office.invoice(job, 110)
        assert office.run("invoices", invoice, f"crossed by {name}", **way).state == "confirmed"
        invoice = office.invoice(job, 111)
        assert (
            office.run("invoices", invoice, f"crossed by {name}, voided since", **way).state
            == "confirmed"
        )
        office.hand.put(f"/invoice/{invoice}", status="void")
        invoice = office.invoice(job, 112)
        assert office.run("invoices", invoice, **way).state == "confirmed"
        office.hand.put(f"/invoice/{invoice}", status="void")
        assert (
            office.run("invoices", invoice, f"voided and offset by {name}", **way).state == "voided"
        )
    split = office.invoice(job, 180, -80)
    assert office.run("invoices", split, "split, crossed, voided since").state == "confirmed"
    office.hand.put(f"/invoice/{split}", status="void")
    split = office.invoice(job, 190, -90)
    assert office.run("invoices", split, "split, crossed").state == "confirmed"
    invoice = office.invoice(job, 113)
    assert (
        office.run("invoices", invoice, "crossed, then changed and submitted again").state
        == "confirmed"
    )
    office.control.edit("invoice", invoice, status="pending_accounting")
    office.hand.put(f"/invoice/{invoice}", notes="once more")
    early = office.invoice(job, 114)
    office.hand.put(f"/invoice/{early}", status="void")
    assert office.run("invoices", early, "voided before it crossed").state == "skipped"
    zero = office.invoice(job, 0)
    assert office.run("invoices", zero, "of nothing, closed").state == "confirmed"
    _refused(office, job)


def _refused(office: Office, job: int) -> None:
    """One that AR has been told of by comment, and one of a closed period."""
    office.control.switch("spectrum", ar_first_day="2030-01-01", ar_last_day="2030-12-31")
    assert office.run("invoices", office.invoice(job, 115), "held by the period").state == "held"
    office.control.switch("spectrum", ar_first_day="", ar_last_day="")
    other = office.invoice(job, 116)
    number = str(office.hand.get(f"/invoice/{other}")["invoiceNumber"])
    _type_document(office, number)
    entry = office.run("invoices", other, "its number is a clerk's document, failed and told")
    assert entry.state == "rejected", entry


def _type_document(office: Office, number: str) -> None:
    from st_spectrum.sandbox.callers import SpectrumCaller

    customer = office.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")[0][
        "Customer_Code"
    ].strip()
    spectrum = SpectrumCaller(office.sandbox.spectrum_url)
    spectrum.write(
        "AddARInvoice", GL_Date="06/01/2026", Invoice_Date="06/01/2026", Batch_Code="HAND", Transaction_Type="I",
        Customer_Code=customer, Invoice_Or_Transaction=number, Line_Extension="999", GL_Account="4010",
    )  # fmt: skip
    spectrum.close()
