"""A record found by any of its names: its id, its key in the target, or a word of its title, such
as an invoice's number.
"""

from st_spectrum.domain.target_keys import SEPARATOR
from st_spectrum.ledger.entry import Entry
from st_spectrum.ledger.ledger import Ledger


def entries_named(ledger: Ledger, flow: str, name: str) -> tuple[Entry, ...]:
    """The entries of a flow that bear this name; the one of this id alone, where there is one.

    Without one, every entry of the flow is read: for a person, not for rounds.
    """
    if held := ledger.get(flow, name):
        return (held.entry,)
    wanted = name.strip().casefold()
    return tuple(entry for entry in ledger.entries(flow) if wanted and _bears(entry, wanted))


def _bears(entry: Entry, wanted: str) -> bool:
    keys = (entry.target_key, *entry.target_key.split(SEPARATOR))
    title = entry.title.casefold()
    return wanted in map(str.casefold, keys) or wanted in title.split() or wanted == title
