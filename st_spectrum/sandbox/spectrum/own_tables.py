"""What the sandbox has to remember and Info-Link does not show."""

from st_spectrum.sandbox.spectrum.table import Column, table_of, text
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

OWN = (AUTHORIZATIONS, AUTHORIZED_SERVICES, GROUPS, TOKENS)
"""What the sandbox has to remember and Info-Link does not show."""
