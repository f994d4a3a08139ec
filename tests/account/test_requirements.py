"""Two administrators get a list to tick, of what the flows that are switched on need and of nothing
else.
"""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from st_spectrum.account import Account
from st_spectrum.account.file import load_account, load_connections, read_connections
from st_spectrum.check.requirements import Requirement, Who, requirements_of
from st_spectrum.cli import app
from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.spectrum.tables_read import names_of, needed_tables

EXAMPLE = Path(__file__).parents[2] / "accounts" / "sandbox.yaml"
SECRETS = {
    "SERVICETRADE_URL": "https://api.servicetrade.com/api",
    "SERVICETRADE_CLIENT_ID": "id",
    "SERVICETRADE_CLIENT_SECRET": "secret-of-the-login",
    "SPECTRUM_URL": "https://harbor:8482",
    "SPECTRUM_AUTHORIZATION_ID": "ID-OF-THE-LOGIN",
    "SPECTRUM_INFOLINK_URL": "mssql+pymssql://user:password-of-the-login@host/db",
}
CONNECTIONS = """
name: harbor
timezone: America/New_York
servicetrade:
  base_url: ${SERVICETRADE_URL}
  client_id: ${SERVICETRADE_CLIENT_ID}
  client_secret: ${SERVICETRADE_CLIENT_SECRET}
spectrum:
  base_url: ${SPECTRUM_URL}
  company_code: 001
  authorization_id: ${SPECTRUM_AUTHORIZATION_ID}
"""


@pytest.fixture
def account() -> Account:
    return load_account(EXAMPLE, SECRETS)


def texts(lines: list[Requirement], who: Who) -> str:
    return "\n".join(line.text for line in lines if line.who is who)


def test_every_table_that_is_read_is_asked_for_with_its_columns(account: Account) -> None:
    lines = list(requirements_of(account))

    granted = [
        line.text for line in lines if line.text.startswith("Info-Link, Table Security: grant ")
    ]
    assert {text.split()[4].rstrip(",") for text in granted} == {
        *names_of(needed_tables(account)),
        "PA_COLUMN_NAMES",
    }
    (headers,) = [text for text in granted if "CR_INVOICE_HEADER_MC" in text]
    assert "Taxable_Amount" in headers


def test_a_flow_that_is_switched_off_asks_for_nothing(account: Account) -> None:
    time_off = account.timecards.model_copy(update={"first_day": ""})
    no_tables = account.spectrum.model_copy(update={"infolink": None})
    alone = account.model_copy(update={"timecards": time_off, "spectrum": no_tables})

    everything = "\n".join(line.text for line in requirements_of(alone))

    for words in ("PR_TIME_CARD", "PreTimeCard", "items of jobs", "Table Security"):
        assert words not in everything


def test_services_are_named_as_data_exchange_lists_them(account: Account) -> None:
    shown = texts(list(requirements_of(account)), Who.SPECTRUM)

    for name in (
        "AddCustomer",
        "AddWOSiteAddress",
        "AddJob",
        "AddPhase",
        "ARMultiLineInvoice",
        "GetPayType",
    ):
        assert f"build {name}" in shown


def test_connections_alone_are_enough_to_ask_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "harbor.yaml"
    file.write_text(CONNECTIONS, encoding="utf-8")
    for name, value in SECRETS.items():
        monkeypatch.setenv(name, value)

    result = CliRunner().invoke(app, ["requirements", "--account", str(file)])

    assert result.exit_code == 0, result.output
    assert "# What harbor needs" in result.output
    assert "- [ ] Data Exchange: build AddCustomer" in result.output
    for secret in ("secret-of-the-login", "ID-OF-THE-LOGIN", "password-of-the-login"):
        assert secret not in result.output


def test_variables_that_are_not_set_yet_stand_on_the_list_and_refuse_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "harbor.yaml"
    file.write_text(
        f"{CONNECTIONS}  infolink:\n    url: ${{SPECTRUM_INFOLINK_URL}}\n", encoding="utf-8"
    )
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)

    result = CliRunner().invoke(app, ["requirements", "--account", str(file)])

    assert result.exit_code == 0, result.output
    assert "grant CR_INVOICE_HEADER_MC" in result.output
    for name in SECRETS:
        assert f"- [ ] The environment variable {name}, which is not set yet." in result.output
    with pytest.raises(SettingsInvalid, match="SPECTRUM_URL is not set"):
        load_account(file)


def test_other_commands_name_the_section_that_such_a_file_lacks(tmp_path: Path) -> None:
    file = tmp_path / "harbor.yaml"
    file.write_text(CONNECTIONS, encoding="utf-8")

    with pytest.raises(SettingsInvalid, match="maps: is missing"):
        load_account(file, SECRETS)

    account, problems = read_connections(file, SECRETS)
    assert account is not None
    assert ["maps: is missing" in problem for problem in problems] == [True]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (("name: harbor", "name: harbor\nfrobnicate: 1"), "frobnicate: is not a setting"),
        (("America/New_York", "America/Nowhere"), "timezone: 'America/Nowhere' is not"),
        (("name: harbor", "name: harbor\nname: pier"), "name: is given twice"),
        (("${SERVICETRADE_CLIENT_SECRET}", "plain"), "client_secret: a secret must not stand"),
    ],
)
@pytest.mark.parametrize("command", ["requirements", "record"])
def test_what_is_wrong_is_refused_also_where_something_may_be_missing(
    tmp_path: Path, change: tuple[str, str], complaint: str, command: str
) -> None:
    file = tmp_path / "harbor.yaml"
    file.write_text(CONNECTIONS.replace(*change), encoding="utf-8")

    result = CliRunner().invoke(app, [command, "--account", str(file)], env=SECRETS)

    assert result.exit_code == 1, result.output
    assert complaint in result.output
    assert "maps" not in result.output.replace("purchase_orders, maps, pace", "")


def test_a_variable_that_is_not_set_is_forgiven_whatever_its_setting_takes(tmp_path: Path) -> None:
    file = tmp_path / "harbor.yaml"
    support = "support:\n  smtp_port: ${PORT}\n  smtp_user: me\n"
    file.write_text(CONNECTIONS + support, encoding="utf-8")
    unset: set[str] = set()

    assert load_connections(file, SECRETS, unset).name == "harbor"
    assert unset == {"PORT"}
