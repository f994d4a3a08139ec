"""The words of closed lists that both vendors' pages name: they are nobody's, and stay where one is
written under a key of such a list. Any other word there may be somebody's. Data; pure.
"""

from st_spectrum.account.types import JOB_TYPES
from st_spectrum.servicetrade.item_models import ORDERED, RECEIVED, TO_BE_ORDERED
from st_spectrum.servicetrade.time_models import ACTIVITIES, CARD_STATUSES, ROW_TYPES
from st_spectrum.servicetrade.wire import COMPANY_STATUSES, JOB_STATUSES, LOCATION_STATUSES
from st_spectrum.spectrum.soap.get_services import CUSTOMER_VALUES

SERVICETRADE = frozenset(
    {
        *("all", "invoiced", "none"),
        *COMPANY_STATUSES,
        *LOCATION_STATUSES,
        *JOB_STATUSES,
        *("scheduled", "unscheduled", "canceled_by_vendor", "canceled_by_customer", "no_show"),
        *("open", "in_progress", "closed", "void", "public", "private"),
        *("draft", "ok", "internal_review", "pending_accounting", "processed", "failed"),
        *("sent", "paid", "accepted", "pending_sales_tax"),
        *JOB_TYPES,
        *("invoice", "credit", "estimate"),
        *("part", "material", "labor", "equipment", "inspection", "service", "subcontractor"),
        *("fee", "general conditions", "general_conditions", "other"),
        *("vendor", "refnumber", "warehouse", "tech"),
        *(TO_BE_ORDERED, ORDERED, RECEIVED),
        *CARD_STATUSES,
        *ROW_TYPES,
        *("in", "out", *ACTIVITIES),
        *("schedule", "billing"),
        *("oauth2", "session", "bearer"),
    }
)
"""Statuses, types and activities [ST 2, 4 to 10], in small letters."""

SPECTRUM = frozenset(
    word.casefold() for words in CUSTOMER_VALUES.values() for word in words if word
) | frozenset({"open", "closed", "prop", "propos", "proposed"})
"""What Get services write in place of letters [SP 14], and statuses of orders [SP 15.1]."""

FAULTS = frozenset({"client", "server", "sender", "receiver", "mustunderstand", "versionmismatch"})
"""Codes of SOAP faults, without their prefix."""

CONTENT_TYPES = frozenset(
    {
        *("application/json", "application/xml", "application/soap+xml"),
        *("text/xml", "text/html", "text/plain"),
    }
)
