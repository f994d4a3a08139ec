"""`st-spectrum worker`: takes runs of Dagster until it is told to end."""

import os

from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.private_files import make_private_folder
from st_spectrum.workers.broker import HOME_VARIABLE, broker_in_force
from st_spectrum.workers.folder import LOCK_SECONDS, FolderTaken, MessageFolder


def start_worker(concurrency: int | None = None, lock_seconds: float = LOCK_SECONDS) -> int:
    """Stay until SIGTERM, or until code or environment have changed; whoever supervises it then
    starts it anew. Runs at once: `concurrency`, else as many as the worker's accounts may have.
    Another worker of the folder has `lock_seconds` to end. Raises `SettingsInvalid` then.
    """
    if not os.environ.get(HOME_VARIABLE):
        raise SettingsInvalid(
            [f"{HOME_VARIABLE} is not set; it names the folder with dagster.yaml"]
        )
    broker = broker_in_force()
    try:
        if broker.folder is not None:
            make_private_folder(broker.folder)
            # Celery would tell it with the program's insides.
            MessageFolder(broker.folder).consume(lock_seconds)
    except FolderTaken as fault:
        raise SettingsInvalid([str(fault)]) from None

    from st_spectrum.workers.worker import hands, run_worker

    return run_worker(broker, concurrency or hands())


def print_worker_health() -> int:
    """Print one line: 0 when a worker on this machine gives signs of life, 1 when none does."""
    from st_spectrum.workers.beats import WORKERS, open_beats

    broker = broker_in_force()
    try:
        signs = open_beats(broker).living(WORKERS).values()
    except Exception as error:  # noqa: BLE001 - whatever the client of a server raises
        said = " ".join(str(error).split())
        print(f"not well: where workers get their runs cannot be read: {said}")
        return 1
    here = [sign for sign in signs if sign.is_alive]
    if not here:
        print("not well: no worker on this machine gives signs of life")
        return 1
    accounts = sorted({account for sign in here for account in sign.accounts})
    print(f"well: takes runs of {', '.join(accounts)}")
    return 0
