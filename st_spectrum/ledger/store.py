"""Where the ledger's documents live: small JSON texts under slash-separated keys, changed only by
conditional writes.

Four verbs, plus `discard` for index markers. On S3 they are `If-None-Match: *`, `If-Match` and
`ListObjectsV2`; on one machine they are one SQLite file, in tests the memory of a process. All pass
the contract suite in `tests/ledger/test_store_contract.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Stored:
    """One document as read: its text and the etag that a later `replace` must name."""

    body: str
    etag: str


class Store(Protocol):
    """The seam between the ledger's rules and its storage. All methods may be called from several
    threads.
    """

    def get(self, key: str) -> Stored | None:
        """The document, or None when there is none. Raises `Unavailable` when that cannot be
        told.
        """

    def create(self, key: str, body: str) -> str:
        """Write a document that must not exist yet and return its etag; raises `ClaimLost` when it
        exists.
        """

    def replace(self, key: str, body: str, etag: str) -> str:
        """Write over the version `etag` and return the new etag; raises `ClaimLost` when it is
        another version or gone.
        """

    def list(self, prefix: str) -> Iterator[str]:
        """The keys that start with `prefix`, in byte order, complete as of the call."""

    def discard(self, key: str) -> None:
        """Remove a marker; nothing happens when there is none. Entries are never removed."""

    def close(self) -> None:
        """Give back files and connections."""
