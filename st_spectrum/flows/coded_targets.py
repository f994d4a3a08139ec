"""Writes customers and sites, whose codes are of our own giving, and finds them again by these."""

from collections.abc import Callable, Mapping

from st_spectrum.domain.commands import InsertWithCode
from st_spectrum.engine.handlers import Handlers, Verdict
from st_spectrum.flows.other_keys import OtherKeys
from st_spectrum.flows.same_record import is_same, looks_like, verdict_on
from st_spectrum.flows.stored_masters import MasterKind
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.soap.given_keys import given_key

Row = Mapping[str, str]


class CodedTargets:
    """By SOAP, one at a time. `read` reads one by its code."""

    def __init__(
        self,
        spectrum: Spectrum,
        others: OtherKeys,
        kind: MasterKind,
        read: Callable[[str], Row | None],
    ) -> None:
        self._spectrum = spectrum
        self._others = others
        self._kind = kind
        self._read = read

    def handle(self, handlers: Handlers, command: type[InsertWithCode]) -> None:
        """Take the command of the flow."""
        handlers.add(command, self._add, self._find)

    def _add(self, command: InsertWithCode) -> str | None:
        receipt = self._spectrum.write(command.operation, command.fields)
        return given_key(
            receipt, command, lambda code: is_same(self._read(code), command, self._kind.same)
        )

    def _find(self, command: InsertWithCode) -> Verdict:
        kind = self._kind
        found = self._read(command.key)
        if found is not None:
            return verdict_on(found, command, kind.same, kind.telltale)
        telltale = kind.telltale if self._others.are_given(command) else kind.telltale[:1]
        alike = {name: command.fields[name] for name in telltale}
        rows = self._spectrum.look_alikes(command.operation, alike)
        return self._others.verdict(
            kind.flow,
            kind.entity_type,
            command.key,
            (
                row[kind.code]
                for row in rows
                if kind.is_of_one_owner(row, command)
                and looks_like(row, command, kind.places, telltale)
            ),
        )
