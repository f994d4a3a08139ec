"""A small account file and its environment, for tests that read it."""

from pathlib import Path

import pytest

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.domain.errors import SettingsInvalid

ENVIRONMENT = {
    "SERVICETRADE_URL": "http://127.0.0.1:8101/api",
    "SERVICETRADE_CLIENT_ID": "a-client",
    "SERVICETRADE_CLIENT_SECRET": "hush-hush",
    "SPECTRUM_URL": "http://127.0.0.1:8102",
    "SPECTRUM_AUTHORIZATION_ID": "AUTH-1",
}

SMALL = """\
name: small
servicetrade:
  base_url: ${SERVICETRADE_URL}
  client_id: me
  client_secret: ${SERVICETRADE_CLIENT_SECRET}
spectrum:
  base_url: ${SPECTRUM_URL}
  company_code: 001
  authorization_id: ${SPECTRUM_AUTHORIZATION_ID}
maps:
  payment_terms: {default: 3}
  sales_tax: {fixed: VA}
"""


def read(folder: Path, text: str, **environ: str) -> Account:
    file = folder / "account.yaml"
    file.write_text(text, encoding="utf-8")
    return load_account(file, ENVIRONMENT | environ)


def problems(folder: Path, text: str, **environ: str) -> list[str]:
    """The problems without the folder in front: `account.yaml:3: servicetrade.base_url: ...`."""
    with pytest.raises(SettingsInvalid) as caught:
        read(folder, text, **environ)
    return [problem.removeprefix(f"{folder}/") for problem in caught.value.problems]
