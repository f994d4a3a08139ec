"""What the ledger keeps of a command, and its digests, are those of every version: letter for
letter, in the same order."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.domain.commands import CODE_TO_COME, Command, Numbering, System
from st_spectrum.domain.digests import digest
from st_spectrum.flows.customers.commands import AddCustomer
from st_spectrum.flows.external_ids import SetExternalId
from st_spectrum.flows.invoices.commands import AddArInvoice, PostArDocument, SetInvoiceStatus
from st_spectrum.flows.jobs.commands import AddJob, AddPhase, UpdateJob, UpdateJobUdf
from st_spectrum.flows.purchase_orders.commands import (
    AddJobItem,
    AdoptJobItem,
    JobItemInDoubt,
    LinkJobItem,
    RemoveJobItem,
    UpdateJobItem,
)
from st_spectrum.flows.purchase_orders.job_item_memory import ItemValues
from st_spectrum.flows.sites.commands import AddSite
from st_spectrum.flows.timecards.commands import (
    AddPreTimeCard,
    PostPreTimeCard,
    TakeOverPreTimeCard,
)
from st_spectrum.ledger.sent import as_it_went_out, as_kept, payload_digest, send_key
from st_spectrum.servicetrade.item_models import ItemSource
from st_spectrum.spectrum.services import SERVICES
from st_spectrum.spectrum.timecards import StoredTimeCard

DOCUMENT = ArDocument(
    {"Invoice_Or_Transaction": "1001C", "Customer_PO": ""},
    ({"Line_Extension": "5.00", "GL_Account": "4000"},),
    "1001",
)
VALUES = ItemValues("Pipe [PO 7/1]", Decimal("2"), None, None, 11, None, ItemSource())
VALUES_AS_TEXT = (
    '{"cost": null, "lib_item_id": 11, "name": "Pipe [PO 7/1]", "quantity": "2",'
    ' "service_line_id": null, "source": {}, "used_on": null}'
)
DETAILS_AS_TEXT = '[{"GL_Account": "4000", "Line_Extension": "5.00"}]'
CARD = StoredTimeCard(
    "7K2QXW", "", "B", "E1", "100", None, "1", Decimal("8.00"), "J", "1", "L", "CC"
)
POSTED = {
    "Invoice_Or_Transaction": "1001C",
    "Customer_PO": "",
    "base": "1001",
    "details": DETAILS_AS_TEXT,
}

FORMS: list[tuple[Command, str, str, dict[str, str]]] = [
    (
        AddCustomer({"Name": "A"}, "C00001"),
        "AddCustomer",
        "C00001",
        {"Customer_Code": "C00001", "Name": "A"},
    ),
    (AddCustomer({"Name": "A"}), "AddCustomer", "\x1a", {"Customer_Code": "\x1a", "Name": "A"}),
    (
        AddSite({"Site_Name": ""}, "S1"),
        "AddWOSiteAddress",
        "S1",
        {"Site_ID": "S1", "Site_Name": ""},
    ),
    (
        SetExternalId("company", 1201, "C00001"),
        "externalid",
        "C00001",
        {"entity_type": "company", "entity_id": "1201", "value": "C00001"},
    ),
    (
        SetExternalId("location", 3),
        "externalid",
        "\x1a",
        {"entity_type": "location", "entity_id": "3", "value": "\x1a"},
    ),
    (AddJob({"Job_Number": "10", "City": ""}), "AddJob", "10", {"Job_Number": "10", "City": ""}),
    (UpdateJob("10", "OH"), "UpdateJob", "10", {"Job_Number": "10", "Job_Oh_Batch_Code": "OH"}),
    (UpdateJobUdf("10", "NOR"), "UpdateJob_UDF", "10", {"Job_Number": "10", "UDF1": "NOR"}),
    (
        AddPhase("10", "001", "L", description="Labor", unit_of_measure="", price_method="J"),
        "AddPhase",
        "10|001|L",
        {
            "Job_Number": "10",
            "Phase_Code": "001",
            "Description": "Labor",
            "Cost_Type": "L",
            "Unit_of_Measure": "",
            "Price_Method_Code": "J",
        },
    ),
    (PostArDocument(DOCUMENT), "POST /customer/invoice", "1001C", POSTED),
    (AddArInvoice(DOCUMENT), "AddARInvoice", "1001C", POSTED),
    (SetInvoiceStatus(5, "failed"), "invoice status", "5", {"invoice_id": "5", "status": "failed"}),
    (
        SetInvoiceStatus(5, "processed", Decimal("0.00"), Decimal("-1.50"), "1001"),
        "invoice status",
        "5",
        {
            "invoice_id": "5",
            "status": "processed",
            "total": "0.00",
            "tax": "-1.50",
            "invoice_number": "1001",
        },
    ),
    (
        AddPreTimeCard("7K2QXW", {"Message": "7K2QXW"}),
        "PreTimeCard",
        "7K2QXW",
        {"Message": "7K2QXW"},
    ),
    (
        PostPreTimeCard("7K2QXW", {"message": "7K2QXW"}),
        "POST /timecard/timecards",
        "7K2QXW",
        {"message": "7K2QXW"},
    ),
    (
        TakeOverPreTimeCard.of(CARD, ""),
        "pre-time card found",
        "7K2QXW",
        {
            "differs": "",
            "Batch_Code": "B",
            "Employee_Code": "E1",
            "Department_Code": "100",
            "Pay_Type": "1",
            "Hours_Employee": "8.00",
            "Job_Number": "J",
            "Phase_Code": "1",
            "Cost_Type": "L",
            "Work_Date": "",
            "Message": "7K2QXW",
            "Cost_Center": "CC",
        },
    ),
    (
        AddJobItem("7|1", 4, 2, VALUES),
        "POST /jobitem",
        "7|1",
        {"job_id": "4", "version": "2", "values": VALUES_AS_TEXT},
    ),
    (JobItemInDoubt("7|1"), "POST /jobitem", "7|1", {}),
    (
        UpdateJobItem("7|1", 3, VALUES),
        "PUT /jobitem/{id}",
        "7|1",
        {"version": "3", "values": VALUES_AS_TEXT},
    ),
    (RemoveJobItem("7|1"), "DELETE /jobitem/{id}", "7|1", {}),
    (LinkJobItem("7|1", "7%1"), "job item external id", "7|1", {"value": "7%1"}),
    (
        AdoptJobItem("7|1", 9, 4, 2, VALUES),
        "job item found",
        "7|1",
        {"item_id": "9", "job_id": "4", "version": "2", "values": VALUES_AS_TEXT},
    ),
]


@pytest.mark.parametrize(
    ("command", "operation", "key", "fields"), FORMS, ids=lambda command: type(command).__name__
)
def test_each_command_has_the_form_that_every_version_wrote(
    command: Command, operation: str, key: str, fields: dict[str, str]
) -> None:
    assert (command.operation, command.key) == (operation, key)
    assert json.dumps(dict(command.fields)) == json.dumps(fields)


def test_the_digests_of_what_was_sent_are_those_of_earlier_versions() -> None:
    command = AddCustomer({"Name": "Harbor"}, "C00001")

    assert send_key(command) == "AddCustomer 7edac2d996459e84"
    assert payload_digest([command, SetExternalId("company", 1201, "C00001")]) == "5bdb9c9698c5c10c"


def test_the_digests_of_commands_are_those_of_their_whole_forms() -> None:
    commands = [command for command, *_ in FORMS]
    forms = [[command.operation, command.key, dict(command.fields)] for command in commands]

    assert [command.said for command in commands] == [digest(form[1:]) for form in forms]
    assert [payload_digest([command]) for command in commands] == [digest([form]) for form in forms]
    assert payload_digest(commands) == digest(forms)
    assert payload_digest([]) == digest([])


TEXTS = st.text(st.characters(blacklist_categories=["Cs"]), max_size=12)
RECORDS = st.dictionaries(st.sampled_from(["Name", "City", "Zip_Code", "Customer_PO"]), TEXTS)
LINES = st.lists(
    st.dictionaries(st.sampled_from(["Line_Extension", "Message"]), TEXTS), max_size=3
).map(tuple)
INSERTS = st.one_of(
    st.builds(AddCustomer, RECORDS, st.just("C00001")),
    st.builds(AddSite, RECORDS, st.just("S00001")),
    st.builds(AddJob, RECORDS.map(lambda record: {"Job_Number": "10482", **record})),
    *(
        st.builds(
            kind,
            st.builds(
                ArDocument,
                RECORDS.map(lambda r: {"Invoice_Or_Transaction": "1001", **r}),
                LINES,
                st.just("1001"),
            ),
        )
        for kind in (PostArDocument, AddArInvoice)
    ),
)


@given(sent=INSERTS, now=INSERTS)
def test_an_insert_is_looked_up_as_it_went_out_whatever_the_source_says_by_now(
    sent: Command, now: Command
) -> None:
    kept = as_kept(sent)
    again = as_it_went_out(now if type(now) is type(sent) else sent, kept)

    assert (again.operation, again.key) == (sent.operation, sent.key)
    assert {name: text for name, text in again.fields.items() if text} == kept.fields
    assert as_kept(again) == kept
    assert [{n: v for n, v in row.items() if v} for row in again.rows] == [
        {n: v for n, v in row.items() if v} for row in sent.rows
    ]


def test_a_command_under_another_code_is_counted_as_another_one() -> None:
    to_come = AddCustomer({"Name": "A"})
    assert send_key(to_come) == send_key(to_come)

    coded = to_come.with_code("C00001")

    assert send_key(coded) == send_key(AddCustomer({"Name": "A"}, "C00001")) != send_key(to_come)
    assert coded == AddCustomer({"Name": "A"}, "C00001")
    assert "said" not in repr(coded)


@pytest.mark.parametrize(
    "command", [command for command, *_ in FORMS], ids=lambda command: type(command).__name__
)
def test_what_is_kept_and_what_may_be_repeated_is_what_the_vendors_tables_say(
    command: Command,
) -> None:
    service = SERVICES.get(
        "AddARInvoice" if isinstance(command, PostArDocument) else command.operation
    )
    if service is not None:
        assert command.taken_field == (service.key[-1] if service.refuses_duplicates else "")
        assert command.is_repeatable == service.is_idempotent
        assert command.is_stored_twice == (not service.key)
    assert command.is_stored_twice == (
        command.operation in ("POST /jobitem", "PreTimeCard", "POST /timecard/timecards")
    )
    assert bool(command.tables) == (command.is_stored_twice and command.system is System.SPECTRUM)
    assert not (command.is_repeatable and (command.is_stored_twice or command.taken_field))
    assert (command.key == CODE_TO_COME) <= (
        command.numbering is Numbering.ALLOCATED or isinstance(command, SetExternalId)
    )
