"""AddPhase: adds or changes one cost type of one phase of a job [SP 11]."""

from st_spectrum.sandbox.spectrum.call import Call, Checks, Write
from st_spectrum.sandbox.spectrum.database import Record
from st_spectrum.sandbox.spectrum.rows import Row, missing
from st_spectrum.sandbox.spectrum.services.codes import check_cost_center
from st_spectrum.sandbox.spectrum.tables import COST_TYPES, JOBS, PHASES

FROM_ORIGINAL = {
    "Current_Est_Hours": "Original_Est_Hours",
    "Current_Est_Quantity": "Original_Est_Quantity",
    "Current_Est_Cost": "Original_Est_Cost",
}
"""Current estimates start as the originals."""


def _check(call: Call) -> list[Row]:
    checks = Checks(call)
    job = call.book.find(JOBS, Job_Number=call["Job_Number"])
    if not job:
        checks.refuse("Job_Number", f"Job_Number {call['Job_Number']} is not on file")
    elif job["Status_Code"] == "C":
        checks.refuse("Job_Number", f"Job {call['Job_Number']} is complete")
    checks.exists("Cost_Type", COST_TYPES)
    check_cost_center(checks, "Phase_Cost_Center")
    if not call["Description"] and not _cost_types(call):
        checks.rows.append(missing("Description"))
    return checks.rows


def _store(call: Call) -> list[Row]:
    """All cost types of a phase share one description: another text rewrites it on each of them."""
    siblings = _cost_types(call)
    phase = {"Job_Number": call["Job_Number"], "Phase_Code": call["Phase_Code"]}
    description = call["Description"] or siblings[0]["Description"]
    if call.book.has(PHASES, **phase, Cost_Type=call["Cost_Type"]):
        call.book.update(PHASES, _with_method(call), **phase, Cost_Type=call["Cost_Type"])
    else:
        estimates = {
            current: call[current] or call[original] for current, original in FROM_ORIGINAL.items()
        }
        made = {"Description": description, "Status_Code": call["Status_Code"] or "A"}
        call.book.insert(PHASES, {**_with_method(call), **estimates, **made})
    call.book.update(PHASES, {"Description": description}, **phase)
    return []


def _cost_types(call: Call) -> list[Record]:
    return call.book.all(PHASES, Job_Number=call["Job_Number"], Phase_Code=call["Phase_Code"])


def _with_method(call: Call) -> dict[str, str]:
    """J takes the job's price method [SP 11]; that the phase then stores the letter of the job is
    assumed.
    """
    job = call.book.find(JOBS, Job_Number=call["Job_Number"])
    method = call["Price_Method_Code"]
    return {
        **call.values,
        "Price_Method_Code": job["Price_Method_Code"] if job and method == "J" else method,
    }


HANDLER = Write(_check, _store)
