"""Where in the account file the codes come from that a call sends, so that a refusal can name the
place. Pure."""

from collections.abc import Iterable

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


class CodePlaces:
    """The places of some flows, as their descriptions name them."""

    def __init__(self, flows: Iterable[FlowDescription]) -> None:
        self._places = {
            flow.name: {_folded(field): place for field, place in flow.code_places.items()}
            for flow in flows
        }
        self._shared = {_folded(field) for field in OTHERS}.union(*self._places.values())

    def is_shared(self, field: str) -> bool:
        """Whether a field holds what many records have in common.

        A name, an amount or a ZIP is one record's own, also where two agree.
        """
        return _folded(field) in self._shared

    def place_of(self, flow: str, operation: str, field: str) -> str:
        """The key of the account file that a field's value comes from; "" where it comes from the
        record or from elsewhere."""
        known = self._places.get(flow, {})
        return known.get(_folded(f"{operation}.{field}")) or known.get(_folded(field), "")


def _folded(name: str) -> str:
    return name.replace("_", "").casefold()
