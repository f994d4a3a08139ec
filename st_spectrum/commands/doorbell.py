"""`st-spectrum doorbell`: takes ServiceTrade's rings until it is told to end."""

import threading
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

from st_spectrum.account.doorbell import Doorbell
from st_spectrum.account.file import load_account
from st_spectrum.domain.errors import SettingsInvalid

NEEDED = (
    "doorbell.url: is not set; ServiceTrade rings there, see the section `doorbell` of"
    " docs/account-file.md"
)


def run_doorbell(account_file: Path, dagster_url: str, location: str) -> int:
    """Stay until SIGTERM. Dagster and ServiceTrade may come and go meanwhile."""
    account = load_account(account_file)
    doorbell = account.doorbell
    _require(doorbell)

    from st_spectrum.doorbell.dagster_api import DagsterApi
    from st_spectrum.doorbell.door import build_door, open_door
    from st_spectrum.doorbell.registration import keep_registered
    from st_spectrum.doorbell.ringing import Bells
    from st_spectrum.flows import FLOWS
    from st_spectrum.servicetrade.client import ServiceTrade

    is_over = threading.Event()
    dagster = DagsterApi(dagster_url, location or account.name, account.name)
    tell = partial(_say_without, doorbell.secret.get_secret_value())
    bells = Bells(FLOWS, dagster, tell)
    app = build_door(unquote(urlsplit(doorbell.hook_url).path), bells.ring)
    with ServiceTrade(account.servicetrade) as servicetrade:
        registrar = threading.Thread(
            target=keep_registered,
            args=(servicetrade.webhooks, doorbell, is_over, tell),
            name="registrar",
            daemon=True,
        )
        registrar.start()
        try:
            open_door(app, doorbell.host, doorbell.port).run()
        finally:
            is_over.set()
            bells.stop()
            dagster.close()
            registrar.join(2)
    return 0


def remove_webhooks(account_file: Path) -> int:
    """Take our webhooks out of ServiceTrade, for whoever does without a doorbell from now on."""
    from st_spectrum.doorbell.registration import unregister
    from st_spectrum.servicetrade.client import ServiceTrade

    account = load_account(account_file)
    _require(account.doorbell)
    with ServiceTrade(account.servicetrade) as servicetrade:
        count = unregister(servicetrade.webhooks, account.doorbell)
    say(f"{count} of ServiceTrade's webhooks below {account.doorbell.url} removed.")
    return 0


def say(sentence: str) -> None:
    """One line into the log."""
    print(sentence, flush=True)


def _say_without(secret: str, sentence: str) -> None:
    # A refusal may quote the address.
    say(sentence.replace(secret, "***"))


def _require(doorbell: Doorbell) -> None:
    if not doorbell.url:
        raise SettingsInvalid([NEEDED])
