"""`st-spectrum worker`: takes runs of Dagster until it is told to end."""

import os

from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.workers.broker import HOME_VARIABLE, broker_in_force


def start_worker(concurrency: int) -> int:
    """Stay until SIGTERM, or until code or environment have changed; whoever supervises it then
    starts it anew.
    """
    if not os.environ.get(HOME_VARIABLE):
        raise SettingsInvalid(
            [f"{HOME_VARIABLE} is not set; it names the folder with dagster.yaml"]
        )
    broker = broker_in_force()

    from st_spectrum.workers.folder import FolderTaken, MessageFolder

    try:
        if broker.folder is not None:
            MessageFolder(
                broker.folder
            ).consume()  # Celery would tell it with the program's insides
    except FolderTaken as fault:
        raise SettingsInvalid([str(fault)]) from None

    from st_spectrum.workers.worker import run_worker

    return run_worker(broker, concurrency)
