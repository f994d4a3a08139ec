"""The cost center of a job, of a piece of time or of an invoice line: one rule, by the account's
precedence.
"""

from collections.abc import Sequence

from st_spectrum.account import Account
from st_spectrum.domain.decisions import Hold
from st_spectrum.domain.fitting import known


def cost_centers_of(
    service_lines: Sequence[str], office: str | None, account: Account
) -> tuple[str, ...]:
    """What the first map of the precedence that knows anything says, else the default; () where
    nobody knows one.

    Several service lines may lead to several cost centers, in their order. A default takes whatever
    the maps do not know.
    """
    centers = account.maps.cost_centers
    for source in centers.precedence:
        if source == "service_line":
            found = [known(centers.by_service_line, line) for line in service_lines]
        else:
            found = [known(centers.by_office, office)]
        if codes := tuple(dict.fromkeys(filter(None, found))):
            return codes
    return (centers.default,) if centers.default else ()


def hold_for_cost_center(subject: str, otherwise: str = "") -> Hold:
    """What a record says whose cost center nobody knows; a change of the maps is a reason to ask
    again.

    `otherwise` is what helps besides, as the end of the sentence of advice.
    """
    advice = f"Add it under maps.cost_centers in the account file{otherwise}."
    return Hold(f"no cost center for {subject}", advice, ("account: maps.cost_centers",))
