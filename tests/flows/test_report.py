"""The money of a report: whatever came of the records, it adds up, and a missing cent shows."""

import re
from dataclasses import replace
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from st_spectrum.assets.metadata import causes_table, notes_list
from st_spectrum.domain.markdown import in_a_line
from st_spectrum.engine.report import MONEY, WAITING, Outcome, Report, Result, merged
from st_spectrum.flows.customers.description import CUSTOMERS
from st_spectrum.flows.invoices.description import INVOICES
from st_spectrum.flows.jobs.description import JOBS

CENTS = st.integers(-10_000_000, 10_000_000).map(lambda cents: Decimal(cents) / 100)
CREATED = Outcome(
    "invoices", "1", "Invoice 1", Result.CREATED, amount=Decimal("64.90"), posted=Decimal("64.90")
)
VOIDED = Outcome("invoices", "2", "Invoice 2", Result.VOIDED, posted=Decimal("-64.90"))


@st.composite
def sound_outcomes(draw: st.DrawFn) -> Outcome:
    """A record as the engine tells it when every document says what the invoice says."""
    result = draw(st.sampled_from(Result))
    amount = draw(CENTS)
    outcome = Outcome(
        "invoices", str(draw(st.integers(1, 99))), "an invoice", result, amount=amount
    )
    match result:
        case Result.VOIDED:
            return replace(outcome, amount=None, posted=-amount)
        case Result.CREATED | Result.COMPLETED:
            # One that was posted before and is only closed again posts nothing.
            return replace(outcome, posted=draw(st.sampled_from([amount, None])))
        case _:
            return outcome


@given(st.lists(sound_outcomes()))
def test_approved_is_posted_held_rejected_and_unknown_whatever_happened(
    outcomes: list[Outcome],
) -> None:
    report = Report(INVOICES, tuple(outcomes))
    money = report.money()
    assert tuple(money) == MONEY
    assert (
        money["approved"] == money["posted"] + money["held"] + money["rejected"] + money["unknown"]
    )
    assert report.money_agrees()


@given(
    st.lists(sound_outcomes()),
    st.integers(0, 20),
    st.sampled_from([Decimal("0.01"), Decimal("-0.01")]),
)
def test_a_single_cent_that_was_posted_too_much_or_too_little_shows(
    outcomes: list[Outcome], place: int, cent: Decimal
) -> None:
    wrong = replace(CREATED, posted=CREATED.amount + cent)  # type: ignore[operator]
    assert not Report(INVOICES, (*outcomes[:place], wrong, *outcomes[place:])).money_agrees()


@given(st.lists(sound_outcomes()), st.integers(0, 20))
def test_splitting_a_batch_differently_changes_no_sum(outcomes: list[Outcome], place: int) -> None:
    parts = [Report(INVOICES, tuple(outcomes[:place])), Report(INVOICES, tuple(outcomes[place:]))]
    assert merged(INVOICES, parts).money() == Report(INVOICES, tuple(outcomes)).money()


def test_what_is_voided_is_told_as_what_was_taken_back_and_is_in_no_other_sum() -> None:
    money = Report(INVOICES, (CREATED, VOIDED)).money()
    assert (money["voided"], money["posted"], money["approved"]) == (Decimal("64.90"),) * 3
    assert Report(INVOICES, (VOIDED,)).counts()["voided"] == 1


def test_what_had_crossed_before_or_is_with_another_worker_is_in_no_sum() -> None:
    others = (Result.UNCHANGED, Result.SKIPPED, Result.BUSY)
    outcomes = tuple(replace(CREATED, result=result, posted=None) for result in others)
    assert set(Report(INVOICES, outcomes).money().values()) == {Decimal(0)}


def test_an_invoice_of_nothing_that_was_closed_counts_with_nothing() -> None:
    closed = replace(CREATED, amount=Decimal("0.00"), posted=Decimal(0))
    assert Report(INVOICES, (closed,)).money_agrees()


def test_a_flow_without_money_has_no_sums() -> None:
    assert (
        Report(CUSTOMERS, (Outcome("customers", "1", "Harbor Foods LLC", Result.CREATED),)).money()
        == {}
    )
    assert set(Report(INVOICES).money().values()) == {Decimal(0)}


def test_the_document_holds_every_amount_as_text_with_its_cents() -> None:
    document = Report(INVOICES, (CREATED, VOIDED)).as_json()
    assert document["money"]["posted"] == "64.90"
    assert document["money_agrees"] is True
    assert [(record["amount"], record["posted"]) for record in document["records"]] == [
        ("64.90", "64.90"),
        (None, "-64.90"),
    ]


def test_the_table_shows_money_for_invoices_alone_and_links_where_there_is_an_address() -> None:
    waiting = replace(CREATED, key="3", result=WAITING[0], posted=None)
    table = Report(INVOICES, (CREATED, waiting)).markdown(
        link_to=lambda key: f"https://app.test/invoice/{key}"
    )
    head, _, first, second = table.splitlines()
    assert "approved | posted" in head
    assert "[3](https://app.test/invoice/3)" in first, "what needs attention comes first"
    assert "| 64.90 | 64.90 |" in second
    assert len({line.count(" | ") for line in (head, first, second)}) == 1
    plain = Report(CUSTOMERS, (Outcome("customers", "7", "A | B", Result.CREATED),)).markdown()
    assert "posted" not in plain
    assert "| A \\| B | 7 |" in plain


SLY = (
    "[Pay](https://evil.example) ![x](https://evil.example/p.png) <img src=x> **bold** `a|b` # h\n#"
    " head https://e.example"
)


def test_what_people_wrote_is_shown_as_they_wrote_it_and_acts_on_nothing() -> None:
    shown = in_a_line(SLY)

    assert "\n" not in shown
    assert "<" not in shown
    assert "://" not in shown
    assert not re.search(r"(?<!\\)[\[\]*`|]", shown)
    outcome = Outcome("jobs", "1", SLY, Result.HELD, reason=SLY, notes=(SLY,))
    for text in (
        Report(JOBS, (outcome,)).markdown(),
        notes_list(Report(JOBS, (outcome,))),
        causes_table({SLY: 1}),
    ):
        assert "](http" not in text.replace("\\](", "")
        assert "<img" not in text
