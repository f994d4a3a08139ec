"""`check` finds what is missing before a record meets it, in a contractor's full world, and writes
nothing.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.check import Finding, Severity, check_account
from st_spectrum.check.servicetrade import check_comments
from st_spectrum.check.spectrum import needed_services
from st_spectrum.sandbox import credentials
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.world import World, build_world
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum

SANDBOX = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"
REAL = {
    "SERVICETRADE_URL": "https://servicetrade.example.com/api",
    "SERVICETRADE_CLIENT_ID": "a-client",
    "SERVICETRADE_CLIENT_SECRET": "a-secret",
    "SPECTRUM_URL": "https://spectrum.example.com:8482",
    "SPECTRUM_AUTHORIZATION_ID": "AUTH-1",
}


@pytest.fixture(scope="module")
def world(running_sandbox: Sandbox) -> Sandbox:
    """A small contractor with all four offices; these tests only read, so one is enough for all."""
    running_sandbox.control.reset()
    build_world(
        World(offices=4, companies=10, locations=14, jobs=30),
        running_sandbox.servicetrade_url,
        running_sandbox.spectrum_url,
    )
    return running_sandbox


@pytest.fixture(autouse=True)
def nothing_is_written(world: Sandbox) -> Iterator[None]:
    world.control.clear_calls()
    yield
    assert world.control.calls(writes=True) == []


def findings(
    world: Sandbox, folder: Path, *changes: tuple[str, str], **environ: str
) -> list[Finding]:
    """What check says about the sandbox's account after replacing some of its text."""
    text = SANDBOX.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file = folder / "account.yaml"
    file.write_text(text, encoding="utf-8")
    account = load_account(file, environment(world, folder) | environ)
    return check(account, folder)


def environment(world: Sandbox, folder: Path) -> dict[str, str]:
    return {
        "SERVICETRADE_URL": world.servicetrade_url,
        "SERVICETRADE_CLIENT_ID": credentials.CLIENT_ID,
        "SERVICETRADE_CLIENT_SECRET": credentials.CLIENT_SECRET,
        "SPECTRUM_URL": world.spectrum_url,
        "SPECTRUM_AUTHORIZATION_ID": credentials.AUTHORIZATION_ID,
        "SPECTRUM_INFOLINK_URL": world.infolink_url,
        "ST_SPECTRUM_STATE_DIR": str(folder),
    }


def check(account: Account, folder: Path) -> list[Finding]:
    with (
        ServiceTrade(account.servicetrade) as servicetrade,
        Spectrum(account.spectrum, folder / "wsdl") as spectrum,
    ):
        return list(check_account(account, servicetrade, spectrum))


def serious(found: list[Finding]) -> list[str]:
    return [
        f"{finding.where}: {finding.sentence}"
        for finding in found
        if finding.severity is not Severity.NOTE
    ]


def test_the_sandbox_account_fits_the_sandbox(world: Sandbox, tmp_path: Path) -> None:
    assert serious(findings(world, tmp_path)) == []


def test_what_nobody_can_check_is_said(world: Sandbox, tmp_path: Path) -> None:
    notes = findings(world, tmp_path)
    assert {note.severity for note in notes} == {Severity.NOTE}
    assert sum("overhead batches" in note.problem for note in notes) == 1


def test_a_terms_code_that_spectrum_lacks_is_an_error(world: Sandbox, tmp_path: Path) -> None:
    [found] = serious(findings(world, tmp_path, ("Net 30: 3", "Net 30: X")))
    assert found.startswith(
        "maps.payment_terms.by_name.'Net 30': Spectrum has no AR terms code 'X'; it has 1, 2, 3, 4,"
        " 5, 6"
    )


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("4999", "Spectrum has no GL account 4999"),
        ("5100", "GL account 5100 is a direct cost account, which AR lines may not use"),
        ("4900", "GL account 4900 is not active (status I)"),
    ],
)
def test_an_income_account_that_takes_no_ar_lines_is_an_error(
    world: Sandbox, tmp_path: Path, code: str, problem: str
) -> None:
    changes = ("200: 4020", f"200: {code}"), ("    default: 4100", f"    default: {code}")
    found = findings(world, tmp_path, *changes)
    assert serious(found) == [
        f"invoices.gl.by_cost_center.200: {problem}",
        f"invoices.gl.default: {problem}",
    ]
    assert {finding.severity for finding in found[:2]} == {Severity.ERROR}


def test_the_account_for_rounding_is_checked_like_the_others(
    world: Sandbox, tmp_path: Path
) -> None:
    changes = (
        ("rounding_gl_account: ", "rounding_gl_account: 5500 "),
        ("tolerance_cents: 0", "tolerance_cents: 2"),
    )
    [found] = serious(findings(world, tmp_path, *changes))
    assert (
        found
        == "invoices.rounding_gl_account: GL account 5500 is a direct cost account, which AR lines"
        " may not use"
    )


def test_a_cost_center_without_income_account_is_named(world: Sandbox, tmp_path: Path) -> None:
    found = serious(
        findings(world, tmp_path, ("    default: 4100", "    default:     "), (", 300: 4030", ""))
    )
    assert found == [
        "invoices.gl.by_cost_center: cost center 300 has no income account and there is no default"
    ]


def test_a_file_without_invoices_is_told_that_they_would_wait(
    world: Sandbox, tmp_path: Path
) -> None:
    text = SANDBOX.read_text(encoding="utf-8")
    section = text[text.index("invoices:") : text.index("# ------", text.index("invoices:"))]
    assert serious(findings(world, tmp_path, (section, ""))) == [
        "invoices.gl: no line of an invoice finds an income account"
    ]


def test_the_sandbox_number_for_comments_is_no_number_for_a_real_account() -> None:
    account = load_account(SANDBOX, REAL)
    [found] = check_comments(account)
    assert found.where == "invoices.comment_entity_type"
    invoices = account.invoices.model_copy(update={"comment_entity_type": 31})
    assert list(check_comments(account.model_copy(update={"invoices": invoices}))) == []


def test_soap_needs_the_service_for_invoices(world: Sandbox, tmp_path: Path) -> None:
    account = load_account(SANDBOX, environment(world, tmp_path))
    soap = account.model_copy(
        update={"invoices": account.invoices.model_copy(update={"target": "soap"})}
    )
    assert "AddARInvoice" in needed_services(soap, has_infolink=True)
    assert "AddARInvoice" not in needed_services(account, has_infolink=True)


def test_a_cost_center_without_price_method_names_the_jobs_that_use_it(
    world: Sandbox, tmp_path: Path
) -> None:
    [found] = serious(findings(world, tmp_path, ("      300: T\n", "")))
    place, _, text = found.partition(": ")
    assert place == "maps.cost_centers.price_method"
    number = int(text.rpartition("; ")[2].split()[0])
    assert number > 1
    assert text == f"cost center 300 has no price method, so F is taken; {number} open jobs use it"


def test_a_state_without_sales_tax_code_names_those_that_would_wait(
    world: Sandbox, tmp_path: Path
) -> None:
    text = (
        "    by_state: {VA: VA, NC: NC, MD: MD, DC: DC, WV: WV, PA: PA, SC: SC, TN: TN, GA: GA}\n  "
        "  not_taxable"
    )
    found = serious(
        findings(world, tmp_path, (text, "    by_state: {VA: VA, NC: NC}\n    not_taxable"))
    )
    assert any(
        "no sales tax code for state 'MD'" in line and "compan" in line and "would wait" in line
        for line in found
    )
    assert all(line.startswith("maps.sales_tax: ") for line in found)


def test_offices_that_servicetrade_does_not_know_are_named_with_a_suggestion(
    world: Sandbox, tmp_path: Path
) -> None:
    found = findings(
        world,
        tmp_path,
        (
            (
                "    by_office:                     # the job's assigned office\n      Norfolk"
                " Office: 100"
            ),
            "    by_office:\n      Norfolk Offices: 100",
        ),
    )
    [text] = [
        finding.sentence for finding in found if finding.where == "maps.cost_centers.by_office"
    ]
    assert text == "ServiceTrade has no office 'Norfolk Offices'; did you mean 'Norfolk Office'?"


def test_a_template_job_that_is_not_there_is_an_error(world: Sandbox, tmp_path: Path) -> None:
    found = serious(
        findings(world, tmp_path, ("template_job: TEMPLATE", "template_job: NOSUCHJOB"))
    )
    assert found == ["jobs.template_job: Spectrum has no job NOSUCHJOB; every new job would wait"]


def test_project_managers_that_are_no_employees_are_named(world: Sandbox, tmp_path: Path) -> None:
    found = serious(findings(world, tmp_path, ("tag_prefix: pm-", "tag_prefix: pm")))
    assert found
    assert all(
        line.startswith("jobs.project_manager: tags name project manager -") for line in found
    )


def test_an_external_system_that_nobody_defined_is_an_error(world: Sandbox, tmp_path: Path) -> None:
    found = findings(world, tmp_path, ("external_system: spectrum ", "external_system: spektrum "))
    assert found[0].severity is Severity.ERROR
    assert found[0].problem.startswith("ServiceTrade knows no external system 'spektrum'")
    assert (
        found[1].problem
        == "no record carries an external id of 'spektrum', but some carry one of spectrum"
    )


def test_a_system_of_vendors_that_nobody_defined_is_an_error(
    world: Sandbox, tmp_path: Path
) -> None:
    found = findings(
        world, tmp_path, ("# vendor_system: spectrum_vendors", "vendor_system: venders")
    )
    (problem,) = [one.problem for one in found if one.where == "servicetrade.vendor_system"]
    assert problem.startswith("ServiceTrade knows no external system 'venders'")


def test_a_range_without_enough_free_codes_is_an_error(world: Sandbox, tmp_path: Path) -> None:
    found = serious(
        findings(
            world,
            tmp_path,
            (
                "    prefix: S\n    first: 1\n    last: 99999",
                "    prefix: S\n    first: 1\n    last: 2",
            ),
        )
    )
    assert [line.partition("; ")[0] for line in found] == [
        "sites.codes.last: only 2 codes are free between S1 and S2"
    ]


def test_a_wrong_authorization_id_leaves_servicetrade_checked(
    world: Sandbox, tmp_path: Path
) -> None:
    found = findings(world, tmp_path, ("      300: T\n", ""), SPECTRUM_AUTHORIZATION_ID="WRONG-ID")
    assert [finding.where for finding in found[:2]] == [
        "spectrum",
        "maps.cost_centers.price_method",
    ]
    assert [
        finding.where
        for finding in found
        if finding.problem == "not checked, because spectrum could not be asked"
    ] == ["timecards"]
    assert found[0].severity is Severity.ERROR
    assert "WRONG-ID" not in found[0].sentence


def test_an_authorization_that_may_do_little_is_one_sentence_for_each_thing(
    world: Sandbox, tmp_path: Path
) -> None:
    found = findings(world, tmp_path, SPECTRUM_AUTHORIZATION_ID="SANDBOX-LIMITED")
    assert found[0].severity is Severity.ERROR
    assert all("\n" not in finding.sentence for finding in found)


def test_two_dead_systems_are_two_sentences(world: Sandbox, tmp_path: Path) -> None:
    nobody = "http://127.0.0.1:9"
    once = (
        ("read_attempts: 4  ", "read_attempts: 1  "),
        ("read_attempts: 4\n", "read_attempts: 1\n"),
    )
    found = findings(world, tmp_path, *once, SERVICETRADE_URL=nobody, SPECTRUM_URL=nobody)
    assert [(finding.severity, finding.where) for finding in found] == [
        (Severity.ERROR, "servicetrade"),
        (Severity.ERROR, "spectrum"),
        (Severity.NOTE, "timecards"),
    ]
    assert found[2].problem == "not checked, because servicetrade and spectrum could not be asked"


def test_without_infolink_what_cannot_be_looked_up_is_said(world: Sandbox, tmp_path: Path) -> None:
    found = findings(world, tmp_path, SPECTRUM_INFOLINK_URL="")
    assert serious(found) == [
        (
            "spectrum.infolink: without Info-Link a lost answer about a site, an overhead batch or"
            " an invoice cannot be looked up"
        )
    ]
    assert {finding.where for finding in found if finding.problem.startswith("not checked")} == {
        "sites.codes",
        "maps.payment_terms",
        "invoices.gl",
        "maps",
        "timecards.departments",
    }
