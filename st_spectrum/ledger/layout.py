"""Under which keys the ledger's documents lie. Pure.

    entries/<flow>/<key>            the entry of one source record; never removed
    open/<flow>/<key>               a marker: somebody has to come back to this entry; may be stale, is never missing
    codes/<kind>/<code>             a target code that is taken, with the source key that reserved it
    codes-of/<kind>/<source key>    the code that a source key reserved, or was about to
    cursors/<name>                  how far the changes of a source were read
    done/<flow>/<week>/<key>        a marker: this record of that payroll week stands in the target; a listing tells a week
    kept/<kind>/<key>               whatever else must outlive a run: what was posted, what was told, mails on their way
    epoch/ledger                    who this ledger is, and how often it began to send; see `epoch`

Words are percent-encoded, so a slash only ever separates them and every folder holds words of one
sort: the order of keys is then the same on every store.
"""

from urllib.parse import quote, unquote

EPOCH_PATH = "epoch/ledger"
FOLDERS = ("entries/", "open/", "codes/", "codes-of/", "cursors/", "done/", "kept/", "epoch/")
"""All that is the ledger's; beside it a bucket may hold other things."""


def entry_path(flow: str, key: str) -> str:
    """Where an entry lies."""
    return entries_prefix(flow) + _word(key)


def entries_prefix(flow: str) -> str:
    """What the paths of a flow's entries start with."""
    return f"entries/{_word(flow)}/"


def open_path(flow: str, key: str) -> str:
    """Where the marker of an open entry lies."""
    return open_prefix(flow) + _word(key)


def open_prefix(flow: str) -> str:
    """What the paths of a flow's open markers start with."""
    return f"open/{_word(flow)}/"


def done_path(flow: str, week: str, key: str) -> str:
    """Where the marker of a record lies that is done."""
    return done_prefix(flow, week) + _word(key)


def done_prefix(flow: str, week: str) -> str:
    """What the paths of all markers of one week of a flow start with."""
    return f"done/{_word(flow)}/{_word(week)}/"


def path_of(*words: str) -> str:
    """The path of these words."""
    return "/".join(map(_word, words))


def last_word(path: str) -> str:
    """The last word of a path as it was before it was encoded."""
    return unquote(path.rpartition("/")[2])


def _word(text: str) -> str:
    if not text:
        raise ValueError("an empty word cannot be part of a ledger key")
    word = quote(text, safe="", errors="replace")
    # A folder on disk, as some S3 servers use it, knows `.` and `..` already.
    return word.replace(".", "%2E") if not word.strip(".") else word
