"""Payment terms decide when money is due: also where a record points to them by their id alone."""

from st_spectrum.flows.payment_terms import PaymentTermsNames
from st_spectrum.servicetrade.models import Company, Reference
from tests.world.ar_clerk import HEADERS, ArClerk
from tests.world.contractor import Contractor

LIST = (Reference(id=7, name="Net 30"), Reference(id=8, name="Net 90"))


def terms_of(company: Company) -> str:
    return company.payment_terms.name if company.payment_terms else "none"


def test_terms_that_come_by_their_id_alone_get_their_name_from_the_list() -> None:
    reads = []
    names = PaymentTermsNames(lambda: reads.append(1) or LIST)

    invoice = [
        terms_of(names.named(Company(id=1, name="A", payment_terms=terms)))
        for terms in (
            Reference(id=8),
            Reference(id=7),
            Reference(id=9),
            Reference(id=7, name="as it says"),
            None,
        )
    ]

    assert invoice == ["Net 90", "Net 30", "", "as it says", "none"]
    assert len(reads) == 1


def test_the_list_is_not_read_where_records_name_their_terms() -> None:
    names = PaymentTermsNames(lambda: (_ for _ in ()).throw(AssertionError("read")))

    named = names.named(Company(id=1, name="A", payment_terms=Reference(id=7, name="Net 30")))

    assert terms_of(named) == "Net 30"


def test_a_customer_whose_terms_come_as_an_id_gets_their_code(contractor: Contractor) -> None:
    listed = contractor.office.all("/paymentterms", "paymentTerms")
    code = contractor.account.maps.payment_terms.by_name["Net 60"]
    assert code != contractor.account.maps.payment_terms.default
    contractor.dispatcher.company(
        "Harbor", paymentTermsId=next(term["id"] for term in listed if term["name"] == "Net 60")
    )
    contractor.control.switch("servicetrade", compound_references=True)

    contractor.round_of("customers")

    rows = contractor.control.records("spectrum", "CR_CUSTOMER_MASTER_MC")
    assert [row["Terms_Code"] for row in rows if str(row["Name"]).strip() == "Harbor"] == [code]


def test_a_document_bears_the_terms_that_its_customer_has_in_spectrum(ar_clerk: ArClerk) -> None:
    """Where the account leaves them to Spectrum; a controller has changed them there."""
    usual = ar_clerk.invoice()
    ar_clerk.ask(usual)
    spectrum = ar_clerk.contractor.sandbox.rig.inside("spectrum")
    with spectrum.database.writing() as book:
        book.connection.execute("UPDATE CR_CUSTOMER_MASTER_MC SET Terms_Code = '5'")
    ar_clerk.contractor.overrides["invoices"] = {"terms_from": "spectrum"}
    theirs = ar_clerk.invoice()
    ar_clerk.ask(theirs)
    rows = {
        row["Invoice_Or_Transaction"].strip(): row["Terms_Code"]
        for row in ar_clerk.control.records("spectrum", HEADERS)
    }
    assert rows[ar_clerk.number(usual)] == ar_clerk.contractor.account.maps.payment_terms.default
    assert rows[ar_clerk.number(theirs)] == "5"
    assert ar_clerk.complaints(theirs) == []
