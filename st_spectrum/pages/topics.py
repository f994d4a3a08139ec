"""What the tags in the code's docstrings stand for, and how an assumption under each of them can be
settled.

`[ST 5.1]` and `[SP 10]` name sections of `docs/vendor/servicetrade.md` and
`docs/vendor/spectrum.md`. The chapter is enough to know the subject.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """The subject of one chapter, and what a person does to turn its assumptions into facts."""

    subject: str
    how_to_close: str


_ST_RECORD = (
    "Read one such record from a real ServiceTrade account, and send the write in question from a"
    " test account."
)
_SP_WRITE = (
    "Send the case from a Spectrum test company and keep request and answer; or ask Trimble"
    " support."
)

TOPICS: Mapping[str, Topic] = {
    "ST 1": Topic(
        "ServiceTrade: addresses, answers, paging, budget",
        "Record real answers, headers included: a list, an empty list, a refusal, and one call"
        " beyond the budget.",
    ),
    "ST 2": Topic(
        "ServiceTrade: logging in",
        "Log in with a test client, refresh, revoke, and record every answer.",
    ),
    "ST 3": Topic("ServiceTrade: records inside records", _ST_RECORD),
    "ST 4": Topic("ServiceTrade: companies, locations, contacts", _ST_RECORD),
    "ST 5": Topic("ServiceTrade: jobs and services", _ST_RECORD),
    "ST 6": Topic("ServiceTrade: invoices and payment terms", _ST_RECORD),
    "ST 7": Topic("ServiceTrade: items and purchase orders", _ST_RECORD),
    "ST 8": Topic("ServiceTrade: clock events and time cards", _ST_RECORD),
    "ST 9": Topic("ServiceTrade: users, offices, tags, service lines, tax", _ST_RECORD),
    "ST 10": Topic(
        "ServiceTrade: comments", "Write a comment on each kind of record and read it back."
    ),
    "ST 11": Topic(
        "ServiceTrade: external ids",
        "Set, change, double and remove an external id in a test account, and record each answer.",
    ),
    "ST 16": Topic(
        "ServiceTrade: what its pages do not say",
        "Try the case in a test account, or ask ServiceTrade.",
    ),
    "SP 1": Topic(
        "Spectrum: addresses, logins, limits",
        "Log in at a Spectrum with enhanced authentication and record the answers; keep a record"
        " open while writing to it.",
    ),
    "SP 2": Topic("Spectrum: order of its checks", _SP_WRITE),
    "SP 3": Topic(
        "Spectrum: descriptions of services (WSDL)",
        "Compare with `/wsdls/<Service>.jws` of a real Spectrum.",
    ),
    "SP 4": Topic("Spectrum: shape of its answers", _SP_WRITE),
    "SP 5": Topic("Spectrum: records sent twice", _SP_WRITE),
    "SP 7": Topic("Spectrum: WSTestConnection", _SP_WRITE),
    "SP 8": Topic("Spectrum: AR customers", _SP_WRITE),
    "SP 9": Topic("Spectrum: work-order sites", _SP_WRITE),
    "SP 10": Topic("Spectrum: jobs", _SP_WRITE),
    "SP 11": Topic("Spectrum: phases", _SP_WRITE),
    "SP 12": Topic("Spectrum: AR invoices", _SP_WRITE),
    "SP 13": Topic("Spectrum: time cards", _SP_WRITE),
    "SP 14": Topic(
        "Spectrum: Get services",
        "Call the Get service on a test company and compare columns and values.",
    ),
    "SP 15": Topic(
        "Spectrum: purchase orders", "Read the tables named through Info-Link of a real Spectrum."
    ),
    "SP 16": Topic(
        "Spectrum: Info-Link",
        "Read the columns of the tables named through Info-Link of a real Spectrum.",
    ),
    "SP 18": Topic("Spectrum: what its stand-in should refuse", _SP_WRITE),
}

OTHER_SERVICETRADE = Topic("ServiceTrade: other", _ST_RECORD)
OTHER_SPECTRUM = Topic("Spectrum: other", _SP_WRITE)
OTHER = Topic(
    "Other",
    "Find out which of the two systems is meant, try the case there, and name its section in the"
    " code.",
)


def topic_of(chapter: str, file: str) -> Topic:
    """The topic of a chapter such as `ST 5`; without a known one, by the folder of `file`."""
    if chapter in TOPICS:
        return TOPICS[chapter]
    if "servicetrade" in file or chapter.startswith("ST"):
        return OTHER_SERVICETRADE
    return OTHER_SPECTRUM if "spectrum/" in file or chapter.startswith("SP") else OTHER
