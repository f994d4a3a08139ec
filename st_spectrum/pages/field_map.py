"""The page that says, field by field, what goes to Spectrum and where it comes from. Print it with
`python -m st_spectrum.pages.field_map`."""

from collections.abc import Mapping

from st_spectrum.domain.markdown import Markdown, table
from st_spectrum.pages.vendor_facts import linked
from st_spectrum.spectrum.services import INVOICE_DETAIL, INVOICE_HEADER, SERVICES, Field, Kind

KINDS = {Kind.TEXT: "text", Kind.NUMBER: "number", Kind.DATE: "date", Kind.FLAG: "Y or N"}

_COMPANY = "`spectrum.company_code`"
_NUMBER = "the job's number by `jobs.number_format`"

_INVOICE_HEADER = {
    "Company_Code": _COMPANY,
    "GL_Date": "by `invoices.gl_date`: the invoice date, or the day of posting",
    "Batch_Code": "by `invoices.batch`: the GL date, or the end of its week",
    "Customer_Code": "company: external id",
    "Job_Number": "job: external id; the first one where the job has several",
    "Invoice_Or_Transaction": (
        "invoice: number by `invoices.number.format`, with the suffix of a credit memo or void"
    ),
    "Transaction_Type": "I for positive lines, C for negative ones",
    "Invoice_Date": "invoice: date, in the time zone of the account",
    "Terms_Code": (
        "invoice: payment terms through `maps.payment_terms`; empty with `invoices.terms_from:"
        " spectrum`, and Spectrum takes the customer's"
    ),
    "Salesperson_Code": "salesperson of the job: external id, where `invoices.salesperson` says so",
    "Sales_Tax_Code": (
        "`maps.sales_tax`: by tax group of the taxed lines, else by the location's state; empty"
        " with `invoices.tax_from: spectrum`, and Spectrum takes that of contract, job or customer"
    ),
    "Sales_Tax_Amount": "lines: tax, summed",
    "Remarks": "invoice: name, cut at 65",
    "Customer_PO": "invoice: customer PO, cut at 25",
}
_INVOICE_DETAIL = {
    "Quantity": "line: quantity",
    "Detail_Description": "line: description, else name of its library item; the rest in Message",
    "Line_Extension": "line: subtotal, without its sign",
    "GL_Account": "`invoices.gl`: by cost center or job type, or the default",
    "Taxable_Flag": "line: whether it bears tax",
    "Income_Cost_Center": (
        "`maps.cost_centers`, or that of the job in Spectrum with `invoices.cost_center_from:"
        " spectrum`, where `invoices.has_income_cost_center` is on"
    ),
    "Message": "line: description when longer than 30, and what was rounded; cut at 250",
}
HEADER, DETAIL = "POST /customer/invoice: header", "POST /customer/invoice: line"

LAYOUTS: Mapping[str, tuple[str, tuple[Field, ...]]] = {
    **{
        name: (service.source, service.fields)
        for name, service in SERVICES.items()
        if service.is_write
    },
    HEADER: ("SP 12.2", INVOICE_HEADER),
    DETAIL: ("SP 12.2", INVOICE_DETAIL),
}
"""Section and fields of everything that is written, by the name that the page gives it."""

FILLED: Mapping[str, Mapping[str, str]] = {
    "AddCustomer": {
        "Company_Code": _COMPANY,
        "Customer_Code": "the next free code of `customers.codes`",
        "Name": "company: name, commas left out, cut at 30",
        "Type": "`customers.type`",
        "Address_1": "company: street, first line",
        "Address_2": "company: street, what does not fit on the first line",
        "City": "company: city",
        "State": "company: state",
        "Zip_Code": "company: postal code",
        "Phone": "company: phone, digits only, extension left out",
        "Terms_Code": "company: payment terms through `maps.payment_terms`",
        "Sales_Tax_Code": "`maps.sales_tax`: fixed, else by the company's state, else the default",
    },
    "AddWOSiteAddress": {
        "Company_Code": _COMPANY,
        "Site_ID": "the next free id of `sites.codes`",
        "Site_Name": "location: name, commas left out, cut at 30",
        "Site_Address1": "location: street, first line",
        "Site_Address2": "location: street, what does not fit on the first line",
        "Site_City": "location: city",
        "Site_State": "location: state",
        "Site_Zip_Code": "location: postal code",
        "Site_Phone1": "location: phone, digits only",
        "Telephone_Ext_1": "location: extension of the phone",
        "Site_Contact_Person": "location: name of the primary contact",
        "Site_Customer_Code": "company: external id, which is its AR customer code",
        "Sales_Tax_Code": (
            "`maps.sales_tax`: not taxable, fixed, by tax group, by state, or the default"
        ),
        "Taxable_Flag": "location: taxable",
        "Work_State_Tax_Code": "location: state through `maps.work_state`",
        "Work_Site_Email": "location: e-mail, left out when longer than 80",
    },
    "AddJob": {
        "Company_Code": _COMPANY,
        "Job_Number": _NUMBER,
        "Job_Description": "job: custom name, else name, else its number; cut at 25",
        "Address_1": "location: street, first line",
        "Address_2": "location: street, what does not fit on the first line",
        "City": "location: city",
        "State": "location: state",
        "Zip_Code": "location: postal code",
        "Job_Site_Phone": "location: phone, digits only, extension left out",
        "Superintendent": "salesperson: external id, where `jobs.salesperson.into` says so",
        "Estimator": "salesperson: external id, where `jobs.salesperson.into` says so",
        "Project_Manager": "job: tag that `jobs.project_manager` knows",
        "Customer_Code": "company: external id",
        "Job_Type": "job: type through `jobs.contract_type`",
        "Tax_Class_Code": (
            "`maps.tax_class`: by tax group, by state, or the default; empty with `jobs.tax_from:"
            " spectrum`, and Spectrum takes the customer's"
        ),
        "Taxable_Flag": "location: taxable; with `jobs.tax_from: spectrum` the customer's there",
        "Price_Method_Code": (
            "cost center through `maps.cost_centers.price_method`, or the template job's with"
            " `jobs.price_method_from: spectrum`"
        ),
        "Work_State_Tax_Code": "location: state through `maps.work_state`",
        "WO_Site": "location: external id, which is its site id",
        "Cost_Center": (
            "`maps.cost_centers`: by office or service line, or the default; or the template job's"
            " with `jobs.cost_center_from: spectrum`"
        ),
    },
    "UpdateJob": {
        "Company_Code": _COMPANY,
        "Job_Number": _NUMBER,
        "Job_Oh_Batch_Code": "`jobs.oh_batch_code`",
    },
    "UpdateJob_UDF": {
        "Company_Code": _COMPANY,
        "Job_Number": _NUMBER,
        "UDF1": (
            "job: assigned office through `maps.offices`, else its name; where"
            " `jobs.has_office_in_udf1` is on"
        ),
    },
    "AddPhase": {
        "Company_Code": _COMPANY,
        "Job_Number": _NUMBER,
        "Phase_Code": "template job: phase",
        "Description": "template job: description",
        "Cost_Type": "template job: cost type",
        "Unit_of_Measure": "template job: unit of measure",
        "Price_Method_Code": "template job: price method, else J (as the job)",
    },
    HEADER: _INVOICE_HEADER,
    DETAIL: _INVOICE_DETAIL,
    "AddARInvoice": {
        name: phrase
        for name, phrase in (_INVOICE_HEADER | _INVOICE_DETAIL).items()
        if name not in ("Quantity", "Message")
    },
}
"""By service and field, what fills it. A test holds this against what is really sent."""

SENT_BY = {
    "AddCustomer": (
        "makes an AR customer of a company; mapped in `st_spectrum/flows/customers/rules.py`"
    ),
    "AddWOSiteAddress": (
        "makes a work-order site of a location; mapped in `st_spectrum/flows/sites/rules.py`"
    ),
    "AddJob": "makes a Spectrum job of a job; mapped in `st_spectrum/flows/jobs/rules.py`",
    "UpdateJob": (
        "sets the overhead batch code of a new job; mapped in `st_spectrum/flows/jobs/rules.py`"
    ),
    "UpdateJob_UDF": (
        "notes the assigned office on a new job; mapped in `st_spectrum/flows/jobs/rules.py`"
    ),
    "AddPhase": (
        "copies one phase and cost type of the template job; mapped in"
        " `st_spectrum/flows/jobs/rules.py`"
    ),
    HEADER: (
        "The header of one AR invoice or credit memo, mapped in"
        " `st_spectrum/flows/invoices/documents.py`"
    ),
    DETAIL: (
        "One of the lines that follow the header, mapped in `st_spectrum/flows/invoices/lines.py`"
    ),
    "AddARInvoice": (
        "does the same with all lines in one, where `invoices.target` is `soap`; mapped in the same"
        " two files"
    ),
}


def rule_of(operation: str, field: str) -> str:
    """What a field of a call is filled from, as text without marks; "" where nothing says it."""
    names = (HEADER, DETAIL) if HEADER.startswith(operation) else (operation,)
    found = (FILLED[name][field] for name in names if field in FILLED.get(name, ()))
    return next(found, "").replace("`", "")


HEAD = ("#", "Field", "Kind", "Length", "Required", "Rules", "Filled from")

_HEAD = """# Field map

<!-- This whole page is generated: change st_spectrum/pages/field_map.py, then `make docs`. -->

What goes to Spectrum, service by service and field by field, in the order in which it stands on the wire. A field with nothing
in the last column is sent blank or not at all, which leaves Spectrum's own default in force. Words in `code` are keys of the
[account file](account-file.md). The number is the field's place in the message. Every SOAP service opens with Authorization_ID, from
the account file, and GUID, made for each call; the tables leave these two out and begin with 3. `POST /customer/invoice` is REST and
names its fields, so their order does not count. Which records cross at all, from which day on and of which offices, is in
[lifecycle](lifecycle.md#go-live).
"""


def field_map() -> str:
    """The whole page as Markdown."""
    return "\n".join([_HEAD, *(_section(name, *LAYOUTS[name]) for name in FILLED)])


def _section(name: str, source: str, fields: tuple[Field, ...]) -> str:
    first = 3 if name in SERVICES else 1
    sentence = f"{name} {SENT_BY[name]}" if name in SERVICES else SENT_BY[name]
    rows = (
        _row(number, field, FILLED[name].get(field.name, ""))
        for number, field in enumerate(fields, first)
    )
    filled = table(HEAD, rows, numbers=(0, 3))
    return "\n".join((f"## {name}", "", f"{sentence}. Layout: {linked(source)}.", "", filled, ""))


def _row(number: int, field: Field, source: str) -> tuple[Markdown, ...]:
    one_of = f"one of {field.values}" if field.values else ""
    rules = "; ".join(
        filter(
            None,
            (one_of, field.mask or "", "not negative" if field.is_positive else "", field.note),
        )
    )
    required = "yes" if field.is_required else ""
    cells = (number, field.name, KINDS[field.kind], field.length, required, rules, source)
    return tuple(Markdown(cell) for cell in cells)


if __name__ == "__main__":
    print(field_map(), end="")
