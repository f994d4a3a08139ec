"""WSTestConnection: does the Authorization ID work [SP 7]."""

from st_spectrum.sandbox.spectrum.call import Call, Write
from st_spectrum.sandbox.spectrum.rows import SUCCESS, Row


def _check(call: Call) -> list[Row]:  # noqa: ARG001 (nothing in the company's tables matters)
    return []


def _store(call: Call) -> list[Row]:
    """The one service whose success row is documented [SP 4.3]; its text is assumed."""
    return [Row(SUCCESS, f"Connection successful, version {call['Version']}", "Version")]


HANDLER = Write(_check, _store)
