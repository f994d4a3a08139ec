"""The one Celery app of the project: what the launcher sends with and the worker takes with."""

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

from st_spectrum.workers.broker import Broker
from st_spectrum.workers.folder import make_private

FOLDER_TRANSPORT = "st_spectrum.workers.transport:Transport"


def configure(app: Celery, broker: Broker) -> Celery:
    """Make `app` speak with `broker`. Opens no connection."""
    TRANSPORT_ALIASES["folder"] = FOLDER_TRANSPORT
    if broker.folder is not None:
        make_private(broker.folder / "results")
    app.conf.update(broker.celery_settings)
    return app
