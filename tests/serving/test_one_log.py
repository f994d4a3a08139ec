"""The log of what is served: a disk that was full is written again, a terminal that is gone is
not.
"""

import errno
import io

import pytest

from st_spectrum.serving.one_log import OneLog


class Disk(io.StringIO):
    """Fails as it is told."""

    fault = 0

    def flush(self) -> None:
        if self.fault:
            self.truncate(0)
            self.seek(0)
            raise OSError(self.fault, "no more")


def test_after_a_full_disk_the_log_goes_on_and_says_that_lines_are_missing() -> None:
    disk = Disk()
    log = OneLog(disk)
    for disk.fault, line in (
        (errno.ENOSPC, "one"),
        (errno.ENOSPC, "two"),
        (0, "three"),
        (0, "four"),
    ):
        log.write("daemon", line)
    said = [line[20:] for line in disk.getvalue().splitlines()]

    assert said == [
        "serve       | The log could not be written for a while; lines of that time are missing.",
        "daemon      | three",
        "daemon      | four",
    ]


@pytest.mark.parametrize("fault", [errno.EPIPE, errno.EIO])
def test_a_reader_that_is_gone_is_not_asked_again(fault: int) -> None:
    disk = Disk()
    log = OneLog(disk)
    for disk.fault, line in ((fault, "one"), (0, "two")):
        log.write("daemon", line)

    assert disk.getvalue() == ""
