"""Income accounts of the file against those that AR lines of the last year went to: a map that was
right once may not be any more.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from st_spectrum.account import Account
from st_spectrum.check.finding import Finding, Severity
from st_spectrum.spectrum.client import Spectrum

ENOUGH = 20
"""So many lines of a cost center must be there before anything is concluded."""
USUAL = 0.9
"""So many of them may be expected to agree with the file."""
YEAR = timedelta(days=365)
WHERE = "invoices.gl.by_cost_center"


def check_departures(account: Account, spectrum: Spectrum) -> Iterator[Finding]:
    """A finding for each cost center whose lines mostly went elsewhere; none without Info-Link."""
    named = account.invoices.gl.by_cost_center
    if spectrum.infolink is None or not named:
        return
    from st_spectrum.spectrum.infolink.history_tables import income_lines

    since = (datetime.now(UTC) - YEAR).date()
    used: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for row, number in income_lines(spectrum.infolink, since):
        if row["GL_Account"]:
            used[row["Cost_Center"]][row["GL_Account"]] += number
    for center, code in named.items():
        counter = used[center]
        lines, same = counter.total(), counter[code]
        if lines >= ENOUGH and same < USUAL * lines:
            others = ", ".join(
                f"{other} {n:,}" for other, n in counter.most_common(3) if other != code
            )
            text = (
                f"cost center {center} goes to {code} here, and {lines - same:,} of {lines:,} AR"
                f" lines since {since} went elsewhere: {others}"
            )
            advice = "Correct the account, or leave it if the change is meant."
            yield Finding(Severity.WARNING, f"{WHERE}.{center}", text, "", advice)
