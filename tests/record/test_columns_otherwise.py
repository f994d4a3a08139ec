"""Columns that an installation calls otherwise: a recording and `check` name the setting for it,
and with the setting nothing differs, in the tenant as in its recording.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr

from st_spectrum.account import Account
from st_spectrum.check.columns import check_columns
from st_spectrum.check.finding import Finding
from st_spectrum.check.requirements import requirements_of
from st_spectrum.record.folder import write_recording
from st_spectrum.record.pseudonyms import Pseudonyms
from st_spectrum.record.reading import judge, read_systems
from st_spectrum.record.report import Report, report_of
from st_spectrum.sandbox.dialect import COLUMNS_OTHERWISE, columns_in_dialect
from st_spectrum.spectrum.client import Spectrum
from tests.record.replay import replay
from tests.record.worlds import Installation

SETTING = "spectrum.infolink.columns"


@pytest.fixture(scope="module")
def copy(world: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    copy = tmp_path_factory.mktemp("otherwise") / "infolink.sqlite"
    database = Path(world.sandbox.infolink_url.removeprefix("sqlite:///"))
    columns_in_dialect(database, copy, COLUMNS_OTHERWISE)
    return copy


def account_of(world: Installation, copy: Path, names: Mapping[str, str]) -> Account:
    infolink = world.account.spectrum.infolink
    assert infolink is not None
    there = infolink.model_copy(
        update={"url": SecretStr(f"sqlite:///{copy}"), "columns": dict(names)}
    )
    return world.account.model_copy(
        update={
            "spectrum": world.account.spectrum.model_copy(update={"infolink": there}),
            "purchase_orders": world.account.purchase_orders.model_copy(
                update={"receiving": "packing_lists"}
            ),
        }
    )


def checked(account: Account, folder: Path) -> list[Finding]:
    with Spectrum(account.spectrum, folder / "wsdl") as spectrum:
        return list(check_columns(account, spectrum))


def recorded(account: Account, folder: Path) -> Report:
    found = read_systems(account)
    report = report_of(judge(found.evidence))
    write_recording(folder, found.evidence, report, Pseudonyms())
    return report


def test_without_the_setting_check_and_the_recording_name_it(
    world: Installation, copy: Path, tmp_path: Path
) -> None:
    account = account_of(world, copy, {})

    found = checked(account, tmp_path)
    differences = {one.id: one for one in recorded(account, tmp_path / "out").differences}

    assert {
        one.advice.rpartition(", ")[2].rstrip(".") for one in found if SETTING in one.advice
    } == COLUMNS_OTHERWISE.keys()
    assert len(found) == len(COLUMNS_OTHERWISE)
    assert differences.keys() == {"SP16.time_tables", "SP15.packing_lists"}
    assert all(SETTING in one.where for one in differences.values())


def test_with_the_setting_nothing_is_missing_and_the_recording_bears_it(
    world: Installation, copy: Path, tmp_path: Path
) -> None:
    account = account_of(world, copy, COLUMNS_OTHERWISE)

    assert checked(account, tmp_path) == []
    assert recorded(account, tmp_path / "out").differences == ()
    (workspace := tmp_path / "work").mkdir()
    again = replay(tmp_path / "out", workspace)
    infolink = again.account.spectrum.infolink
    assert infolink is not None and infolink.columns == COLUMNS_OTHERWISE
    assert checked(again.account, tmp_path) == []


def test_a_setting_that_names_no_column_there_is_told_as_such(
    world: Installation, copy: Path, tmp_path: Path
) -> None:
    key = "PR_PRE_TIME_CARD_MC.Message"

    (found,) = checked(account_of(world, copy, COLUMNS_OTHERWISE | {key: "Note"}), tmp_path)

    assert found.problem == "Spectrum has no column Note of PR_PRE_TIME_CARD_MC"
    assert found.advice == f"The account file calls it so: correct {SETTING}, {key}."


def test_the_list_for_the_administrator_has_the_names_there(
    world: Installation, copy: Path
) -> None:
    texts = [one.text for one in requirements_of(account_of(world, copy, COLUMNS_OTHERWISE))]

    (packed,) = (text for text in texts if "PO_PACK_LIST_DETAIL_MC" in text)
    assert "Quantity_Packed" in packed and "Quantity," not in packed
