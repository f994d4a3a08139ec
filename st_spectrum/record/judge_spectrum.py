"""What Spectrum's services say of what is taken for true about them. Pure."""

from collections.abc import Iterator

from lxml import etree

from st_spectrum.record.exchanges import Exchange
from st_spectrum.record.judgement import Evidence, Judgement, judged, listed
from st_spectrum.spectrum import envelope
from st_spectrum.spectrum.services import SERVICES, Service
from st_spectrum.spectrum.soap.get_services import CUSTOMER_VALUES
from st_spectrum.spectrum.timecards import ACTIVE
from st_spectrum.spectrum.wire import ALIASES, CODES, Verdict

WORDS = {name: frozenset(words) for name, words in CUSTOMER_VALUES.items()}
"""What GetCustomers may write in each of the columns that have words."""


def judge_spectrum(evidence: Evidence) -> Iterator[Judgement]:
    """All that descriptions, Get services and refusals tell."""
    yield from _descriptions(evidence)
    yield from _connection_test(evidence)
    yield _customers(evidence)
    yield from _employees(evidence)
    yield from _columns_of_gets(evidence)
    yield from _refusals(evidence)
    yield _token(evidence)


def elements_of(wsdl: bytes, service: str) -> tuple[str, ...]:
    """The elements of a service's request as described; none where that cannot be read."""
    root = envelope.read(wsdl)
    if root is None:
        return ()
    for element in envelope.named(root, "element"):
        if element.get("name") == service:
            inner = (one for one in envelope.named(element, "element") if one is not element)
            return tuple(name for one in inner if (name := one.get("name")))
    return ()


def _descriptions(evidence: Evidence) -> Iterator[Judgement]:
    for service in SERVICES.values():
        call = evidence.exchanges.of(f"wsdl {service.name}")
        if call is None or call.status != 200:
            text = f"HTTP {call.status}" if call else ""
            where = f"Data Exchange: build {service.name}"
            expected = f"the description of {service.name}"
            id_, seen = f"fact.wsdl.{service.name}", call is not None
            yield judged(id_, expected, text, where, holds=False, seen=seen)
            continue
        yield from _elements(service, elements_of(call.body, service.name))


def _elements(service: Service, found: tuple[str, ...]) -> Iterator[Judgement]:
    where = "spectrum/services.py"
    names = [field.name for field in service.fields]
    missing = [name for name in names if name not in found]
    spelled = [name for name in missing if ALIASES.get(name) in found]
    if service.name == "AddJob":
        yield judged(
            "SP10._JOB_MAIN",
            "element Work_Local_Tax_Code of AddJob, spelled out",
            "Work_Local_Tax_Cod, which the client takes too"
            if "Work_Local_Tax_Code" in spelled
            else "no such element",
            f"{where} _JOB_MAIN",
            holds="Work_Local_Tax_Code" in found,
            seen=bool(found),
        )
    more = [name for name in found if name not in names and name not in ALIASES]
    more = [name for name in more if name not in ("Authorization_ID", "GUID")]
    lost = [name for name in missing if name not in spelled]
    parts = [f"lacks {', '.join(lost)}"] if lost else []
    parts += [f"has {', '.join(more)} besides"] if more else []
    yield judged(
        f"fact.wsdl.{service.name}",
        f"the elements of {service.name}'s layout, and no others",
        "; ".join(parts),
        f"{where} {service.name} [{service.source}]",
        holds=not parts,
    )


def _connection_test(evidence: Evidence) -> Iterator[Judgement]:
    call = evidence.exchanges.of("connection test")
    rows = _codes(call) if call else []
    known = [code for code, verdict in CODES.items() if verdict is not Verdict.REFUSED]
    yield judged(
        "fact.SP.success",
        f"a success has no rows, or rows of {', '.join(known)}",
        f"HTTP {call.status if call else 0}, rows of {listed(rows)}",
        "spectrum/wire.py CODES, parse_put [SP 4.4]",
        holds=call is not None
        and call.status == 200
        and "connection test" not in evidence.problems
        and set(rows) <= set(known),
        seen=call is not None,
    )


def _codes(call: Exchange) -> list[str]:
    root = envelope.read_leniently(call.body)
    rows: list[etree._Element] = [] if root is None else envelope.named(root, "response")
    return [
        envelope.text_of(cell)
        for row in rows
        for cell in envelope.children(row)
        if envelope.local_name(cell).lower() == "error_code"
    ]


def _customers(evidence: Evidence) -> Judgement:
    rows = evidence.rows.get("get GetCustomers", ())
    unknown = {
        value
        for row in rows
        for name, words in WORDS.items()
        if (value := row.get(name, "")) and value not in words
    }
    return judged(
        "SP14.CUSTOMER_VALUES",
        f"GetCustomers writes {', '.join(sorted(WORDS['Status']))} as status",
        f"{listed(unknown)} besides",
        "spectrum/soap/get_services.py CUSTOMER_VALUES",
        holds=not unknown,
        seen=bool(rows),
    )


def _employees(evidence: Evidence) -> Iterator[Judgement]:
    everybody = evidence.rows.get("get GetEmployee", ())
    active = evidence.rows.get("get GetEmployee active", ())
    codes = {row.get("Employment_Status", "") for row in active}
    yield judged(
        "SP14.timecards",
        f"GetEmployee shows those of status type {ACTIVE} as the active ones",
        f"{len(active)} of {len(everybody)} are of type {ACTIVE}",
        "spectrum/timecards.py ACTIVE; timecards.active_statuses",
        holds=bool(active),
        seen=bool(everybody),
    )
    others = {row.get("Employment_Status", "") for row in everybody} - codes
    is_known = bool(active) or bool(others)
    yield judged(
        "SP14.PayrollEmployee.is_active",
        f"status code {ACTIVE} is that of people who work",
        f"people who work have {listed(codes)}" if active else f"codes {listed(others)}",
        "timecards.active_statuses",
        holds=ACTIVE in (codes or others),
        seen=is_known,
    )


def _columns_of_gets(evidence: Evidence) -> Iterator[Judgement]:
    for service in SERVICES.values():
        if not service.is_read:
            continue
        probe = f"get {service.name}"
        rows = evidence.rows.get(probe, ())
        lost = [name for name in service.returns if rows and name not in rows[0]]
        problem = evidence.problems.get(probe, "")
        yield judged(
            f"fact.get.{service.name}",
            f"{service.name} answers rows with the columns of its page",
            problem or f"no column {', '.join(lost)}",
            f"spectrum/services.py {service.name} [{service.source}]",
            holds=not lost and not problem,
            seen=bool(rows) or bool(problem),
        )


def _refusals(evidence: Evidence) -> Iterator[Judgement]:
    is_bearer = evidence.account.spectrum.auth == "bearer"
    for id_, probe, statuses, where in (
        ("fact.SP.unknown_wsdl", "unknown wsdl", (404,), "spectrum/soap/transport.py [SP 1.1]"),
        (
            "fact.SP.made_up_token",
            "made-up token",
            (200, 401) if is_bearer else (200,),
            "spectrum.auth [SP 1.4, 1.5]",
        ),
    ):
        call = evidence.exchanges.of(probe, "spectrum")
        yield judged(
            id_,
            f"{probe}: HTTP {' or '.join(map(str, statuses))}",
            f"HTTP {call.status}" if call else "",
            where,
            holds=call is not None and call.status in statuses,
            seen=call is not None,
        )


def _token(evidence: Evidence) -> Judgement:
    call = next((one for one in evidence.exchanges.calls if one.path == "/connect/token"), None)
    grant = call.json if call else None
    has_life = isinstance(grant, dict) and "expires_in" in grant
    return judged(
        "SP1.DEFAULT_LIFE_SECONDS",
        "the token address says how long a token lives",
        "no expires_in",
        "spectrum/rest/transport.py DEFAULT_LIFE_SECONDS",
        holds=has_life,
        seen=call is not None and call.status == 200,
    )
