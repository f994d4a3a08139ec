"""What a write test says of what is taken for true about writes. Pure."""

from collections.abc import Callable, Iterator, Mapping

from st_spectrum.flows.purchase_orders.job_item import NAME_LENGTH
from st_spectrum.record.judgement import Judgement, judged
from st_spectrum.record.write_test import REFUSED, TAKEN
from st_spectrum.servicetrade.item_models import JobItem, JobItemFields

Outcomes = Mapping[str, tuple[str, ...]]

TWICE: Mapping[str, tuple[str, str]] = {
    "AddCustomer": (REFUSED, "spectrum/services.py AddCustomer [SP 5]"),
    "AddWOSiteAddress": (REFUSED, "spectrum/services.py AddWOSiteAddress [SP 5]"),
    "AddJob": (REFUSED, "spectrum/services.py AddJob [SP 5]"),
    "AddPhase": (TAKEN, "spectrum/services.py AddPhase [SP 5]"),
    "AddARInvoice": (REFUSED, "spectrum/services.py AddARInvoice [SP 5]"),
    "external id": (TAKEN, "servicetrade/client.py ServiceTrade.set_external_id [ST 11]"),
}
"""What the second of two equal writes is answered."""

BATCHES: Mapping[str, tuple[str, str, str]] = {
    "POST /customer/invoice": (
        "SP4.read_answer",
        "SP1.build_invoice_body",
        "spectrum/invoices.py",
    ),
    "POST /timecard/timecards": ("SP4.read_answer.2", "SP1.build_body", "spectrum/timecards.py"),
}


def judge_writes(outcomes: Outcomes, *, is_bearer: bool) -> Iterator[Judgement]:
    """Success, refusal and the second write of each kind."""
    for name, (second, where) in TWICE.items():
        first, again = outcomes.get(name, ()), outcomes.get(f"{name} again", ())
        ids = [f"fact.write.{name.replace(' ', '_')}"]
        ids += ["SP4.CODES"] if name == "AddCustomer" else []
        for id_ in ids:
            yield judged(
                id_,
                f"the first is {TAKEN}, the second {second}",
                f"{' '.join(first)}, then {' '.join(again)}",
                "spectrum/wire.py CODES" if id_ == "SP4.CODES" else where,
                holds=first == (TAKEN,) and again == (second,),
                seen=bool(first and again) or (bool(first) and first != (TAKEN,)),
            )
    for name, (id_, id_of_login, where) in BATCHES.items():
        found = outcomes.get(name, ())
        yield judged(
            id_,
            f"of a good and a bad record the first is {TAKEN}, the second {REFUSED}",
            ", ".join(found),
            f"{where} read_answer",
            holds=found == (TAKEN, REFUSED),
            seen=bool(found),
        )
        yield judged(
            id_of_login,
            "a batch with a token and the Authorization ID in it is let in",
            ", ".join(found),
            f"{where} {id_of_login.partition('.')[2]}",
            holds=TAKEN in found or REFUSED in found,
            seen=bool(found) and is_bearer,
        )
    memo = outcomes.get("credit memo", ())
    yield judged(
        "fact.write.credit_memo",
        "a credit memo may bear the number of the invoice",
        ", ".join(memo),
        "invoices.number.is_same_for_offset",
        holds=memo == (TAKEN,),
        seen=bool(memo),
    )


READ_BACK: Mapping[str, Callable[[JobItem], object]] = {
    "job_id": lambda item: item.job and item.job.id,
    "quantity": lambda item: item.quantity,
    "cost": lambda item: item.cost,
    "used_on": lambda item: item.used_on,
    "lib_item_id": lambda item: item.lib_item and item.lib_item.id,
    "service_line_id": lambda item: item.service_line and item.service_line.id,
    "service_request_id": lambda item: item.service_request and item.service_request.id,
    "source": lambda item: item.source and item.source.as_wire(),
}


def judge_item(sent: JobItemFields | None, found: JobItem | None) -> Iterator[Judgement]:
    """Whether what was written of a job item is read back."""
    if sent is None:
        return
    for name, read in READ_BACK.items():
        value = getattr(sent, name)
        wanted = sent.source.as_wire() if name == "source" and sent.source else value
        yield judged(
            f"ST7.JobItemFields.{name}",
            f"{name} is read back as it was written",
            "it is not" if found else "the item was not taken",
            f"servicetrade/item_models.py JobItemFields.{name}"
            + ("; servicetrade.item_source_keys" if name == "source" else ""),
            holds=found is not None and read(found) == wanted,
            seen=value is not None,
        )
    kept = len(found.name) if found else 0
    yield judged(
        "ST7.NAME_LENGTH",
        f"a name has {NAME_LENGTH} characters",
        f"{kept} characters",
        "flows/purchase_orders/rules.py NAME_LENGTH",
        holds=kept == NAME_LENGTH,
        seen=found is not None,
    )
