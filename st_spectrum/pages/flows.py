"""The table of all flows, in their order. Print it with `python -m st_spectrum.pages.flows`."""

from st_spectrum.domain.markdown import Markdown, table
from st_spectrum.flows import FLOWS

HEAD = ("Flow", "In ServiceTrade", "In Spectrum", "By")


def flows_table() -> str:
    """What moves where, as Markdown."""
    rows = (
        (flow.name, flow.servicetrade_records, flow.spectrum_records, flow.written_by)
        for flow in FLOWS.values()
    )
    return table(HEAD, (tuple(map(Markdown, row)) for row in rows)) + "\n"


if __name__ == "__main__":
    print(flows_table(), end="")
