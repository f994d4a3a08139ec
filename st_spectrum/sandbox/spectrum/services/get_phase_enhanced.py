"""GetPhaseEnhanced: GetPhase with price method, dates and comment [SP 14]."""

from st_spectrum.sandbox.spectrum.call import Call, Read
from st_spectrum.sandbox.spectrum.services.get_phase import figures, phases

NEVER_FILLED = dict.fromkeys(("Complete_Date", "Start_Date", "End_Date", "Comment"), "")
"""No service that the sandbox has writes these."""


def _rows(call: Call) -> list[dict[str, str]]:
    found = (
        {**phase, **figures(phase, number), **NEVER_FILLED}
        for number, phase in enumerate(phases(call))
    )
    return [{name: row[name] for name in call.service.returns} for row in found]


HANDLER = Read(_rows)
