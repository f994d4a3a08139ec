"""`st-spectrum record`: what a real installation answers, compared with what is taken for true, and
kept without anybody's names.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import typer

from st_spectrum.account import Account
from st_spectrum.account.file import load_connections
from st_spectrum.commands.named_files import into_named
from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.domain.errors import SettingsInvalid
from st_spectrum.private_files import make_private_folder

if TYPE_CHECKING:
    from st_spectrum.record.judgement import Judgement
    from st_spectrum.record.reading import Reading
    from st_spectrum.record.report import Report
    from st_spectrum.record.write_test import WriteTest


def run_record(
    account_file: Path, out: Path | None, openapi_file: Path | None, write_test_job: int | None
) -> int:
    """0 when both systems were read, 1 when one could not be; what differs is no failure.

    Only reads, unless a ServiceTrade job is named for a write test. An account file with its
    connections alone is enough for reading.
    """
    from st_spectrum.record.folder import write_left_behind, write_recording
    from st_spectrum.record.judge_openapi import read_description
    from st_spectrum.record.pseudonyms import Pseudonyms
    from st_spectrum.record.reading import judge, read_systems
    from st_spectrum.record.report import report_of

    account = load_connections(account_file)
    if write_test_job is not None:
        _refuse_company_in_use(account, account_file)
    openapi = read_description(openapi_file) if openapi_file else None
    folder = out or account.state_dir / f"recording-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}"
    if folder.exists() and any(folder.iterdir()):
        raise ArgumentInvalid([f"--out {folder}: is not empty; name a folder of its own"])
    with into_named(folder):
        make_private_folder(folder)
    reading = read_systems(account, openapi=openapi)
    judgements = list(judge(reading.evidence))
    left: list[str] = []
    if write_test_job is not None and not reading.down:
        found, left = _write_test(account, reading, write_test_job)
        judgements += found
    report = report_of(judgements)
    with into_named(folder):
        write_recording(folder, reading.evidence, report, Pseudonyms())
        write_left_behind(folder, left)
    _print(report, reading, folder, left)
    return 1 if reading.down else 0


def _refuse_company_in_use(account: Account, account_file: Path) -> None:
    from st_spectrum.record.write_guard import account_files, companies_in_use

    if in_the_way := [*companies_in_use(account, account_files(account_file))]:
        raise SettingsInvalid(in_the_way)


def _write_test(
    account: Account, reading: "Reading", number: int
) -> "tuple[list[Judgement], list[str]]":
    from st_spectrum.record.judge_writes import judge_item, judge_writes
    from st_spectrum.record.write_test import find_job

    with _connected(account, reading) as test:
        if missing := test.material.missing:
            text = f"neither the account file nor Spectrum has {', '.join(missing)}"
            raise ArgumentInvalid([f"--write-test: {text}"])
        job = find_job(test.servicetrade, number)
        if job is None:
            raise ArgumentInvalid(
                [f"--write-test {number}: ServiceTrade has no job of this number"]
            )
        test.job_id = job
        place = f"company {account.spectrum.company_code} at {account.spectrum.base_url}"
        print(f"Spectrum: {place}. ServiceTrade: {account.servicetrade.base_url}, job {number}.")
        test.run(lambda sentence: typer.confirm(sentence, default=False))
    is_bearer = account.spectrum.auth == "bearer"
    found = [*judge_writes(test.outcomes, is_bearer=is_bearer), *judge_item(test.sent, test.item)]
    return found, test.left


@contextmanager
def _connected(account: Account, reading: "Reading") -> "Iterator[WriteTest]":
    """Clients whose calls are recorded; external ids go into a system of the test's own."""
    from st_spectrum.record.exchanges import RecordingTransport
    from st_spectrum.record.write_material import material_of
    from st_spectrum.record.write_test import EXTERNAL_SYSTEM, WriteTest
    from st_spectrum.servicetrade.client import ServiceTrade
    from st_spectrum.spectrum.client import Spectrum
    from st_spectrum.transports import Transports

    evidence = reading.evidence
    source = account.servicetrade.model_copy(update={"external_system": EXTERNAL_SYSTEM})
    to_source = RecordingTransport("servicetrade", source.base_url, evidence.exchanges)
    to_target = RecordingTransport("spectrum", account.spectrum.base_url, evidence.exchanges)
    with (
        TemporaryDirectory() as folder,
        ServiceTrade(source, transport=to_source) as servicetrade,
        Spectrum(account.spectrum, Path(folder), Transports(spectrum=to_target)) as spectrum,
    ):
        material = material_of(account, evidence)
        yield WriteTest(spectrum, servicetrade, material, 0, (to_source, to_target), print)
    to_source.close()
    to_target.close()


def _print(report: "Report", reading: "Reading", folder: Path, left: list[str]) -> None:
    from st_spectrum.record.judgement import Verdict

    for down in reading.down:
        print(f"Not read: {down}")
    counts = {
        verdict: sum(one.verdict is verdict for one in report.assumptions) for verdict in Verdict
    }
    print(", ".join(f"{number} {verdict.value}" for verdict, number in counts.items()))
    for one in report.differences:
        print(f"  {one.id}: expected {one.expected}; found {one.found}; change {one.where}")
    if left:
        print("Left behind, for a person to remove:", *left, sep="\n  ")
    print(f"For others: {folder / 'report.md'}. For yourself alone: {folder / 'private'}.")
    print(f"Read {folder / 'README.md'} before anything of it is handed on.")
