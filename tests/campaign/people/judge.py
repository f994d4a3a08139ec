"""What stands in the end for each record that people touched, counted in the tables of both
systems, against the rule of what was done.

No code of engine, rules or clients is asked. The ledger is read as the JSON that it is, for the one
question whether somebody is told.
"""

import json
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from urllib.parse import unquote

from st_spectrum.sandbox.credentials import EXTERNAL_SYSTEM
from tests.audit.orders import compare_orders
from tests.campaign.people import masters
from tests.campaign.people.invoices import TYPED, documents_of, net_of, numbers_of
from tests.campaign.people.orders import items_of
from tests.campaign.people.time import card_of, day_of, hours_text, rows_in_payroll
from tests.campaign.people.touched import Touched
from tests.campaign.tally import Tally
from tests.histories.history import History
from tests.histories.judge import OPEN, Judged

NONE = Decimal(0)
BY_HAND = " by hand"
"""What its key ends with where a touched record waits."""
WANTED = ("processed", "sent", "paid", "pending_accounting")
"""Statuses of an invoice that is to stand in Spectrum."""
NOT_HANDED_IN = "ok"
"""Status of one that nobody approved: what people typed of it themselves is theirs alone."""


def judge_touched(part: History, whole: History | None = None) -> tuple[Judged, Tally]:
    """Every touched record of one flow: what is wrong with it, and what stands too often. `whole`
    is the history of which this is a part.
    """
    whole = whole or part
    judged, count = Judged(), Tally()
    for place, touched in part.touched.items():
        name = f"{part.case.flow} {part.made[place]} ({', '.join(touched.acts)})"
        doubled, differs = LOOK.get(part.case.flow, _master)(part, place, touched)
        count += Tally(len(touched.names), doubled=doubled, touched=len(touched.names))
        if doubled:
            judged.doubled.append(f"{name}: {doubled} too many; {differs}")
        if not (differs and touched.is_told):
            continue
        why = _reason(part, place, touched) or _read_by_the_controller(part, place, touched, whole)
        if not why:
            judged.silent.append(f"{name}: {differs}")
        else:
            judged.waiting[f"{part.made[place]}{BY_HAND}"] = why
    return judged, count


def _master(part: History, _place: int, touched: Touched) -> tuple[int, str]:
    (names,) = touched.names
    codes = masters.standing(part, names)
    return max(0, len(codes) - touched.most), "" if codes else "nothing stands for it"


def _invoice(part: History, place: int, touched: Touched) -> tuple[int, str]:
    rows = part.records("servicetrade", "invoice")
    own = [row for row in rows if row["id"] in (part.made[place], *touched.rows)]
    documents = documents_of(part, place)
    net = net_of(documents)
    (names,) = touched.names
    may_be = [NONE, *map(Decimal, names)]
    wanted = sum((Decimal(str(row["totalPrice"])) for row in own if row["status"] in WANTED), NONE)
    is_too_much = not min(may_be) <= net <= max(may_be)
    states = " and ".join(row["status"] for row in own)
    text = f"{states}: {wanted:.2f} is to stand, and {net:.2f} stands"
    is_typists = all(row["status"] == NOT_HANDED_IN for row in own) and all(
        str(row["Batch_Code"]).strip() == TYPED for row in documents
    )
    return int(is_too_much), "" if net == wanted or is_typists else text


def _time(part: History, place: int, touched: Touched) -> tuple[int, str]:
    per_row = [rows_in_payroll(part, names) for names in touched.names]
    too_many = sum(max(0, len(rows) - touched.most) for rows in per_row)
    wanted = Counter(_wanted_time(part, place))
    found = Counter(
        (hours_text(row["Hours"]), str(row["Work_Date"])[:10], str(row["Job_Number"] or "").strip())
        for rows in per_row
        for row in rows
    )
    return too_many, "" if wanted == found else f"{dict(wanted)} is approved, {dict(found)} stands"


def _wanted_time(part: History, place: int) -> Iterable[tuple[str, str, str]]:
    card = card_of(part, place)
    jobs = {row["id"]: row for row in part.records("servicetrade", "job")}
    for row in card["dayLogs"] if card and card["status"] == "approved" else ():
        number = (jobs[row["jobId"]].get("externalIds") or {}).get(EXTERNAL_SYSTEM, "")
        hours = hours_text(Decimal(row["duration"]) / 3600)
        yield hours, day_of(part, row["date"]).isoformat(), number


def _order(part: History, place: int, touched: Touched) -> tuple[int, str]:
    side = compare_orders(part, part.account)
    start = f"{part.made[place]}|"
    differs = [
        f"{key}: {text}"
        for key, text in (side.waiting | side.conflicts).items()
        if key.startswith(start)
    ]
    differs += [problem for problem in side.problems if start in problem]
    return max(0, len(items_of(part, place)) - touched.most), "; ".join(differs)


LOOK = {"invoices": _invoice, "timecards": _time, "purchase_orders": _order}


def _reason(part: History, place: int, touched: Touched) -> str:
    """Why somebody knows that it waits or differs: the reason of an open entry, a note, or what the
    last night found; "" where nobody does.
    """
    flow, number = part.case.flow, str(part.made[place])
    ends = tuple(f".timecard.{row}" for row in touched.rows if flow == "timecards")
    ids = {number, *map(str, touched.rows)}
    for path, body in _documents(part, f"entries/{flow}/"):
        key = unquote(path.rpartition("/")[2])
        if not (key in ids or key.startswith(f"{number}|") or (ends and key.endswith(ends))):
            continue
        entry = json.loads(body)
        if entry.get("state") in OPEN and entry.get("reason"):
            return str(entry["reason"])
        if entry.get("notes"):
            return "; ".join(entry["notes"])
    if flow == "invoices":
        for shown in numbers_of(part, place):
            for _, body in _documents(part, f"kept/doubles/{flow}"):
                if shown in body:
                    return f"told in the night: {shown}"
    return ""


def _read_by_the_controller(part: History, place: int, touched: Touched, whole: History) -> str:
    """What an older, a second or a new ledger does not know, the comparison of both sides tells to
    whoever signs them.
    """
    if not whole.has_other_ledger:
        return ""
    if part.case.flow == "timecards" and not part.case.has_infolink:
        return "who says through which day time was sent looks through the changed cards"
    known = {str(part.made[place]), *map(str, touched.rows)}
    match part.case.flow:
        case "invoices":
            known |= {*numbers_of(part, place)}
        case "timecards":
            rows = (row for names in touched.names for row in rows_in_payroll(part, names))
            known |= {token for row in rows if (token := str(row["Message"]).strip())}
        case "customers" | "sites" | "jobs":
            known |= {*touched.names[0], *masters.standing(part, touched.names[0])}
    sentences = (text for text in whole.both_sides() if any(word in text for word in known))
    return next((f"on both sides: {text}" for text in sorted(sentences)), "")


def _documents(part: History, prefix: str) -> Iterable[tuple[str, str]]:
    for path in part.store.list(prefix):
        if stored := part.store.get(path):
            yield path, stored.body
