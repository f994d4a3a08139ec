"""Goes through both systems of an account, and judges what they answer while it is whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from st_spectrum.account import Account
from st_spectrum.domain.errors import SyncFault
from st_spectrum.record.exchanges import RecordingTransport
from st_spectrum.record.judge_infolink import judge_infolink
from st_spectrum.record.judge_openapi import judge_openapi
from st_spectrum.record.judge_servicetrade import judge_servicetrade
from st_spectrum.record.judge_spectrum import judge_spectrum
from st_spectrum.record.judgement import Evidence, Judgement
from st_spectrum.record.walk_infolink import InfoLinkWalk
from st_spectrum.record.walk_servicetrade import ServiceTradeWalk
from st_spectrum.record.walk_spectrum import SpectrumWalk
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.transports import NETWORK, Transports


@dataclass
class Reading:
    """What was read, and which systems could not be; raw."""

    evidence: Evidence
    down: list[str] = field(default_factory=list)


def read_systems(
    account: Account,
    transports: Transports = NETWORK,
    openapi: Mapping[str, Any] | None = None,
) -> Reading:
    """Both systems and Info-Link, one after the other. One that cannot be reached is noted, and the
    others are read all the same.
    """
    evidence = Evidence(account, openapi=openapi)
    reading = Reading(evidence)
    _servicetrade(account, transports, reading)
    _spectrum(account, transports, reading)
    return reading


def judge(evidence: Evidence) -> Iterator[Judgement]:
    """Everything that was read says something of."""
    if evidence.records:
        yield from judge_servicetrade(evidence)
    if evidence.rows or evidence.problems:
        yield from judge_spectrum(evidence)
    yield from judge_infolink(evidence)
    if evidence.openapi is not None:
        yield from judge_openapi(evidence.openapi)


def _servicetrade(account: Account, transports: Transports, reading: Reading) -> None:
    evidence = reading.evidence
    base_url = account.servicetrade.base_url
    recording = RecordingTransport(
        "servicetrade", base_url, evidence.exchanges, transports.servicetrade
    )
    walk = ServiceTradeWalk(account, recording)
    try:
        walk.walk()
    except SyncFault as fault:
        reading.down.append(f"ServiceTrade: {fault.message}")
    finally:
        walk.close()
        recording.close()
    evidence.records = walk.records


def _spectrum(account: Account, transports: Transports, reading: Reading) -> None:
    evidence = reading.evidence
    base_url = account.spectrum.base_url
    recording = RecordingTransport("spectrum", base_url, evidence.exchanges, transports.spectrum)
    with (
        TemporaryDirectory() as folder,
        Spectrum(account.spectrum, Path(folder), Transports(spectrum=recording)) as spectrum,
    ):
        walk = SpectrumWalk(account, recording, spectrum)
        walk.walk()
        evidence.rows, evidence.is_complete = walk.rows, walk.is_complete
        evidence.problems = walk.problems
        if not any(call.system == "spectrum" for call in evidence.exchanges.calls):
            reading.down.append("Spectrum: no call was answered")
        if spectrum.infolink is not None:
            tables = InfoLinkWalk(account, spectrum.infolink)
            try:
                tables.walk()
            except SyncFault as fault:
                reading.down.append(f"Info-Link: {fault.message}")
            evidence.tables, evidence.described = tables.tables, tables.described
            evidence.counts, evidence.extension = tables.counts, tables.extension
            evidence.known_tables = tables.known_tables
    recording.close()
