"""The day of going live and the offices of an account file, alone and beside other files."""

from datetime import date
from pathlib import Path

import pytest

from st_spectrum.account import Account
from st_spectrum.account.digest import settings_digest
from st_spectrum.account.file import read_connections
from st_spectrum.account.overlap import overlaps, overlaps_of_files
from st_spectrum.check import with_problems
from st_spectrum.check.finding import Finding, Severity
from st_spectrum.check.go_live import check_go_live
from st_spectrum.check.preview import Preview
from st_spectrum.domain.errors import SettingsInvalid, UnsafePlan
from st_spectrum.flows.timecards.paid_hours import first_day_setting
from st_spectrum.flows.timecards.rebuild import _refuse_what_may_have_been_sent
from st_spectrum.resources.account import AccountResource
from st_spectrum.spectrum.lookup_answers import LookupImpossible
from tests.account.account_files import ENVIRONMENT, SMALL, problems, read

TODAY = date(2026, 6, 10)
PERIODS = (
    "invoices: {open_periods: [2026-06], gl: {default: 4100}, has_income_cost_center: false}\n"
)
TIME = "timecards: {first_day: 2026-06-07}\n"


def with_day(folder: Path, text: str = "", day: str = "2026-06-07") -> Account:
    return read(folder, f"{SMALL}go_live: {day}\n{text}")


def test_the_day_counts_for_time_too(tmp_path: Path) -> None:
    assert with_day(tmp_path).timecards.first_day == "2026-06-07"
    assert with_day(tmp_path, "timecards: {is_carried: false}\n").timecards.first_day == ""
    assert with_day(tmp_path, TIME).timecards.first_day == "2026-06-07"


def test_the_older_key_is_read_without_the_day(tmp_path: Path) -> None:
    account = read(tmp_path, SMALL + TIME)
    assert (account.go_live, account.timecards.first_day) == ("", "2026-06-07")


def test_two_days_that_differ_are_refused_with_both(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, f"{SMALL}go_live: 2026-06-14\n{TIME}")
    assert "timecards.first_day: found 2026-06-07, but go_live is 2026-06-14" in problem


def test_a_first_day_of_time_that_is_not_carried_is_refused(tmp_path: Path) -> None:
    text = "timecards: {first_day: 2026-06-07, is_carried: false}\n"
    (problem,) = problems(tmp_path, SMALL + text)
    assert "is never used, because is_carried is false" in problem


@pytest.mark.parametrize("offices", ["[Norfolk, norfolk ]", '[""]'])
def test_an_office_is_named_once_and_by_its_name(tmp_path: Path, offices: str) -> None:
    (problem,) = problems(tmp_path, f"{SMALL}scope: {{offices: {offices}}}\n")
    assert "scope.offices" in problem


def test_an_account_file_that_names_neither_decides_as_before(tmp_path: Path) -> None:
    """Its digest is the same, so an upgrade judges nothing anew."""
    plain = read(tmp_path, SMALL)
    assert settings_digest(plain) == settings_digest(
        plain.model_copy(update={"go_live": "", "scope": type(plain.scope)()})
    )
    assert settings_digest(plain) != settings_digest(with_day(tmp_path))


def findings(account: Account, *, has_crossed: bool = False) -> list[str]:
    preview = Preview(account)
    if has_crossed:
        preview.external_systems["spectrum"] += 1
    return [finding.problem for finding in check_go_live(account, preview, TODAY)]


def test_a_good_day_is_not_spoken_of(tmp_path: Path) -> None:
    assert findings(with_day(tmp_path)) == []


@pytest.mark.parametrize(
    ("day", "text", "said"),
    [
        ("2026-06-14", "", "lies ahead"),
        ("2025-06-08", "", "days ago, and no record carries a Spectrum key yet"),
        ("2026-06-10", "", "no first day of a payroll week"),
        ("2026-05-31", PERIODS, "the oldest open period of AR"),
        ("2026-06-07", "timecards: {closed_through: 2026-06-13}\n", "payroll is closed through"),
    ],
)  # fmt: skip
def test_an_odd_day_is_judged_before_the_first_load_only(
    tmp_path: Path, day: str, text: str, said: str
) -> None:
    account = with_day(tmp_path, text, day)
    (problem,) = findings(account)
    assert said in problem
    assert findings(account, has_crossed=True) == []


def test_a_missing_day_is_told(tmp_path: Path) -> None:
    (problem,) = findings(read(tmp_path, SMALL))
    assert "go_live is not set" in problem


def test_a_day_that_is_no_day_is_not_called_missing_as_well(tmp_path: Path) -> None:
    file = tmp_path / "account.yaml"
    file.write_text(f"{SMALL}go_live: 5\n", encoding="utf-8")
    account, flaws = read_connections(file, ENVIRONMENT)
    assert account is not None
    idle = Finding(Severity.NOTE, "timecards.first_day", "no day is set", "", "Name it.")
    other = Finding(Severity.ERROR, "jobs.contract_type", "no such type", "", "Set it up.")

    shown = with_problems(flaws, (*check_go_live(account, Preview(account), TODAY), idle, other))

    assert [finding.where for finding in shown] == ["go_live", "jobs.contract_type"]
    assert "'5' is not a day" in shown[0].problem


@pytest.mark.parametrize(
    ("text", "key"), [("go_live: 2026-06-07\n", "go_live"), (TIME, "timecards.first_day")]
)
def test_the_day_of_time_is_called_by_the_key_that_the_file_uses(
    tmp_path: Path, text: str, key: str
) -> None:
    account = read(tmp_path, SMALL + text)
    assert first_day_setting(account) == key

    with pytest.raises(UnsafePlan) as refused:
        _refuse_what_may_have_been_sent(account, LookupImpossible("Info-Link is not set up"))

    assert f"or set {key} to the first day" in refused.value.advice


def variant(account: Account, **changes: dict[str, object]) -> Account:
    """The same account with other values in its sections."""
    sections = {
        name: getattr(account, name).model_copy(update=values) for name, values in changes.items()
    }
    return account.model_copy(update=sections)


def beside(one: Account, other: Account) -> list[str]:
    return list(overlaps({"one.yaml": one, "two.yaml": other}))


NORFOLK, RICHMOND = {"offices": ("Norfolk",)}, {"offices": ("Richmond",)}
SECOND = {"company_code": "002"}


def test_two_files_of_one_servicetrade_account_need_offices_of_their_own(tmp_path: Path) -> None:
    account = read(tmp_path, SMALL)
    second = variant(account, spectrum=SECOND, servicetrade={"external_system": "spectrum_two"})
    (sentence,) = beside(account, second)
    assert sentence.startswith("one.yaml and two.yaml would both carry everything")
    (sentence,) = beside(variant(account, scope=NORFOLK), second)
    assert "what is of Norfolk" in sentence
    both = {"offices": ("richmond", " norfolk")}
    (sentence,) = beside(variant(account, scope=NORFOLK), variant(second, scope=both))
    assert "what is of Norfolk" in sentence
    assert beside(variant(account, scope=NORFOLK), variant(second, scope=RICHMOND)) == []


def test_two_spectrum_companies_need_an_external_system_each(tmp_path: Path) -> None:
    account = variant(read(tmp_path, SMALL), scope=NORFOLK)
    (sentence,) = beside(account, variant(account, spectrum=SECOND, scope=RICHMOND))
    assert "external system" in sentence


def test_accounts_with_names_that_differ_are_two(tmp_path: Path) -> None:
    account = variant(read(tmp_path, SMALL), servicetrade={"account": "Harbor"})
    other = variant(account, servicetrade={"account": "Bay"}, spectrum=SECOND)
    assert beside(account, other) == []
    (sentence,) = beside(account, variant(other, spectrum={"company_code": "001"}))
    assert "into Spectrum company 001" in sentence


def test_a_location_with_two_files_that_overlap_carries_neither_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    files = {name: tmp_path / f"{name}.yaml" for name in ("one", "two", "three")}
    for name, file in files.items():
        account = f"  account: {name}\n" if name == "three" else ""
        company = "003" if name == "three" else "001"
        text = SMALL.replace("servicetrade:\n", f"servicetrade:\n{account}")
        text = text.replace("name: small", f"name: {name}").replace("001", company)
        file.write_text(text)
    accounts = AccountResource(account_files={name: str(file) for name, file in files.items()})
    for name in ("one", "two"):
        with pytest.raises(SettingsInvalid, match=r"one\.yaml and two\.yaml"):
            accounts.load(name)
    # The third names its account, the others do not: nobody can say that it is another one.
    with pytest.raises(SettingsInvalid, match=r"three\.yaml"):
        accounts.load("three")
    files["two"].write_text("name: two\n")  # it cannot be read, and says so by itself
    assert len(overlaps_of_files(files)) == 1
