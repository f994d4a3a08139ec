"""Where the codes come from that a call sends, in the account file or in Spectrum, so that a
refusal can name the place. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from st_spectrum.domain.flow_description import FlowDescription

OTHERS = (
    *(
        "Company_Code",
        "Customer_Code",
        "Site_Customer_Code",
        "Job_Number",
        "WO_Site",
        "Employee_Code",
        "AR_GL_Account",
    ),
    *(
        "Salesperson_Code",
        "Estimator",
        "Superintendent",
        "GL_Date",
        "Invoice_Date",
        "Work_Date",
        "dayOfMonth",
    ),
    *("lib_item_id", "service_line_id", "job_id"),
)
"""Fields that many records share although the account file does not say what is in them: other
records, and days of a period."""


@dataclass(frozen=True)
class SpectrumPlace:
    """What a record of Spectrum says, such as "terms code of its customer". `key` of the account
    file leaves it to that record, except `otherwise`: keys of the file with their condition.
    """

    key: str
    code: str
    otherwise: str = ""

    def advice(self, value: str = "") -> str:
        """Who puts right what was refused, and where."""
        code = self.code.replace(" of ", f" {value!r} of ", 1) if value else self.code
        also = f", or correct {self.otherwise}" if self.otherwise else ""
        return (
            f"The controller: correct the {code} in Spectrum, from where {self.key} takes it, or"
            f" set that code up there{also}."
        )


Place = str | SpectrumPlace
"""A key of the account file, "" for none, or what stands in Spectrum."""

NOWHERE_ELSE: Mapping[str, Mapping[str, SpectrumPlace]] = {}


class CodePlaces:
    """The places of some flows, as their descriptions name them; `in_spectrum` are those that an
    account file leaves to records of Spectrum instead, by flow and field.
    """

    def __init__(
        self,
        flows: Iterable[FlowDescription],
        in_spectrum: Mapping[str, Mapping[str, SpectrumPlace]] = NOWHERE_ELSE,
    ) -> None:
        self._places = {
            flow.name: {_folded(field): place for field, place in flow.code_places.items()}
            for flow in flows
        }
        self._in_spectrum = {
            flow: {_folded(field): place for field, place in places.items()}
            for flow, places in in_spectrum.items()
        }
        self._shared = {_folded(field) for field in OTHERS}.union(*self._places.values())

    def is_shared(self, field: str) -> bool:
        """Whether a field holds what many records have in common.

        A name, an amount or a ZIP is one record's own, also where two agree.
        """
        return _folded(field) in self._shared

    def is_left_to_spectrum(self, flow: str, field: str) -> bool:
        """Whether Spectrum takes a blank from one of the record's own, such as its customer."""
        return _folded(field) in self._in_spectrum.get(flow, {})

    def place_of(self, flow: str, operation: str, field: str) -> Place:
        """Where a field's value comes from; "" where that is the record or elsewhere."""
        known, live = self._places.get(flow, {}), self._in_spectrum.get(flow, {})
        name = _folded(field)
        return known.get(_folded(f"{operation}.{field}")) or live.get(name) or known.get(name, "")


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()
