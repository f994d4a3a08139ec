"""A support contact whose mails go to the sandbox's sink."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from st_spectrum.account.file import load_account
from st_spectrum.commands.sandbox import environment
from st_spectrum.ledger.ledger import open_ledger
from st_spectrum.sandbox.server import Sandbox
from tests.world.contractor import ACCOUNT_FILE
from tests.world.support_contact import START, SupportContact


@pytest.fixture
def support_contact(sandbox: Sandbox, tmp_path: Path) -> Iterator[SupportContact]:
    sandbox.control.clear_mails()
    environ = environment(sandbox) | {"ST_SPECTRUM_STATE_DIR": str(tmp_path)}
    account = load_account(ACCOUNT_FILE, environ)
    moments = [START]
    with open_ledger(account.ledger, lambda: moments[0]) as ledger:
        yield SupportContact(account, sandbox, ledger, moments)
