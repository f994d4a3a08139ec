"""Sixty names, numbers, mails and secrets in every place where an installation keeps such things,
and every spelling in which one of them could be found again.
"""

import base64
import html
import json
import quopri
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape

from st_spectrum.record.allowed import Rule, rule_of_column
from st_spectrum.record.walk_infolink import InfoLinkWalk
from st_spectrum.sandbox.callers import ServiceTradeCaller
from tests.record.worlds import Installation

FIRST = ("brand", "quiv", "hollo", "strat", "mortl", "vexin", "gwend", "ulfar", "zephr", "thorn")
LAST = ("yquist", "erstan", "wburgh", "ovaldi", "akforth", "ingdale")
WORDS = tuple(f"{first}{last}" for first in FIRST for last in LAST)
TOKEN = 5
CUTS = (25, 30)


@dataclass(frozen=True)
class Planted:
    """What stands in the installation, by kind; sixty in all."""

    names: tuple[str, ...]
    mails: tuple[str, ...]
    numbers: tuple[str, ...]
    texts: tuple[str, ...]
    secrets: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        return (*self.names, *self.mails, *self.numbers, *self.texts, *self.secrets)


def sixty() -> Planted:
    """Every word of them is used once."""
    words = iter(WORDS)
    return Planted(
        names=tuple(f"{next(words).title()} {next(words).title()}" for _ in range(14)),
        mails=tuple(f"{next(words)}@{next(words)}.test" for _ in range(6)),
        numbers=tuple(str(171_300_517 + 9_137_561 * step) for step in range(22)),
        texts=tuple(
            f'Gate code {82_401_630_077 + step}: ask "{next(words)}" & <the one>'
            for step in range(12)
        ),
        secrets=tuple(f"Zq{next(words)[::-1]}9137".upper()[:20] for _ in range(6)),
    )


def spellings(value: str) -> Iterator[str]:
    """All forms to look for, folded; those in base64 as they are."""
    yield value.casefold()
    for token in re.findall(rf"[A-Za-z0-9]{{{TOKEN},}}", value):
        yield token.casefold()
    for cut in CUTS:
        yield value[:cut].casefold()
    for written in (quote(value), quote_plus(value), json.dumps(value)[1:-1], escape(value)):
        yield written.casefold()


def in_other_codes(value: str) -> Iterator[str]:
    """The value in codings of mails, pages and programs, folded; each character of it is coded, or
    only those that have to be.
    """
    for form in ("utf-16-le", "utf-16-be", "utf-8"):
        yield value.encode(form).hex()
        yield value.encode(form).decode("latin-1").casefold()
    yield quopri.encodestring(value.encode(), quotetabs=True).decode().casefold()
    yield "".join(f"={byte:02x}" for byte in value.encode())
    yield quote(quote(value, safe=""), safe="").casefold()
    yield "".join(f"%{byte:02x}" for byte in value.encode())
    yield "".join(f"%25{byte:02x}" for byte in value.encode())
    for escaped in ("\\u{:04x}", "\\\\u{:04x}", "\\x{:02x}", "&#{};", "&#x{:x};", "&#x{:04x};"):
        yield "".join(escaped.format(ord(letter)) for letter in value.casefold())
    yield html.escape(value, quote=True).casefold()
    yield value[::-1].casefold()


def in_base64(value: str) -> Iterator[str]:
    """At each of the three places where a text may begin; what depends on its neighbours is left
    out.
    """
    for content in (value.encode(), value.encode("utf-16-le")):
        for offset in range(3):
            encoded = base64.b64encode(b"x" * offset + content).decode().rstrip("=")
            yield encoded[4 if offset else 0 : -2]


def plant_in_servicetrade(world: Installation, planted: Planted) -> None:
    """Into what people type in."""
    names, mails, numbers, texts = (
        iter(values) for values in (planted.names, planted.mails, planted.numbers, planted.texts)
    )
    with ServiceTradeCaller(world.sandbox.servicetrade_url) as office:
        for kind, plural in (("company", "companies"), ("location", "locations")):
            found = office.all(f"/{kind}", plural, limit=100)
            for row in (found[0], found[-1]):
                address = {"street": next(names), "city": "Norfolk", "state": "VA"}
                more = {"address": address} if kind == "location" else {}
                office.put(
                    f"/{kind}/{row['id']}", name=next(names), phoneNumber=next(numbers), **more
                )
        places = office.all("/location", "locations", limit=100)
        office.put(f"/location/{places[0]['id']}", email=next(mails), refNumber=next(numbers))
        jobs = office.all("/job", "jobs", limit=100, status="scheduled,new,completed")
        for row in jobs[:2]:
            office.put(
                f"/job/{row['id']}",
                customName=next(names),
                description=next(texts),
                customerPo=next(numbers),
            )
        about = {"entityType": 3, "entityId": jobs[0]["id"], "visibility": ["schedule"]}
        office.post("/comment", content=next(texts), **about)
        user = office.all("/user", "users", limit=100)[-1]
        office.put(f"/user/{user['id']}", firstName=next(names), email=next(mails))
        invoice = office.all("/invoice", "invoices", limit=100, status="processed")[0]
        office.put(f"/invoice/{invoice['id']}", notes=next(texts))
        absence = office.all("/user/absence", "userAbsences", limit=100)[0]
        office.put(f"/user/absence/{absence['id']}", name=next(texts)[:40])
        card = office.all("/timecard", "timeCards", limit=100)[0]
        rows = [_as_written(row) for row in card["dayLogs"][:3]]
        rows[0] |= {"notes": next(texts), "name": next(names)}
        office.put(f"/timecard/{card['id']}", status="open", dayLogs=rows)


def _as_written(row: dict[str, object]) -> dict[str, object]:
    keys = ("date", "type", "name", "duration", "quantity")
    return {key: row[key] for key in keys}


def plant_in_spectrum(world: Installation, planted: Planted) -> None:
    """Into every hidden column of every table that is read, turn by turn; what is cut to the same
    key as another row's stays out.
    """
    path = Path(world.sandbox.infolink_url.removeprefix("sqlite:///"))
    values = [*planted.numbers[7:], *planted.names, *planted.texts, *planted.mails]
    turn = 0
    with closing(sqlite3.connect(path, timeout=30)) as connection:
        for table, columns in _hidden_columns(world):
            for end in ("min", "max"):
                place = f'(SELECT {end}(rowid) FROM "{table}")'
                for column, length in columns:
                    value = values[turn % len(values)]
                    turn += length >= 8
                    if length >= 8:
                        connection.execute(
                            f'UPDATE OR IGNORE "{table}" SET "{column}" = ? WHERE rowid = {place}',
                            (value[:length],),
                        )
        connection.commit()


def _hidden_columns(world: Installation) -> Iterator[tuple[str, list[tuple[str, int]]]]:
    from st_spectrum.spectrum.client import Spectrum

    with Spectrum(world.account.spectrum, world.account.state_dir / "planting") as spectrum:
        assert spectrum.infolink is not None
        walk = InfoLinkWalk(world.account, spectrum.infolink)
        walk.walk()
    for table in walk.tables.values():
        found = [
            (one.name, one.length)
            for name in table.read
            if (one := table.column(name)) and one.length and rule_of_column(name) is Rule.HIDE
        ]
        yield table.name, [pair for pair in found if pair[0] not in ("Company_Code", "Job_Number")]
