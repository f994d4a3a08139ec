"""The page that says, field by field, what goes to Spectrum and where it comes from. Print it with
`python -m st_spectrum.pages.field_map`."""

from collections.abc import Mapping

from st_spectrum.spectrum.services import SERVICES, Field, Kind, Service

KINDS = {Kind.TEXT: "text", Kind.NUMBER: "number", Kind.DATE: "date", Kind.FLAG: "Y or N"}

_COMPANY = "`spectrum.company_code`"
_NUMBER = "the job's number by `jobs.number_format`"

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
        "Sales_Tax_Code": "`maps.sales_tax`: not taxable, fixed, by tax group, by state, or the default",
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
        "Tax_Class_Code": "`maps.tax_class`: by tax group, by state, or the default",
        "Taxable_Flag": "location: taxable",
        "Price_Method_Code": "cost center through `maps.cost_centers.price_method`",
        "Work_State_Tax_Code": "location: state through `maps.work_state`",
        "WO_Site": "location: external id, which is its site id",
        "Cost_Center": "`maps.cost_centers`: by office or service line, or the default",
    },
    "UpdateJob": {
        "Company_Code": _COMPANY,
        "Job_Number": _NUMBER,
        "Job_Oh_Batch_Code": "`jobs.oh_batch_code`",
    },
    "UpdateJob_UDF": {
        "Company_Code": _COMPANY,
        "Job_Number": _NUMBER,
        "UDF1": "job: assigned office through `maps.offices`, else its name; where `jobs.has_office_in_udf1` is on",
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
}
"""By service and field, what the mapping functions fill it from. A test holds this against what they really send."""

SENT_BY = {
    "AddCustomer": "makes an AR customer of a company; mapped in `st_spectrum/mapping/customers.py`",
    "AddWOSiteAddress": "makes a work-order site of a location; mapped in `st_spectrum/mapping/sites.py`",
    "AddJob": "makes a Spectrum job of a job; mapped in `st_spectrum/mapping/jobs.py`",
    "UpdateJob": "sets the overhead batch code of a new job; mapped in `st_spectrum/mapping/jobs.py`",
    "UpdateJob_UDF": "notes the assigned office on a new job; mapped in `st_spectrum/mapping/jobs.py`",
    "AddPhase": "copies one phase and cost type of the template job; mapped in `st_spectrum/mapping/jobs.py`",
}

_HEAD = """# Field map

<!-- This whole page is generated: change st_spectrum/pages/field_map.py, then `make docs`. -->

What goes to Spectrum, service by service and field by field, in the order in which it stands on the wire. A field with nothing
in the last column is sent blank, which leaves Spectrum's own default in force. Words in `code` are keys of the
[account file](account-file.md). Every service opens with Authorization_ID, from the account file, and GUID, made for each
call; the tables leave these two out.
"""


def field_map() -> str:
    """The whole page as Markdown."""
    return "\n".join([_HEAD, *(_section(SERVICES[name], filled) for name, filled in FILLED.items())])


def _section(service: Service, filled: Mapping[str, str]) -> str:
    lines = [
        f"## {service.name}",
        "",
        f"{service.name} {SENT_BY[service.name]}. Layout: [{service.source}].",
        "",
        "| # | Field | Kind | Length | Required | Rules | Filled from |",
        "|--:|---|---|--:|---|---|---|",
        *(_row(number, field, filled.get(field.name, "")) for number, field in enumerate(service.fields, 3)),
        "",
    ]
    return "\n".join(lines)


def _row(number: int, field: Field, source: str) -> str:
    one_of = f"one of {field.values}" if field.values else ""
    rules = "; ".join(filter(None, (one_of, field.mask or "", "not negative" if field.is_positive else "", field.note)))
    required = "yes" if field.is_required else ""
    return f"| {number} | {field.name} | {KINDS[field.kind]} | {field.length} | {required} | {rules} | {source} |"


if __name__ == "__main__":
    print(field_map(), end="")
