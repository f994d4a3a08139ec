"""What offices shorten and spell in several ways, and the form in which it is compared."""

import re
import unicodedata

LEGAL_FORMS: dict[str, str] = {
    **dict.fromkeys(("inc", "incorporated", "corp", "corporation", "co", "company"), "corporation"),
    **dict.fromkeys(("llc", "pllc", "ltd", "limited"), "limited company"),
    **dict.fromkeys(("lp", "llp", "lllp"), "partnership"),
    **dict.fromkeys(("pc", "pa"), "professional corporation"),
}
"""The last words of a name that say what it is before the law, and what they say."""

SHORT_WORDS: dict[str, str] = {
    "and": "",
    "association": "assoc",
    "associates": "assoc",
    "assn": "assoc",
    "building": "bldg",
    "brothers": "bros",
    "center": "ctr",
    "centre": "ctr",
    "cntr": "ctr",
    "construction": "const",
    "constr": "const",
    "county": "cnty",
    "department": "dept",
    "distributing": "dist",
    "distribution": "dist",
    "district": "dist",
    "enterprises": "ent",
    "enterprise": "ent",
    "group": "grp",
    "heights": "hts",
    "hospital": "hosp",
    "industries": "ind",
    "international": "intl",
    "management": "mgmt",
    "mgt": "mgmt",
    "manufacturing": "mfg",
    "manufacturers": "mfg",
    "medical": "med",
    "mount": "mt",
    "national": "natl",
    "properties": "prop",
    "property": "prop",
    "props": "prop",
    "restaurant": "rest",
    "saint": "st",
    "school": "sch",
    "services": "svc",
    "service": "svc",
    "svcs": "svc",
    "street": "st",
    "systems": "sys",
    "technologies": "tech",
    "technology": "tech",
    "university": "univ",
    "community": "comm",
    "development": "dev",
    "electric": "elec",
    "electrical": "elec",
    "engineering": "eng",
    "engr": "eng",
    "heating": "htg",
    "insurance": "ins",
    "mechanical": "mech",
    "plumbing": "plbg",
    "supply": "sup",
    "elementary": "elem",
    "apartments": "apts",
}
"""Words that offices shorten, and the one form in which they are compared."""


def plain(name: str) -> str:
    """Small letters without accents or marks; letters that dots hold apart stand together."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    letters = re.sub(r"(?<=\b\w)\.(?=\w\b|\s|$)", "", letters)
    letters = re.sub(r"['’`]", "", letters)
    return re.sub(r"[^a-z0-9]+", " ", letters).strip()
