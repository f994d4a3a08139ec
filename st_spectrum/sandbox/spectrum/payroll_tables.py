"""Tables of payroll: employees, pay types, and where a time card stands [SP 13, 16.4]."""

from dataclasses import replace

from st_spectrum.sandbox.spectrum.table import (
    AMOUNT_LENGTH,
    COMPANY,
    Column,
    Table,
    exact,
    table_of,
    text,
)
from st_spectrum.spectrum.services import SERVICES, Kind

EMPLOYEES = table_of(
    "PR_EMPLOYEE_MASTER_1_MC",
    [
        COMPANY,
        text("Employee_Code", 11),
        text("Employee_Name", 30),
        text("Supervisor_Code", 2),
        text("Employment_Status", 1, "one of PR_EMPLOYEE_STATUS_MC"),
        text("Delete_Flag", 1),
        text("Department_Code", 6),
        text("Union_Code", 10),
        text("Wage_Class", 10),
        text("Worker_Comp_Code", 6),
        text("First_Name", 20),
        text("Middle_Name", 20),
        text("Last_Name", 20),
        text("Occupation", 50),
        text("Trade", 50),
        text("Title", 50),
        text("Employee_Mobile_Phone", 14),
        text("Employee_Extension", 15),
        text("Cost_Center", 10),
    ],
    "Company_Code Employee_Code",
)
EMPLOYEE_STATUSES = table_of(
    "PR_EMPLOYEE_STATUS_MC",
    [
        COMPANY,
        text("Employment_Status", 1),
        text("Description", 30),
        text("Status_Type", 1, "A active, I inactive, T terminated"),
    ],
    "Company_Code Employment_Status",
)
"""The codes that a company has for the status of its employees, each of a type. The columns are
assumed [SP 16.4].
"""
DEPARTMENTS = table_of(
    "PR_DEPARTMENT_MASTER_MC",
    [
        COMPANY,
        text("Department", 6),
        text("Department_Description", 30),
        text("Cost_Center", 10),
        text("Direct_Flag", 1, "Y: work is charged to jobs; assumed"),
    ],
    "Company_Code Department",
    is_name_assumed=True,
)
PAY_TYPES = table_of(
    "PR_PAY_TYPE_MC",
    [COMPANY, text("Pay_Type", 10), text("Pay_Type_Desc", 30)],
    "Company_Code Pay_Type",
    is_name_assumed=True,
)
PAYROLL_INSTALLATION = table_of(
    "PR_INSTALLATION_MC",
    [
        COMPANY,
        Column("Processing_Start_Date", Kind.DATE, 10),
        Column("Processing_End_Date", Kind.DATE, 10),
    ],
    "Company_Code",
    is_name_assumed=True,
)

# Of these tables only the history's columns are known [SP 16.4]. Those of the tables before it are
# assumed to be called as the fields of the service; so is what tells two equal cards apart.
_TIME_COLUMNS = (
    Column("Record_Number", Kind.NUMBER, 12, "assumed"),
    *(exact(field) for field in SERVICES["PreTimeCard"].fields if field.name != "Hours_Employee"),
    text("Hours", AMOUNT_LENGTH),
)


def _time_table(name: str, *more: Column) -> Table:
    return table_of(
        name, [*_TIME_COLUMNS, *more], "Company_Code Record_Number", indexes="Batch_Code Message"
    )


PRE_TIME_IMPORTS = _time_table(
    "PR_PRE_TC_IMPORT_ERR_MC", text("Review_Text", 250, "what review complains of; assumed")
)
PRE_TIME_CARDS = _time_table("PR_PRE_TIME_CARD_MC")
TIME_CARD_DETAILS = _time_table("PR_TIME_CARD_DETAIL_MC")
HISTORY_NAMES = {
    "State": "Work_State",
    "Inter_Company_Code": "Company_Code_2",
    "Cost_Category_Code": "Cost_Category",
    "PM_Work_Order": "PM_WO_Number",
}
"""Fields of a card whose column in the history is called otherwise [SP 16.4]."""
TIME_CARD_HISTORY = table_of(
    "PR_TIME_CARD_HISTORY_MC",
    [
        replace(column, name=HISTORY_NAMES.get(column.name, column.name))
        for column in _TIME_COLUMNS
        if column.name != "Batch_Code"
    ],
    "Company_Code Record_Number",
    indexes="Message",
)
"""It keeps no batch [SP 16.4]."""
TIME_TABLES = (PRE_TIME_IMPORTS, PRE_TIME_CARDS, TIME_CARD_DETAILS, TIME_CARD_HISTORY)
"""Where a card stands, in the order in which it gets there [SP 13.4]."""
