"""What the judge of `tests/histories` says of records that nobody worked on by hand; the others
have a judge of their own in `tests/campaign/people`.
"""

import re
from collections.abc import Iterator

from tests.histories.history import History
from tests.histories.judge import Judged

SUMS = ("customer ", "month ", "GL account ")
"""What sums of invoices begin with; they hold only while nobody has touched one."""
TAKEN = " was taken "
TAKEN_OUT = frozenset({"is taken out", "is taken out in payroll"})
"""What payroll took out may go out once more, where the ledger knows nothing of it any more."""


def of_untouched(part: History, judged: Judged) -> Judged:
    """Without what is said of touched records, and of what people typed for somebody else."""
    if not (part.touched or part.typed):
        return judged
    keys = {str(part.made[place]) for place in part.touched}
    keys |= {str(row) for touched in part.touched.values() for row in touched.rows}
    rows = {f".timecard.{row}" for touched in part.touched.values() for row in touched.rows}
    words = re.compile("|".join(rf"(?<![\w.-]){re.escape(word)}(?![\w.])" for word in _words(part)))

    is_taken_out = any(TAKEN_OUT & {*touched.acts} for touched in part.touched.values())

    def is_touched(text: str) -> bool:
        key = text.split(" ")[0]
        return (
            key in keys
            or key.partition("|")[0] in keys
            or any(key.endswith(row) for row in rows)
            or (is_taken_out if TAKEN in text else bool(words.search(text)))
            or _is_sum(part, text)
        )

    return Judged(
        [text for text in judged.doubled if not is_touched(text)],
        [text for text in judged.silent if not is_touched(text)],
        {key: why for key, why in judged.waiting.items() if not is_touched(key)},
    )


def _is_sum(part: History, text: str) -> bool:
    if not part.touched:
        return False
    if part.case.flow == "invoices":
        return text.startswith(SUMS)
    if part.case.flow == "timecards":  # cards that people typed bear no token of ours
        return text.startswith("card  stands")
    # How many items stand for how many lines, and what they come to on a job.
    return part.case.flow == "purchase_orders" and bool(re.match(r"\d+ items stand|job \d+:", text))


def _words(part: History) -> Iterator[str]:
    """By which texts name these records: names, numbers, codes, hours."""
    yield from part.typed
    records = part.records
    for place, touched in part.touched.items():
        match part.case.flow:
            case "invoices":
                yield from touched.numbers
                rows = records("servicetrade", "invoice")
                yield from (row["invoiceNumber"] for row in rows if row["id"] == part.made[place])
            case "timecards":
                yield from (f"{hours} h" for names in touched.names for hours in names)
            case "purchase_orders":
                yield f"{part.made[place]}"
            case "jobs":
                yield from (name for names in touched.names for name in names)
                yield from (f"J{name}" for names in touched.names for name in names)
            case _:
                yield from (name for names in touched.names for name in names)
                yield from _codes(part, touched.names[0])


def _codes(part: History, names: frozenset[str]) -> Iterator[str]:
    table, code, name = {
        "customers": ("CR_CUSTOMER_MASTER_MC", "Customer_Code", "Name"),
        "sites": ("WO_ADDRESS_MC", "Ship_To_ID", "Ship_To_Name"),
    }[part.case.flow]
    for row in part.records("spectrum", table):
        if str(row[name]).strip() in names:
            yield str(row[code]).strip()
