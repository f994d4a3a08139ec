"""An account file with eleven slips: `check` finds all of them in one go, and each says how many
records it would hit.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from st_spectrum.account.file import read_account
from st_spectrum.check import Finding, Severity, of_problems
from st_spectrum.commands.check import run_check
from st_spectrum.sandbox.callers import ServiceTradeCaller
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.spectrum.table import Table
from st_spectrum.sandbox.spectrum.tables import CUSTOMERS, JOBS
from st_spectrum.sandbox.timekeeping import TimeSizes, keep_time
from st_spectrum.sandbox.world import World, build_world
from tests.account.test_check import SANDBOX, check, environment
from tests.world.timekeeper import SUNDAY

CENTERS, STATES = ("100", "200", "300"), ("VA", "NC", "MD", "DC", "WV", "PA", "SC", "TN", "GA")

SOUND = {
    "    by_office:                     # office of the job, or of the time card\n      Norfolk Office: 100\n      Richmond Office: 100\n      Raleigh Office: 200\n      Baltimore Office: 300\n    default: 100 ": (  # noqa: E501
        "    by_office:\n"
        "      Norfolk Office: FIELD\n      Richmond Office: ADMIN\n    default: FIELD "
    ),
    "without_job: 900 ": "without_job: ADMIN ",
    "non_direct: [900]": "non_direct: [ADMIN]",
    "      Sprinkler: 001\n      Fire Alarm: 001\n      HVAC: 001\n      Refrigeration: 001\n": (
        "      Sprinkler: 0100\n"
        "      Fire Alarm: 0200\n      HVAC: 0300\n      Refrigeration: 0400\n"
    ),
    "    default_phase: ": "    default_phase: 0500 ",
}
"""The departments and phases of this Spectrum; the example's own are those of no Spectrum."""

PLANTED = {
    "Net 30: 3": ("Net 30: X", "maps.payment_terms.by_name.'Net 30'", "no AR terms code 'X'"),
    "200: 4020": (
        "200: 4021",
        "invoices.gl.by_cost_center.200",
        "no GL account 4021; did you mean '4020'?",
    ),
    "or state of their location\n    by_state: {VA: VA,": (
        "or state of their location\n    by_state: {VA: VAX,",
        "maps.tax_class.by_state.'VA'",
        "uses tax class 'VAX'",
    ),
    "not_taxable: EXEMPT  ": (
        "default: VAQ\n    not_taxable: EXEMPT  ",
        "maps.sales_tax.default",
        "sales tax code 'VAQ'",
    ),
    "      HVAC: 200\n": (
        "      HVAC: 210\n",
        "maps.cost_centers.by_service_line.'HVAC'",
        "uses cost center '210'",
    ),
    "oh_batch_code: OHSVC ": (
        "oh_batch_code: OHSVX ",
        "jobs.oh_batch_code",
        "uses overhead batch 'OHSVX'",
    ),
    "      Norfolk Office: FIELD\n": (
        "      Norfolk Office: FEILD\n",
        "timecards.departments.by_office.'Norfolk Office'",
        "department 'FEILD'; in use are ADMIN, FIELD",
    ),
    "    default_phase: 0500 ": (
        "    default_phase: 0990 ",
        "timecards.cost_codes.default_phase",
        "has no phase '0990'",
    ),
    "      Richmond Office: ADMIN\n": (
        "      Richmond Ofice: ADMIN\n",
        "timecards.departments.by_office",
        "no office 'Richmond Ofice'; did you mean 'Richmond Office'?",
    ),
    "      Fire Alarm: 0200\n": (
        "      Fire Alrm: 0200\n",
        "timecards.cost_codes.phase_by_service_line",
        "no service line 'Fire Alrm'; did you mean 'Fire Alarm'?",
    ),
    "      LAB-REG: R\n": (
        "",
        "timecards.pay_types.by_lib_item",
        "no pay type for labor item 'LAB-REG'",
    ),
}
"""By what stands in the file: what is written instead, where it is found, and what is said of it.
"""
COUNTED = ("VAX", "OHSVX", "LAB-REG", "FEILD")
"""What the records of this world would send."""


@pytest.fixture(scope="module")
def world(running_sandbox: Sandbox) -> Iterator[Sandbox]:
    """A contractor of years: Spectrum's jobs and customers use every code of the example;
    technicians book time.
    """
    running_sandbox.control.reset()
    sizes = World(offices=4, companies=10, locations=14, jobs=30, technicians=4, invoices=2)
    built = build_world(sizes, running_sandbox.servicetrade_url, running_sandbox.spectrum_url)
    keep_time(running_sandbox.control, built, TimeSizes(weeks=1, first_week=SUNDAY, without_id=1))
    states = [*STATES, *STATES]
    insert(
        running_sandbox,
        CUSTOMERS,
        [
            {"Customer_Code": f"OLD{n}", "Name": "Old", "Sales_Tax_Code": s}
            for n, s in enumerate(states)
        ],
    )
    jobs = [
        {
            "Job_Number": f"A{n}",
            "Status_Code": "C",
            "Tax_Class_Code": s,
            "Cost_Center": CENTERS[n % 3],
            "Job_Oh_Batch_Code": "OHSVC",
        }
        for n, s in enumerate(states)
    ]
    insert(running_sandbox, JOBS, jobs)
    with ServiceTradeCaller(
        running_sandbox.servicetrade_url
    ) as office:  # a record that waits, as in every real account
        office.post(
            "/company", name="\u200b", customer=True, addressState="VA", addressCity="Norfolk"
        )
    yield running_sandbox
    running_sandbox.control.reset()


def insert(sandbox: Sandbox, table: Table, rows: list[dict[str, str]]) -> None:
    spectrum = sandbox.rig.inside("spectrum")
    with spectrum.database.writing() as book:
        for row in rows:
            book.of("001").insert(table, row)


def written(folder: Path, changes: dict[str, str]) -> Path:
    text = SANDBOX.read_text(encoding="utf-8")
    for old, new in changes.items():
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file = folder / "account.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def findings(world: Sandbox, folder: Path, changes: dict[str, str]) -> list[Finding]:
    account, problems = read_account(written(folder, changes), environment(world, folder))
    assert account is not None
    return [*of_problems(problems), *check(account, folder)]


def test_all_eleven_slips_are_found_at_once_beside_what_is_wrong_with_the_file_itself(
    world: Sandbox, tmp_path: Path
) -> None:
    slips = {old: new for old, (new, _, _) in PLANTED.items()}
    found = findings(world, tmp_path, SOUND | slips | {"  workers: 6  ": "  workers: many  "})

    for new, where, words in PLANTED.values():
        hits = [finding for finding in found if finding.where == where and words in finding.problem]
        assert len(hits) == 1, (new, where, [finding.sentence for finding in found])
        assert hits[0].severity is not Severity.NOTE
        if any(code in words for code in COUNTED):
            assert any(character.isdigit() for character in hits[0].used_by), hits[0]
    assert [finding.where for finding in found if "expected a whole number" in finding.problem] == [
        "pace.workers"
    ]
    assert [
        finding
        for finding in found
        if finding.where == "servicetrade" and "no name" in finding.problem
    ], "a record that waits"
    assert [finding for finding in found if "has no Spectrum employee code" in finding.problem], (
        "a technician without code"
    )


def test_the_same_file_without_slips_has_no_finding_but_what_this_world_really_lacks(
    world: Sandbox, tmp_path: Path
) -> None:
    found = [
        finding
        for finding in findings(world, tmp_path, dict(SOUND))
        if finding.severity is not Severity.NOTE
    ]
    lacks = (
        "has no Spectrum employee code",
        "no sales tax code for state 'CO'",
        "no name that Spectrum can take",
    )
    assert [
        finding.problem for finding in found if not any(words in finding.problem for words in lacks)
    ] == []


def test_the_command_tells_a_flawed_file_and_both_systems_in_one_table(
    world: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in environment(world, tmp_path).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("COLUMNS", "400")
    file = written(tmp_path, {"  workers: 6  ": "  workers: many  ", "Net 30: 3": "Net 30: X"})

    assert run_check(file) == 1

    shown = " ".join(capsys.readouterr().out.split())
    assert "pace.workers" in shown
    assert "AR terms" in shown


def test_an_empty_section_is_called_empty(tmp_path: Path) -> None:
    text = SANDBOX.read_text(encoding="utf-8")
    start, end = text.index("\nmaps:") + 6, text.index("# ----", text.index("\nmaps:"))
    file = tmp_path / "account.yaml"
    file.write_text(text[:start] + "\n" + text[end:], encoding="utf-8")
    account, problems = read_account(file, {})
    assert account is None
    assert [problem for problem in problems if "maps: is empty, but must be given" in problem]
