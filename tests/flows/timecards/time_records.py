"""A crew of two, their jobs, and how their account pays them."""

from typing import Any

ACCOUNT: dict[str, Any] = {
    "timecards": {
        "unpaid_names": ["Lunch"],
        "pay_types": {
            "by_lib_item": {"LAB-REG": "R", "LAB-OT": "O"},
            "by_activity": {"onsite": "R", "enroute": "R"},
            "by_generic_name": {
                "PTO": "V",
                "Holiday": "H",
                "Sick": "S",
                "Training": "1",
                "Time Off": "V",
            },
        },
        "departments": {
            "by_office": {"Norfolk Office": "100", "Shop": "800"},
            "without_job": "900",
            "non_direct": ["800", "900"],
        },
        "cost_codes": {
            "phase_by_service_line": {"Sprinkler": "001000", "Alarm": "002000"},
            "cost_type_by_service_line": {"Alarm": "A"},
            "default_cost_type": "L",
        },
        "time_off": {"job_types": ["training"], "service_lines": ["Time Off"]},
    }
}

CREW: list[dict[str, Any]] = [
    {"id": 61, "name": "Ty Tech", "status": "active", "externalIds": {"spectrum": "E1007"}},
    {"id": 62, "name": "Ann Alarm", "status": "active", "externalIds": {"spectrum": "E1008"}},
]

SITES: list[dict[str, Any]] = [
    {
        "id": 3310,
        "name": "Harbor Foods #3",
        "company": {"id": 1201, "name": "Harbor Foods LLC"},
        "address": {
            "street": "40 Pier St",
            "city": "Norfolk",
            "state": "VA",
            "postalCode": "23510",
        },
    }
]

JOBS: list[dict[str, Any]] = [
    {
        "id": 2500000000010482,
        "number": 10482,
        "type": "repair",
        "customer": {"id": 1201, "name": "Harbor Foods LLC"},
        "location": {"id": 3310, "name": "Harbor Foods #3"},
        "assignedOffice": {"id": 901, "name": "Norfolk Office"},
        "externalIds": {"spectrum": "10482"},
    }
]


def merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`under` with the keys of `over`, section by section; a value that is no section is
    replaced.
    """
    found = dict(under)
    for key, value in over.items():
        both = (
            isinstance(value, dict)
            and isinstance(found.get(key), dict)
            and not key.startswith("by_")
        )
        found[key] = merged(found[key], value) if both else value
    return found
