"""What a write test needs: codes that the company has, and names that nobody uses."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from secrets import randbelow
from zoneinfo import ZoneInfo

from st_spectrum.account import Account
from st_spectrum.domain.ar_documents import ArDocument
from st_spectrum.record.judgement import Evidence
from st_spectrum.spectrum.infolink.values import text_of

NAME = "ST SPECTRUM TEST DO NOT POST"
NO_SUCH_CODE = "ZZZZ"


@dataclass(frozen=True)
class Material:
    """Codes of the set-up, and `code`, under which everything of the test is made."""

    code: str
    today: date
    terms: str
    sales_tax: str
    gl_account: str
    cost_center: str
    phase: str
    cost_type: str
    employee: str
    department: str
    pay_type: str

    @property
    def missing(self) -> tuple[str, ...]:
        """What is needed and was found nowhere; a company may do without cost centers."""
        names = (one.name for one in fields(self) if one.name != "cost_center")
        return tuple(name for name in names if not getattr(self, name))

    @property
    def day(self) -> str:
        """Today as Spectrum writes it."""
        return f"{self.today:%m/%d/%Y}"

    @property
    def customer(self) -> dict[str, str]:
        """Fields of AddCustomer."""
        codes = {"Terms_Code": self.terms, "Sales_Tax_Code": self.sales_tax}
        return {"Customer_Code": self.code, "Name": NAME, **codes}

    @property
    def site(self) -> dict[str, str]:
        """Fields of AddWOSiteAddress."""
        return {"Site_ID": self.code, "Site_Name": NAME, "Site_Customer_Code": self.code}

    @property
    def job(self) -> dict[str, str]:
        """Fields of AddJob."""
        fixed = {"Taxable_Flag": "N", "Price_Method_Code": "F", "Customer_Code": self.code}
        name = {"Job_Number": self.code, "Job_Description": NAME[:25]}
        return {**name, **fixed, "Cost_Center": self.cost_center}

    @property
    def job_phase(self) -> dict[str, str]:
        """Fields of AddPhase."""
        key = {"Job_Number": self.code, "Phase_Code": self.phase, "Cost_Type": self.cost_type}
        return {**key, "Description": NAME[:25], "Price_Method_Code": "J"}

    def card(self, message: str, pay_type: str = "") -> dict[str, str]:
        """Fields of PreTimeCard: an hour of today."""
        work = {"Job_Number": self.code, "Phase_Code": self.phase, "Cost_Type": self.cost_type}
        person = {"Employee_Code": self.employee, "Department_Code": self.department}
        return {
            **person,
            **work,
            "Batch_Code": f"{self.today:ZT%y%m%d}",
            "Pay_Type": pay_type or self.pay_type,
            "Hours_Employee": "1.00",
            "Work_Date": self.day,
            "Message": message,
        }

    def document(self, number: str, kind: str = "I", gl_account: str = "") -> ArDocument:
        """An invoice or a credit memo of one dollar."""
        header = {
            "GL_Date": self.day,
            "Batch_Code": f"{self.today:%Y%m%d}",
            "Customer_Code": self.code,
            "Job_Number": self.code,
            "Invoice_Or_Transaction": number,
            "Transaction_Type": kind,
            "Invoice_Date": self.day,
            "Sales_Tax_Amount": "0.00",
            "Remarks": NAME,
        }
        line = {
            "Line_Extension": "1.00",
            "GL_Account": gl_account or self.gl_account,
            "Taxable_Flag": "N",
            "Income_Cost_Center": self.cost_center,
        }
        return ArDocument(header, (line,))


def material_of(account: Account, evidence: Evidence) -> Material:
    """Codes of the account file where it names them, else of what was read of the company."""
    maps, time = account.maps, account.timecards
    customers, phases = (
        _rows(evidence, "CR_CUSTOMER_MASTER_MC"),
        _rows(evidence, "JC_PHASE_MASTER_MC"),
    )
    people = evidence.rows.get("get GetEmployee active") or evidence.rows.get("get GetEmployee", ())
    person = people[0] if people else {}
    accounts = (
        text_of(row.get("GL_Account"))
        for row in _rows(evidence, "GL_MASTER_MC")
        if text_of(row.get("Direct_Cost_Flag")) != "Y" and text_of(row.get("Status")) == "A"
    )
    pay_types = evidence.rows.get("get GetPayType", ())
    known = [*time.pay_types.by_activity.values(), *time.pay_types.by_lib_item.values()]
    return Material(
        code=f"ZT{randbelow(900_000) + 100_000}",
        today=datetime.now(ZoneInfo(account.timezone)).date(),
        terms=maps.payment_terms.default or _first(customers, "Terms_Code"),
        sales_tax=next(iter(maps.sales_tax.by_state.values()), "")
        or _first(customers, "Sales_Tax_Code"),
        gl_account=account.invoices.gl.default or next(accounts, ""),
        cost_center=maps.cost_centers.default
        or _first(_rows(evidence, "JC_JOB_MASTER_MC"), "Cost_Center"),
        phase=_first(phases, "Phase_Code"),
        cost_type=time.cost_codes.default_cost_type or _first(phases, "Cost_Type"),
        employee=person.get("Employee_Code", ""),
        department=time.departments.default or person.get("Department_Code", ""),
        pay_type=known[0] if known else (pay_types[0]["Pay_Type"] if pay_types else ""),
    )


def _rows(evidence: Evidence, table: str) -> list[dict[str, object]]:
    found = evidence.tables.get(table)
    return [dict(row) for row in found.rows] if found else []


def _first(rows: list[dict[str, object]], column: str) -> str:
    return next((text for row in rows if (text := text_of(row.get(column)))), "")
