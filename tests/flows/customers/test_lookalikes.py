"""After the list was applied, a new company that looks like an unlinked customer waits."""

import csv
from pathlib import Path

from st_spectrum.ledger.documents.records import DecidedNew, MatchApplied
from st_spectrum.ledger.entry import State
from st_spectrum.match.kinds import CUSTOMERS as MATCHED
from st_spectrum.match.kinds import WORD
from st_spectrum.sandbox.spectrum.tables import CUSTOMERS
from tests.world.contractor import Contractor

PHONE = "757-555-0134"


def stands_in_spectrum(contractor: Contractor, code: str, name: str, **values: str) -> None:
    """A customer that nobody linked."""
    contractor.controller.add_old_customer(code)
    contractor.controller.change(CUSTOMERS, code, Name=name, **values)


def was_matched(contractor: Contractor) -> None:
    """The list was applied, and the account is live."""
    with contractor.session() as session:
        session.ledger.put_first(MatchApplied(session.clock()), "customers")


def needed_company(contractor: Contractor, name: str) -> int:
    company = contractor.dispatcher.company(name, phoneNumber=PHONE)
    contractor.dispatcher.job(contractor.dispatcher.location(company))
    return company


def test_a_new_company_that_looks_like_an_unlinked_customer_waits(contractor: Contractor) -> None:
    stands_in_spectrum(contractor, "OLD17", "ACME ROOFING", Phone=PHONE)
    was_matched(contractor)
    company = needed_company(contractor, "Acme Roofing, LLC")
    contractor.round()
    entry = contractor.entry_of("customers", company)
    assert (entry.state, entry.reason) == (
        State.HELD,
        "looks like OLD17, which no company in ServiceTrade carries",
    )
    assert contractor.customers() == {}


def test_it_crosses_once_a_person_says_that_it_is_new(contractor: Contractor) -> None:
    stands_in_spectrum(contractor, "OLD17", "ACME ROOFING", Phone=PHONE)
    was_matched(contractor)
    contractor.retry_at_once()
    company = needed_company(contractor, "Acme Roofing, LLC")
    contractor.round()
    with contractor.session() as session:
        session.ledger.put_first(DecidedNew(session.clock()), "customers", str(company))
    contractor.round()
    assert list(contractor.customers().values()) == ["Acme Roofing LLC"]


def test_it_is_left_alone_once_it_carries_the_code(contractor: Contractor) -> None:
    stands_in_spectrum(contractor, "OLD17", "ACME ROOFING", Phone=PHONE)
    was_matched(contractor)
    contractor.retry_at_once()
    company = needed_company(contractor, "Acme Roofing, LLC")
    contractor.round()
    contractor.dispatcher.set_external_id("company", company, "OLD17")
    contractor.round()
    assert contractor.customers() == {}
    entry = contractor.entry_of("customers", company)
    assert entry.state is State.SKIPPED


def test_one_that_resembles_nobody_crosses(contractor: Contractor) -> None:
    stands_in_spectrum(contractor, "OLD17", "ZEPHYR FOODS")
    was_matched(contractor)
    needed_company(contractor, "Acme Roofing, LLC")
    contractor.round()
    assert list(contractor.customers().values()) == ["Acme Roofing LLC"]


def test_one_that_looks_like_a_linked_customer_crosses(contractor: Contractor) -> None:
    stands_in_spectrum(contractor, "OLD17", "ACME ROOFING")
    other = contractor.dispatcher.company("Acme Roofing", addressState="NC")
    contractor.dispatcher.set_external_id("company", other, "OLD17")
    was_matched(contractor)
    needed_company(contractor, "Acme Roofing, LLC")
    contractor.round()
    assert list(contractor.customers().values()) == ["Acme Roofing LLC"]


def test_an_account_that_never_matched_does_not_ask(contractor: Contractor) -> None:
    stands_in_spectrum(contractor, "OLD17", "ACME ROOFING", Phone=PHONE)
    needed_company(contractor, "Acme Roofing, LLC")
    contractor.round()
    assert list(contractor.customers().values()) == ["Acme Roofing LLC"]


def test_the_account_file_turns_it_off(contractor: Contractor) -> None:
    stands_in_spectrum(contractor, "OLD17", "ACME ROOFING", Phone=PHONE)
    was_matched(contractor)
    contractor.overrides["customers"] = {"lookalikes": "write"}
    needed_company(contractor, "Acme Roofing, LLC")
    contractor.round()
    assert list(contractor.customers().values()) == ["Acme Roofing LLC"]


def test_it_is_left_alone_once_a_person_says_whom_it_is(contractor: Contractor) -> None:
    stands_in_spectrum(contractor, "OLD17", "ACME ROOFING", Phone=PHONE)
    was_matched(contractor)
    company = needed_company(contractor, "Acme Roofing, LLC")
    contractor.round()
    ended = contractor.command(
        "handled", "customers", str(company), "--as", "OLD17", "--note", "the same"
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    contractor.round()
    assert contractor.customers() == {}
    assert contractor.dispatcher.external_id("company", company) == "OLD17"


def test_it_crosses_once_a_list_says_that_it_is_new(contractor: Contractor, tmp_path: Path) -> None:
    stands_in_spectrum(contractor, "OLD17", "ACME ROOFING", Phone=PHONE)
    was_matched(contractor)
    company = needed_company(contractor, "Acme Roofing, LLC")
    contractor.round()
    file = tmp_path / "list.csv"
    contractor.command("match", "--out", str(file))
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.DictWriter(out, MATCHED.columns)
        writer.writeheader()
        writer.writerows(row | {WORD: "new" if row["company"] else ""} for row in rows)
    ended = contractor.command("match", "apply", str(file))
    assert ended.returncode == 0, ended.stdout + ended.stderr
    contractor.round()
    assert contractor.dispatcher.external_id("company", company) == "C00001"
