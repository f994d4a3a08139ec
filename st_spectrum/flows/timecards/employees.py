"""Spectrum's employees, as time is booked on them."""

import threading
import time

from st_spectrum.spectrum.client import Spectrum
from st_spectrum.spectrum.lookup_answers import EmployeesShown
from st_spectrum.spectrum.timecards import PayrollEmployee

FRESH_SECONDS = 60.0


class Employees:
    """Spectrum's employees by code, in one read a minute at most. Safe for several threads."""

    def __init__(self, spectrum: Spectrum) -> None:
        self._spectrum = spectrum
        self._read_at = 0.0
        self._shown: EmployeesShown | None = None
        self._found: dict[str, PayrollEmployee | None] = {}
        self._lock = threading.Lock()

    def find(self, code: str) -> PayrollEmployee | None:
        """None when Spectrum knows no such employee. Raises `LookupImpossible`."""
        with self._lock:
            if self._shown is None or time.monotonic() - self._read_at >= FRESH_SECONDS:
                self._read_at, self._found = time.monotonic(), {}
                self._shown = self._spectrum.employees()
            if code not in self._found:
                self._found[code] = self._spectrum.find_employee(code, self._shown)
            return self._found[code]
