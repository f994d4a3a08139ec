"""`check` says before the first time card what payroll's codes lack and whose time would wait."""

from pathlib import Path
from typing import Any

import pytest

from st_spectrum.account.file import load_account
from st_spectrum.check import Finding, Severity
from st_spectrum.check.payroll import check_payroll
from st_spectrum.commands.sandbox import environment
from st_spectrum.sandbox.server import Sandbox
from st_spectrum.sandbox.timekeeping import TimeSizes, keep_time
from st_spectrum.sandbox.world import World, build_world
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum
from tests.world.timekeeper import SUNDAY

EXAMPLE = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"


@pytest.fixture(scope="module")
def world(running_sandbox: Sandbox) -> Sandbox:
    """Four technicians with a week of time: one sound, one without code, one unknown, one who has
    left.
    """
    running_sandbox.control.reset()
    sizes = World(
        companies=4, vendors=1, locations=3, jobs=4, technicians=4, invoices=2, template_phases=1
    )
    built = build_world(sizes, running_sandbox.servicetrade_url, running_sandbox.spectrum_url)
    flawed = TimeSizes(weeks=1, first_week=SUNDAY, without_id=1, unknown=1, inactive=1)
    keep_time(running_sandbox.control, built, flawed)
    return running_sandbox


def findings(world: Sandbox, folder: Path, **rules: Any) -> list[Finding]:
    account = load_account(EXAMPLE, environment(world) | {"ST_SPECTRUM_STATE_DIR": str(folder)})
    account = account.model_copy(update={"timecards": account.timecards.model_copy(update=rules)})
    with (
        ServiceTrade(account.servicetrade) as servicetrade,
        Spectrum(account.spectrum, folder / "wsdl") as spectrum,
    ):
        return list(check_payroll(account, servicetrade, spectrum))


def test_technicians_whose_time_would_wait_are_named_with_the_reason(
    world: Sandbox, tmp_path: Path
) -> None:
    world.control.clear_calls()
    problems = [found.problem for found in findings(world, tmp_path)]
    assert len(world.control.calls(operation="GetEmployee")) == 2, (
        "however many technicians there are"
    )
    assert len(problems) == 3
    for words in (
        "has no Spectrum employee code",
        "is not in Spectrum",
        "is not active in Spectrum",
    ):
        assert sum(words in problem for problem in problems) == 1, problems


def test_a_pay_type_that_spectrum_lacks_is_an_error(world: Sandbox, tmp_path: Path) -> None:
    account = load_account(EXAMPLE, environment(world))
    by_item = {**account.timecards.pay_types.by_lib_item, "LAB-REG": "REG"}
    pay_types = account.timecards.pay_types.model_copy(update={"by_lib_item": by_item})
    errors = [
        finding
        for finding in findings(world, tmp_path, pay_types=pay_types)
        if finding.severity is Severity.ERROR
    ]
    assert [error.where for error in errors] == ["timecards.pay_types.by_lib_item.'LAB-REG'"]
    assert errors[0].problem.startswith("Spectrum has no pay type 'REG'; it has ")


def test_a_labor_item_that_no_pay_type_is_for_is_counted(world: Sandbox, tmp_path: Path) -> None:
    account = load_account(EXAMPLE, environment(world))
    pay_types = account.timecards.pay_types.model_copy(update={"by_lib_item": {"LAB-OT": "O"}})
    (found,) = [
        finding
        for finding in findings(world, tmp_path, pay_types=pay_types)
        if "no pay type" in finding.problem
    ]
    assert "'LAB-REG'" in found.problem
    assert found.where == "timecards.pay_types.by_lib_item"


def test_without_a_first_day_it_says_that_no_time_is_carried(
    world: Sandbox, tmp_path: Path
) -> None:
    (note,) = findings(world, tmp_path, first_day="")
    assert (note.severity, note.where) == (Severity.NOTE, "timecards.first_day")


def test_a_system_that_does_not_answer_is_a_finding(world: Sandbox, tmp_path: Path) -> None:
    world.control.pause("servicetrade")
    try:
        found = findings(world, tmp_path)
    finally:
        world.control.resume("servicetrade")
    assert [finding.severity for finding in found] == [Severity.ERROR]
