"""Opens the store that the account file names; what only one kind needs is loaded for that kind
alone.
"""

from st_spectrum.account.connections import LedgerSettings
from st_spectrum.ledger.store import Store


def open_store(settings: LedgerSettings) -> Store:
    """The store that the account file names; raises as `open_ledger` does."""
    if settings.kind == "sqlite":
        from st_spectrum.ledger.sqlite import SqliteStore

        return SqliteStore(settings.path, settings.timeout_seconds)
    from st_spectrum.ledger.s3 import S3Store
    from st_spectrum.ledger.s3_client import ledger_client

    store = S3Store(settings.bucket, settings.prefix, ledger_client(settings))
    try:
        store.prove()
    except BaseException:
        store.close()
        raise
    return store
