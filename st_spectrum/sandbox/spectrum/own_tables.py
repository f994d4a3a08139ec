"""What the sandbox has to remember and Info-Link does not show."""

from st_spectrum.sandbox.spectrum.table import COMPANY, Column, table_of, text
from st_spectrum.spectrum.services import Kind

AUTHORIZATIONS = table_of(
    "SANDBOX_AUTHORIZATIONS",
    [
        text("Authorization_ID", 20),
        text("Status", 1, "A active, I inactive"),
        text("Companies", 100, "allowed companies, separated by blanks; the first is the default"),
        text("Client_ID", 50),
        text("Client_Secret", 100),
        text("Self_Rotation", 1),
    ],
    "Authorization_ID",
)
AUTHORIZED_SERVICES = table_of(
    "SANDBOX_AUTHORIZED_SERVICES",
    [text("Authorization_ID", 20), text("Service", 40), text("Udfs", 200, "such as UDF1:T UDF2:N")],
    "Authorization_ID Service",
)
GROUPS = table_of(
    "SANDBOX_GROUPS",
    [
        text("Service", 40),
        text("Authorization_ID", 20),
        text("Guid", 36),
        Column("Last_Used", Kind.NUMBER, 20, "seconds since 1970"),
    ],
    "Service Authorization_ID Guid",
)
TOKENS = table_of(
    "SANDBOX_TOKENS",
    [
        text("Token", 100),
        text("Client_ID", 50),
        Column("Expires", Kind.NUMBER, 20, "seconds since 1970"),
    ],
    "Token",
)

NOT_IN_JOB_MASTER = (
    *("Owner_Name", "Legal_Desc", "PO_Ship_Name", "PO_Ship_Address1", "PO_Ship_Address2"),
    *("PO_Ship_City", "PO_Ship_State", "PO_Ship_Zip_Code", "PO_Ship_Country", "PO_Ship_Comment"),
)
"""Fields of UpdateJob that are no columns of the job master [SP 16.2]."""
JOB_TEXTS = table_of(
    "SANDBOX_JOB_TEXTS",
    [COMPANY, text("Job_Number", 10), text("Owner_Name", 50), text("Legal_Desc", 350)],
    "Company_Code Job_Number",
)
"""What UpdateJob stores and GetJobMain shows, and what is no column of the job master
[SP 16.2]."""

OWN = (AUTHORIZATIONS, AUTHORIZED_SERVICES, GROUPS, TOKENS, JOB_TEXTS)
"""What the sandbox has to remember and Info-Link does not show."""
