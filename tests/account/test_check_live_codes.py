"""`check` says which records of Spectrum lack a code that the account file takes from them, and a
file that takes codes from where nobody can read them is refused.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.check.finding import Severity
from st_spectrum.check.live_codes import by_maps_alone, check_live_codes
from st_spectrum.commands.sandbox import environment
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.spectrum.tables import CUSTOMERS, JOBS
from st_spectrum.spectrum.client import Spectrum
from tests.account.account_files import SMALL, problems

EXAMPLE = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"
LIVE = {
    "jobs": ("tax_from", "cost_center_from", "price_method_from"),
    "invoices": ("tax_from", "cost_center_from"),
}


@pytest.fixture
def account(sandbox: Sandbox, tmp_path: Path) -> Account:
    read = load_account(EXAMPLE, environment(sandbox) | {"ST_SPECTRUM_STATE_DIR": str(tmp_path)})
    changes = {
        section: getattr(read, section).model_copy(update=dict.fromkeys(names, "spectrum"))
        for section, names in LIVE.items()
    }
    return read.model_copy(update=changes)


@pytest.fixture
def spectrum(account: Account, tmp_path: Path, sandbox: Sandbox) -> Iterator[Spectrum]:
    system = sandbox.rig.inside("spectrum")
    with system.database.writing() as book:
        company = book.of("001")
        company.insert(JOBS, {"Job_Number": "TEMPLATE", "Price_Method_Code": "T"})
        company.insert(JOBS, {"Job_Number": "9001", "Cost_Center": "777"})
        company.insert(CUSTOMERS, {"Customer_Code": "BARE", "Name": "Bare"})
    with Spectrum(account.spectrum, tmp_path / "wsdl") as client:
        yield client


def test_what_would_wait_is_named_with_how_many(account: Account, spectrum: Spectrum) -> None:
    gl = account.invoices.gl.model_copy(update={"default": ""})
    invoices = account.invoices.model_copy(update={"gl": gl})

    found = list(check_live_codes(account.model_copy(update={"invoices": invoices}), spectrum))

    shown = {(finding.where, finding.severity) for finding in found}
    assert shown == {
        ("jobs.cost_center_from", Severity.ERROR),
        ("jobs.tax_from", Severity.WARNING),
        ("invoices.cost_center_from", Severity.WARNING),
        ("invoices.gl.by_cost_center", Severity.WARNING),
    }
    assert any("cost center 777" in finding.problem for finding in found)


def test_nothing_is_read_where_the_account_names_its_codes(
    account: Account, spectrum: Spectrum
) -> None:
    assert list(check_live_codes(by_maps_alone(account), spectrum)) == []
    assert not spectrum.calls


@pytest.mark.parametrize(
    ("section", "key"), [(section, key) for section, keys in LIVE.items() for key in keys]
)
def test_codes_of_spectrum_need_info_link(tmp_path: Path, section: str, key: str) -> None:
    more = "  gl: {default: 4010}\n" if section == "invoices" else "  template_job: T\n"

    shown = problems(tmp_path, f"{SMALL}{section}:\n  {key}: spectrum\n{more}")

    assert [
        problem for problem in shown if f"{section}.{key}" in problem and "Info-Link" in problem
    ]


def test_codes_of_the_template_job_need_one(tmp_path: Path) -> None:
    (shown, *_) = problems(tmp_path, f"{SMALL}jobs:\n  cost_center_from: spectrum\n")

    assert "needs a template_job" in shown
