"""Messages in a folder: none is lost, seen in part or taken by two, whoever is killed."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from st_spectrum.workers.folder import FolderTaken, MessageFolder
from tests.world.full_disk import on_a_full_disk


def message(number: int) -> dict[str, object]:
    return {"body": f"{number}", "properties": {"delivery_tag": f"tag-{number}"}}


@pytest.fixture
def folder(tmp_path: Path) -> MessageFolder:
    return MessageFolder(tmp_path / "broker")


def bodies(folder: MessageFolder) -> list[str]:
    """Everything that waits, taken and settled."""
    found = []
    while taken := folder.take("q"):
        found.append(taken[1]["body"])
        folder.done("q", taken[0])
    return found


def in_a_process(work: Callable[[], None]) -> int:
    """Do it in a forked process that ends without tidying up, as a killed one does; returns its
    process id.
    """
    pid = os.fork()
    if not pid:
        try:
            work()
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)
    return pid


def test_what_was_sent_first_is_taken_first(folder: MessageFolder) -> None:
    for number in range(20):
        folder.put("q", message(number))
    assert folder.size("q") == 20
    assert bodies(folder) == [f"{number}" for number in range(20)]
    assert folder.take("q") is None


def test_queues_do_not_see_each_other(folder: MessageFolder) -> None:
    folder.put("one/../queue", message(1))
    folder.put("q", message(2))
    assert bodies(folder) == ["2"]
    assert folder.size("one/../queue") == 1


def test_a_message_that_is_being_written_is_not_seen(folder: MessageFolder) -> None:
    (folder.writing / "00000000000000000001-a.json").write_text('{"bo')
    folder.put("q", message(1))
    assert bodies(folder) == ["1"]


@pytest.mark.parametrize("text", ["", '{"body": "x"', "[]", '{"body": "x"}', "\xff"])
def test_what_cannot_be_read_is_told_and_kept(
    folder: MessageFolder, text: str, caplog: pytest.LogCaptureFixture
) -> None:
    folder.put("q", message(1))
    (folder.waiting("q") / "00000000000000000001-a.json").write_bytes(text.encode("latin-1"))
    assert bodies(folder) == ["1"]
    assert [file.name for file in folder.bad.iterdir()] == ["00000000000000000001-a.json"]
    assert "could not be read" in caplog.text


def test_what_a_killed_consumer_had_in_hand_waits_again(folder: MessageFolder) -> None:
    for number in range(3):
        folder.put("q", message(number))

    def take_and_die() -> None:
        consumer = MessageFolder(folder.folder)
        consumer.consume()
        assert consumer.take("q")
        assert consumer.take("q")

    in_a_process(take_and_die)
    assert folder.size("q") == 1
    folder.consume()
    assert bodies(folder) == ["0", "1", "2"]


def test_only_one_process_consumes(folder: MessageFolder) -> None:
    folder.consume()

    def try_it(report: int) -> None:
        try:
            MessageFolder(folder.folder).consume(seconds=0)
        except FolderTaken as fault:
            os.write(report, str(fault).encode())

    readable, writable = os.pipe()
    in_a_process(lambda: try_it(writable))
    os.close(writable)
    assert b"Another worker takes messages" in os.read(readable, 1000)


def test_children_that_outlive_a_killed_consumer_do_not_keep_the_folder(
    folder: MessageFolder,
) -> None:
    readable, writable = os.pipe()

    def consume_and_die() -> None:
        MessageFolder(folder.folder).consume()
        child = os.fork()
        if not child:
            os.close(writable)
            signal.pause()
        os.write(writable, f"{child}".encode())

    in_a_process(consume_and_die)
    child = int(os.read(readable, 100))
    try:
        os.kill(child, 0)
        folder.consume(seconds=0)
    finally:
        os.kill(child, signal.SIGKILL)


def test_a_message_goes_back_to_where_it_stood(folder: MessageFolder) -> None:
    for number in range(3):
        folder.put("q", message(number))
    name, _ = folder.take("q") or ("", {})
    folder.put_back("q", name)
    assert bodies(folder) == ["0", "1", "2"]


def test_a_folder_that_somebody_emptied_goes_on(folder: MessageFolder) -> None:
    folder.put("q", message(1))
    for file in folder.waiting("q").iterdir():
        file.unlink()
    folder.waiting("q").rmdir()
    folder.put("q", message(2))
    assert bodies(folder) == ["2"]


def test_nobody_else_may_look_or_write_there(folder: MessageFolder, tmp_path: Path) -> None:
    folder.folder.chmod(0o755)
    again = MessageFolder(folder.folder)
    again.put("q", message(1))
    assert again.take("q")
    folders = [place for place in (again.folder, *again.folder.rglob("*")) if place.is_dir()]
    assert {oct(place.stat().st_mode & 0o777) for place in folders} == {"0o700"}
    assert len(folders) >= 6


def test_on_a_full_disk_the_sender_is_told_and_nobody_sees_a_part(folder: MessageFolder) -> None:

    def send() -> str:
        try:
            folder.put("q", message(1))
        except OSError:
            return "told"
        return "sent"

    assert on_a_full_disk(send) == "told"
    assert folder.size("q") == 0
    assert not list(folder.writing.iterdir())
