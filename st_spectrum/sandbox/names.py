"""Word lists of a mechanical and fire protection contractor in the Mid-Atlantic; only words, no
logic.
"""

OFFICES = (
    ("Norfolk Office", "1200 Boissevain Ave", "Norfolk", "VA", "23507"),
    ("Raleigh Office", "510 Glenwood Ave", "Raleigh", "NC", "27603"),
    ("Baltimore Office", "3600 O'Donnell St", "Baltimore", "MD", "21224"),
    ("Richmond Office", "2300 W Broad St", "Richmond", "VA", "23220"),
)

TAX_GROUPS = (
    ("Norfolk City", "VANORF", 0.0600),
    ("Virginia", "VA", 0.0530),
    ("North Carolina, Wake County", "NC-WAKE", 0.0725),
    ("North Carolina", "NC", 0.0475),
    ("Maryland", "MD", 0.0600),
)
"""Name, code and rate as a fraction; some codes are those of Spectrum, some have to be mapped."""

INVOICE_TAX_GROUPS = {
    "VA": ("VANORF", "VA", "VA-HIST"),
    "NC": ("NC-WAKE", "NC"),
    "MD": ("MD",),
}
"""Codes of the tax groups that lines of an invoice carry, by the state of the site."""

MORE_TAX_GROUPS = (("Historic Triangle", "VA-HIST", 0.0700), ("City of Denver", "CO-DEN", 0.0881))
"""Tax groups that only a world with invoices has; the last one is a place where the contractor has
no business.
"""

SERVICE_LINES = ("Sprinkler", "Fire Alarm", "HVAC", "Refrigeration", "Backflow", "Plumbing")
"""Which lines of ServiceTrade's catalogue the contractor sells."""

CITIES = (
    ("Norfolk", "VA", ("23502", "23504", "23507", "23510", "23513")),
    ("Virginia Beach", "VA", ("23451", "23452", "23462", "23464")),
    ("Chesapeake", "VA", ("23320", "23321", "23322")),
    ("Newport News", "VA", ("23601", "23606", "23608")),
    ("Hampton", "VA", ("23666", "23669")),
    ("Richmond", "VA", ("23219", "23220", "23230")),
    ("Charlottesville", "VA", ("22902", "22903")),
    ("Raleigh", "NC", ("27601", "27603", "27609")),
    ("Durham", "NC", ("27701", "27703")),
    ("Winston-Salem", "NC", ("27101", "27103-2915")),
    ("Elizabeth City", "NC", ("27909",)),
    ("Baltimore", "MD", ("21201", "21224", "21230")),
    ("Annapolis", "MD", ("21401", "21403")),
    ("Chevy Chase Village", "MD", ("20815",)),
)

STREETS = (
    "Dock Rd",
    "Pier St",
    "Granby St",
    "Monticello Ave",
    "N Military Hwy",
    "Little Creek Rd",
    "Colonial Ave",
    "Industrial Pkwy",
    "E Main St",
    "W Broad St",
    "Monument Ave",
    "St. Paul's Blvd",
    "Harbour View Blvd",
    "Old Dominion Dr",
    "Capital Blvd",
    "Chesapeake Ave",
    "Boston St",
    "O'Donnell St",
    "Martin Luther King Jr Memorial Highway",
    "Battlefield Blvd S",
    "Jefferson Ave",
)

STREET_TAILS = (
    "",
    "",
    "",
    "",
    "",
    "Suite 200",
    "Ste 14-B",
    "Bldg 7",
    "Unit #3",
    "2nd Floor",
    "Rear Entrance, Dock 4",
)

COMPANY_HEADS = (
    "Harbor",
    "Tidewater",
    "Old Dominion",
    "Atlantic",
    "Chesapeake",
    "Blue Ridge",
    "Lynnhaven",
    "Elizabeth River",
    "Monarch",
    "Cavalier",
    "Piedmont",
    "Capital",
    "Commonwealth",
    "Dominion",
    "Seaboard",
    "Bayview",
    "Oceanfront",
    "Hampton Roads",
    "Great Bridge",
    "Fort Monroe",
    "Sandbridge",
    "Rappahannock",
    "Patapsco",
    "Triangle",
    "Carolina",
)

COMPANY_TRADES = (
    "Foods",
    "Cold Storage",
    "Medical Center",
    "Hotel Group",
    "Property Management",
    "Shipyard",
    "Christian Academy",
    "Public Schools",
    "Brewing",
    "Logistics",
    "Self Storage",
    "Data Centers",
    "Senior Living",
    "Credit Union",
    "Auto Mall",
    "Bakery",
    "Apartments",
    "Office Park",
    "Convention Center",
    "Pharmaceuticals",
    "Seafood",
    "Theatres",
    "Retail Partners",
    "Churches",
    "Plastics",
)

COMPANY_TAILS = ("LLC", "Inc", "Inc.", "Corp.", "Co", "LP", "", "", "of Virginia", "Holdings LLC")

AWKWARD_COMPANIES = (
    "Smith, Jones & Partners, LLP",
    "Café Émile",
    "Norfolk Redevelopment and Housing Authority Property Group 12",
    "  Leading Blanks Realty",
    "O'Malley's Bar & Grill",
    "Peña Brothers, Inc.",
    "Trailing Blanks Storage  ",
    "A&P <Atlantic & Pacific> Markets",
    'The "Waterside" District',
    "Königsberger Feinkost GmbH",
    "100% Organic, Inc.",
    "St. Mary's Home for Disabled Children of Norfolk, Virginia",
    "AT&T / Verizon Shared Towers",
    "Société Générale d'Électricité",
    "harbor foods llc",
    "HARBOR FOODS",
    "Łódź Imports",
    "Smith; Smith\\Smith",
    "Ocean Breeze Waterpark 🌊",
    "X",
    "7-Eleven #10482",
    "Jose\u0301's Taqueria",
    "Tab\tSeparated Systems",
    "Naïve Art Gallery",
    "Big  Double   Blank Co",
)
"""Names as people really type them: commas, accents, apostrophes, 60 characters, blanks, a double,
an emoji.
"""

VENDORS = (
    "Ferguson Fire & Fabrication",
    "Core & Main, LP",
    "Viking SupplyNet",
    "Grainger",
    "Hajoca Corporation",
    "Johnstone Supply",
    "R.E. Michel Company",
    "Noland Company",
    "Fire Pump Testing Subs, LLC",
    "Crane Rental of Norfolk",
    "United Refrigeration",
    "Wolseley Industrial",
)

SITE_TAILS = (
    "Main Building",
    "Warehouse",
    "Distribution Center",
    "Plant 2",
    "Annex",
    "North Campus",
    "Tower B",
    "Cooler & Freezer",
    "Parking Garage, Levels 1-5",
    "Rooftop",
    "Clubhouse",
    "Emergency Department",
    "Dock 12",
    "Kitchen",
    "Administration",
    "Gymnasium",
)

FIRST_NAMES = (
    "Ty",
    "Dana",
    "Luis",
    "Renée",
    "Marcus",
    "Priya",
    "Sean",
    "Björn",
    "Keisha",
    "Tom",
    "Ana",
    "Walter",
    "Mei",
    "Omar",
    "Grace",
    "DeShawn",
    "Nora",
    "Hank",
    "Yolanda",
    "Pete",
)

LAST_NAMES = (
    "Barnes",
    "O'Connor",
    "Nguyen",
    "García",
    "Whitfield",
    "Smith-Jones",
    "Kowalski",
    "Patel",
    "Booker",
    "Lindqvist",
    "Harrell",
    "De La Cruz",
    "Byrd",
    "Washington",
    "McAllister",
    "Sørensen",
    "Tillman",
    "Rao",
    "Vance",
    "Yates",
)

PROJECT_MANAGERS = ("jsmith", "mjones", "rpatel")
"""What stands behind the prefix in a job's tag; employees of the sandbox company in Spectrum."""

SALES_CODES = ("LGARCIA", "DKIM", "JSMITH")
"""Employee codes that the salespeople carry as external ids."""

JOB_TYPES = (
    ("service_call", 22),
    ("repair", 20),
    ("inspection", 16),
    ("preventative_maintenance", 14),
    ("emergency_service_call", 6),
    ("installation", 6),
    ("construction", 4),
    ("upgrade", 3),
    ("replacement", 3),
    ("testing", 3),
    ("retrofit", 2),
    ("warranty", 2),
    ("survey", 2),
    ("administrative", 3),
    ("training", 1),
    ("sales", 1),
    ("unknown", 1),
)
"""Type [ST 5.1] and how often it occurs."""

JOB_STATUSES = (
    ("scheduled", 45),
    ("new", 18),
    ("completed", 16),
    ("pending_invoice", 6),
    ("closed", 6),
    ("canceled", 6),
    ("bidding", 3),
)
"""Status [ST 5.1] and how often it occurs."""

JOB_TEXTS = (
    "Replace pump seal",
    "Annual sprinkler inspection, NFPA 25",
    "RTU-3 not cooling; check compressor & contactor",
    "5-year internal obstruction investigation",
    "Fire alarm panel shows ground fault",
    "Backflow preventer test",
    "Walk-in freezer at 28°F",
    "Quarterly PM: filters, belts, coils",
    "Extend wet system into new tenant space (Suite 410)",
    "Kitchen hood suppression semi-annual",
    "Chiller #2 tube brushing",
    'Leak at riser, 2nd floor – customer\'s "mystery puddle"',
    "Install 3 heads per FM Global recommendation",
    "Emergency: burst line, water off",
    "Replace 40 gal. water heater",
    "BAS controls upgrade <phase 2>",
)

REQUEST_TEXTS = (
    "Inspect and report",
    "Repair deficiency",
    "Replace part",
    "Diagnose, quote & repair",
    "Return visit",
    "Test and certify",
)

LIB_ITEMS = (
    ("Labor - Regular", "labor", "LAB-REG"),
    ("Labor - Overtime", "labor", "LAB-OT"),
    ("Sprinkler head, 155F, pendent", "part", "SPH-155"),
    ("Pump seal kit", "part", "SK-20"),
    ("Refrigerant R-410A", "material", "R410A"),
    ("Inspection, annual", "inspection", "INSP-A"),
    ("Trip charge", "fee", "TRIP"),
    ("Crane rental", "subcontractor", "CRANE"),
)
"""Name, type and code of what is sold [ST 7.4]."""

LABOR_RATES = ("62.50", "85.00", "95.50", "112.35", "129.99", "187.505")
"""Per hour; the last has a part of a cent, which only shows when it is multiplied."""

LINE_TEXTS = (
    "",
    "",
    "after hours",
    "2 technicians",
    "per quote Q-1182 dated 03/14",
    "riser room 2, replace tamper switch and re-test with monitoring company",
    'customer\'s "mystery puddle" – 2nd floor',
    "Café Émile, kitchen",
    "see attached\npaperwork",
)
"""What stands behind the name of the item on a line; empty where people add nothing."""

INVOICE_NOTES = (
    "",
    "",
    "",
    "Thank you for your business",
    "Net amount incl. fuel surcharge; call A/P before mailing",
)

PHASES = (
    ("0100", "Mobilization"),
    ("0200", "Engineering & Design"),
    ("0300", "Permits and Fees"),
    ("0400", "Rough-in Piping"),
    ("0500", "Sprinkler Heads"),
    ("0600", "Fire Pump"),
    ("0700", "Sheet Metal"),
    ("0800", "Equipment Setting"),
    ("0900", "Controls"),
    ("1000", "Insulation"),
    ("1100", "Test and Balance"),
    ("1200", "Punch List & Closeout"),
    ("1300", "Fire Alarm Devices"),
    ("1400", "Commissioning"),
    ("1500", "Service Labor"),
    ("1600", "Warranty Reserve"),
)
"""Phases of the template job, in Spectrum's words."""
