"""The columns of Info-Link that the product reads, by which an account file may say what another
release calls them.

The tables themselves are described where their statements are built, `spectrum/tables_read.py`; a
test sees to it that both name the same. An account file is read without the database library.
"""

from collections.abc import Mapping
from difflib import get_close_matches

_READ: Mapping[str, str] = {
    "CR_CUSTOMER_MASTER_MC": (
        "Company_Code Customer_Code Name Alpha_Sort Type Address_1 Address_2 City State "
        "Zip_Code Phone Terms_Code Sales_Tax_Code Taxable_Flag Status Customer_Email "
        "Salesperson"
    ),
    "CR_INVOICE_DETAIL_MC": (
        "Company_Code Customer_Code Invoice_Or_Transaction Transaction_Type "
        "Line_Extension GL_Account Cost_Center"
    ),
    "CR_INVOICE_HEADER_MC": (
        "Company_Code Customer_Code Invoice_Or_Transaction Transaction_Type Job_Number "
        "Post_Flag Print_Flag Reversed Remarks Non_Taxable_Amount Taxable_Amount "
        "Sales_Tax_Amount Invoice_Date Batch_Code Terms_Code Sales_Tax_Code GL_Year GL_Period"
    ),
    "CR_TERMS_MASTER_MC": "Company_Code Terms_Code",
    "GL_MASTER_MC": "Company_Code GL_Account Direct_Cost_Flag Status",
    "JC_JOB_MASTER_MC": (
        "Company_Code Job_Number Job_Description Customer_Code Status_Code Cost_Center "
        "Contract_Number Tax_Class_Code Sales_Tax_Code Price_Method_Code WO_Site "
        "Job_Oh_Batch_Code Lock_Revenue_Entry Job_Type Work_State_Tax_Code"
    ),
    "JC_PHASE_MASTER_MC": (
        "Company_Code Job_Number Phase_Code Cost_Type Description Status_Code "
        "Price_Method_Code Unit_of_Measure"
    ),
    "PO_PACK_LIST_DETAIL_MC": "Company_Code PO_Number Line_Number Quantity",
    "PO_PURCHASE_ORDER_DETAIL_MC": (
        "Company_Code PO_Number Line_Number Line_Type Item_Code Item_Description "
        "Unit_Of_Measure GL_Account Job_Number Phase_Code Cost_Type Warehouse_Code "
        "WO_Number Message PO_Quantity_List1 PO_Quantity_List2 Item_Price "
        "Item_Discount_Percent Delivery_Date Line_Extension_List1 Received_Extension"
    ),
    "PO_PURCHASE_ORDER_HEADER_MC": (
        "Company_Code PO_Number Vendor_Code Job_Number Status_Flag Warehouse_Code Remarks "
        "Special_Instructions Comment Ordered_By Confirmed_By Cost_Center PO_Date_List1 "
        "PO_Date_List2 PO_Date_List3 Currency_Code PO_Method"
    ),
    "PR_EMPLOYEE_MASTER_1_MC": (
        "Company_Code Employee_Code Employee_Name Employment_Status Department_Code"
    ),
    "PR_PRE_TC_IMPORT_ERR_MC": (
        "Company_Code Employee_Code Work_Date Pay_Type Hours Job_Number Phase_Code "
        "Cost_Type Department_Code Message Cost_Center Batch_Code"
    ),
    "PR_PRE_TIME_CARD_MC": (
        "Company_Code Employee_Code Work_Date Pay_Type Hours Job_Number Phase_Code "
        "Cost_Type Department_Code Message Cost_Center Batch_Code"
    ),
    "PR_TIME_CARD_DETAIL_MC": (
        "Company_Code Employee_Code Work_Date Pay_Type Hours Job_Number Phase_Code "
        "Cost_Type Department_Code Message Cost_Center"
    ),
    "PR_TIME_CARD_HISTORY_MC": (
        "Company_Code Employee_Code Work_Date Pay_Type Hours Job_Number Phase_Code "
        "Cost_Type Department_Code Message Cost_Center"
    ),
    "VN_VENDOR_MASTER_MC": "Company_Code Vendor_Code Vendor_Name",
    "WO_ADDRESS_MC": (
        "Company_Code Ship_To_ID Ship_To_Name Ship_To_Customer_Code Ship_To_Address1 "
        "Ship_To_Address2 Ship_To_City Ship_To_State Ship_To_Zip_Code Ship_To_Phone1 "
        "Ship_To_Phone2 Site_Contact_Person Zone Special_Instructions Work_Site_Email "
        "Latitude Longitude Status"
    ),
}
COLUMNS_READ: Mapping[str, tuple[str, ...]] = {
    table: tuple(columns.split()) for table, columns in _READ.items()
}
"""The columns by table, in Spectrum's spelling [SP 16]."""


def known_column(key: str) -> str:
    """`TABLE.Column` of what is read. Raises `ValueError` for any other, with the nearest one."""
    table, _, column = key.partition(".")
    if column in COLUMNS_READ.get(table, ()):
        return key
    spellings = {
        f"{name}.{one}".upper(): f"{name}.{one}"
        for name, columns in COLUMNS_READ.items()
        if table not in COLUMNS_READ or name == table
        for one in columns
    }
    close = get_close_matches(key.upper(), spellings, n=1)
    hint = f"; did you mean {spellings[close[0]]!r}?" if close else ""
    raise ValueError(f"is no column that is read of Info-Link, as TABLE.Column{hint}")


def named_twice(names: Mapping[str, str]) -> str:
    """The first name that two columns of one table would have, as `TABLE.Name`; "" for none."""
    for table, columns in COLUMNS_READ.items():
        seen: set[str] = set()
        for column in columns:
            there = names.get(f"{table}.{column}", column)
            if there.upper() in seen:
                return f"{table}.{there}"
            seen.add(there.upper())
    return ""
