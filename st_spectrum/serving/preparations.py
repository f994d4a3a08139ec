"""What has to be done once before some of the parts may start, while others start already."""

import threading
from collections.abc import Callable, Mapping


class Preparations:
    """Each is done in a thread of its own, from `start` on; `Part.after` names them."""

    def __init__(self, todo: Mapping[str, Callable[[], None]]) -> None:
        self._threads = {
            name: threading.Thread(target=self._do, args=(name, do), name=name, daemon=True)
            for name, do in todo.items()
        }
        self._done: set[str] = set()
        self._faults: list[Exception] = []

    def start(self) -> None:
        """Begin with all of them."""
        for thread in self._threads.values():
            thread.start()

    def is_done(self, name: str) -> bool:
        """Whether one of them is. Raises what any of them raised."""
        for fault in self._faults:
            raise fault
        return name in self._done

    def _do(self, name: str, do: Callable[[], None]) -> None:
        try:
            do()
        except Exception as fault:  # noqa: BLE001 - handed to the thread that asks
            self._faults.append(fault)
        else:
            self._done.add(name)
