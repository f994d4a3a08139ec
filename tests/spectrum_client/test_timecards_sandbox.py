"""Pre-time cards through the client, against the stateful stand-in of Spectrum."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from st_spectrum.account.connections import InfoLink
from st_spectrum.domain.answers import ForeignAnswer
from st_spectrum.domain.errors import OutcomeUnknown, Rejected, Unavailable
from st_spectrum.sandbox import credentials
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.spectrum.setup import PAY_TYPES
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.infolink import time_tables
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.lookup_answers import LookupImpossible
from st_spectrum.spectrum.pace import Pace
from st_spectrum.spectrum.rest.batch_answers import Posting
from st_spectrum.spectrum.timecards import OPERATION, REST_NAMES
from st_spectrum.spectrum.wire import Receipt
from tests.world.answered_rows import answered_rows

from .conftest import connection_to

CARD = {
    "Batch_Code": "26W19",
    "Employee_Code": "1001",
    "Department_Code": "FIELD",
    "Pay_Type": "R",
    "Hours_Employee": "7.35",
    "Work_Date": "05/04/2026",
}
QUEUE = "PR_PRE_TC_IMPORT_ERR_MC"

Connect = Callable[..., Spectrum]


def soap(token: str, **changes: str) -> dict[str, str]:
    return {**CARD, "Message": token, **changes}


def rest(token: str, **changes: str) -> dict[str, str]:
    return {**{REST_NAMES[name]: value for name, value in soap(token).items()}, **changes}


def kinds(postings: tuple[Posting, ...]) -> list[str]:
    return [type(posting).__name__ for posting in postings]


@pytest.fixture
def connect(sandbox: Sandbox, tmp_path: Path, no_waiting: None) -> Iterator[Connect]:
    opened: list[Spectrum] = []

    def open_one(**changes: Any) -> Spectrum:
        values = {
            "authorization_id": SecretStr(credentials.AUTHORIZATION_ID),
            "infolink": InfoLink(url=SecretStr(sandbox.infolink_url)),
            **changes,
        }
        opened.append(Spectrum(connection_to(sandbox.spectrum_url, **values), tmp_path / "wsdl"))
        return opened[-1]

    yield open_one
    for spectrum in opened:
        spectrum.close()


@pytest.fixture
def spectrum(connect: Connect) -> Spectrum:
    return connect()


@pytest.fixture
def answered() -> Iterator[Counter[str]]:
    """How many rows each table has answered with."""
    with answered_rows() as rows:
        yield rows


def test_a_card_is_found_again_by_its_token_whichever_way_it_went(spectrum: Spectrum) -> None:
    spectrum.write(
        "PreTimeCard", soap("AAA111", Job_Number="10482", Phase_Code="001", Cost_Type="L")
    )
    assert kinds(spectrum.post_timecards([rest("BBB222", hours="-0.5")])) == ["Receipt"]
    found = spectrum.find_pre_time_cards(["AAA111", "BBB222", "CCC333"])
    assert set(found) == {"AAA111", "BBB222"}
    card = found["AAA111"]
    assert (card.employee_code, card.pay_type, card.hours, card.copies) == (
        "1001",
        "R",
        Decimal("7.35"),
        1,
    )
    assert (card.job_number, card.phase_code, card.cost_type) == ("10482", "001", "L")
    assert (card.work_date, card.batch_code, card.table) == (date(2026, 5, 4), "26W19", QUEUE)
    assert found["BBB222"].hours == Decimal("-0.5")


def test_a_card_that_stands_there_twice_says_so(spectrum: Spectrum) -> None:
    for _ in range(2):
        spectrum.write("PreTimeCard", soap("AAA111"))
    spectrum.write("PreTimeCard", soap("AAA1112"))
    found = spectrum.find_pre_time_cards(["AAA111", "AAA1112"])
    assert (found["AAA111"].copies, found["AAA1112"].copies) == (2, 1)


@pytest.mark.parametrize(
    ("steps", "table"),
    [(("approve",), "PR_PRE_TIME_CARD_MC"), (("approve", "post"), "PR_TIME_CARD_HISTORY_MC")],
)
def test_a_card_is_found_wherever_the_clerk_has_taken_it(
    spectrum: Spectrum, sandbox: Sandbox, steps: tuple[str, ...], table: str
) -> None:
    spectrum.write("PreTimeCard", soap("AAA111"))
    for step in steps:
        assert sandbox.control.payroll(step, "26W19") == 1
    (card,) = spectrum.find_pre_time_cards(["AAA111"]).values()
    assert (card.table, card.hours) == (table, Decimal("7.35"))


def test_a_deleted_card_is_not_found(spectrum: Spectrum, sandbox: Sandbox) -> None:
    spectrum.write("PreTimeCard", soap("AAA111"))
    sandbox.control.payroll("delete", "26W19")
    assert spectrum.find_pre_time_cards(["AAA111"]) == {}


def test_many_tokens_take_one_statement_for_some_hundreds_and_table(spectrum: Spectrum) -> None:
    tokens = [f"T{number}" for number in range(time_tables.TOKENS_AT_ONCE + 1)]
    spectrum.write("PreTimeCard", soap(tokens[-1]))
    assert set(spectrum.find_pre_time_cards(tokens)) == {tokens[-1]}
    assert spectrum.calls["infolink.pre_time_cards"] == 2 * len(time_tables.TABLES)
    before = spectrum.calls
    assert spectrum.find_pre_time_cards(["", " "]) == {}
    assert spectrum.calls == before


def test_without_infolink_no_card_can_be_looked_up(connect: Connect) -> None:
    with pytest.raises(LookupImpossible, match="time cards"):
        connect(infolink=None).find_pre_time_cards(["AAA111"])


def test_the_cards_of_a_week_are_read_at_once_and_only_what_is_not_among_them_is_looked_up(
    spectrum: Spectrum,
) -> None:
    for token in ("AAA111", "AAA111", "BBB222", "CCC333"):
        spectrum.write("PreTimeCard", soap(token))
    day = spectrum.find_pre_time_cards(["AAA111"])["AAA111"].work_date
    assert day is not None
    before = spectrum.calls["infolink.pre_time_cards"]
    found = spectrum.find_pre_time_cards(["AAA111", "BBB222"], days=(day, day))
    assert spectrum.calls["infolink.pre_time_cards"] == before + 4
    assert {token: card.copies for token, card in found.items()} == {"AAA111": 2, "BBB222": 1}
    elsewhere = (day + timedelta(days=1), day + timedelta(days=7))
    assert spectrum.find_pre_time_cards(["AAA111", "BBB222", "DDD444"], days=elsewhere) == found
    assert spectrum.find_pre_time_cards([], days=(day, day)) == {}


def test_every_token_of_ours_is_read_with_its_day_in_one_statement_for_each_table(
    connect: Connect, spectrum: Spectrum, sandbox: Sandbox
) -> None:
    ours = [f"ST{number:016X}" for number in range(3)]
    spectrum.write("PreTimeCard", soap(ours[0], Work_Date="05/04/2031"))
    sandbox.control.payroll("approve", "26W19")
    sandbox.control.payroll("post", "26W19")
    spectrum.write("PreTimeCard", soap(ours[1]))
    sandbox.control.payroll("approve", "26W19")
    for message in (ours[2], "STANDBY", "typed by hand"):
        spectrum.write("PreTimeCard", soap(message))
    before = spectrum.calls["infolink.pre_time_cards"]

    found = spectrum.our_time_tokens()

    assert found.days == {
        ours[0]: date(2031, 5, 4),
        ours[1]: date(2026, 5, 4),
        ours[2]: date(2026, 5, 4),
    }
    assert spectrum.calls["infolink.pre_time_cards"] == before + len(time_tables.TABLES)
    assert found.without(ours[:2]).days == {ours[2]: date(2026, 5, 4)}
    assert not connect(company_code="002").our_time_tokens().days
    with pytest.raises(LookupImpossible, match="time cards"):
        connect(infolink=None).our_time_tokens()


def test_of_years_of_payroll_the_tokens_of_some_months_are_answered(
    spectrum: Spectrum, answered: Counter[str]
) -> None:
    """And those without a day, and single ones whatever their day; the years add nothing."""
    week, years = date(2029, 5, 7), 3
    days = [week - timedelta(weeks=back) for back in range(52 * years)]
    cards = [rest(f"ST{n:016X}", dayOfMonth=f"{day:%m/%d/%Y}") for n, day in enumerate(days)]
    postings = [
        posting for some in (cards[:99], cards[99:]) for posting in spectrum.post_timecards(some)
    ]
    assert set(kinds(tuple(postings))) == {"Receipt"}
    spans, oldest = [(week - timedelta(weeks=9), week + timedelta(weeks=9))], len(days) - 1

    found = spectrum.our_time_tokens(spans, [f"ST{oldest:016X}", "ST0000000000000BAD"])

    assert answered.total() == 11
    assert found.days == {f"ST{n:016X}": days[n] for n in (*range(10), oldest)}
    assert not spectrum.our_time_tokens(
        [(week + timedelta(weeks=2), date.max - timedelta(days=1))]
    ).days


def test_no_answer_is_longer_than_a_page_and_none_of_it_is_lost(
    spectrum: Spectrum, sandbox: Sandbox, answered: Counter[str]
) -> None:
    tokens = [f"ST{number:016X}" for number in range(7)]
    for some in ([*tokens, "ST typed by a hand"], tokens[2:3], tokens[2:3]):
        spectrum.post_timecards([rest(token) for token in some])
    pace = Pace()
    settings = InfoLink(url=SecretStr(sandbox.infolink_url))
    with closing(InfoLinkReader(settings, "001", pace)) as reader:
        few = partial(time_tables.our_tokens, reader, at_once=time_tables.AtOnce(rows=3))
        assert few().days.keys() == set(tokens)
        further = pace.calls["infolink.pre_time_cards"] - len(time_tables.TABLES)
        assert 0 < further <= 3
        assert len(tokens) <= answered[QUEUE] <= len(tokens) + 3
        assert few([], tokens[4:]).days.keys() == set(tokens[4:])
        by_two = time_tables.AtOnce(tokens=2, rows=3)
        assert few([], tokens, at_once=by_two).days.keys() == set(tokens)


def test_other_companies_cards_are_not_ours(connect: Connect, spectrum: Spectrum) -> None:
    spectrum.write("PreTimeCard", soap("AAA111"))
    assert connect(company_code="002").find_pre_time_cards(["AAA111"]) == {}


def test_what_cannot_be_right_is_refused_in_its_place_and_the_others_are_sent(
    spectrum: Spectrum, sandbox: Sandbox
) -> None:
    cards = [
        rest("A"),
        rest("B", hours="7,5"),
        rest("A"),
        rest(""),
        rest("C", payType="XX"),
        rest("D", jobnumber="10482"),
        rest("E", companyCode="002"),
        rest("F", costType="LAB"),
    ]
    postings = spectrum.post_timecards(cards)
    assert kinds(postings) == ["Receipt", *["Rejected"] * 7]
    blamed = [posting.problems[0].field for posting in postings if isinstance(posting, Rejected)]
    assert blamed == [
        "hours",
        "message",
        "message",
        "payType",
        "jobnumber",
        "companyCode",
        "costType",
    ]
    assert len(sandbox.control.records("spectrum", QUEUE)) == 1
    assert spectrum.calls[OPERATION] == 1
    assert spectrum.post_timecards([]) == ()


def test_a_lost_answer_is_unknown_and_the_cards_are_found_then(
    spectrum: Spectrum, sandbox: Sandbox
) -> None:
    sandbox.control.add_fault(system="spectrum", operation=OPERATION, kind="drop_answer")
    with pytest.raises(OutcomeUnknown):
        spectrum.post_timecards([rest("A"), rest("B")])
    assert set(spectrum.find_pre_time_cards(["A", "B"])) == {"A", "B"}
    sandbox.control.add_fault(
        system="spectrum", operation="PreTimeCard", key="C", kind="drop_answer"
    )
    with pytest.raises(OutcomeUnknown):
        spectrum.write("PreTimeCard", soap("C"))
    assert spectrum.find_pre_time_cards(["C"])["C"].copies == 1
    sandbox.control.pause("spectrum")
    with pytest.raises(Unavailable):
        spectrum.post_timecards([rest("D")])
    sandbox.control.resume("spectrum")
    assert spectrum.find_pre_time_cards(["D"]) == {}


def test_half_an_answer_is_unknown(spectrum: Spectrum, sandbox: Sandbox) -> None:
    sandbox.control.add_fault(system="spectrum", operation=OPERATION, kind="truncate")
    with pytest.raises(OutcomeUnknown):
        spectrum.post_timecards([rest("A")])
    assert len(sandbox.control.records("spectrum", QUEUE)) == 1


def test_a_servers_no_to_the_login_proves_nothing_about_the_cards(connect: Connect) -> None:
    with pytest.raises(ForeignAnswer):
        connect(authorization_id=SecretStr("SANDBOX-LIMITED")).post_timecards([rest("A")])


def test_in_bearer_mode_the_cards_carry_the_authorization_id(
    connect: Connect, sandbox: Sandbox
) -> None:
    sandbox.control.switch("spectrum", auth_mode="bearer")
    bearer = connect(
        auth="bearer",
        client_id=credentials.SPECTRUM_CLIENT_ID,
        client_secret=SecretStr(credentials.SPECTRUM_CLIENT_SECRET),
    )
    assert bearer.post_timecards([rest("A")]) == (Receipt(OPERATION),)


def test_employees_are_active_inactive_or_unknown(spectrum: Spectrum, sandbox: Sandbox) -> None:
    sandbox.control.keep_employees(
        {"Employee_Code": "2001", "Employee_Name": "Ty Tech", "Department_Code": "SVC100"}
    )
    new = spectrum.find_employee("2001")
    gone = spectrum.find_employee("1007")
    assert new is not None
    assert gone is not None
    assert (new.name, new.is_active, new.department_code) == ("Ty Tech", True, "SVC100")
    assert (gone.is_active, gone.status) == (False, "I")
    assert spectrum.find_employee("9999") is None


def test_who_is_at_work_is_told_by_the_type_of_a_status_and_not_by_its_code(
    connect: Connect, spectrum: Spectrum, sandbox: Sandbox
) -> None:
    people = {"2002": "L", "2003": "R", "2004": "S"}
    for code, status in people.items():
        sandbox.control.keep_employees({"Employee_Code": code, "Employment_Status": status})

    for client in (spectrum, connect(infolink=None)):
        shown = client.employees()
        active = {code: shown.by_code[code].is_active for code in people}
        assert active == {"2002": True, "2003": False, "2004": True}


def test_beyond_what_a_list_shows_the_type_of_a_status_is_that_of_others_with_the_code(
    spectrum: Spectrum, sandbox: Sandbox
) -> None:
    crowd = ({"Employee_Code": f"A{number:04d}", "Employment_Status": "L"} for number in range(500))
    sandbox.control.keep_employees(*crowd, {"Employee_Code": "Z9", "Employment_Status": "L"})

    found = spectrum.find_employee("Z9")

    assert found is not None
    assert found.is_active


def test_a_company_of_more_people_than_a_reply_holds_needs_infolink(
    connect: Connect, spectrum: Spectrum, sandbox: Sandbox
) -> None:
    crowd = ({"Employee_Code": f"A{number:04d}", "Employee_Name": "Crowd"} for number in range(500))
    late = {"Employee_Code": "Z9", "Employee_Name": "Zoe Late", "Employment_Status": "I"}
    sandbox.control.keep_employees(*crowd, late)
    found = spectrum.find_employee("Z9")
    assert found is not None
    assert (found.name, found.status, found.is_active) == ("Zoe Late", "I", False)
    assert spectrum.find_employee("Z10") is None
    without = connect(infolink=None)
    assert without.find_employee("1001") is not None
    with pytest.raises(LookupImpossible, match="Z9"):
        without.find_employee("Z9")


def test_pay_types_come_by_code(spectrum: Spectrum) -> None:
    assert spectrum.pay_types() == PAY_TYPES
