"""A plan that a person has read is sent as it was read, or not at all."""

import json
import stat
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from st_spectrum.commands.plan import print_plan
from st_spectrum.domain.errors import SettingsInvalid, UnsafePlan
from st_spectrum.engine.approval import Approval, PlanSheet
from st_spectrum.engine.rounds.applying import apply
from st_spectrum.engine.rounds.carrying import run_batch
from st_spectrum.engine.rounds.plan import Plan, make_plan, money_by_account, parse_plan, read_plan
from st_spectrum.engine.rounds.round import run_round
from st_spectrum.flows import FLOWS
from st_spectrum.flows.session import open_session
from tests.world.ar_clerk import ArClerk
from tests.world.contractor import Contractor


def planned(contractor: Contractor, made_at: datetime | None = None) -> Plan:
    """What a round would send now, as the file of it is read."""
    sheet, made_at = PlanSheet(), made_at or datetime.now(UTC)
    with open_session(contractor.account, as_of=made_at) as session:
        run_round(session, FLOWS, "plan", is_dry_run=True, sheet=sheet)
    plan = make_plan(contractor.account.name, made_at, sheet, lambda _: "C00017")
    return parse_plan(plan.text())


def applied(contractor: Contractor, plan: Plan) -> Approval:
    """The plan sent; what had moved."""
    approval = Approval(plan.by_record())
    with open_session(contractor.account, as_of=plan.made_at) as session:
        reports = apply(session, plan, approval, "apply")
    assert not any(report.stopped_by or report.mistake for report in reports.values()), reports
    return approval


def test_after_the_world_moved_in_ten_ways_exactly_the_untouched_records_go_out(
    ar_clerk: ArClerk,
) -> None:
    contractor = ar_clerk.contractor
    dispatcher = contractor.dispatcher
    untouched = [ar_clerk.invoice({"price": 10 + number}) for number in range(3)]
    moved = [ar_clerk.invoice({"price": 50 + number}) for number in range(7)]
    company = dispatcher.company("Harbor Foods")
    renamed, moved_house, kept = (dispatcher.company(name) for name in ("Bay", "Cape", "Dune"))
    plan = planned(contractor)
    assert {("invoices", key) for key in (*untouched, *moved)} <= plan.by_record().keys()

    ar_clerk.correct(moved[0], price=999)  # 1: the amount of a line
    ar_clerk.correct(moved[1], description="Night work")  # 2: its text
    ar_clerk.change(moved[2], status="void")  # 3: taken back
    ar_clerk.change(moved[3], status="failed")  # 4: not approved any more
    ar_clerk.ask(moved[4])  # 5: another worker has sent it
    ar_clerk.change(moved[5], transactionDate=1_700_000_000)  # 6: another day
    ar_clerk.correct(moved[6], quantity=2)  # 7: another quantity
    dispatcher.change("company", renamed, name="Bay Fire")  # 8: renamed
    dispatcher.change("company", moved_house, addressStreet="1 Main Street")  # 9: moved house
    dispatcher.set_external_id("company", company, "C09999")  # 10: somebody linked it
    new = ar_clerk.invoice({"price": 77})  # and what nobody has planned
    contractor.control.clear_calls()

    approval = applied(contractor, plan)

    refused = {*(("invoices", key) for key in moved)}
    refused |= {("customers", str(key)) for key in (renamed, moved_house, company)}
    assert approval.refused.keys() == refused
    assert {key: bool(ar_clerk.documents(key)) for key in (*untouched, *moved, new)} == {
        **dict.fromkeys(untouched, True),
        **dict.fromkeys([*moved, new], False),
        moved[4]: True,
    }
    assert "Dune" in contractor.customers().values()
    assert not {"Bay", "Bay Fire", "Cape", "Harbor Foods"} & set(contractor.customers().values())
    assert dispatcher.external_id("company", kept)
    assert contractor.doubled() == []
    assert contractor.posted_twice() == []
    assert "was '50" in approval.refused["invoices", moved[0]]


def test_a_plan_applied_twice_sends_nothing_twice(ar_clerk: ArClerk) -> None:
    key = ar_clerk.invoice()
    plan = planned(ar_clerk.contractor)

    assert ("invoices", key) not in applied(ar_clerk.contractor, plan).refused
    before = ar_clerk.contractor.writes()
    assert ("invoices", key) in applied(ar_clerk.contractor, plan).refused

    assert ar_clerk.contractor.writes() == before


def test_dates_of_today_are_those_of_the_day_of_the_plan(ar_clerk: ArClerk) -> None:
    invoices = ar_clerk.contractor.account.invoices
    ar_clerk.contractor.overrides["invoices"] = {"gl_date": "posting_date"}
    key = ar_clerk.invoice()
    yesterday = datetime.now(UTC) - timedelta(hours=23)
    plan = planned(ar_clerk.contractor, yesterday)
    assert invoices.gl_date == "invoice_date"

    assert ("invoices", key) not in applied(ar_clerk.contractor, plan).refused

    headers = ar_clerk.control.records("spectrum", "CR_INVOICE_HEADER_MC")
    number = ar_clerk.number(key).upper()
    dates = [
        str(row["GL_Date"]) for row in headers if row["Invoice_Or_Transaction"].strip() == number
    ]
    payload = plan.by_record()["invoices", key]
    sent = payload["steps"][0]["calls"][0]["fields"]["GL_Date"]
    month, day, year = sent.split("/")
    zone = ZoneInfo(ar_clerk.contractor.account.timezone)
    assert sent == f"{yesterday.astimezone(zone):%m/%d/%Y}"
    assert dates == [f"{year}-{month}-{day} 00:00:00"]


def test_what_is_left_alone_by_a_plan_crosses_with_the_next_round(ar_clerk: ArClerk) -> None:
    key = ar_clerk.invoice()
    plan = planned(ar_clerk.contractor)
    ar_clerk.correct(key, price=321)
    applied(ar_clerk.contractor, plan)

    assert ar_clerk.contractor.entry("invoices", key) is None
    ar_clerk.contractor.round()

    assert ar_clerk.net(key) == 321


def test_a_plan_shows_each_line_of_an_invoice_and_what_is_left_to_spectrum(
    ar_clerk: ArClerk, capsys: pytest.CaptureFixture[str]
) -> None:
    ar_clerk.invoice({"price": 10, "description": "Pump"}, {"price": 20, "description": "Valve"})
    ar_clerk.contractor.overrides["invoices"] = {"terms_from": "spectrum", "tax_from": "spectrum"}

    print_plan(planned(ar_clerk.contractor), has_fields=True)

    output = " ".join(capsys.readouterr().out.split())
    for words in (
        "Detail_Description: Pump",
        "Detail_Description: Valve",
        "Line_Extension: 20.00 (line: subtotal, without its sign)",
        "Terms_Code: left to Spectrum",
        "Sales_Tax_Code: left to Spectrum",
    ):
        assert words in output


def test_money_by_account_is_what_the_plan_posts(ar_clerk: ArClerk) -> None:
    ar_clerk.invoice({"price": 12}, {"price": 30})
    plan = planned(ar_clerk.contractor)

    sums = money_by_account(plan)

    posted = [Decimal(record["posted"]) for record in plan.records if record["posted"]]
    assert sum(sums.values()) == sum(posted) > 0
    assert all(account == "sales tax" or account.strip() for account in sums)


@pytest.mark.parametrize("limit", [{"records_per_round": 2}, {"money_per_round": Decimal(250)}])
def test_beyond_a_limit_nothing_is_sent_in_a_round_or_a_batch_and_a_plan_sends_it(
    ar_clerk: ArClerk, limit: dict[str, Any]
) -> None:
    contractor = ar_clerk.contractor
    contractor.round()
    keys = [ar_clerk.invoice() for _ in range(3)]
    contractor.overrides["limits"] = limit
    before = ar_clerk.sent()

    by_round = contractor.round()["invoices"].stopped_by
    with contractor.session() as session:
        by_batch = run_batch(session, "invoices", keys, "test").stopped_by

    assert isinstance(by_round, UnsafePlan)
    assert isinstance(by_batch, UnsafePlan)
    assert "nothing was sent" in str(by_round)
    assert ar_clerk.sent() == before
    assert not applied(contractor, planned(contractor)).refused
    assert all(ar_clerk.documents(key) for key in keys)


def test_the_commands_write_show_and_apply_a_plan_for_their_owner_alone(
    contractor: Contractor, tmp_path: Path
) -> None:
    contractor.dispatcher.company("Harbor Foods")
    out = tmp_path / "plan.json"

    made = contractor.command("plan", "customers", "--out", str(out))
    shown = contractor.command("plan", "show", str(out))
    sent = contractor.command("apply", str(out))
    again = contractor.command("apply", str(out))

    assert (made.returncode, shown.returncode, sent.returncode, again.returncode) == (0, 0, 0, 3)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "next: C0" in shown.stdout
    assert "Name: Harbor Foods" in shown.stdout
    output = " ".join(shown.stdout.split())
    assert "(company: name, commas left out, cut at 30)" in output
    assert "(company: payment terms through maps.payment_terms)" in output
    assert list(contractor.customers().values()) == ["Harbor Foods"]


def test_what_waits_for_records_of_the_plan_says_after_which_it_follows(
    contractor: Contractor,
) -> None:
    company, location, job = contractor.dispatcher.chain()

    follows = {(hold["flow"], hold["key"]): hold["follows"] for hold in planned(contractor).held}

    assert follows["sites", str(location)] == [f"customers/{company}"]
    assert follows["jobs", str(job)] == [f"customers/{company}"]


def plan_text(**changes: Any) -> str:
    plan = Plan("north", datetime(2026, 3, 2, 12, tzinfo=UTC), ({"flow": "jobs"},), ())
    return json.dumps(json.loads(plan.text()) | changes)


@pytest.mark.parametrize(
    ("text", "account", "hours", "why"),
    [
        (plan_text(), "south", 1, "account"),
        (plan_text(), "north", 24, "valid until 2026-03-03 12:00"),
        (plan_text(), "north", -1, "valid until"),
        (plan_text(records=[]), "north", 1, "changed after it was made"),
        (plan_text(form=2), "north", 1, "another version"),
        ("[]", "north", 1, "no plan"),
        ("{", "north", 1, "no plan"),
    ],
)
def test_a_plan_that_is_not_valid_is_not_applied(
    text: str, account: str, hours: int, why: str
) -> None:
    now = datetime(2026, 3, 2, 12, tzinfo=UTC) + timedelta(hours=hours)

    with pytest.raises(SettingsInvalid) as refused:
        read_plan(text, account, now)

    assert any(why in problem for problem in refused.value.problems), refused.value.problems
