"""A contractor's companies and how another office typed the same ones into Spectrum over ten years.

Knows nothing of how records are matched, and is not to learn it: what clerks do to names is told
here as clerks do it, in proportions that were set before anything was measured.
"""

from dataclasses import dataclass, field, replace
from random import Random

SURNAMES = (
    "Hendricks Porter Vance Okafor Lindqvist Marchetti Delgado Whitfield Nakamura Abernathy Castillo"
    " Duvall Eriksen Fontaine Gallagher Haverford Ibarra Jankowski Kessler Lombardi McAllister Norwood"
    " Oyelaran Petrakis Quintero Rasmussen Sandoval Thackeray Underhill Villanueva Weatherby Yarbrough"
    " Zimmerman Ashcroft Bellweather Crowley Dunmore Ellsworth Farnsworth Goodwin Hollister Ingram"
    " Jefferson Kirkpatrick Langley Merriweather Nichols Osborne Pemberton Redmond Stanton Tillman"
    " Upton Vickers Wainwright Yates Alvarado Bianchi Chaudhary Dominguez Espinoza Ferreira Guerrero"
    " Hashimoto Iglesias Johansen Kowalski Larsen Moreau Novak O'Brien Pacheco Ramirez Schroeder"
    " Takahashi Valdez Wozniak Xiong Young Zapata Anders Boyle Carver Drake Ewing Foster Grant Hale"
    " Irving Jarvis Keller Lowell Maddox Nash Odell Pratt Quill Rhodes Sterling Tate Vaughn Walsh"
).split()
TRADES = (
    "Roofing|Plumbing & Heating|Electric|Automotive|Family Dentistry|Construction|Landscaping|Bakery"
    "|Furniture|Distributing|Manufacturing|Machine Works|Insurance Agency|Realty|Trucking|Logistics"
    "|Veterinary Clinic|Pharmacy|Wealth Management|Property Management|Engineering|Brewing|Printing"
    "|Steel Fabrication|Cabinetry|Funeral Home|Tire & Auto|Hardware|Orthodontics|Catering"
).split("|")
PLACES = (
    "Maple Ridge|Lakewood|Aurora|Cedar Grove|Riverbend|Stonegate|Fairmount|Harbor Point|Willow Creek"
    "|Eastgate|Summit View|Prairie Hills|Oak Hollow|Northfield|Silver Lake|Canyon Rim|Briarwood"
    "|Meadowbrook|Clearwater|Granite Falls|Highland Park|Sunnyside|West Ridge|Pine Bluff|Elk Run"
    "|Mount Vernon|Saint Helena|Copper Basin|Foxglove|Juniper Flats"
).split("|")
INSTITUTIONS = (
    "Elementary School|Community Hospital|Senior Living|Shopping Center|Apartments|Public Library"
    "|Lutheran Church|Country Club|Charter School|Medical Center|Office Park|Homeowners Association"
    "|Credit Union|Fire Department|Child Development Center|Surgery Center|Middle School|Animal Hospital"
    "|Recreation District|Water District"
).split("|")
BRANDS = (
    "Altura Beacon Cobalt Driftwood Ember Falcon Gridline Halcyon Ironwood Juno Keystone Lumen Meridian"
    " Northstar Orchard Pinnacle Quarry Ridgeline Solstice Trellis Umbra Vantage Windrose Zephyr Apex"
).split()
NOUNS = (
    "Hospitality Group|Technologies|Data Centers|Foods|Industries|Properties|Fitness|Biosciences"
    "|Cold Storage|Enterprises|Packaging|Dental Associates|Aerospace|Restaurants|Holdings|Self Storage"
).split("|")
FORMS = ("LLC", "Inc", "Inc.", "Corp.", "Corporation", "L.L.C.", "Company", "Co.", "", "", "", "LP")
CITIES = (
    ("Denver", "CO", "802", "303"),
    ("Boulder", "CO", "803", "720"),
    ("Fort Collins", "CO", "805", "970"),
    ("Colorado Springs", "CO", "809", "719"),
    ("Pueblo", "CO", "810", "719"),
    ("Cheyenne", "WY", "820", "307"),
)
STREETS = (
    "Larimer Colfax Pearl Alameda Harrison Mulberry Tejon Prospect Lincoln Kipling Sheridan Walnut"
    " Evans Hampden Arapahoe Iliff Quebec Monaco Federal Wadsworth"
).split()
KINDS = ("Street", "Avenue", "Boulevard", "Road", "Drive", "Parkway", "Lane")

CLERKS_SHORT = {
    "Street": "St",
    "Avenue": "Ave",
    "Boulevard": "Blvd",
    "Road": "Rd",
    "Drive": "Dr",
    "Parkway": "Pkwy",
    "Plumbing": "Plbg",
    "Heating": "Htg",
    "Electric": "Elec",
    "Construction": "Constr",
    "Management": "Mgmt",
    "Manufacturing": "Mfg",
    "Distributing": "Dist",
    "Association": "Assn",
    "Associates": "Assoc",
    "Center": "Ctr",
    "Elementary": "Elem",
    "School": "Sch",
    "Hospital": "Hosp",
    "Department": "Dept",
    "Community": "Comm",
    "Properties": "Props",
    "Technologies": "Tech",
    "Engineering": "Engr",
    "Saint": "St",
    "Mount": "Mt",
    "Development": "Dev",
    "Insurance": "Ins",
    "Apartments": "Apts",
    "Group": "Grp",
}
FORM_SPELLINGS = {
    "LLC": ("LLC", "L.L.C.", "llc", ""),
    "L.L.C.": ("LLC", "L.L.C.", ""),
    "Inc": ("Inc.", "INC", "Incorporated", ""),
    "Inc.": ("Inc", "Incorporated", ""),
    "Corp.": ("Corp", "Corporation", ""),
    "Corporation": ("Corp", "Corp.", ""),
    "Company": ("Co", "Co.", ""),
    "Co.": ("Company", "Co", ""),
    "LP": ("LP", "L.P.", ""),
    "": ("", "", "", "Inc", "LLC"),
}


@dataclass(frozen=True)
class Record:
    """One company or customer, as typed."""

    key: str
    name: str
    form: str
    street: str
    city: str
    state: str
    postal_code: str
    phone: str
    is_active: bool = True

    @property
    def full_name(self) -> str:
        """With its legal form."""
        return f"{self.name} {self.form}".strip()


@dataclass
class MatchingWorld:
    """Both lists, and what only this world knows: who is who, and who must not be taken unseen."""

    here: list[Record] = field(default_factory=list)
    there: list[Record] = field(default_factory=list)
    truth: set[tuple[str, str]] = field(default_factory=set)
    traps: dict[str, str] = field(default_factory=dict)
    """Kind of the trap by company."""
    never_sure: set[tuple[str, str]] = field(default_factory=set)
    """Pairs that are one and yet a person's to decide: closed, renamed."""


def build_matching_world(
    companies: int = 2000, traps: int = 300, share: float = 0.6, seed: int = 7
) -> MatchingWorld:
    """`share` of the companies stand in Spectrum; about so many of all are in a trap."""
    random, world = Random(seed), MatchingWorld()
    names = _Names(random)
    kinds = (_same_name, _parent_and_branch, _renamed, _closed, _two_for_one)
    while len(world.traps) < traps:
        for kind in kinds:
            kind(world, names, random)
    plain = companies - len(world.here)
    linked = round(companies * share) - len({here for here, _ in world.truth})
    for number in range(plain):
        company = names.company(world)
        if number < linked:
            _typed(world, company, random)
    while len(world.there) < companies:
        stranger = names.company(MatchingWorld())
        world.there.append(replace(_retyped(stranger, random), key=_code(world)))
    random.shuffle(world.here)
    random.shuffle(world.there)
    return world


class _Names:
    """No name twice, unless a trap says so."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._used: set[str] = set()

    def _name(self) -> str:
        choice = self._random.choice
        kind = self._random.random()
        if kind < 0.4:
            return f"{choice(SURNAMES)} {choice(TRADES)}"
        if kind < 0.55:
            return f"{choice(SURNAMES)} & {choice(SURNAMES)} {choice(TRADES)}"
        if kind < 0.78:
            return f"{choice(PLACES)} {choice(INSTITUTIONS)}"
        if kind < 0.9:
            return f"{choice(BRANDS)} {choice(NOUNS)}"
        return f"{choice(BRANDS)} {choice(NOUNS)} #{self._random.randrange(2, 400)}"

    def company(self, world: MatchingWorld) -> Record:
        """A new company of ServiceTrade."""
        name = self._name()
        while name in self._used:
            name = self._name() if self._random.random() < 0.8 else f"{self._name()} of Wyoming"
        self._used.add(name)
        is_public = any(name.endswith(institution) for institution in INSTITUTIONS)
        form = "" if is_public else self._random.choice(FORMS)
        record = Record(str(5000 + len(world.here)), name, form, *_place(self._random))
        world.here.append(record)
        return record


def _place(random: Random) -> tuple[str, str, str, str, str]:
    city, state, zip3, area = random.choice(CITIES)
    street = f"{random.randrange(100, 9900)} {random.choice(STREETS)} {random.choice(KINDS)}"
    phone = f"({area}) {random.randrange(200, 999)}-{random.randrange(0, 9999):04d}"
    return street, city, state, f"{zip3}{random.randrange(1, 60):02d}", phone


def _code(world: MatchingWorld) -> str:
    return f"C{len(world.there) + 1:05d}"


def _typed(world: MatchingWorld, company: Record, random: Random) -> Record:
    customer = replace(_retyped(company, random), key=_code(world))
    world.there.append(customer)
    world.truth.add((company.key, customer.key))
    return customer


def _retyped(company: Record, random: Random) -> Record:
    name = _retyped_name(company, random)
    street, postal_code = _retyped_address(company, random)
    return replace(
        company,
        name=name.replace(",", "")[:30].strip(),
        form="",
        street=street,
        postal_code=postal_code,
        phone=_retyped_phone(company, random),
    )


def _retyped_name(company: Record, random: Random) -> str:
    words = company.name.split()
    if random.random() < 0.3:
        words = [CLERKS_SHORT.get(word, word) for word in words]
    if random.random() < 0.3:
        words = ["and" if word == "&" else word for word in words]
    if random.random() < 0.04 and len(words) > 2:
        words = [*words[1:], words[0]]
    if random.random() < 0.08:
        place = random.randrange(len(words))
        words[place] = _mistyped(words[place], random)
    form = random.choice(FORM_SPELLINGS[company.form]) if random.random() < 0.5 else company.form
    name = f"{' '.join(words)} {form}".strip()
    if form and random.random() < 0.3:
        name = f"{' '.join(words)}, {form}"
    return name.upper() if random.random() < 0.4 else name


def _mistyped(word: str, random: Random) -> str:
    if len(word) < 4:
        return word
    at = random.randrange(1, len(word) - 1)
    return random.choice(
        (
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
        )
    )


def _retyped_address(company: Record, random: Random) -> tuple[str, str]:
    street, postal_code, kind = company.street, company.postal_code, random.random()
    if kind < 0.1:
        street = f"PO Box {random.randrange(10, 9999)}"
    elif kind < 0.14:
        street, _, _, postal_code, _ = _place(random)
    elif kind < 0.17:
        street = ""
    if random.random() < 0.5:
        street = " ".join(CLERKS_SHORT.get(word, word) for word in street.split())
    if random.random() < 0.15:
        street = f"{street} Suite {random.randrange(100, 900)}"
    if random.random() < 0.2:
        postal_code = f"{postal_code}-{random.randrange(1000, 9999)}"
    return street, "" if random.random() < 0.03 else postal_code


def _retyped_phone(company: Record, random: Random) -> str:
    kind = random.random()
    if kind < 0.15:
        return ""
    digits = "".join(sign for sign in company.phone if sign.isdigit())
    if kind < 0.27:
        return f"{digits[:6]}{random.randrange(0, 9999):04d}"
    return random.choice((digits, f"{digits[:3]}-{digits[3:6]}-{digits[6:]}", company.phone))


def _same_name(world: MatchingWorld, names: _Names, random: Random) -> None:
    """Two companies of one name in two cities; Spectrum has one of them, or both."""
    first = names.company(world)
    city = random.choice([place for place in CITIES if place[0] != first.city])
    street, *_, phone = _place(random)
    second = replace(
        first,
        key=str(5000 + len(world.here)),
        street=street,
        city=city[0],
        state=city[1],
        postal_code=f"{city[2]}{random.randrange(1, 60):02d}",
        phone=first.phone if random.random() < 0.3 else phone,
    )
    world.here.append(second)
    for company in random.choice(((first,), (first, second))):
        _typed(world, company, random)
    world.traps |= dict.fromkeys((first.key, second.key), "same name in two cities")


def _parent_and_branch(world: MatchingWorld, names: _Names, random: Random) -> None:
    """Spectrum bills the parent; the branch of ServiceTrade has no customer of its own."""
    parent = names.company(world)
    suffix = random.choice(("- North Branch", "of Boulder", "Service Center", "(Downtown)", "West"))
    street, city, state, postal_code, phone = _place(random)
    branch = replace(
        parent,
        key=str(5000 + len(world.here)),
        name=f"{parent.name} {suffix}",
        street=street,
        city=city,
        state=state,
        postal_code=postal_code,
        phone=parent.phone if random.random() < 0.5 else phone,
    )
    world.here.append(branch)
    _typed(world, parent, random)
    world.traps |= dict.fromkeys((parent.key, branch.key), "parent and branch")


def _renamed(world: MatchingWorld, names: _Names, random: Random) -> None:
    """Spectrum has the name of before; phone and address stayed."""
    company = names.company(world)
    before = names.company(MatchingWorld())
    customer = _typed(world, company, random)
    world.there[-1] = replace(
        customer,
        name=_retyped_name(before, random)[:30],
        phone=company.phone,
        street=company.street,
        postal_code=company.postal_code,
    )
    world.traps[company.key] = "renamed"
    world.never_sure.add((company.key, customer.key))


def _closed(world: MatchingWorld, names: _Names, random: Random) -> None:
    """Not active any more in Spectrum, for instance after it went bankrupt."""
    company = names.company(world)
    customer = _typed(world, company, random)
    world.there[-1] = replace(customer, is_active=False)
    world.traps[company.key] = "closed"
    world.never_sure.add((company.key, customer.key))


def _two_for_one(world: MatchingWorld, names: _Names, random: Random) -> None:
    """One company, two customers; or two companies, one customer."""
    company = names.company(world)
    first = _typed(world, company, random)
    world.traps[company.key] = "two for one"
    if random.random() < 0.5:
        _typed(world, company, random)
        return
    double = replace(_retyped(company, random), key=str(5000 + len(world.here)))
    world.here.append(double)
    world.truth.add((double.key, first.key))
    world.traps[double.key] = "two for one"
