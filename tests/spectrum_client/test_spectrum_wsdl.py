"""Service descriptions: fetched once, kept, and fetched again when the copy is broken or old."""

import errno
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from st_spectrum.domain.errors import ContractBroken, Unavailable
from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.soap.wsdl import GOOD_FOR_SECONDS
from st_spectrum.spectrum.wire import ServiceMissing
from tests.world.full_disk import on_a_full_disk

from .conftest import connection_to
from .stand_in import Answer, SpectrumStandIn, good_wsdl
from .test_spectrum_transport import HTML, PHASE, TAKEN


def write_once(server: SpectrumStandIn, folder: Path) -> None:
    server.otherwise = TAKEN
    with Spectrum(connection_to(server.url), folder) as spectrum:
        spectrum.write("AddPhase", PHASE)


def fetched(server: SpectrumStandIn) -> int:
    return server.paths().count("/wsdls/AddPhase.jws")


def test_a_wsdl_is_fetched_once_for_all_threads_and_kept_for_the_next_run(
    server: SpectrumStandIn, tmp_path: Path
) -> None:
    server.otherwise = TAKEN
    with Spectrum(connection_to(server.url), tmp_path) as spectrum, ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: spectrum.write("AddPhase", PHASE), range(6)))
        assert spectrum.calls == {"wsdl": 1, "AddPhase": 6}
    write_once(server, tmp_path)
    assert fetched(server) == 1
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["AddPhase.wsdl"]


@pytest.mark.parametrize("damage", [b"", b"<definitions", b"<html>Sign in</html>", b"\x00\x01"])
def test_a_broken_copy_is_fetched_again(
    server: SpectrumStandIn, tmp_path: Path, damage: bytes
) -> None:
    write_once(server, tmp_path)
    (copy,) = tmp_path.rglob("AddPhase.wsdl")
    copy.write_bytes(damage)
    write_once(server, tmp_path)
    assert fetched(server) == 2


def test_an_old_copy_is_looked_at_afresh_but_serves_while_spectrum_is_away(
    server: SpectrumStandIn, tmp_path: Path, no_waiting: None
) -> None:
    write_once(server, tmp_path)
    (copy,) = tmp_path.rglob("AddPhase.wsdl")
    long_ago = time.time() - GOOD_FOR_SECONDS - 60
    os.utime(copy, (long_ago, long_ago))
    server.wsdl_reply = lambda _: Answer(HTML, status=503)
    write_once(server, tmp_path)
    assert fetched(server) == 2
    server.wsdl_reply = good_wsdl
    write_once(server, tmp_path)
    assert fetched(server) == 3
    write_once(server, tmp_path)
    assert fetched(server) == 3


def test_on_a_full_disk_an_old_copy_serves_and_without_one_nothing_is_sent_and_the_folder_is_named(
    server: SpectrumStandIn, tmp_path: Path, no_waiting: None
) -> None:
    write_once(server, tmp_path)
    (copy,) = tmp_path.rglob("AddPhase.wsdl")
    long_ago = time.time() - GOOD_FOR_SECONDS - 60
    os.utime(copy, (long_ago, long_ago))

    def write() -> str:
        try:
            write_once(server, tmp_path)
        except Unavailable as fault:
            return f"{fault} {fault.advice}"
        return "written"

    assert on_a_full_disk(write) == "written"
    assert fetched(server) == 2
    copy.unlink()
    sentence = on_a_full_disk(write)
    assert f"cannot be kept in {copy.parent}: {os.strerror(errno.EFBIG)}" in sentence
    assert "Make room" in sentence
    assert list(copy.parent.iterdir()) == []
    assert server.paths().count("/ws/AddPhase") == 2


def test_a_service_without_wsdl_is_told_in_one_sentence(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.wsdl_reply = lambda _: Answer(HTML, status=404)
    with pytest.raises(ServiceMissing) as missing:
        client.write("AddPhase", PHASE)
    assert (
        str(missing.value)
        == f"spectrum AddPhase: Spectrum at {server.url} has no service AddPhase:"
        " /wsdls/AddPhase.jws was not found"
    )


@pytest.mark.parametrize(
    "reply", [Answer(HTML), Answer(b""), Answer(b"<definitions/>"), Answer(b"<x/>")]
)
def test_a_wsdl_that_is_none_is_told_in_one_sentence_and_not_kept(
    server: SpectrumStandIn, client: Spectrum, tmp_path: Path, reply: Answer
) -> None:
    server.wsdl_reply = lambda _: reply
    with pytest.raises(ContractBroken, match="WSDL of AddPhase") as broken:
        client.write("AddPhase", PHASE)
    assert "\n" not in str(broken.value)
    assert broken.value.__cause__ is None
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_wsdl_that_cannot_be_had_is_asked_for_again_and_the_write_still_goes_out_once(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    answers = iter([Answer(HTML, status=500), Answer(cut_after=0)])
    server.wsdl_reply = lambda name: next(answers, None) or good_wsdl(name)
    server.otherwise = TAKEN
    client.write("AddPhase", PHASE)
    assert client.calls == {"wsdl": 3, "AddPhase": 1}


def test_nothing_is_sent_when_the_wsdl_cannot_be_had(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    server.wsdl_reply = lambda _: Answer(cut_after=0)
    with pytest.raises(Unavailable):
        client.write("AddPhase", PHASE)
    assert "AddPhase" not in client.calls


def changed(server: SpectrumStandIn, before: bytes, after: bytes) -> None:
    server.wsdl_reply = lambda name: Answer(good_wsdl(name).body.replace(before, after))
    server.otherwise = TAKEN


def test_an_element_that_only_this_release_has_is_sent_blank(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    line = b'<element name="Cost_Type" type="xsd:string" nillable="false"/>'
    changed(server, line, line + line.replace(b"Cost_Type", b"New_Thing"))
    client.write("AddPhase", PHASE)
    assert server.elements()["New_Thing"] == ""
    assert len(server.elements()) == 21


def test_an_element_that_this_release_lacks_matters_only_when_it_has_a_value(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    changed(server, b'<element name="Alt_Phase_Code" type="xsd:string" nillable="false"/>', b"")
    client.write("AddPhase", PHASE)
    with pytest.raises(ContractBroken, match="has no element Alt_Phase_Code"):
        client.write("AddPhase", {**PHASE, "Alt_Phase_Code": "0200"})
    assert client.calls["AddPhase"] == 2
    assert server.paths().count("/ws/AddPhase") == 1


def test_an_element_spelled_otherwise_by_this_release_gets_its_value(
    server: SpectrumStandIn, client: Spectrum
) -> None:
    changed(server, b'"Work_Local_Tax_Code"', b'"Work_Local_Tax_Cod"')
    server.otherwise = Answer(TAKEN.body.replace(b"AddPhase", b"AddJob"))
    job = {
        "Job_Number": "1",
        "Taxable_Flag": "Y",
        "Price_Method_Code": "T",
        "Work_Local_Tax_Code": "NCL",
    }
    client.write("AddJob", job)
    assert server.elements()["Work_Local_Tax_Cod"] == "NCL"


PLACES = (
    "@evil.example/ws/AddPhase",
    ":secret@evil.example/ws/AddPhase",
    "//evil.example/ws/AddPhase",
    "///evil.example/ws/AddPhase",
    "https://evil.example:9/ws/AddPhase",
    "https://evil.example/@other.example/ws/AddPhase",
    ".evil.example/ws/AddPhase",
    "ws/AddPhase",
    "0/ws/AddPhase",
)


@pytest.mark.parametrize("place", PLACES)
def test_the_login_goes_to_the_host_of_the_account_file_whatever_address_a_wsdl_gives(
    server: SpectrumStandIn, client: Spectrum, place: str
) -> None:
    given = good_wsdl("AddPhase").body.replace(
        b"https://spectrum.internal:8482/ws/AddPhase", place.encode()
    )
    assert place.encode() in given
    server.wsdl_reply = lambda _: Answer(given)
    server.otherwise = TAKEN

    client.write("AddPhase", PHASE)

    assert server.elements()["Authorization_ID"] == "TOP-SECRET-ID"
    assert server.paths()[-1].endswith("/ws/AddPhase")
