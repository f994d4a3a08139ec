"""Which fields of a recording keep their values: codes of the set-up, words of a closed list,
counts of pages. Everything else is hidden. Data; pure.
"""

import re
from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from functools import cache
from zoneinfo import available_timezones

from st_spectrum.flows.timecards.pieces import ACTIVITY_NAMES
from st_spectrum.record.known_words import CONTENT_TYPES, FAULTS, SERVICETRADE, SPECTRUM
from st_spectrum.record.walk_servicetrade import NO_SUCH_SYSTEM
from st_spectrum.record.walk_spectrum import NO_SUCH_SERVICE
from st_spectrum.servicetrade.time_models import ACTIVITIES
from st_spectrum.spectrum.services import INVOICE_DETAIL, INVOICE_HEADER, SERVICES
from st_spectrum.spectrum.timecards import REST_NAMES


class Rule(StrEnum):
    """What becomes of a value."""

    KEEP = "keep"
    DATE = "date"
    HIDE = "hide"


JSON_KEPT = frozenset(
    {
        *("page", "totalPages", "totalCount", "totalRecords", "limit", "expires_in", "token_type"),
        *("requestDurationMs", "resourceUsageMs", "resourceBalanceMs"),
        *("status", "type", "eventType", "activity", "visibility", "timezone", "state"),
        *("isCustomer", "companyStatus", "entityType", "libItemType", "auth", "paymentTermsType"),
    }
)
"""Keys of ServiceTrade's records and of its addresses' parameters."""

JSON_DATES = frozenset({"created", "updated", "date", "startTime", "endTime", "eventTime"})
_JSON_DATE = re.compile(r".*(On|Date|Start|End|After|Before|Delivery)$|^(window|period)\w*$")

PEOPLE = frozenset({"firstName", "lastName"})
TYPES_OF_PEOPLE = frozenset({"type", "types"})

MAPS = frozenset({"externalIds", "validation", "counts", "customFields", "custom", "udfs"})
"""Objects whose keys are somebody's words and no names of fields."""

COLUMNS_KEPT = frozenset(
    {
        *("Status", "Status_Code", "Employment_Status", "Transaction_Type", "Line_Type"),
        *("Phase_Code", "Cost_Type", "Cost_Center", "Terms_Code", "Sales_Tax_Code"),
        *("Tax_Class_Code", "Price_Method_Code", "Pay_Type", "Department_Code", "GL_Account"),
        *("Unit_Of_Measure", "Job_Oh_Batch_Code", "OH_Batch_Code", "Contract_Type", "State"),
        *("Lock_Revenue_Entry", "Reversed", "Currency_Code", "Line_Number", "Status_Flag"),
        *("Taxable_Flag", "Ship_To_State", "Direct_Cost_Flag", "Post_Flag", "Print_Flag"),
        *("Cost_Category_Code", "Status_Type", "Version", "Wage_Class"),
        *("error_code", "column", "Error_Code", "Error_Column", "faultcode"),
        *("TABLE_NAME", "COLUMN_NAME"),
    }
)
"""Columns of Spectrum's tables and services, and elements of its answers."""

_COLUMN_DATE = re.compile(r".*(_Date|_Date_List\d)$|^(Date_.*)$", re.IGNORECASE)

TEXTS_KEPT = frozenset({"Successful"})
"""What Spectrum is documented to say, word for word."""

WORDS_KEPT = frozenset({"mobile", "ivr", *ACTIVITIES, *ACTIVITY_NAMES})
"""ServiceTrade's own words, where its records have a word or a text of somebody's."""

WORDS_OF_PATHS = frozenset(
    {
        *("company", "location", "job", "user", "invoice", "jobitem", "libitem", "timecard"),
        *("clock", "absence", "account", "serviceline", "paymentterms", "servicerequest"),
        *("comment", "externalid", "auth", "oauth2", "token", "connect", "ws", "wsdls", "api"),
        *(NO_SUCH_SYSTEM, NO_SUCH_SERVICE, f"{NO_SUCH_SERVICE}.jws"),
        *SERVICES,
        *(f"{service}.jws" for service in SERVICES),
    }
)
HEADERS_KEPT = frozenset({"content-type", "retry-after"})

COUNTS = frozenset(
    {
        *("page", "totalPages", "totalCount", "totalRecords", "limit", "expires_in"),
        *("requestDurationMs", "resourceUsageMs", "resourceBalanceMs"),
        *("entityType", "isCustomer"),
    }
)
_COUNT = re.compile(r"-?\d{0,7}(\.\d{1,3})?|True|False|true|false")
_CODE = re.compile(r"[A-Z0-9_/][A-Z0-9_ ./+-]{0,19}|")
"""How codes of the set-up are written: capitals and digits."""
_LETTER = re.compile(r"[A-Za-z]{0,2}")
_VERSION = re.compile(r"[\d. ]{0,12}")
_STATE = re.compile(r"[A-Z]{2}|")
_CODE_LIKE = re.compile(r"[A-Za-z0-9_/][A-Za-z0-9_ .,/+-]{0,29}|")
_KEY = re.compile(r"[a-z][A-Za-z0-9_]{0,39}")


@cache
def _time_zones() -> frozenset[str]:
    return frozenset(available_timezones())


def rule_of_key(name: str) -> Rule:
    """The rule of a key of ServiceTrade's JSON."""
    if name in JSON_KEPT:
        return Rule.KEEP
    return Rule.DATE if name in JSON_DATES or _JSON_DATE.match(name) else Rule.HIDE


def rule_of_column(name: str) -> Rule:
    """The rule of a column or an element of Spectrum; the filters of Get services are called like
    their columns, with a p in front.
    """
    bare = name[1:] if re.match(r"p[A-Z]", name) else name
    if bare in COLUMNS_KEPT:
        return Rule.KEEP
    return Rule.DATE if _COLUMN_DATE.match(bare) else Rule.HIDE


def may_stay(name: str, text: str) -> bool:
    """Whether the value of a kept column or element is a code of the set-up, or a word of a list
    that is known: several of either with commas.
    """
    bare = name[1:] if re.match(r"p[A-Z]", name) else name
    fits = _FITS.get(bare, _is_code)
    return all(fits(part.strip()) for part in text.strip().split(","))


def may_stay_in_header(name: str, value: str) -> bool:
    """Whether a header says no more than how an answer is written, or for how long to stay away."""
    if name.lower() not in HEADERS_KEPT:
        return False
    bare = value.split(";")[0].strip()
    return bare.lower() in CONTENT_TYPES if name.lower() == "content-type" else bare.isdigit()


def may_stay_in_json(name: str, value: object) -> bool:
    """Whether the value of a kept key is a word of ServiceTrade's lists, several with commas, or a
    count. People type states as they like, and anything may stand where a time zone is asked for.
    """
    if name == "state":
        return bool(_STATE.fullmatch(str(value)))
    if name == "timezone":
        return str(value) in _time_zones()
    parts = (part.strip() for part in str(value).split(","))
    if name in COUNTS:
        return all(_COUNT.fullmatch(part) for part in parts)
    return all(part.casefold() in SERVICETRADE or not part or part == "None" for part in parts)


def _is_code(text: str) -> bool:
    is_one = bool(_CODE.fullmatch(text)) and len(text.split()) <= 2
    return is_one or text.casefold() in SPECTRUM


@cache
def _names() -> frozenset[str]:
    fields = {field.name for service in SERVICES.values() for field in service.fields}
    rest = {field.name for field in (*INVOICE_HEADER, *INVOICE_DETAIL)} | set(REST_NAMES.values())
    return frozenset(name.casefold() for name in fields | rest)


def _is_name(text: str) -> bool:
    return not text or text.casefold() in _names()


_FITS: Mapping[str, Callable[[str], bool]] = {
    **dict.fromkeys(("State", "Ship_To_State"), lambda text: bool(_STATE.fullmatch(text))),
    **dict.fromkeys(("error_code", "Error_Code"), lambda text: bool(_LETTER.fullmatch(text))),
    **dict.fromkeys(("column", "Error_Column"), _is_name),
    **dict.fromkeys(("TABLE_NAME", "COLUMN_NAME"), lambda text: bool(_CODE_LIKE.fullmatch(text))),
    "Version": lambda text: bool(_VERSION.fullmatch(text)),
    "faultcode": lambda text: text.rpartition(":")[2].casefold() in FAULTS,
}
"""Kept columns and elements that hold something else than a code."""


def is_person(keys: Collection[str]) -> bool:
    """Whether an object with these keys is somebody: contact types are the account's [ST 4.3]."""
    return not PEOPLE.isdisjoint(keys)


def is_key(name: str) -> bool:
    """Whether a key of JSON is the name of a field."""
    return bool(_KEY.fullmatch(name))
