"""AddARInvoice: an AR invoice or credit memo of one line [SP 12.3]."""

from st_spectrum.sandbox.spectrum.call import Call, Write
from st_spectrum.sandbox.spectrum.rows import Row, invalid
from st_spectrum.sandbox.spectrum.services.invoice_rules import (
    NotSetUp,
    check_detail,
    check_header,
    store,
)


def _check(call: Call) -> list[Row]:
    """An amount could be complained about as part of the header and of the line; once is enough."""
    try:
        return list(dict.fromkeys([*check_header(call), *check_detail(call)]))
    except NotSetUp:
        # How the service says so is assumed; the REST service answers HTTP 500 [SP 4.7].
        return [invalid("GL_Date", "The AR processing dates are not set")]


def _store(call: Call) -> list[Row]:
    store(call, [call])
    return []


HANDLER = Write(_check, _store)
