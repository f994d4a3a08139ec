"""The section `doorbell`: a long secret, and an address that shows it to nobody."""

from pathlib import Path

import pytest

from st_spectrum.account.digest import settings_digest
from st_spectrum.account.file import load_account, read_account
from tests.serving.test_before_anything_starts import ENVIRONMENT, EXAMPLE

SECRET = "s" * 32


def problems(**variables: str) -> str:
    return "\n".join(read_account(EXAMPLE, ENVIRONMENT | variables)[1])


def test_without_an_address_there_is_no_doorbell() -> None:
    assert load_account(EXAMPLE, ENVIRONMENT).doorbell.hook_url == ""


def test_the_secret_is_the_last_part_of_the_path() -> None:
    variables = {"DOORBELL_URL": "https://hooks.example.com/bell/", "DOORBELL_SECRET": SECRET}
    account = load_account(EXAMPLE, ENVIRONMENT | variables)
    assert account.doorbell.hook_url == f"https://hooks.example.com/bell/{SECRET}"
    assert SECRET not in repr(account)


@pytest.mark.parametrize("secret", ["", "short", "s" * 31 + "/", "s" * 31 + "?"])
def test_a_secret_that_can_be_guessed_or_breaks_the_path_is_refused(secret: str) -> None:
    flaws = problems(DOORBELL_URL="https://hooks.example.com", DOORBELL_SECRET=secret)
    assert "doorbell.secret: must be 32 to 200 letters" in flaws


def test_the_secret_crosses_no_network_in_the_clear() -> None:
    flaws = problems(DOORBELL_URL="http://hooks.example.com", DOORBELL_SECRET=SECRET)
    assert "doorbell.url: must be https" in flaws
    assert problems(DOORBELL_URL="http://127.0.0.1:3055", DOORBELL_SECRET=SECRET) == ""


def test_a_secret_in_the_file_itself_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "account.yaml"
    text = EXAMPLE.read_text(encoding="utf-8").replace("${DOORBELL_SECRET:-}", SECRET)
    file.write_text(text, encoding="utf-8")
    assert "doorbell.secret" in "\n".join(read_account(file, ENVIRONMENT)[1])


def test_no_record_is_judged_anew_because_of_a_doorbell() -> None:
    variables = {"DOORBELL_URL": "https://hooks.example.com", "DOORBELL_SECRET": SECRET}
    with_one = load_account(EXAMPLE, ENVIRONMENT | variables)
    assert settings_digest(with_one) == settings_digest(load_account(EXAMPLE, ENVIRONMENT))
