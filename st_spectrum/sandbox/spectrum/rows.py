"""The rows in which Spectrum says what is wrong with a call, and what it has to say about one that
went well.
"""

from dataclasses import dataclass

ABORT = "A"
INVALID = "I"
MISSING = "M"
GOOD = "G"
SUCCESS = "S"
ERROR_OF_GET = "E"
WARNING = "W"

NOT_SET_UP = "The Web Service is not authorized. Authorization ID is not setup in the system."
"""Documented text [SP 4.3]."""

GET_NOT_AUTHORIZED = "The web service is not Authorized"
"""Documented text of a Get service [SP 4.3]."""

TIMED_OUT = "Time out has occurred"
"""Documented text of a group that was idle for a day [SP 1.6]; that it comes as an `A` row on GUID
is assumed.
"""

TOO_MANY_ROWS = "WARNING - Number of returnable records exceeds maximum number of records allowed."
"""Captured text of the 501st row [SP 4.5]."""


@dataclass(frozen=True)
class Row:
    """One `response`: code, text, and the element it speaks about [SP 4.2, 4.3]."""

    code: str
    desc: str
    column: str


def abort(column: str, desc: str) -> Row:
    """The row that ends a call as a whole [SP 4.3]."""
    return Row(ABORT, desc, column)


def invalid(column: str, desc: str) -> Row:
    """A value that cannot be; the texts of level three are assumed, the code is documented
    [SP 4.3, 18].
    """
    return Row(INVALID, desc, column)


def missing(column: str) -> Row:
    """A required element without a value [SP 4.3]; the text is assumed."""
    return Row(MISSING, f"{column} is required", column)


def off_mask(column: str) -> Row:
    """Documented text for a value of the wrong form [SP 4.3]."""
    return Row(INVALID, f"{column} is invalid, value does not match specified field mask", column)
