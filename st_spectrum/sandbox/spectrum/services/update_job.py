"""UpdateJob: change a job; a blank leaves its value. The only way to the overhead batch code
[SP 10.1].
"""

from st_spectrum.sandbox.spectrum.call import Call, Checks, Write
from st_spectrum.sandbox.spectrum.own_tables import JOB_TEXTS
from st_spectrum.sandbox.spectrum.rows import GOOD, Row, missing
from st_spectrum.sandbox.spectrum.services.job_rules import check_codes, check_dates, store_contract
from st_spectrum.sandbox.spectrum.tables import JOBS, OH_BATCHES

NEEDED_WITH = {"Under_Billed": "B", "Cost_Markup_Percent": "C"}
"""Amounts that go with one Earned_Calc_Type only."""


def _check(call: Call) -> list[Row]:
    checks = Checks(call)
    checks.exists("Job_Number", JOBS)
    check_codes(checks)
    job = call.book.find(JOBS, Job_Number=call["Job_Number"])
    check_dates(checks, job or {})
    checks.exists("Job_Oh_Batch_Code", OH_BATCHES, "Oh_Batch_Code")
    entered = ("Entered_Percent_Complete", "Entered_Projected_Cost")
    if call["Reports_Calc_Override"] == "Y" and not any(call[field] for field in entered):
        checks.rows.append(missing(entered[0]))
    for field, calculation in NEEDED_WITH.items():
        if call[field] and call["Earned_Calc_Type"] != calculation:
            checks.refuse(field, f"{field} needs Earned_Calc_Type {calculation}")
    return checks.rows


def _store(call: Call) -> list[Row]:
    number = call["Job_Number"]
    tax = {} if call.switches.job_tax_is_class else {"Sales_Tax_Code": call["Tax_Class_Code"]}
    call.book.update(JOBS, {**call.values, **tax}, Job_Number=number)
    if not call.book.has(JOB_TEXTS, Job_Number=number):
        call.book.insert(JOB_TEXTS, {"Job_Number": number})
    call.book.update(JOB_TEXTS, call.values, Job_Number=number)
    if not call["Customer_Code"]:
        return []
    job = call.book.find(JOBS, Job_Number=number)
    if job and store_contract(call, job["Price_Method_Code"]):
        return []
    # A message is documented, its code and text are assumed.
    return [Row(GOOD, f"The contract of job {number} exists and was not changed", "Customer_Code")]


HANDLER = Write(_check, _store)
