"""The key that Spectrum gave a record in place of the one that was sent: an installation may number
its customers itself [SP 5].
"""

import re
from collections.abc import Callable

from st_spectrum.domain.commands import Command
from st_spectrum.domain.errors import SyncFault
from st_spectrum.spectrum.lookup_answers import LookupImpossible
from st_spectrum.spectrum.wire import Receipt

KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*")


def given_key(
    receipt: Receipt, command: Command, is_there: Callable[[str], bool | None]
) -> str | None:
    """None where Spectrum says nothing of another key, or has the record under the one that was
    sent. `is_there` tells whether a key has the record.

    That a remark about the element of the key names the one given is assumed [SP 4.3].
    """
    named: list[str] = [
        word.upper()
        for note in receipt.notes
        if note.field == command.taken_field
        for word in KEY.findall(note.text.replace(note.field, " "))
        if any(letter.isdigit() for letter in word) and word.upper() != command.key.upper()
    ]
    others = list(dict.fromkeys(named))
    if not others:
        return None
    try:
        if is_there(command.key):
            return None
        return next((key for key in others if is_there(key)), None)
    except (SyncFault, LookupImpossible):
        # It is written, and only its own words tell under which key.
        return others[-1]
