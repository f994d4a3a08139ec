"""Tables of purchase orders, with vendors, warehouses and what came [SP 15]."""

from st_spectrum.sandbox.spectrum.table import COMPANY, Column, listed, of_kind, table_of, text
from st_spectrum.spectrum.services import Kind

VENDORS = table_of(
    "VN_VENDOR_MASTER_MC",
    [COMPANY, text("Vendor_Code", 10), text("Vendor_Name", 30), text("Status", 1)],
    "Company_Code Vendor_Code",
)
WAREHOUSES = table_of(
    "IC_WAREHOUSE_MASTER_MC",
    [COMPANY, text("Warehouse_Code", 10), text("Description", 30)],
    "Company_Code Warehouse_Code",
    is_name_assumed=True,
)


PO_HEADERS = table_of(
    "PO_PURCHASE_ORDER_HEADER_MC",
    [
        COMPANY,
        *listed(
            "PO_Number:10 Vendor_Code:10 Ship_To_Code:1 Job_Number:10 Ship_Name:30"
            " Ship_Address_1:30 Ship_Address_2:30 Ship_City:25 Ship_State:2 Ship_Zip_Code:10"
            " Terms_Code:1 Terms_Description:20 Discount_From_Code:1 Ordered_By:20 Confirmed_By:20"
            " Resale_Flag:1 PO_Print_Flag:1"
        ),
        text("Status_Flag", 6, "OPEN; PROP and CLOSED are assumed"),
        *listed(
            "Ship_Via:15 Ship_Terms:25 FOB:15 Special_Instructions:29 Remarks:29 Warehouse_Code:10"
            " Reference_Flag:1 PO_Type:1 Received_Flag:1 Last_Receipt_Number:10"
            " Proposed_PO_Number:10 Batch_Code:10 Use_Tax_Code:15 Current_Revision:4 Blanket_PO:10"
            " Blanket_Vendor_Num:10 Current_Blanket_Release:4 Routing_Code:10 Cost_Center:10"
            " Bank_Account_Code:15 Card_Number:10 Currency_Code:3 PO_Method:1 Comment:250"
            " VAT_Code:10 Purch_Loc_Code:4 Pay_Loc_Code:4 Accrue_PO_Costs:1"
        ),
        *of_kind(
            Kind.NUMBER,
            "Payment_Days Discount_Days Terms_Percent Tax_Percent Taxable_Amount Non_Taxable_Amount"
            " Tax_Total PO_Total_Amount Total_Freight Blanket_Total_Amt Total_VAT_Amt",
        ),
        Column("PO_Date_List1", Kind.DATE, 10, "order date"),
        Column("PO_Date_List2", Kind.DATE, 10, "delivery date (assumed)"),
        Column("PO_Date_List3", Kind.DATE, 10, "last received (assumed)"),
        *of_kind(Kind.DATE, "Due_Date_List1 Due_Date_List2 Received_Date Blanket_Exp_Date"),
    ],
    "Company_Code PO_Number",
    indexes="Status_Flag PO_Date_List1 PO_Date_List3",
)
"""[SP 15.1]; the lengths of flags and counters are assumed."""
PO_DETAILS = table_of(
    "PO_PURCHASE_ORDER_DETAIL_MC",
    [
        COMPANY,
        *listed(
            "PO_Number:10 Line_Number:3 Item_Code:15 Item_Description:35 Unit_Of_Measure:3"
            " GL_Account:12 Job_Number:10 Phase_Code:20 Cost_Type:3 Message:250 Warehouse_Code:10"
            " WO_Number:10 WO_Flag:1 Component_Number:15 System_ID:8 Sequence:14 Equipment_Code:10"
            " Equipment_Category:10 PM_Work_Order:10 SC_Contract:10 Use_Tax_Code:15 Tax_Code:15"
            " Taxable_Flag:1 Blanket_Release_Number:4 Cost_Center:10 Control_Code:36 Billing_Flag:1"
        ),
        text("Line_Type", 1, "D stock, N non-stock, M message: the letters of REST, assumed here"),
        Column("PO_Quantity_List1", Kind.NUMBER, 12, "ordered"),
        Column("PO_Quantity_List2", Kind.NUMBER, 12, "received"),
        *of_kind(
            Kind.NUMBER,
            "PO_Quantity_List3 PO_Quantity_List4 PO_Quantity_List5 Item_Price Item_Discount_Percent"
            " Tax_Percent Tax_Amount_List1 Tax_Amount_List2 Line_Extension_List1"
            " Line_Extension_List2 Received_Extension Open_Receipt_Quantity WO_Item_Price"
            " Price_Per_Factor Use_Tax_Extension Terms_Discount_Percent",
        ),
        Column("Delivery_Date", Kind.DATE, 10),
    ],
    "Company_Code PO_Number Line_Number",
)
"""[SP 15.1]; the lengths of flags and links are assumed."""
PACKING_LISTS = table_of(
    "PO_PACK_LIST_DETAIL_MC",
    [
        COMPANY,
        text("Packing_List", 10),
        text("PO_Number", 10),
        text("Line_Number", 3),
        Column("Quantity", Kind.NUMBER, 12, "what came"),
    ],
    "Company_Code Packing_List PO_Number Line_Number",
)
"""Goods received before the vendor's invoice; all columns are assumed [SP 15.3]."""
