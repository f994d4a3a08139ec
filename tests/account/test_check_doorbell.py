"""`check` says whether ServiceTrade's login may have it ring."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from st_spectrum.account import Account
from st_spectrum.account.doorbell import Doorbell
from st_spectrum.account.file import load_account
from st_spectrum.check.doorbell import check_doorbell
from st_spectrum.check.finding import Severity
from st_spectrum.check.requirements import Who, requirements_of
from st_spectrum.sandbox.credentials import CLIENT_ID, CLIENT_SECRET
from st_spectrum.sandbox.door import Door
from st_spectrum.servicetrade.client import ServiceTrade
from tests.serving.test_before_anything_starts import ENVIRONMENT, EXAMPLE

BELL = Doorbell(url="https://hooks.example.com/bell", secret="s" * 40)


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with Door(tmp_path) as door:
        yield door


@pytest.fixture
def client(door: Door) -> Iterator[ServiceTrade]:
    connection = load_account(
        EXAMPLE,
        ENVIRONMENT
        | {
            "SERVICETRADE_URL": door.servicetrade_url,
            "SERVICETRADE_CLIENT_ID": CLIENT_ID,
            "SERVICETRADE_CLIENT_SECRET": CLIENT_SECRET,
        },
    ).servicetrade
    with ServiceTrade(connection, transport=door.transports().servicetrade) as client:
        yield client


def account(doorbell: Doorbell) -> Account:
    return load_account(EXAMPLE, ENVIRONMENT).model_copy(update={"doorbell": doorbell})


def test_a_login_without_the_right_is_a_warning(door: Door, client: ServiceTrade) -> None:
    assert list(check_doorbell(account(BELL), client)) == []
    door.control.switch("servicetrade", is_account_admin=False)
    [finding] = check_doorbell(account(BELL), client)
    assert (finding.severity, finding.where) == (Severity.WARNING, "doorbell.url")
    assert not door.control.calls(system="servicetrade", writes=True)


def test_who_has_no_doorbell_is_asked_nothing(door: Door, client: ServiceTrade) -> None:
    door.control.switch("servicetrade", is_account_admin=False)
    assert list(check_doorbell(account(Doorbell()), client)) == []
    assert not door.control.calls(system="servicetrade")


@pytest.mark.parametrize(("doorbell", "count"), [(BELL, 1), (Doorbell(), 0)])
def test_the_right_is_on_the_administrators_list_where_it_is_needed(
    doorbell: Doorbell, count: int
) -> None:
    lines = [
        line
        for line in requirements_of(account(doorbell))
        if line.who is Who.SERVICETRADE and "admin.account" in line.text
    ]
    assert [line.where for line in lines] == ["doorbell.url"] * count
