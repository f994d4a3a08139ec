"""Allocates the next free code of a range, once, whatever Spectrum uses and workers want."""

import threading
from collections.abc import Iterator, Mapping

from st_spectrum.domain.decisions import CodeRange
from st_spectrum.engine.flow import Flow
from st_spectrum.ledger.ledger import Ledger
from st_spectrum.spectrum.lookup_answers import LookupImpossible


class CodesUsedUp(Exception):
    """The account's range has no free code left."""

    cause = "the account's range of codes is used up"


class Codes:
    """The ledger's reservations decide; Spectrum's list only saves refused attempts."""

    def __init__(self, ledger: Ledger, flows: Mapping[str, Flow]) -> None:
        """`flows` by name, which is the kind of a flow's range."""
        self._ledger = ledger
        self._flows = flows
        self._in_use: dict[str, set[str]] = {}
        self._lock = threading.Lock()

    def allocate(self, code_range: CodeRange, source_key: str) -> str | None:
        """The smallest free code, reserved for `source_key`; None when the range is used up."""
        with self._lock:
            used = self._used(code_range.kind)
            code = self._ledger.reserve(
                code_range.kind, source_key, self._candidates(code_range, used)
            )
            if code is not None:
                used.add(code)
            return code

    def take(self, code_range: CodeRange, source_key: str, code: str) -> bool:
        """Give `source_key` the code under which Spectrum has its record; False where another one
        has it.
        """
        with self._lock:
            is_taken = self._ledger.take_code(code_range.kind, source_key, code)
            if code_range.kind in self._in_use:
                self._in_use[code_range.kind].add(code)
            return is_taken

    def coming(self, code_range: CodeRange) -> Iterator[str]:
        """The codes that would be given next, in their order; none is reserved by that."""
        with self._lock:
            used = set(self._used(code_range.kind))
        return self._candidates(code_range, used)

    def refuse(self, kind: str, code: str) -> None:
        """Spectrum turned out to use this code already: never offer it again."""
        with self._lock:
            self._used(kind).add(code)
            self._ledger.mark_taken(kind, code)

    def _used(self, kind: str) -> set[str]:
        if kind not in self._in_use:
            self._in_use[kind] = set(self._ledger.reserved(kind)) | self._used_in_spectrum(kind)
        return self._in_use[kind]

    def _used_in_spectrum(self, kind: str) -> set[str]:
        try:
            found = self._flows[kind].codes_in_use()
        except LookupImpossible:
            # Then Spectrum itself refuses a code in use, and the next one is tried.
            return set()
        return {code.upper() for code in found.codes}

    @staticmethod
    def _candidates(code_range: CodeRange, used: set[str]) -> Iterator[str]:
        for number in range(code_range.first, code_range.last + 1):
            code = code_range.code(number)
            if code not in used:
                yield code
