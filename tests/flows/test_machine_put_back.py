"""A whole machine is put back from its copy, the ledger with the witness beside it: nothing on it
remembers what was made since. Spectrum is asked before anything is made a second time.
"""

import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from st_spectrum.engine.guards.doubles import accept
from st_spectrum.ledger.entry import State
from st_spectrum.sandbox.spectrum.tables import CUSTOMERS
from tests.world.contractor import Contractor
from tests.world.stores import Counted


@pytest.fixture
def away(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where copies lie."""
    return tmp_path_factory.mktemp("copies")


def copy_machine(contractor: Contractor, away: Path) -> Path:
    return Path(shutil.copytree(contractor.state_dir, away / "copy"))


def put_back(contractor: Contractor, copy: Path) -> None:
    shutil.rmtree(contractor.state_dir)
    shutil.copytree(copy, contractor.state_dir, symlinks=True)


def refuse_external_ids(contractor: Contractor, count: int = 1) -> None:
    """ServiceTrade does not take the code back, so it remembers nothing either."""
    contractor.fault(
        system="servicetrade",
        operation="PUT /externalid",
        kind="status",
        status=400,
        count=count,
    )


def begun(contractor: Contractor, away: Path) -> Path:
    """A copy of the machine from after the first records."""
    contractor.retry_at_once()
    contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    return copy_machine(contractor, away)


def forgotten(contractor: Contractor, away: Path) -> tuple[int, str]:
    """Harbor Foods, made since the copy that the machine is put back from: the company, and its
    code, which nothing remembers.
    """
    copy = begun(contractor, away)
    company = contractor.dispatcher.company("Harbor Foods")
    refuse_external_ids(contractor)
    contractor.round()
    (code,) = named(contractor, "Harbor Foods")
    put_back(contractor, copy)
    return company, code


def named(contractor: Contractor, name: str) -> list[str]:
    return [code for code, shown in contractor.customers().items() if shown == name]


def test_a_customer_and_a_site_made_since_the_copy_are_taken_over(
    contractor: Contractor, away: Path
) -> None:
    company, code = forgotten(contractor, away)
    contractor.round()
    assert [contractor.dispatcher.external_id("company", company)] == [code]
    assert named(contractor, "Harbor Foods") == [code]

    copy = copy_machine(contractor, away / "second")
    contractor.dispatcher.location(company, "Pier 9")
    refuse_external_ids(contractor)
    contractor.round()
    put_back(contractor, copy)
    contractor.rounds_until_quiet()
    assert contractor.doubled() == []
    contractor.assert_exact({})


def test_what_was_taken_over_is_noted_and_its_code_is_nobody_elses(
    contractor: Contractor, away: Path
) -> None:
    company, code = forgotten(contractor, away)
    contractor.round()
    entry = contractor.entry_of("customers", company)
    assert entry.state is State.CONFIRMED
    assert entry.notes == (f"{code} stands in Spectrum already, and is not made again",)
    with contractor.session() as session:
        assert session.ledger.taker("customers", code) == str(company)


def test_a_plan_shows_that_it_stands_there(contractor: Contractor, away: Path) -> None:
    _, code = forgotten(contractor, away)
    shown = contractor.command("plan").stdout
    assert f"{code} stands in Spectrum already" in shown
    assert len(named(contractor, "Harbor Foods")) == 1


def test_of_two_companies_alike_one_takes_it_over_and_the_other_is_made(
    contractor: Contractor, away: Path
) -> None:
    first, _ = forgotten(contractor, away)
    second = contractor.dispatcher.company("Harbor Foods")
    contractor.rounds_until_quiet()
    carried = {contractor.dispatcher.external_id("company", company) for company in (first, second)}
    assert carried == set(named(contractor, "Harbor Foods"))
    assert len(carried) == 2


class SlowlyListed(Counted):
    """All threads of a batch come to the listing before it is done."""

    def before(self, verb: str, key: str, /) -> None:
        super().before(verb, key)
        if (verb, key) == ("list", "entries/customers/"):
            time.sleep(0.5)


def test_the_ledger_is_listed_once_for_all_that_stand_there(
    contractor: Contractor, away: Path
) -> None:
    copy = begun(contractor, away)
    names = ("Harbor Foods", "Pier Foods", "Quay Foods")
    companies = [str(contractor.dispatcher.company(name)) for name in names]
    refuse_external_ids(contractor, count=3)
    contractor.round()
    put_back(contractor, copy)
    counted = SlowlyListed()
    with contractor.session(counted) as session:
        report = session.engine.run("customers", companies, run_id="test")

    assert report.counts()["completed"] == 3
    assert counted.calls.count(("list", "entries/customers/")) == 1
    assert all(len(named(contractor, name)) == 1 for name in names)


def test_a_code_that_another_company_carries_is_not_taken_over(
    contractor: Contractor, away: Path
) -> None:
    copy = begun(contractor, away)
    first = contractor.dispatcher.company("Harbor Foods")
    contractor.round()
    put_back(contractor, copy)
    second = contractor.dispatcher.company("Harbor Foods")
    contractor.rounds_until_quiet()
    assert contractor.dispatcher.external_id("company", first) != (
        contractor.dispatcher.external_id("company", second)
    )
    assert len(named(contractor, "Harbor Foods")) == 2


def type_in(contractor: Contractor, code: str, company: int, **values: str) -> None:
    """Somebody types a customer at the screen, as this company is but for some fields."""
    contractor.controller.add_old_customer(code)
    address = contractor.address(company)
    alike = {
        "Name": "Harbor Foods",
        "Address_1": address["street"],
        "City": address["city"],
        "State": address["state"],
        "Zip_Code": address["postalCode"],
        # The screen gives every customer one; GetCustomers shows none without.
        "Status": "A",
    }
    contractor.controller.change(CUSTOMERS, code, **(alike | values))


@pytest.mark.parametrize("code", ["OLD17", "900"])
def test_one_under_a_code_unlike_ours_is_somebody_elses(
    contractor: Contractor, away: Path, code: str
) -> None:
    begun(contractor, away)
    company = contractor.dispatcher.company("Harbor Foods")
    type_in(contractor, code, company)
    contractor.round()
    assert contractor.dispatcher.external_id("company", company) not in ("", code)


def test_one_that_was_changed_since_is_put_before_a_person(
    contractor: Contractor, away: Path
) -> None:
    company, code = forgotten(contractor, away)
    contractor.dispatcher.change("company", company, name="Harbor Foods South")
    contractor.round()
    entry = contractor.entry_of("customers", company)
    assert entry.state is State.HELD
    assert f"Spectrum has customer {code}, which is like it and of our codes" in entry.reason
    contractor.dispatcher.set_external_id("company", company, code)
    contractor.rounds_until_quiet()
    assert named(contractor, "Harbor Foods") == [code]
    assert named(contractor, "Harbor Foods South") == []


def test_one_like_it_is_held_without_info_link_too(contractor: Contractor, away: Path) -> None:
    begun(contractor, away)
    contractor.overrides["spectrum"] = {"infolink": None}
    company = contractor.dispatcher.company("Harbor Foods")
    type_in(contractor, "C00007", company, Address_1="2 Other St")
    contractor.round()
    entry = contractor.entry_of("customers", company)
    assert entry.state is State.HELD
    assert "Spectrum has customer C00007, which is like it" in entry.reason


def test_one_like_it_is_somebody_elses_once_a_person_says_so(
    contractor: Contractor, away: Path
) -> None:
    begun(contractor, away)
    company = contractor.dispatcher.company("Harbor Foods")
    type_in(contractor, "C00002", company, Address_1="2 Other St")
    contractor.round()
    entry = contractor.entry_of("customers", company)
    assert "accept-double customers C00002" in entry.advice
    contractor.night("customers")
    with contractor.session() as session:
        assert accept(session.ledger, "customers", "C00002")
    contractor.rounds_until_quiet()
    assert contractor.dispatcher.external_id("company", company) == "C00003"


def test_one_like_it_under_a_code_of_an_earlier_rule_is_accepted_without_a_night(
    contractor: Contractor, away: Path
) -> None:
    begun(contractor, away)
    company = contractor.dispatcher.company("Harbor Foods")
    type_in(contractor, "C00007", company, Address_1="2 Other St")
    codes = contractor.account.customers.codes.model_copy(update={"prefix": "K"})
    contractor.overrides["customers"] = {"codes": codes}
    contractor.round()
    entry = contractor.entry_of("customers", company)
    assert "accept-double customers C00007" in entry.advice
    assert contractor.command("ledger", "accept-double", "customers", "C00008").returncode == 1
    assert contractor.command("ledger", "accept-double", "customers", "C00007").returncode == 0
    contractor.rounds_until_quiet()
    assert contractor.dispatcher.external_id("company", company) == "K00001"


def test_a_code_of_an_earlier_rule_is_known_by_its_form(contractor: Contractor, away: Path) -> None:
    company, code = forgotten(contractor, away)
    rules = contractor.account.customers
    codes = rules.codes.model_copy(update={"prefix": "K"})
    contractor.overrides["customers"] = {"codes": codes}
    contractor.round()
    assert contractor.dispatcher.external_id("company", company) == code


def test_a_job_under_a_number_of_an_earlier_format_is_put_before_a_person(
    contractor: Contractor, away: Path
) -> None:
    contractor.retry_at_once()
    _, location, _ = contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    copy = copy_machine(contractor, away)
    job = contractor.dispatcher.job(location)
    refuse_external_ids(contractor)
    contractor.round()
    standing = {str(row["Job_Number"]).strip() for row in jobs(contractor)}
    put_back(contractor, copy)
    contractor.overrides["jobs"] = {"number_format": "J{number}"}
    contractor.round()
    entry = contractor.entry_of("jobs", job)
    assert entry.state is State.HELD
    assert "of the same customer, site and description" in entry.reason
    assert {str(row["Job_Number"]).strip() for row in jobs(contractor)} == standing
    (number,) = (number for number in standing if f"job {number} of" in entry.reason)
    contractor.dispatcher.set_external_id("job", job, number)
    contractor.rounds_until_quiet()
    contractor.assert_exact({})


def test_another_job_of_the_same_site_is_made(contractor: Contractor) -> None:
    _, location, _ = contractor.dispatcher.chain()
    contractor.rounds_until_quiet()
    contractor.dispatcher.job(location)
    contractor.overrides["jobs"] = {"number_format": "J{number}"}
    contractor.rounds_until_quiet()
    contractor.assert_exact({})


def jobs(contractor: Contractor) -> list[dict[str, Any]]:
    return contractor.control.records("spectrum", "JC_JOB_MASTER_MC")


def test_without_info_link_the_customers_that_are_shown_are_looked_through(
    contractor: Contractor, away: Path
) -> None:
    contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    contractor.retry_at_once()
    contractor.dispatcher.company("Granby Theater")
    contractor.round()
    copy = copy_machine(contractor, away)
    company = contractor.dispatcher.company("Harbor Foods")
    refuse_external_ids(contractor)
    contractor.round()
    put_back(contractor, copy)
    contractor.round()
    assert [contractor.dispatcher.external_id("company", company)] == named(
        contractor, "Harbor Foods"
    )


def test_while_the_tables_cannot_be_read_new_customers_wait(
    contractor: Contractor, away: Path
) -> None:
    begun(contractor, away)
    company = contractor.dispatcher.company("Harbor Foods")
    contractor.environ["SPECTRUM_INFOLINK_URL"] = "sqlite:////nowhere/infolink.sqlite"
    contractor.round_of("customers")
    entry = contractor.entry_of("customers", company)
    assert entry.state is State.HELD
    assert "whether it stands there already cannot be seen" in entry.reason
    del contractor.environ["SPECTRUM_INFOLINK_URL"]
    contractor.round()
    assert len(named(contractor, "Harbor Foods")) == 1
