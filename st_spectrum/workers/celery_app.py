"""The one Celery app of the project: what the launcher sends with and the worker takes with."""

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

from st_spectrum.workers.broker import Broker
from st_spectrum.workers.folder import make_private

TRANSPORTS = {
    "folder": "st_spectrum.workers.transport:Transport",
    "redis": "st_spectrum.workers.redis_transport:Transport",
    "rediss": "st_spectrum.workers.redis_transport:Transport",
}
"""By the scheme of the address, as kombu also learns from it whether to encrypt."""


def configure(app: Celery, broker: Broker) -> Celery:
    """Make `app` speak with `broker`. Opens no connection."""
    TRANSPORT_ALIASES.update(TRANSPORTS)
    if broker.folder is not None:
        make_private(broker.folder / "results")
    app.conf.update(broker.celery_settings)
    return app
