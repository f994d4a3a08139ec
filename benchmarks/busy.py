"""Other programs that keep the processors busy: `python -m benchmarks.busy 8 st-spectrum demo`."""

import multiprocessing
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager


def burn() -> None:
    """Another program that keeps a processor busy."""
    while True:
        sum(range(100_000))


@contextmanager
def busy(processes: int) -> Iterator[None]:
    """Inside, so many of them."""
    with ExitStack() as stack:
        for _ in range(processes):
            burner = multiprocessing.get_context("spawn").Process(target=burn, daemon=True)
            burner.start()
            stack.callback(burner.kill)
        yield


if __name__ == "__main__":
    with busy(int(sys.argv[1])):
        sys.exit(subprocess.run(sys.argv[2:], check=False).returncode)  # noqa: S603 - as typed
