"""What SQL Server is asked for records that look like one whose answer was lost."""

from sqlalchemy.dialects import mssql

from st_spectrum.spectrum import look_alikes
from st_spectrum.spectrum.infolink.tables import CUSTOMERS, SITE_NAMES, SITES


def asked(*arguments: object) -> str:
    statement = look_alikes.statement_of(*arguments)  # type: ignore[arg-type]
    compiled = statement.compile(dialect=mssql.dialect(), compile_kwargs={"literal_binds": True})
    return " ".join(str(compiled).split())


def test_either_field_may_agree_and_letters_may_be_of_another_case() -> None:
    text = asked(CUSTOMERS, "001", {}, {"Name": "Harbor Foods", "Address_1": "12 Dock Rd"})

    assert "WHERE [CR_CUSTOMER_MASTER_MC].[Company_Code] IN ('001')" in text
    for column, value in (("Name", "Harbor Foods"), ("Address_1", "12 Dock Rd")):
        cell = f"ltrim(rtrim([CR_CUSTOMER_MASTER_MC].[{column}]))"
        assert f"{cell} = '{value}' OR upper({cell}) = '{value.upper()}'" in text


def test_a_site_is_asked_for_by_the_names_of_its_own_columns() -> None:
    text = asked(SITES, "001", SITE_NAMES, {"Site_Name": "Pier 4"})

    assert "ltrim(rtrim([WO_ADDRESS_MC].[Ship_To_Name])) = 'Pier 4'" in text


def test_nothing_is_asked_where_nothing_could_agree() -> None:
    def nobody(service: str, _: object) -> object:
        raise AssertionError(service)

    assert look_alikes.read(None, nobody, "AddCustomer", {"Name": " "}) == ()  # type: ignore[arg-type]
