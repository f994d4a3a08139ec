"""`st-spectrum alerts`: one round of alert mails, without Dagster or without waiting a minute."""

import sys
from pathlib import Path

from st_spectrum.account.file import load_account


def send_alerts(account_file: Path) -> int:
    """0 when everything that was due has left; 1 when mails wait, with a sentence that says why."""
    from st_spectrum.alerts.deliver import alert
    from st_spectrum.ledger.ledger import open_ledger

    account = load_account(account_file)
    if not account.support.for_payroll:
        print("support.contacts is empty in the account file: nobody gets mail.")
        return 0
    with open_ledger(account.ledger) as ledger:
        done = alert(account, ledger)
    print(done.counts())
    for sentence in done.sending.trouble:
        print(sentence, file=sys.stderr)
    return 1 if done.sending.waiting else 0
