"""`st-spectrum ledger ...`: the audit trail as a person reads it."""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.commands.sync import flows_named
from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.engine.retries.breaker_documents import end_pause
from st_spectrum.engine.retries.redrive import make_due
from st_spectrum.ledger.ledger import Ledger, open_ledger


@contextmanager
def _opened(account_file: Path) -> Iterator[tuple[Account, Ledger]]:
    account = load_account(account_file)
    ledger = open_ledger(account.ledger)
    try:
        yield account, ledger
    finally:
        ledger.close()


def retry_entries(account_file: Path, flow: str, keys: Sequence[str]) -> int:
    """What waits or was refused is tried next round, however often it went out before."""
    (flow,) = flows_named(flow)
    with _opened(account_file) as (_, ledger):
        print(f"{flow}: {retry_in(ledger, flow, keys)}")
    return 0


def retry_in(ledger: Ledger, flow: str, keys: Sequence[str]) -> str:
    """The records of these keys, or all that wait, are due, and the breakers that hold them try one
    at once; in words.
    """
    wanted = keys or ledger.open_keys(flow)
    found = {key: held.entry for key in wanted if (held := ledger.get(flow, key)) is not None}
    due = [key for key in found if make_due(ledger, flow, key, sends={})]
    blocking = {entry.blocked_by for entry in found.values() if entry.blocked_by} if keys else {""}
    causes = sum(end_pause(ledger, flow, ledger.now(), only) for only in blocking)
    nouns = (
        f"{len(due)} {'record' if len(due) == 1 else 'records'}",
        f"{causes} {'cause' if causes == 1 else 'causes'}",
    )
    unknown = [key for key in keys if key not in due]
    more = f"; nothing waits under {', '.join(unknown)}" if unknown else ""
    return f"{nouns[0]} and {nouns[1]} of refusals are tried again in the next round{more}."


def accept_doubles(account_file: Path, flow: str, key: str) -> int:
    """Take a person's word for what stands twice; 1 when the last look found nothing under the
    key, and no record waits for it.
    """
    from st_spectrum.engine.guards.doubles import accept
    from st_spectrum.flows.loose_codes import accept_one_like_it

    (flow,) = flows_named(flow)
    with _opened(account_file) as (_, ledger):
        taken = accept(ledger, flow, key) or accept_one_like_it(ledger, flow, key)
    for double in taken:
        print(f"{flow}: accepted as it is. {double}.")
    if not taken:
        print(f"{flow}: nothing was found standing twice under {key}.", file=sys.stderr)
    return 0 if taken else 1


def rebuild_ledger(account_file: Path) -> int:
    """Fill an empty ledger from external ids and natural keys. Raises `NotLive` before the account
    has gone live: a ledger that counts as begun is asked for no day.
    """
    from st_spectrum.engine.guards.recovering import rebuild
    from st_spectrum.flows.session import open_session
    from st_spectrum.spectrum.lookup_answers import LookupImpossible

    with open_session(load_account(account_file)) as session:
        session.refuse_before_go_live()
        try:
            counts = rebuild(session.flows.values())
            session.guard.adopt()
        except LookupImpossible as impossible:
            raise SettingsInvalid(
                [f"Spectrum cannot list its records: {impossible}; configure spectrum.infolink"]
            ) from None
    for rebuilt in counts:
        print(
            f"{rebuilt.flow}: {rebuilt.closed} have crossed, {rebuilt.half_way} found half-way in"
            " Spectrum"
        )
    return 0
