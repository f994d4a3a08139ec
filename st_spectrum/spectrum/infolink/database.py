"""The database behind Info-Link: how it is opened, only to be read, and what its faults mean."""

from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, SQLAlchemyError

from st_spectrum.account.connections import InfoLink
from st_spectrum.domain.errors import (
    AccessDenied,
    ContractBroken,
    SettingsInvalid,
    SyncFault,
    Unavailable,
)
from st_spectrum.spectrum.infolink.fingerprints import teach_sqlite

_DENIED = frozenset({229, 230, 262, 916, 4060, 18452, 18456, 18470, 40615})

_NOT_THERE = frozenset({207, 208})


def open_engine(settings: InfoLink) -> Engine:
    """Nothing is connected before the first statement. Raises `SettingsInvalid`."""
    try:
        url = make_url(settings.url.get_secret_value())
        # Autocommit: a read must not leave a transaction open on somebody's accounting system.
        engine = create_engine(
            url,
            isolation_level="AUTOCOMMIT",
            pool_pre_ping=True,
            pool_recycle=1800,
            hide_parameters=True,
            connect_args=_connect_args(url, settings.timeout_seconds),
        )
    except (ArgumentError, ImportError) as error:
        text = f"spectrum.infolink.url: not a usable SQLAlchemy address ({type(error).__name__})"
        raise SettingsInvalid([text]) from None
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _read_only)
        event.listen(engine, "connect", teach_sqlite)
    return engine


def _connect_args(url: URL, seconds: float) -> dict[str, Any]:
    if url.get_backend_name() == "mssql":
        whole = max(1, round(seconds))
        return {"timeout": whole, "login_timeout": whole}
    return {"timeout": seconds}


def _read_only(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA query_only = ON")


def fault_of(error: SQLAlchemyError, table: str, operation: str) -> SyncFault:
    """The driver's text is left out on purpose: it may name the server, the login or the
    address.
    """
    number = _error_number(error)
    shown = f" (error {number})" if number else f" ({type(error).__name__})"
    original = str(error.orig).lower() if isinstance(error, DBAPIError) else ""
    if number in _NOT_THERE or "no such table" in original or "no such column" in original:
        text = f"{table} is missing, or lacks a column that is needed{shown}"
        return ContractBroken(text, system="spectrum", operation=operation)
    if number in _DENIED or "login failed" in original:
        text = f"the Info-Link user may not read {table}{shown}"
        return AccessDenied(text, system="spectrum", operation=operation)
    return Unavailable(f"{table} could not be read{shown}", system="spectrum", operation=operation)


def _error_number(error: SQLAlchemyError) -> int:
    """SQL Server's own error number, which pymssql puts first; 0 when there is none."""
    arguments = getattr(getattr(error, "orig", None), "args", ())
    while arguments and isinstance(arguments[0], tuple):
        arguments = arguments[0]
    return arguments[0] if arguments and isinstance(arguments[0], int) else 0
