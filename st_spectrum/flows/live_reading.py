"""Asks Spectrum for the codes that customers and jobs have there now: once for a batch, or for one
record that is looked at by itself.
"""

from collections.abc import Iterable

from st_spectrum.domain.errors import SyncFault
from st_spectrum.flows.live_codes import Answer, hold_for_unread_codes
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.live_codes import LiveColumns


def read_live_codes(
    spectrum: Spectrum, customers: Iterable[str], jobs: Iterable[str], columns: LiveColumns
) -> Answer:
    """The codes of these customers and jobs, two statements for each 400 of them."""
    if spectrum.infolink is None:
        return hold_for_unread_codes("Info-Link is not set up")
    from st_spectrum.spectrum.infolink import live_code_tables

    try:
        return live_code_tables.read(spectrum.infolink, customers, jobs, columns)
    except SyncFault as fault:
        return hold_for_unread_codes(fault.message)
