"""Both sides joined, by partition: as sent, in ServiceTrade now, in Spectrum now. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from st_spectrum.domain.differences import Difference, Verdict, judge

if TYPE_CHECKING:
    from pandas import DataFrame

COLUMNS = ["target_key", "field", "value"]


@dataclass(frozen=True)
class ExpectedRecord:
    """A record of Spectrum that one of ServiceTrade asks for, or once asked for.

    `source` are its values by ServiceTrade now, None where ServiceTrade does not tell any more;
    `sent` those that are known to have gone out. Fields of `information` are no faults.
    """

    flow: str
    key: str
    title: str
    target_key: str
    source: Mapping[str, str] | None
    sent: Mapping[str, str] = field(default_factory=dict)
    information: frozenset[str] = frozenset()
    is_optional: bool = False
    """Whether it may be missing without a word, as what is not sent yet."""


@dataclass(frozen=True)
class StoredRecord:
    """A record as it stands in Spectrum. `key` is that of the source record which it belongs to, ""
    where the expected record tells; one that nobody expects is said to be `extra` by its title.
    """

    target_key: str
    values: Mapping[str, str]
    flow: str = ""
    key: str = ""
    title: str = ""


def compare(
    expected: Sequence[ExpectedRecord], stored: Sequence[StoredRecord]
) -> Iterator[Difference]:
    """What is missing, extra or doubled, and each value that is not as it should be."""
    if not expected and not stored:
        return
    by_key = {record.target_key: record for record in expected}
    there = {record.target_key: record for record in stored}
    yield from _presence(by_key, there, [record.target_key for record in stored])
    both = [record for key, record in by_key.items() if key in there]
    joined = _frame(
        (record.target_key, name, value)
        for record in both
        for name, value in (record.source if record.source is not None else record.sent).items()
    )
    sent = _frame(
        (record.target_key, name, value) for record in both for name, value in record.sent.items()
    )
    found = _frame(
        (record.target_key, name, value)
        for record in there.values()
        for name, value in record.values.items()
    )
    keys = ["target_key", "field"]
    joined = joined.merge(sent, how="left", on=keys, suffixes=("", "_sent"))
    joined = joined.merge(found, how="left", on=keys, suffixes=("", "_found"))
    unequal = joined[joined["value"] != joined["value_found"]]
    for target_key, name, value, went_out, target in unequal.itertuples(index=False, name=None):
        yield from _of_value(by_key[target_key], name, value, _text(went_out), _text(target))


def _presence(
    expected: Mapping[str, ExpectedRecord],
    there: Mapping[str, StoredRecord],
    keys: Sequence[str],
) -> Iterator[Difference]:
    import pandas as pd

    copies = pd.Series(keys, dtype="object").value_counts()
    for key, record in expected.items():
        if key not in there and not record.is_optional:
            yield Difference(record.flow, record.key, record.title, key, Verdict.MISSING)
    for key, stored in there.items():
        owner = expected.get(key)
        flow, source_key, title = (
            (owner.flow, owner.key, owner.title)
            if owner
            else (stored.flow, stored.key, stored.title)
        )
        if owner is None:
            yield Difference(flow, source_key, title, key, Verdict.EXTRA)
        if (count := int(copies[key])) > 1:
            yield Difference(flow, source_key, title, key, Verdict.DOUBLED, target=f"{count} times")


def _of_value(
    record: ExpectedRecord, name: str, value: str, sent: str | None, target: str | None
) -> Iterator[Difference]:
    if target is None:
        return  # the column cannot be seen
    source = value if record.source is not None else None
    if verdict := judge(sent, source, target):
        yield Difference(
            record.flow,
            record.key,
            record.title,
            record.target_key,
            verdict,
            name,
            sent,
            source,
            target,
            is_fault=name not in record.information,
        )


def _frame(rows: "Iterator[tuple[str, str, str]]") -> "DataFrame":
    import pandas as pd

    return pd.DataFrame(list(rows), columns=COLUMNS, dtype="object")


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
