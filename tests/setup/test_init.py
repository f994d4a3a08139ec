"""An account file out of ten years of records, against what their clerks really meant."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.sandbox.credentials import AUTHORIZATION_ID, CLIENT_SECRET
from st_spectrum.sandbox.ten_years import TERMS
from st_spectrum.sandbox.ten_years_setup import (
    CONTRACT_TYPES,
    COST_CENTERS,
    DEPARTMENTS,
    LINES,
    NEVER_THERE,
    STATES,
    TAXES,
    TEMPLATE,
)
from st_spectrum.setup.history import YEARS
from tests.setup.ten_years_office import GO_LIVE, Newcomer, without_todo


@pytest.fixture(scope="module")
def first_file(filled: Newcomer) -> str:
    """What `init` writes; the contacts have got their mail."""
    filled.sandbox.control.clear_mails()
    ended = filled.init("--go-live", GO_LIVE)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    (mail,) = filled.sandbox.control.mails()
    assert "a first mail" in mail.subject
    return filled.file.read_text(encoding="utf-8")


def decided(office: Newcomer, text: str) -> Account:
    """With what a person would decide."""
    office.file.write_text(without_todo(text), encoding="utf-8")
    return load_account(office.file, office.environ)


def test_history_fills_in_what_the_clerks_meant(office: Newcomer, first_file: str) -> None:
    found = yaml.safe_load(first_file.replace(" TODO", " null"))
    maps, gl = found["maps"], found["invoices"]["gl"]["by_cost_center"]
    assert {str(center): str(code) for center, code in gl.items() if code} == {
        center: account for center, (_, account, _) in COST_CENTERS.items()
    }
    lines = maps["cost_centers"]["by_service_line"]
    assert lines.keys() == LINES.keys()
    for line, center in lines.items():
        assert str(center or "") in (LINES[line][0], ""), line
    assert sum(center is not None for center in lines.values()) >= 4
    prices = maps["cost_centers"]["price_method"]
    assert {str(center): price for center, price in prices.items() if price}.items() <= {
        center: price for center, (_, _, price) in COST_CENTERS.items()
    }.items()
    assert maps["tax_class"]["by_state"] == {state: state for state in STATES}
    groups = {group: code for code, group, _ in TAXES.values()}
    assert {
        group: code for group, code in maps["sales_tax"]["by_tax_group"].items() if code
    } == groups
    assert maps["sales_tax"]["not_taxable"] == "EXEMPT"
    terms = {name: str(code) for name, code in maps["payment_terms"]["by_name"].items() if code}
    assert {name: code for name, code in terms.items() if name in TERMS}.items() <= TERMS.items()
    assert len(terms) >= 4


def test_jobs_and_payroll_follow_from_jobs_of_equal_number(
    office: Newcomer, first_file: str
) -> None:
    found = yaml.safe_load(first_file.replace(" TODO", " null"))
    jobs, time = found["jobs"], found["timecards"]
    assert (jobs["number_format"], jobs["template_job"]) == ("{number}", TEMPLATE)
    assert jobs["oh_batch_code"] == "OHSVC"
    assert set(jobs["ignored_types"]) <= set(NEVER_THERE)
    kinds = {kind: code for kind, code in jobs["contract_type"].items() if code}
    assert kinds.items() <= CONTRACT_TYPES.items()
    assert len(kinds) >= 4
    offices = time["departments"]["by_office"]
    assert {office: code for office, code in offices.items() if code}.items() <= DEPARTMENTS.items()
    assert time["cost_codes"]["default_cost_type"] == "L"


def test_each_line_says_how_many_records_agree(office: Newcomer, first_file: str) -> None:
    text = first_file
    line = next(line for line in text.splitlines() if "410: 4210" in line)
    count = line.partition("# ")[2]
    assert count.split()[1] == "of", line
    assert count.endswith(f" lines since {datetime.now(UTC).year - YEARS}"), line


def test_codes_go_on_behind_those_in_use(office: Newcomer, first_file: str) -> None:
    account = decided(office, first_file)
    codes = sorted(there.key for there in office.built.matching.there)
    assert f"C{account.customers.codes.first:05d}" > codes[-1]
    assert (account.customers.codes.prefix, account.customers.codes.last) == ("C", 99999)


def test_what_is_written_is_an_account_file_that_check_finds_no_error_in(
    office: Newcomer, first_file: str
) -> None:
    decided(office, first_file)
    ended = office.command("check", "--account", str(office.file))
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_no_secret_and_no_value_of_the_environment_stands_in_the_file(
    office: Newcomer, first_file: str
) -> None:
    text = first_file
    assert CLIENT_SECRET not in text
    assert AUTHORIZATION_ID not in text
    assert "client_secret: ${SERVICETRADE_CLIENT_SECRET}" in text


def test_a_line_that_waits_for_a_person_is_refused_by_name(
    office: Newcomer, first_file: str
) -> None:
    text = first_file.replace("template_job: TEMPLATE", "template_job: TODO")
    office.file.write_text(text, encoding="utf-8")
    ended = office.command("sync", "--account", str(office.file))
    assert ended.returncode == 1
    assert "jobs.template_job: is still TODO: decide it, or take the line out" in ended.stderr


def test_a_file_that_is_there_is_left_alone(office: Newcomer) -> None:
    office.file.write_text("mine: yes\n", encoding="utf-8")
    ended = office.init()
    assert (ended.returncode, office.file.read_text(encoding="utf-8")) == (1, "mine: yes\n")
    assert "--again" in ended.stderr


def test_what_no_option_says_is_named_where_nobody_can_be_asked(office: Newcomer) -> None:
    ended = office.command("init", str(office.file), "--no-questions", "--name", "yours")
    assert ended.returncode == 1
    for option in ("--spectrum-url", "--company-code", "--contacts"):
        assert f"{option} is needed" in ended.stderr


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--servicetrade-url", "http://127.0.0.1:9/api", "cannot be reached"),
        ("--authorization-id", "NOT_SET_ANYWHERE", "NOT_SET_ANYWHERE is not set"),
        ("--servicetrade-login", "only-one", "names two environment variables"),
        ("--infolink", "", "read through Info-Link, and none is named"),
    ],
)
def test_what_cannot_be_reached_is_told_and_nothing_is_written(
    office: Newcomer, option: str, value: str, words: str, tmp_path: Path
) -> None:
    ended = office.command(
        "init", str(office.file), "--no-questions", "--name", "yours", "--no-mail",
        "--servicetrade-url", office.sandbox.servicetrade_url,
        "--spectrum-url", office.sandbox.spectrum_url, "--company-code", "001",
        "--contacts", "controller@example.com", option, value,
    )  # fmt: skip
    assert (ended.returncode, office.file.exists()) == (1, False)
    assert words in ended.stderr


def test_a_part_that_cannot_be_read_is_named_and_the_rest_is_written(
    office: Newcomer,
) -> None:
    control = office.sandbox.control
    control.add_fault(system="spectrum", operation="GetPayType", kind="not_xml", count=9)
    ended = office.init("--go-live", GO_LIVE)
    control.clear_faults()
    assert (ended.returncode, "not read: spectrum GetPayType" in ended.stdout) == (1, True), ended
    text = office.file.read_text(encoding="utf-8")
    assert "410: 4210" in text
    assert "by_lib_item" not in text
