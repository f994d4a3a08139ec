"""Nothing of what stands in an installation can be found in its recording, however it is
spelled.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import SecretStr

from st_spectrum.account import Account
from st_spectrum.check import check_account
from st_spectrum.record.account_file import recorded_account
from st_spectrum.record.folder import write_recording
from st_spectrum.record.pseudonyms import Pseudonyms
from st_spectrum.record.reading import Reading, judge, read_systems
from st_spectrum.record.report import report_of
from st_spectrum.sandbox.credentials import CLIENT_SECRET
from st_spectrum.servicetrade.client import ServiceTrade
from st_spectrum.spectrum.client import Spectrum
from tests.record.planted import (
    Planted,
    in_base64,
    in_other_codes,
    plant_in_servicetrade,
    plant_in_spectrum,
    sixty,
    spellings,
)
from tests.record.replay import replay
from tests.record.worlds import Installation, installation

PLANTED = sixty()


def account_of_somebody(account: Account, planted: Planted) -> Account:
    """The account file too names people and things."""
    secrets = [SecretStr(secret) for secret in planted.secrets]
    support = account.support.model_copy(
        update={
            "contacts": planted.mails[:2],
            "payroll_contacts": planted.mails[2:4],
            "sender": planted.mails[4],
            "smtp_user": planted.secrets[1],
            "smtp_password": secrets[2],
        }
    )
    orders = account.purchase_orders.model_copy(
        update={"ignored_jobs": planted.numbers[:3], "ignored_warehouses": planted.names[:2]}
    )
    offices = {planted.names[2]: "NOR", planted.names[3]: "RIC"}
    maps = account.maps.model_copy(update={"offices": offices})
    login = account.servicetrade.model_copy(
        update={"password": secrets[3], "account": "Example Fire & Mechanical"}
    )
    spectrum = account.spectrum.model_copy(update={"authorization_id": secrets[0]})
    ledger = account.ledger.model_copy(update={"access_key_id": planted.secrets[4]})
    return account.model_copy(
        update={
            "name": "brandyquist-quiverstan",
            "support": support,
            "purchase_orders": orders,
            "maps": maps,
            "servicetrade": login,
            "spectrum": spectrum,
            "ledger": ledger,
        }
    )


@pytest.fixture(scope="module")
def somebodys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, Reading]]:
    with installation(tmp_path_factory.mktemp("somebody")) as world:
        plant_in_servicetrade(world, PLANTED)
        plant_in_spectrum(world, PLANTED)
        world.sandbox.control.switch("spectrum", auth_mode="off")
        known = replace(world, account=account_of_somebody(world.account, PLANTED))
        yield known, read_systems(known.account)


@pytest.fixture(scope="module")
def out(somebodys: tuple[Installation, Reading], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept") / "out"
    evidence = somebodys[1].evidence
    write_recording(folder, evidence, report_of(judge(evidence)), Pseudonyms())
    return folder


def kept(folder: Path) -> str:
    return "\n".join(file.read_text() for file in folder.rglob("*") if file.is_file())


def test_what_was_planted_was_read(somebodys: tuple[Installation, Reading]) -> None:
    evidence = somebodys[1].evidence
    raw = b"\n".join(call.body + call.request_body for call in evidence.exchanges.calls).decode()
    cells = " ".join(
        str(value)
        for table in evidence.tables.values()
        for row in table.rows
        for value in row.values()
    )
    everything = (raw + cells + str(somebodys[0].account.model_dump())).casefold()

    read = [value for value in PLANTED.all[:54] if value[:20].casefold() in everything]

    assert len(PLANTED.all) == 60
    assert len(read) >= 50, set(PLANTED.all[:54]) - set(read)


@pytest.mark.parametrize("value", PLANTED.all)
def test_nothing_planted_is_in_the_recording(out: Path, value: str) -> None:
    text = kept(out)
    folded = text.casefold()

    assert [form for form in spellings(value) if form in folded] == []
    assert [form for form in in_base64(value) if form in text] == []
    assert [form for form in in_other_codes(value) if form in folded] == []


def test_neither_hosts_nor_logins_are_in_the_recording(
    somebodys: tuple[Installation, Reading], out: Path
) -> None:
    text = kept(out).casefold()
    account = somebodys[0].account

    for value in (
        *(CLIENT_SECRET, account.servicetrade.base_url, account.spectrum.base_url, account.name),
        *(
            "mechanical",
            "127.0.0.1",
            str(account.state_dir),
            "infolink.sqlite",
            "phpsessid",
            "set-cookie",
        ),
    ):
        assert value.casefold() not in text, value


def test_check_on_a_replay_of_it_works_with_the_account_file_written_along(
    out: Path, tmp_path: Path
) -> None:
    replayed = replay(out, tmp_path)
    account, transports = replayed.account, replayed.transports
    with (
        ServiceTrade(account.servicetrade, transport=transports.servicetrade) as servicetrade,
        Spectrum(account.spectrum, tmp_path / "wsdl", transports) as spectrum,
    ):
        found = check_account(account, servicetrade, spectrum)

    assert not any(one.is_down for one in found)
    assert account.servicetrade.account not in ("", "Example Fire & Mechanical")
    (reached,) = (one for one in found if "the login leads to account" in one.problem)
    assert reached.severity == "note"
    assert any("the highest number" in one.problem for one in found)


def test_words_in_the_formats_of_an_account_file_are_hidden_and_its_fields_stay(
    somebodys: tuple[Installation, Reading], tmp_path: Path
) -> None:
    account = somebodys[0].account
    named = account.model_copy(
        update={
            "jobs": account.jobs.model_copy(update={"number_format": "BRANDY-{number}"}),
            "customers": account.customers.model_copy(
                update={"codes": account.customers.codes.model_copy(update={"prefix": "QUIV"})}
            ),
        }
    )

    text = recorded_account(named, Pseudonyms())

    assert "-{number}" in text
    assert not any(word in text for word in ("BRANDY", "QUIV"))
