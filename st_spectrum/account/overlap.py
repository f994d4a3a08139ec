"""Account files that would carry one job twice: of one ServiceTrade account, or into one Spectrum
company, with offices in common. Pure, but for reading the files.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from pathlib import Path

from st_spectrum.account import Account
from st_spectrum.account.file import load_account
from st_spectrum.account.scope import folded
from st_spectrum.domain.errors import SettingsInvalid


def overlaps(accounts: Mapping[str, Account]) -> Iterator[str]:
    """One sentence for each pair of accounts, by the names of their files, that may not be carried
    side by side.
    """
    for (first, one), (second, other) in combinations(accounts.items(), 2):
        if reason := _reason(one, other):
            yield f"{first} and {second} {reason}"


def overlaps_of_files(files: Mapping[str, Path]) -> tuple[str, ...]:
    """The same of files as they are now. One that cannot be read says so by itself."""
    stamps = tuple(
        (name, str(file), stat.st_mtime_ns, stat.st_size)
        for name, file in files.items()
        if file.exists() and (stat := file.stat())
    )
    return _overlaps_of(stamps)


@lru_cache(maxsize=8)
def _overlaps_of(stamps: tuple[tuple[str, str, int, int], ...]) -> tuple[str, ...]:
    # A tick must not read the files of all the other accounts again and again.
    accounts = {}
    for name, file, _, _ in stamps:
        try:
            accounts[name] = load_account(Path(file))
        except SettingsInvalid:
            continue
    return tuple(overlaps(accounts))


def _reason(one: Account, other: Account) -> str:
    is_one_source, is_one_target = _is_one_source(one, other), _is_one_target(one, other)
    if not (is_one_source or is_one_target):
        return ""
    shared = _shared_offices(one, other)
    if shared and is_one_source:
        return (
            f"would both carry {shared} of one ServiceTrade account: give each its own offices"
            " under scope.offices, or name its account under servicetrade.account where they are"
            " two"
        )
    if shared:
        return (
            f"would both carry {shared} into Spectrum company {one.spectrum.company_code}: give"
            " each its own offices under scope.offices"
        )
    is_one_system = one.servicetrade.external_system == other.servicetrade.external_system
    if is_one_source and is_one_system and not is_one_target:
        return (
            "keep the keys of two Spectrum companies in one external system"
            f" ({one.servicetrade.external_system}): give each its own under"
            " servicetrade.external_system"
        )
    return ""


def _is_one_source(one: Account, other: Account) -> bool:
    """Unless both name accounts that differ: each system has its own login, which tells nothing."""
    mine, theirs = one.servicetrade, other.servicetrade
    names = {name.strip().casefold() for name in (mine.account, theirs.account)}
    return mine.base_url == theirs.base_url and (len(names) < 2 or "" in names)


def _is_one_target(one: Account, other: Account) -> bool:
    mine, theirs = one.spectrum, other.spectrum
    return (mine.base_url, mine.company_code) == (theirs.base_url, theirs.company_code)


def _shared_offices(one: Account, other: Account) -> str:
    mine, theirs = one.scope.offices, other.scope.offices
    if not mine and not theirs:
        return "everything"
    if not mine or not theirs:
        return "what is of " + ", ".join(mine or theirs)
    shared = [office for office in mine if folded(office) in map(folded, theirs)]
    return "what is of " + ", ".join(shared) if shared else ""
