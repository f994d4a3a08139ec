"""The Celery app of the broker gate: one task that writes down that its message arrived. See
`broker`.
"""

import os
import time
from pathlib import Path
from typing import Any

from celery import Celery, signals

from st_spectrum.workers.broker import read_broker
from st_spectrum.workers.celery_app import configure

CANDIDATE, FOLDER, REDIS = "GATE_CANDIDATE", "GATE_FOLDER", "GATE_REDIS"
READY = "ready"
TASK_SECONDS = 0.002
REDIS_VISIBILITY_SECONDS = 10


def make_app(candidate: str, folder: Path, redis_url: str) -> Celery:
    """All candidates get the settings of the product, but for their address and transport
    options.
    """
    app = configure(
        Celery("gate"), read_broker(redis_url if candidate == "redis" else str(folder / "broker"))
    )
    app.conf.update(task_ignore_result=True, worker_redirect_stdouts=False)
    if candidate == "filesystem":
        data, control = folder / "data", folder / "control"
        data.mkdir(exist_ok=True)
        control.mkdir(exist_ok=True)
        options = {
            "data_folder_in": str(data),
            "data_folder_out": str(data),
            "control_folder": str(control),
        }
        options |= {
            "store_processed": True,
            "processed_folder": str(folder / "processed"),
            "polling_interval": 0.05,
        }
        (folder / "processed").mkdir(exist_ok=True)
        app.conf.update(broker_url="filesystem://", broker_transport_options=options)
    elif candidate == "sqlite":
        options = {"connect_args": {"timeout": 30}}
        app.conf.update(
            broker_url=f"sqla+sqlite:///{folder / 'queue.sqlite'}", broker_transport_options=options
        )
    elif candidate == "redis":
        app.conf.broker_transport_options["visibility_timeout"] = REDIS_VISIBILITY_SECONDS
    return app


app = make_app(
    os.environ.get(CANDIDATE, "folder"),
    Path(os.environ.get(FOLDER, ".local/gate")),
    os.environ.get(REDIS, ""),
)


@signals.worker_ready.connect
def say_that_it_is_ready(**_: Any) -> None:
    """Until then a worker is not late."""
    (Path(os.environ[FOLDER]) / READY).write_text(str(os.getpid()))


@app.task(name="arrive")
def arrive(number: int) -> None:
    """One line per arrival. A line of this length is written whole or not at all."""
    time.sleep(TASK_SECONDS)
    log = os.open(
        Path(os.environ[FOLDER]) / "arrived", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600
    )
    os.write(log, f"{number}\n".encode())
    os.close(log)
