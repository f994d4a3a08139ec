"""The fields of one record of `POST /purchaseOrders` [SP 15.2]; the product only reads orders, so
the layout lives here.
"""

from st_spectrum.spectrum.services import Field, Kind, Service

SERVICE = "POBatch"
"""Name under which the service is built for an Authorization ID [SP 6.2]."""


def _texts(names: str) -> tuple[Field, ...]:
    """Text fields written `name:length`."""
    return tuple(
        Field(name, Kind.TEXT, int(length))
        for name, length in (pair.split(":") for pair in names.split())
    )


def _numbers(names: str) -> tuple[Field, ...]:
    return tuple(
        Field(name, Kind.NUMBER, int(length))
        for name, length in (pair.split(":") for pair in names.split())
    )


HEADER = Service(
    SERVICE,
    "SP 15.2",
    (
        Field("Company_Code", Kind.TEXT, 3, is_required=True),
        Field("PO_Number", Kind.TEXT, 10, note="blank: the next one"),
        Field("Vendor_Code", Kind.TEXT, 10, is_required=True),
        *_texts("Warehouse_Code:10 Job_Number:10"),
        Field("Status_Flag", Kind.TEXT, 1, values="P O C", note="default: P"),
        *_texts("Cost_Center:10 Remarks:29 Special_Instructions:29"),
        Field("Ship_To_Code", Kind.TEXT, 1, values="D J I"),
        *_texts(
            "Ship_Name:30 Ship_Address_1:30 Ship_Address_2:30 Ship_City:25 Ship_State:2"
            " Ship_Zip_Code:10"
        ),
        *_texts("Ship_Via:15 Ship_Terms:15 FOB:15 Ordered_By:20 Confirmed_By:20"),
        Field("PO_Order_Date", Kind.DATE, 10, note="default: today (assumed)"),
        Field("PO_Delivery_Date", Kind.DATE, 10),
        *_texts("Batch_Code:10"),
        Field("Terms_Code", Kind.TEXT, 1, values="A B"),
        *_numbers("Payment_Days:3 Discount_Days:3 Terms_Percent:6"),
        *_texts(
            "Discount_From_Code:1 Terms_Description:20 Resale_Flag:1 Tax_Code:15 VAT_Code:10"
            " Routing_Code:10"
        ),
        Field("PO_Method", Kind.TEXT, 1, values="1 2"),
        Field("PO_Type", Kind.TEXT, 1, values="U L"),
        *_texts("Bank_Account_Code:15 Card_Number:10 Comment:250"),
    ),
)
"""Lengths of the three terms numbers are assumed."""

DETAIL = Service(
    SERVICE,
    "SP 15.2",
    (
        Field("Detail_Entry_Type", Kind.TEXT, 1, values="D N M", note="default: D"),
        *_numbers("PO_Quantity:12"),
        *_texts("Item_ID:15 Item_Description:35 Unit_Of_Measure:3"),
        *_numbers("Item_Price:14 Item_Discount_Percent:6"),
        *_texts("GL_Account:12 Phase_Code:20 Cost_Type:3 Tax_Code:15"),
        Field("Delivery_Date", Kind.DATE, 10),
        *_texts("Message:250 Cost_Center:10"),
    ),
)
