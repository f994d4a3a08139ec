"""`st-spectrum record`: what a real installation answers, compared with what is taken for true, and
kept without anybody's names.
"""

from datetime import datetime
from pathlib import Path

from st_spectrum.account.file import read_connections
from st_spectrum.domain.errors import SettingsInvalid


def run_record(account_file: Path, out: Path | None, openapi_file: Path | None) -> int:
    """0 when both systems were read, 1 when one could not be; what differs is no failure.

    Only reads. An account file with its connections alone is enough.
    """
    from st_spectrum.record.folder import write_recording
    from st_spectrum.record.judge_openapi import read_description
    from st_spectrum.record.judgement import Verdict
    from st_spectrum.record.pseudonyms import Pseudonyms
    from st_spectrum.record.reading import judge, read_systems
    from st_spectrum.record.report import report_of

    account, problems = read_connections(account_file)
    if account is None:
        raise SettingsInvalid(problems)
    openapi = read_description(openapi_file) if openapi_file else None
    folder = out or account.state_dir / f"recording-{datetime.now().astimezone():%Y-%m-%d-%H%M%S}"
    if folder.exists() and any(folder.iterdir()):
        raise SettingsInvalid([f"--out {folder}: is not empty; name a folder of its own"])
    reading = read_systems(account, openapi=openapi)
    report = report_of(judge(reading.evidence))
    write_recording(folder, reading.evidence, report, Pseudonyms())
    counts = {
        verdict: sum(one.verdict is verdict for one in report.assumptions) for verdict in Verdict
    }
    for down in reading.down:
        print(f"Not read: {down}")
    print(", ".join(f"{number} {verdict.value}" for verdict, number in counts.items()))
    for one in report.differences:
        print(f"  {one.id}: expected {one.expected}; found {one.found}; change {one.where}")
    print(f"For others: {folder / 'report.md'}. For yourself alone: {folder / 'private'}.")
    print(f"Read {folder / 'README.md'} before anything of it is handed on.")
    return 1 if reading.down else 0
