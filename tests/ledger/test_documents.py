"""What the ledger keeps beside its entries: each kind is written as it always was, read in both
forms, and never misread.

`documents.json` holds one document or two of every kind as they were written before there were
models of them.
"""

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

import st_spectrum
from st_spectrum.domain.errors import ContractBroken
from st_spectrum.domain.time_entries import TimeEntry
from st_spectrum.ledger.documents import (
    closing,
    form,
    guards,
    interventions,
    invoices,
    mails,
    orders,
    plans,
    records,
    timecards,
)
from st_spectrum.ledger.documents.form import (
    DamagedDocument,
    Document,
    NewerForm,
    TextDocument,
    number_in,
)
from st_spectrum.ledger.documents.table import MODELS
from st_spectrum.ledger.entry import State, decode, encode, new_entry
from st_spectrum.ledger.epoch import Epoch, Witness
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.ledger.memory import MemoryStore
from st_spectrum.pages.kept_documents import users

HERE = Path(__file__).parent
PRODUCT = Path(st_spectrum.__file__).parent
NOON = datetime(2026, 3, 2, 12, 30, 15, 250000, tzinfo=UTC)
WRITTEN: dict[str, str] = json.loads((HERE / "documents.json").read_text(encoding="utf-8"))
FIRST_VERSION = (HERE.parent / "upgrade" / "ledger.jsonl").read_text(encoding="utf-8").splitlines()

WEEK = "20260307"
TIME = f"{WEEK}.timecard.7"
SENT = TimeEntry(
    TIME, "timecard", "labor", 5, "Zoë", date(2026, 3, 2), Decimal("2.50"), 9, 10001,
    is_approved=True, pay_rate=Decimal("31.5"), version="v", card_id=3,
)  # fmt: skip
SOURCE = {"type": "vendor", "vendorId": 5, "poNumber": "4001", "status": "ordered"}
PUMP = orders.WrittenValues("Pump ü", Decimal("2"), Decimal("10.50"), 1763658000, None, 4, SOURCE)
PLAIN = orders.WrittenValues("Pump", Decimal("2"), None, None, 3, None, {})
TOLD = {
    "z": mails.ReportedCause("jobs", "wäits \ud83d", 2, NOON, Decimal("1.50"), "runs"),
    "a": mails.ReportedCause("jobs", "w", 1, NOON),
}
RUN = mails.FailedRun(
    "sync_jobs", "run-1", NOON, "cäuse", "said ?", "adv", "Unavailable", ("1", "2"), "acme", True
)
DOUBLE = guards.Double("timecards", "k", "card ü", ("A: 2 rows", "B"), "adv", is_error=False)
DAMAGE = (
    "the entry entries/jobs/9 is damaged: JSONDecodeError Expecting property name enclosed in"
    " double quotes: line 1 column 2 (char 1)"
)

SIGNED = closing.Signature(
    NOON, "Mary", "nöte", "a1b2c3d4e5f60718", "1234.50", "1200.00",
    (closing.SignedTotal("customer", "C00001", "1234.50", "1200.00"),),
)  # fmt: skip
SIGNED_WAITING = replace(
    SIGNED, totals=(), not_in_spectrum=(closing.SignedLine("waiting", 1, "34.50"),)
)
NOT_EQUAL = closing.NotEqual("7", "Invoice 7", "tax of Invoice 7 (10482): edited in Spectrum")

ACTS = (interventions.Intervention(NOON, "Ann", "retry", "confirmed", "nöte"),)

DOCUMENTS: list[tuple[Document, tuple[str, ...]]] = [
    (records.TakenCode("77"), ("customers", "C0001")),
    (records.TakenCode(""), ("sites", "S1")),
    (records.ReservedCode("C0001"), ("customers", "77")),
    (records.Cursor(1763658000, {"1": "a+"}, records.Quiet(1, 2, 3)), ("jobs",)),
    (records.Cursor(), ("sites",)),
    (records.GoneBefore(NOON), ("jobs",)),
    (orders.SeenOrders({"4002": "b", "4001": "a"}), ()),
    (timecards.TimeBegun(NOON), ()),
    (timecards.ComparedWeeks(date(2026, 2, 28), date(2026, 3, 7), date(2026, 2, 28)), ()),
    (records.ReservedNumber("10482"), ("jobs", "10482-1")),
    (records.NumbersReserved(), ("invoices",)),
    (records.TypedKey("Pump"), ("jobs", "J77", "5")),
    (records.NeededRecord("invoices/1"), ("jobs", "8")),
    (records.SkippedBySetting("d1gest"), ("jobs", "8")),
    (records.SettingsSeen("d1gest"), ("jobs",)),
    (records.MatchApplied(NOON), ("customers",)),
    (records.DecidedNew(NOON), ("customers", "5")),
    (records.GoneRecord(NOON), ("jobs/1/2",)),
    (records.SiteCustomer("C00001"), ("5",)),
    (records.JobCustomer("C00002"), ("6",)),
    (
        invoices.PostedInvoice(
            (invoices.PostedDocument("10-1", {"b": "ü", "Aa": "x"}, ({"Z": "1", "Y": "2"},)),),
        ),
        ("1",),
    ),
    (
        invoices.PostedInvoice(
            (invoices.PostedDocument("10-1", {"b": "ü"}, ({"Z": "1"},), {"job": "NC"}),),
        ),
        ("2",),
    ),
    (invoices.OlderInvoice("post"), ("1",)),
    (invoices.CommentedInvoice("275cf1162a824367"), ("1",)),
    (invoices.SumsSeen("17", ("ü", "3")), ("invoices",)),
    (timecards.SentTime(SENT, {"Employee_Code": "T0002"}), (TIME,)),
    (timecards.SentTime(SENT, {}, "the job is ü"), ("d",)),
    (timecards.TimeOrigin(TIME), ("timecard.7",)),
    (timecards.TimePaidFrom("labor rows of time cards"), (f"{WEEK}.work",)),
    (timecards.AcceptedTime("5b4410852dec6d36"), (TIME,)),
    (timecards.TakenOutTime(NOON), (TIME,)),
    (timecards.ReleasedTime("5b4410852dec6d36"), (TIME,)),
    (orders.WrittenItem(1, 1, 9, PUMP, None, None, (), False), ("4001|1",)),
    (orders.WrittenItem(3, 1, 9, PUMP, 77, PLAIN, (PUMP, PLAIN), True), ("4001|2",)),
    (
        guards.KeptBreaker(
            guards.BlamedCause("jobs", "AddJob", "27", "Tax_Class_Code", "VÄ", "t"),
            "nö", ("1", "2"), NOON, "d", 2, NOON, "c",
        ),
        ("jobs-bf65915521794aa9",),
    ),
    (guards.KeptBreaker(guards.BlamedCause("jobs", "AddJob"), "no", ("1",), NOON), ("jobs-x",)),
    (
        guards.HeldBack(("1", "2"), NOON, NOON, None, 2, "d", "3 recörds", "look", "more"),
        ("customers",),
    ),
    (guards.NewestWrite("STABC", NOON), ("timecards",)),
    (guards.AllowedToVanish(NOON, ("aü", "b")), ("timecards",)),
    (guards.FoundDoubles((DOUBLE,)), ("timecards",)),
    (guards.AcceptedDouble(str(DOUBLE)), (DOUBLE.id,)),
    (guards.Recovery(NOON, "the ledger wäs", {"jobs": 2}, ("n",)), ("4",)),
    (guards.Damage(NOON, {"9": DAMAGE}), ("jobs",)),
    (interventions.Interventions(ACTS), ("jobs/8",)),
    (interventions.HandledRecord(NOON, "Ann", "nöte", "10482", "1.50", "2.25"), ("jobs/8",)),
    (closing.SignOff((SIGNED,)), ("invoices/2026-03",)),
    (closing.SignOff((SIGNED_WAITING,)), ("invoices/2026-04",)),
    (closing.FoundDifferences(NOON, 2, (NOT_EQUAL,), ("it chänged",)), ("invoices",)),
    (closing.FoundDifferences(NOON, open_sum_count=2, open_sums=("a süm",)), ("timecards",)),
    (plans.KeptPlan('{"form": 1, "account": "nörth"}'), ("run-1",)),
    (mails.WaitingMail("Sübject", "tëxt \ud83d", "<p>", NOON, mails.PAYROLL), ("m",)),
    (mails.MailLease(NOON.replace(minute=33)), ("m~1",)),
    (mails.SentMail(NOON), ("m",)),
    (mails.ReportedWeek(1, "r"), (WEEK,)),
    (mails.Known(3, NOON, TOLD, frozenset({"q", "b"})), ()),
    (mails.Failures(RUN, NOON, 1, ("run-1",)), ("de9f7a4b538e4a9b",)),
]  # fmt: skip
IDS = [document.path(*names) for document, names in DOCUMENTS]
each_document = pytest.mark.parametrize(("document", "names"), DOCUMENTS, ids=IDS)


def model_of(path: str) -> type[Document] | None:
    """Whose path it is."""
    for model in MODELS:
        pattern = "/".join(
            re.sub(r"\\{.*?\\}", "[^/]+", re.escape(word)) for word in model.place.split("/")
        )
        if re.fullmatch(pattern, path):
            return model
    return None


@each_document
def test_a_document_is_written_byte_for_byte_as_before_there_were_models(
    document: Document, names: tuple[str, ...]
) -> None:
    assert document.as_text() == WRITTEN[document.path(*names)]


@each_document
def test_no_document_is_written_in_a_higher_form_than_the_ledger_is_marked_with(
    document: Document, names: tuple[str, ...]
) -> None:
    assert number_in(document.as_text(), document.numbered_as) <= form.WRITTEN <= form.NEWEST


def test_every_kind_is_among_them() -> None:
    assert {type(document) for document, _ in DOCUMENTS} == set(MODELS)
    assert {document.path(*names) for document, names in DOCUMENTS} == set(WRITTEN)
    assert len({model.place for model in MODELS}) == len(MODELS)


@each_document
def test_what_was_written_is_read_and_says_the_same_again(
    document: Document, names: tuple[str, ...]
) -> None:
    text = WRITTEN[document.path(*names)]

    found = document.read(text, "x")

    assert found.as_text() == text
    if "\\ud83d" not in repr(document):
        assert found == document


@each_document
def test_the_form_to_come_is_read_as_well(document: Document, names: tuple[str, ...]) -> None:
    known = document.read(WRITTEN[document.path(*names)], "x")
    values = TypeAdapter(type(known)).dump_python(known, mode="json")

    assert type(known).read(json.dumps(values | {known.numbered_as: 2}), "x") == known


@each_document
def test_a_newer_form_stops_with_one_sentence(document: Document, names: tuple[str, ...]) -> None:
    name, text = (
        document.name(*names),
        json.dumps({document.numbered_as: 3, "words": "of another time"}),
    )
    for read in (document.read, document.read_or_none, document.check_form):
        with pytest.raises(NewerForm) as stopped:
            read(text, name)
        assert name in stopped.value.message
        assert "form is 3" in stopped.value.message
        assert "up to 2" in stopped.value.message
        assert "Update this worker" in stopped.value.advice


def structured() -> Iterator[Any]:
    """Every document that is more than a text, with each part of its first form taken out or
    replaced by rubbish.
    """
    for document, names in DOCUMENTS:
        if isinstance(document, TextDocument):
            continue
        yield pytest.param(document, names, "rubbish {", id=f"{document.name(*names)}: rubbish")
        yield pytest.param(document, names, "5", id=f"{document.name(*names)}: 5")


@pytest.mark.parametrize(("document", "names", "text"), structured())
def test_rubbish_is_told_with_its_place(
    document: Document, names: tuple[str, ...], text: str
) -> None:
    with pytest.raises(DamagedDocument) as damaged:
        document.read(text, document.name(*names))
    assert isinstance(damaged.value, ContractBroken)
    assert damaged.value.message.startswith(f"{document.name(*names)} is damaged at ")
    assert damaged.value.system == "ledger"
    assert "backup" in damaged.value.advice
    assert document.read_or_none(text, "x") is None


@pytest.mark.parametrize(
    ("model", "text", "sentence"),
    [
        (timecards.TakenOutTime, "yesterday", "x is damaged at at: "),
        (
            timecards.TakenOutTime,
            "2026-03-02T12:00:00",
            "damaged at at: Input should have timezone info",
        ),
        (
            timecards.SentTime,
            WRITTEN[f"kept/sent-time/{TIME}"].replace('2.50\\"', 'two\\"'),
            "damaged at entry.hours: Input should be a valid decimal; found: two",
        ),
        (
            invoices.PostedInvoice,
            '[{"base": "1", "header": {}}]',
            "damaged at documents.0.details: Field required; found: {",
        ),
        (
            orders.WrittenItem,
            WRITTEN["kept/po-items/4001%7C1"].replace('"made": 1', '"made": "one"'),
            (
                "damaged at made: Input should be a valid integer, unable to parse string as an"
                " integer; found: one"
            ),
        ),
        (records.TakenCode, "{}", "x is damaged at source_key: Field required"),
        (guards.NewestWrite, "x" * 500, f"; found: {'x' * 60}..."),
        (mails.ReportedWeek, '{"form": "two"}', "form is 'two', and no number of a form"),
        (mails.ReportedWeek, '{"form": 0}', "form is 0, and no number of a form"),
    ],
)
def test_the_sentence_names_field_and_what_was_found(
    model: type[Document], text: str, sentence: str
) -> None:
    with pytest.raises(DamagedDocument) as damaged:
        model.read(text, "x")
    assert sentence in damaged.value.message


def test_every_document_of_the_first_version_is_read_and_written_as_it_stands() -> None:
    all_of_it = {line["key"]: line["body"] for line in map(json.loads, FIRST_VERSION)}
    folders = ("kept/", "cursors/", "codes/", "codes-of/")
    kept = {path: text for path, text in all_of_it.items() if path.startswith(folders)}
    assert len(kept) > 150
    for path, text in kept.items():
        model = model_of(path)
        assert model is not None, path
        found = model.read(text, path)
        assert model.read(found.as_text(), path) == found, path
        # Time that the first version sent had no card's id.
        assert found.as_text().replace('\\"card_id\\": 0, ', "") == text, path


def test_entries_epoch_and_witness_of_a_newer_version_stop_too() -> None:
    entry = json.loads(encode(new_entry("jobs", "1", State.HELD, NOON))) | {"schema": 2}
    epoch = json.loads(Epoch.first().model_dump_json()) | {"version": 2}
    witness = json.loads(Epoch.first().witness("").model_dump_json()) | {"version": 2}
    for read, document, name in (
        (decode, entry, "entries/jobs/1"),
        (Epoch.read, epoch, "epoch/ledger"),
        (Witness.read, witness, "the file"),
    ):
        with pytest.raises(
            NewerForm, match=f"{name}.*form is 2, and this worker knows forms up to 1"
        ):
            read(json.dumps(document), name)


def test_words_of_a_path_are_encoded_each_for_itself() -> None:
    assert records.GoneRecord.path("jobs/1 2") == "kept/gone/jobs%2F1%202"
    assert records.SkippedBySetting.path("jobs", ".") == "kept/skipped-jobs/%2E"
    assert records.ReservedNumber.folder("jobs") == "kept/jobs-numbers/"
    assert records.TypedKey.folder("jobs", "J77") == "kept/jobs-typed-keys%2FJ77/"
    assert records.TakenCode.folder("customers") == "codes/customers/"
    with pytest.raises(ValueError, match="too many"):
        mails.Known.path("a")


def test_the_ledger_keeps_replaces_lists_and_forgets_documents() -> None:
    ledger = Ledger(MemoryStore(), "me", 300, lambda: NOON)
    assert ledger.document(mails.ReportedWeek, WEEK) is None
    ledger.put(mails.ReportedWeek(1, "a"), WEEK)
    ledger.put(mails.ReportedWeek(2, "b"), WEEK)
    assert ledger.document(mails.ReportedWeek, WEEK) == mails.ReportedWeek(2, "b")
    assert not ledger.put_first(mails.ReportedWeek(3, "c"), WEEK)
    assert ledger.names(mails.ReportedWeek) == (WEEK,)
    ledger.discard(mails.ReportedWeek, WEEK)
    assert not ledger.has(mails.ReportedWeek, WEEK)


def sources() -> Iterator[tuple[str, ast.Module]]:
    """Every file of the product that may keep something, by its path within the package."""
    for file in sorted(PRODUCT.rglob("*.py")):
        path = file.relative_to(PRODUCT).as_posix()
        if not path.startswith(("sandbox/", "ledger/documents/")):
            yield path, ast.parse(file.read_text(encoding="utf-8"))


def test_nothing_is_kept_but_by_a_model_of_the_table() -> None:
    models = {model.__name__ for model in MODELS}
    known = {
        node for model in Document.__subclasses__() for node in (model, *model.__subclasses__())
    } - {TextDocument}
    assert known == set(MODELS)
    for path, tree in sources():
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            owner = ast.unparse(node.func.value)
            if not owner.endswith("ledger") or path.startswith("ledger/"):
                continue
            assert node.func.attr not in {
                "keep",
                "kept",
                "keep_first",
                "cursor",
                "save_cursor",
                "kept_keys",
                "drop",
            }
            if node.func.attr in {
                "document",
                "document_or_none",
                "has",
                "names",
                "discard",
                "revise",
            }:
                model = ast.unparse(node.args[0])
                assert model in models | {"model"}, f"{path}:{node.lineno} {model}"


def test_every_kind_has_somebody_who_writes_and_somebody_who_reads_it() -> None:
    writers, readers = users()
    for model in MODELS:
        assert writers[model.__name__], model.__name__
        assert readers[model.__name__], model.__name__


def test_a_model_says_what_it_means_and_nothing_in_it_is_json_within_a_text() -> None:
    for model in MODELS:
        assert is_dataclass(model)
        assert (model.__doc__ or "").strip().endswith("."), model
        assert fields(model), model
