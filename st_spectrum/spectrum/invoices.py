"""AR invoices and credit memos for `POST /customer/invoice`: the document, the request, the answer [SP 12].

Pure: nothing here opens a connection.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class ArInvoice:
    """One AR document as Spectrum's field tables name it: texts by field name, absent where there is nothing to say.

    Amounts are positive plain decimals such as "1250.00", for a credit memo (type C) as well; dates are MM/DD/CCYY.
    """

    header: Mapping[str, str]
    details: tuple[Mapping[str, str], ...]

    @property
    def number(self) -> str:
        """The natural key in its company [SP 5]; "" when the header has none."""
        return self.header.get("Invoice_Or_Transaction", "")
