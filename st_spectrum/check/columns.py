"""The tables and columns that the product reads, against those that Info-Link shows; what stops
without each [SP 16.1].
"""

from collections.abc import Iterator

from st_spectrum.account import Account
from st_spectrum.check.finding import Finding, Severity
from st_spectrum.domain.errors import SyncFault
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.infolink.columns import Columns
from st_spectrum.spectrum.infolink.names_there import NamesThere
from st_spectrum.spectrum.infolink.reader import InfoLinkReader
from st_spectrum.spectrum.tables_read import TableRead, names_of, needed_tables

WHERE = "spectrum.infolink"
GRANT = (
    "Grant it in Info-Link under Table Security, and run Update Database there; without that"
    " nothing changes."
)
OTHER_RELEASE = (
    "This release of Spectrum calls it otherwise: tell whoever maintains the integration its name."
)
OTHER_NAME = "This release of Spectrum calls it otherwise: name it in {setting}."
OTHER_THAN_NAMED = "The account file calls it so: correct {setting}."
UNTOLD = f"If this release has it: {GRANT[0].lower()}{GRANT[1:]}"


def check_columns(account: Account, spectrum: Spectrum) -> Iterator[Finding]:
    """A finding for each table and each column that is missing, and for codes of another length;
    none without Info-Link.
    """
    reader = spectrum.infolink
    if reader is None:
        return
    reads = list(needed_tables(account))
    names = names_of(reads)
    granted, described = reader.columns_granted(names), _described(reader, names)
    for name in names:
        of_table = [read for read in reads if read.table.name == name]
        if name not in granted:
            yield _table_missing(name, of_table, described)
        else:
            for read in of_table:
                yield from _columns_missing(read, granted, described, reader.names)
                yield from _other_widths(read, granted)


def _described(reader: InfoLinkReader, names: tuple[str, ...]) -> Columns | None:
    try:
        return reader.columns_described(names) or None
    except SyncFault:
        return None  # then nobody can tell "not there" from "not granted"


def _table_missing(name: str, reads: list[TableRead], described: Columns | None) -> Finding:
    is_there = described is not None and name in described
    lost = "; ".join(dict.fromkeys(lost for read in reads for lost in _losses(read)))
    severity = Severity.ERROR if any(read.lost for read in reads) else Severity.WARNING
    return Finding(severity, WHERE, *_words(f"table {name}", described, lost, is_there=is_there))


def _losses(read: TableRead) -> list[str]:
    return [read.lost] if read.lost else list(read.optional.values())


def _columns_missing(
    read: TableRead, granted: Columns, described: Columns | None, names: NamesThere
) -> Iterator[Finding]:
    name = read.table.name
    there = (described or {}).get(name, {})
    for column in (column.name for column in read.table.columns):
        if column.upper() in granted[name]:
            continue
        lost = read.optional.get(column, read.lost)
        if not lost:
            continue  # what another part says of it
        severity = Severity.WARNING if column in read.optional else Severity.ERROR
        noun = f"column {names.of(name, column)} of {name}"
        problem, used_by, advice = _words(noun, described, lost, is_there=column.upper() in there)
        if advice == OTHER_RELEASE:
            words = OTHER_THAN_NAMED if names.is_named(name, column) else OTHER_NAME
            advice = words.format(setting=f"spectrum.infolink.columns, {name}.{column}")
        yield Finding(severity, WHERE, problem, used_by, advice)


def _words(
    noun: str, described: Columns | None, lost: str, *, is_there: bool
) -> tuple[str, str, str]:
    """Problem, what would meet it, advice."""
    if is_there:
        return f"Info-Link does not grant {noun}", lost, GRANT
    if described is None:
        return f"Info-Link does not show {noun}, and its dictionary cannot be read", lost, UNTOLD
    return f"Spectrum has no {noun}", lost, OTHER_RELEASE


def _other_widths(read: TableRead, granted: Columns) -> Iterator[Finding]:
    for column, width in read.widths.items():
        found = granted[read.table.name].get(column.upper())
        if found is not None and found != width:
            text = (
                f"{column} of {read.table.name} has {found} characters, and codes are looked for as"
                f" padded to {width}"
            )
            advice = (
                "Tell whoever maintains the integration; until then such codes may not be found."
            )
            yield Finding(Severity.WARNING, WHERE, text, "", advice)
