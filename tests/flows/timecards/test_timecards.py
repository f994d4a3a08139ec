"""Rules of time cards that hold for whatever comes: money goes out once, valid, approved, and never
silently twice.
"""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Create, Decision, Hold, LeaveUnchanged, Skip
from st_spectrum.domain.errors import Problem, Rejected
from st_spectrum.domain.progress import NEW, Progress
from st_spectrum.domain.time_entries import (
    TimeEntry,
    entry_key,
    in_hundredths,
    origin_of_key,
    week_of_key,
)
from st_spectrum.flows.timecards.codes import token_of
from st_spectrum.flows.timecards.refusals import prerequisite_of
from st_spectrum.flows.timecards.rules import change_since, to_rest_timecard, version_of
from st_spectrum.ledger.documents.timecards import SentTime
from st_spectrum.spectrum.request_fields import field_problems
from st_spectrum.spectrum.services import SERVICES
from st_spectrum.spectrum.timecards import check
from tests.flows.records import account
from tests.flows.timecards.deciding_time import EMPLOYEE, JOB, KEY, decide, entry, rules

WEEK_END = date(2025, 11, 8)


def sent_fields(decision: Decision) -> dict[str, str]:
    assert isinstance(decision, Create), decision
    ((call,),) = [step.calls for step in decision.steps]
    return dict(call.fields)


entries = st.builds(
    lambda kind, hours, has_job, line, office, code, activity, name, is_approved, waits, rate: (
        entry(
            kind=kind,
            hours=hours,
            job_id=JOB.id if has_job else None,
            service_line=line,
            office=office,
            lib_item_code=code,
            activity=activity if kind == "clock" else "",
            generic_name=name if kind == "generic" else "",
            is_approved=is_approved,
            waits=waits,
            pay_rate=rate,
        )
    ),
    kind=st.sampled_from(["labor", "clock", "generic"]),
    hours=st.decimals(-30, 30, places=2),
    has_job=st.booleans(),
    line=st.sampled_from(["Sprinkler", "alarm", "Time Off", "Plumbing", ""]),
    office=st.sampled_from(["Norfolk Office", "Shop", "Moon Base", ""]),
    code=st.sampled_from(["LAB-REG", "lab-ot", "LAB-XMAS", ""]),
    activity=st.sampled_from(["onsite", "onbreak", "dancing"]),
    name=st.sampled_from(["PTO", "Lunch", "Jury duty", ""]),
    is_approved=st.booleans(),
    waits=st.sampled_from(["", "", "", "overlaps with itself"]),
    rate=st.none() | st.decimals(0, 200, places=3),
)
accounts = st.builds(
    lambda target, has_center, send, without: rules(
        target=target,
        has_cost_center=has_center,
        pay_rates={
            "send": send,
            **({"code_by_lib_item": {"LAB-REG": "2"}} if send == "code" else {}),
        },
        departments={"without_job": without, "non_direct": ["800", *filter(None, [without])]},
    ),
    target=st.sampled_from(["soap", "rest"]),
    has_center=st.booleans(),
    send=st.sampled_from(["none", "code", "amount"]),
    without=st.sampled_from(["", "900"]),
)


@settings(max_examples=400, deadline=None)
@given(time=entries, acct=accounts)
def test_what_goes_out_is_approved_paid_time_that_spectrum_takes(
    time: TimeEntry, acct: Account
) -> None:
    decision = decide(time, acct)
    if not isinstance(decision, Create):
        assert isinstance(decision, Hold | Skip | LeaveUnchanged)
        return
    fields = sent_fields(decision)

    assert time.is_approved
    assert not time.waits
    assert time.activity != "onbreak"
    assert time.generic_name != "Lunch"
    if acct.timecards.target == "rest":
        assert check(fields, "001") == ()
        hours, job, department = fields["hours"], fields["jobNumber"], fields["departmentCode"]
    else:
        layout = {field.name: field for field in SERVICES["PreTimeCard"].fields}
        assert not [
            problem
            for name, value in fields.items()
            for problem in field_problems(layout[name], value)
        ]
        assert list(fields) == [name for name in layout if name in fields]
        hours, job, department = (
            fields["Hours_Employee"],
            fields["Job_Number"],
            fields["Department_Code"],
        )
    assert Decimal(hours) == time.hours
    assert not (job and department in acct.timecards.departments.non_direct)
    assert not (job and time.service_line == "Time Off")
    assert decision.target_key == token_of(time.key)


@settings(max_examples=200, deadline=None)
@given(time=st.none() | entries, sent=st.none() | entries, acct=accounts)
def test_what_is_in_payroll_is_never_sent_again_whatever_it_says_now(
    time: TimeEntry | None, sent: TimeEntry | None, acct: Account
) -> None:
    confirmed = Progress(token_of(KEY), done_steps=("pre-time card",), is_confirmed=True)
    done = Progress(token_of(KEY), done_steps=("pre-time card",))

    decision = decide(time, acct, sent=sent, progress=confirmed)
    assert isinstance(decision, Hold if change_since(sent, time) else Skip)
    settled = decide(time, acct, sent=sent, accepted=version_of(time), progress=confirmed)
    assert settled == Skip("already in payroll", token_of(KEY))
    assert decide(time, acct, sent=sent, progress=done) == Create(token_of(KEY), ())


@settings(max_examples=200, deadline=None)
@given(time=entries, sent=entries)
def test_while_an_answer_is_lost_only_the_very_same_card_may_go_out(
    time: TimeEntry, sent: TimeEntry
) -> None:
    doubt = Progress(token_of(KEY), started_steps=("pre-time card",))
    decision = decide(time, sent=sent, progress=doubt)

    if isinstance(decision, Create):
        assert (time.hours, time.work_date, time.user_id, time.job_id) == (
            sent.hours,
            sent.work_date,
            sent.user_id,
            sent.job_id,
        )
        assert decision.steps == decide(time).steps  # type: ignore[union-attr]


def test_the_same_card_is_made_from_the_same_time_every_time() -> None:
    assert decide(entry()) == decide(entry(user_name="Tyler Tech", updated=99))


@given(
    keys=st.sets(
        st.builds(
            entry_key,
            st.dates(),
            st.sampled_from(["clock", "jobitem"]),
            st.integers(1),
            st.integers(1, 9),
        )
    )
)
def test_every_entry_has_a_token_of_its_own_that_fits_into_the_message(keys: set[str]) -> None:
    tokens = {token_of(key) for key in keys}

    assert len(tokens) == len(keys)
    assert all(len(token) == 18 and token.isalnum() and token.isupper() for token in tokens)


def test_a_token_never_changes_for_it_stands_in_payroll() -> None:
    assert token_of("20251108.timecard.1") == "ST881679086718C6D9"


def test_the_key_begins_with_the_week_and_its_rest_survives_a_move_to_another_week() -> None:
    key = entry_key(WEEK_END, "clock", 1200, 2)

    assert key == "20251108.clock.1200.2"
    assert week_of_key(key) == "20251108"
    assert origin_of_key(key) == "clock.1200.2"


@given(time=entries)
def test_an_entry_comes_back_from_the_ledger_as_it_was(time: TimeEntry) -> None:
    sent = SentTime(time, {})

    assert SentTime.read(sent.as_text(), "x") == sent


@pytest.mark.parametrize(
    "change",
    [
        {"hours": Decimal("5.01")},
        {"work_date": date(2025, 11, 5)},
        {"user_id": 62},
        {"job_id": 7, "job_number": 10483},
        {"job_id": 7},
        {"lib_item_code": "LAB-OT"},
        {"is_approved": False},
        {"service_line": "Alarm"},
        {"office": "Shop"},
        {"pay_rate": Decimal("40")},
        {"waits": "something"},
    ],
    ids=str,
)
def test_a_change_that_matters_to_wages_is_told_with_what_was_sent(change: dict[str, Any]) -> None:
    confirmed = Progress(token_of(KEY), is_confirmed=True)

    held = decide(entry(**change), sent=entry(), progress=confirmed)

    assert isinstance(held, Hold)
    assert "ST881679086718C6D9" in held.reason
    assert "5.00 h on 11/04/2025" in held.reason


def test_what_does_not_matter_to_wages_is_no_drift() -> None:
    assert change_since(entry(), entry(user_name="Tyler Tech", updated=99)) == ""
    assert change_since(None, entry()) == ""


def test_an_hour_that_was_rounded_otherwise_is_no_drift() -> None:
    sent = entry().versioned(1, 2)
    assert change_since(sent, replace(sent, hours=Decimal("5.01"))) == ""


@given(exact=st.lists(st.fractions(-30, 30), max_size=12))
def test_rounding_keeps_the_sum_and_moves_nothing_by_a_hundredth(exact: list[Fraction]) -> None:
    shares = in_hundredths(exact)

    assert abs(Fraction(sum(shares, Decimal(0))) - sum(exact)) <= Fraction(1, 200)
    assert all(
        abs(Fraction(share) - hours) < Fraction(1, 100)
        for share, hours in zip(shares, exact, strict=True)
    )
    assert in_hundredths(exact[:5]) == shares[:5]


def test_of_several_service_lines_the_first_with_a_cost_code_is_taken_and_told() -> None:
    decision = decide(entry(service_line=""), service_lines=("Plumbing", "Alarm", "Sprinkler"))

    assert sent_fields(decision)["Phase_Code"] == "002000"
    assert isinstance(decision, Create)
    assert decision.notes == (
        "Phase_Code: the job's service lines point to 002000, 001000; 002000 was taken",
    )


def test_every_field_has_its_name_in_the_rest_batch() -> None:
    soap, rest = sent_fields(decide(entry())), sent_fields(decide(entry(), rules(target="rest")))

    assert to_rest_timecard(soap) == rest
    assert (rest["dayOfMonth"], rest["hours"], rest["message"]) == (
        "11/04/2025",
        "5.00",
        token_of(KEY),
    )


def test_time_that_never_crossed_and_is_gone_asks_for_nothing() -> None:
    assert decide(None, progress=NEW) == Skip("no longer in ServiceTrade")


@pytest.mark.parametrize(
    ("field", "cause"),
    [
        ("Work_Date", "closed payroll period"),
        ("dayOfMonth", "closed payroll period"),
        ("payType", "Pay_Type not set up in Spectrum"),
    ],
)
def test_a_refusal_that_blames_only_setup_is_a_wait(field: str, cause: str) -> None:
    hold = prerequisite_of(
        Rejected([Problem("I", "is wrong", field)], system="spectrum", operation="PreTimeCard")
    )

    assert hold is not None
    assert hold.cause == cause


def test_a_lock_is_a_wait_and_any_other_refusal_is_not() -> None:
    def refusal(*problems: Problem) -> Rejected:
        return Rejected(list(problems), system="spectrum", operation="PreTimeCard")

    locked = prerequisite_of(refusal(Problem("L", "record is locked", "")))
    assert locked is not None
    assert locked.needs == ("spectrum: a lock",)
    assert (
        prerequisite_of(
            refusal(Problem("I", "too long", "Message"), Problem("I", "closed", "Work_Date"))
        )
        is None
    )


@pytest.mark.parametrize(
    ("timecards", "words"),
    [
        ({"absences": {"are_paid": True}}, "would be paid beside the time cards"),
        ({"card_rows": ["labor", "clock"]}, "are the same hours"),
        (
            {"target": "rest", "cost_codes": {"default_cost_type": "LAB"}},
            "cost types of one character",
        ),
        (
            {"unpaid_activities": ["onsite"], "pay_types": {"by_activity": {"onsite": "R"}}},
            "is never used",
        ),
        ({"pay_rates": {"send": "code"}}, "needs code_by_lib_item"),
        ({"pay_rates": {"code_by_lib_item": {"LAB-OT": "2"}}}, "is never used"),
        ({"departments": {"non_direct": ["900"]}}, "no office leads to it"),
        ({"closed_through": "last Friday"}, "is not a day"),
        ({"reconciliation": {"at": "24:00"}}, "is not a time of day"),
        ({"cost_codes": {"phase_by_service_line": {"Sprinkler": "00-100"}}}, "is not a phase code"),
        ({"batch_prefix": "LONG"}, "at most 2"),
    ],
)
def test_rules_that_contradict_themselves_are_refused(
    timecards: dict[str, Any], words: str
) -> None:
    with pytest.raises(ValidationError, match=words):
        account(timecards=timecards)


@pytest.mark.parametrize(
    ("rate", "sent"), [("27.125", "27.13"), ("27.115", "27.12"), ("27.5", "27.50")]
)
def test_an_hourly_rate_is_rounded_half_up_and_told(rate: str, sent: str) -> None:
    decision = decide(entry(pay_rate=Decimal(rate)), rules(pay_rates={"send": "amount"}))

    assert isinstance(decision, Create)
    assert decision.steps[0].calls[0].fields["Pay_Rate"] == sent
    assert any("Pay_Rate" in note for note in decision.notes) == (Decimal(rate) != Decimal(sent))


def test_a_rate_that_changes_by_less_than_a_cent_after_it_was_sent_is_told() -> None:
    assert change_since(entry(pay_rate=Decimal("27.125")), entry(pay_rate=Decimal("27.12"))) == (
        "the rate was 27.125, is 27.12"
    )


def test_the_account_file_may_name_the_statuses_of_people_at_work() -> None:
    on_light_duty = replace(EMPLOYEE, status="L", status_type="")

    held = decide(entry(), employee=on_light_duty)

    assert isinstance(held, Hold)
    assert "is not active in Spectrum (status L)" in held.reason
    assert isinstance(
        decide(entry(), rules(active_statuses=["A", "L"]), employee=on_light_duty), Create
    )
    assert isinstance(decide(entry(), employee=replace(on_light_duty, status_type="A")), Create)
