"""What the AR clerk reads on an invoice that waits."""

from tests.world.ar_clerk import ArClerk


def test_an_invoice_that_waits_for_a_correction_in_servicetrade_says_so_there_once(
    ar_clerk: ArClerk,
) -> None:
    key = ar_clerk.invoice({"price": 70}, invoiceNumber="INV-12345-6")
    ar_clerk.ask(key)
    ar_clerk.ask(key)

    entry = ar_clerk.entry(key)
    assert entry.needs == ("servicetrade: invoice number",)
    (comment,) = ar_clerk.comments(key)
    assert "This invoice waits and is not in Spectrum yet:\n- its invoice number" in comment
    assert ar_clerk.seen(key)["status"] == "pending_accounting"
