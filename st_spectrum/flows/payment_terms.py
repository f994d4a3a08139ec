"""Names of payment terms: a company or an invoice may point to them by id alone [ST 1.6, 6.4]."""

import threading
import time
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from st_spectrum.servicetrade.invoice_models import Invoice
from st_spectrum.servicetrade.models import Company, Reference

FRESH_SECONDS = 60.0

R = TypeVar("R", Company, Invoice)


class PaymentTermsNames:
    """Fills in what a record lacks. The list is read when a name is missing, once a minute."""

    def __init__(
        self, read: Callable[[], Iterable[Reference]], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._read = read
        self._clock = clock
        self._names: tuple[Mapping[int, str], float] | None = None
        self._lock = threading.Lock()

    def named(self, record: R) -> R:
        """The record with the name of its terms; as it is where it has it, has no terms, or nobody
        knows their id.
        """
        terms = record.payment_terms
        if terms is None or terms.name:
            return record
        name = self._known().get(terms.id, "")
        return record.model_copy(update={"payment_terms": terms.model_copy(update={"name": name})})

    def _known(self) -> Mapping[int, str]:
        with self._lock:
            if self._names is None or self._clock() - self._names[1] >= FRESH_SECONDS:
                self._names = {terms.id: terms.name for terms in self._read()}, self._clock()
            return self._names[0]
