"""A message that was filled is byte for byte the one that zeep would build for the call."""

import random
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import zeep
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from st_spectrum.sandbox.spectrum.wsdl import element_names, wsdl
from st_spectrum.spectrum.services import SERVICES
from st_spectrum.spectrum.soap.messages import MessageForm
from st_spectrum.spectrum.soap.wsdl import Contract, Contracts

ORIGIN = "https://spectrum.internal:8482"
TEXTS = st.text(
    alphabet=st.characters(exclude_categories=("Cs", "Cc")), max_size=12
) | st.sampled_from(
    [
        "",
        " ",
        "  x ",
        "a\tb\nc",
        "]]>",
        "<&>\"'",
        "value of GUID",
        "5 % of %s",
        "\u00a0",
        "\U0001f600",
    ]
)


@cache
def contract_of(name: str) -> Contract:
    with TemporaryDirectory() as folder:
        contracts = Contracts(Path(folder), ORIGIN, lambda service: wsdl(service, ORIGIN).encode())
        return contracts.of(SERVICES[name])


@cache
def client_of(name: str) -> Any:
    load: Any = zeep.Client
    with TemporaryDirectory() as folder:
        path = Path(folder) / "service.wsdl"
        path.write_text(wsdl(SERVICES[name], ORIGIN), encoding="utf-8")
        return load(str(path))


def built_by_zeep(name: str, values: Mapping[str, str]) -> bytes:
    client = client_of(name)
    message = client.create_message(client.service, name, **values)
    return bytes(etree.tostring(message, xml_declaration=True, encoding="utf-8"))


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_a_message_of_every_service_is_the_one_that_zeep_builds(name: str) -> None:
    for text in ("", "Ünder & <over>"):
        values = dict.fromkeys(element_names(SERVICES[name]), text)
        assert contract_of(name).message(values) == built_by_zeep(name, values)


@given(st.fixed_dictionaries(dict.fromkeys(element_names(SERVICES["AddPhase"]), TEXTS)))
def test_a_message_is_the_one_that_zeep_builds_whatever_it_says(values: dict[str, str]) -> None:
    assert contract_of("AddPhase").message(values) == built_by_zeep("AddPhase", values)


def test_one_message_has_nothing_of_another() -> None:
    empty = dict.fromkeys(element_names(SERVICES["AddPhase"]), "")
    contract_of("AddPhase").message(dict.fromkeys(empty, "OTHER"))
    assert b"OTHER" not in contract_of("AddPhase").message(empty)


def test_zeep_is_asked_once_for_a_service_and_for_every_message_where_a_text_would_be_changed() -> (
    None
):
    asked = []

    def as_it_is(values: Mapping[str, str]) -> etree._Element:
        asked.append("as it is")
        return element(values)

    def in_capitals(values: Mapping[str, str]) -> etree._Element:
        asked.append("in capitals")
        return element({name: value.upper() for name, value in values.items()})

    plain = MessageForm(("A", "B"), as_it_is, is_plain_text=True)
    changed = MessageForm(("A", "B"), in_capitals, is_plain_text=True)
    typed = MessageForm(("A", "B"), as_it_is, is_plain_text=False)
    for value in ("x", "y", "z"):
        for form, said in ((plain, value), (changed, value.upper()), (typed, value)):
            assert texts(etree.fromstring(form.write({"A": value, "B": ""}))) == [said, ""]
    # In capitals: once for the form in which no value is found again, then for each message.
    assert (asked.count("as it is"), asked.count("in capitals")) == (1 + 3, 1 + 3)


def element(values: Mapping[str, str]) -> etree._Element:
    root = etree.Element("Message")
    for name, value in values.items():
        etree.SubElement(root, name).text = value
    return root


def texts(message: etree._Element) -> list[str]:
    return [node.text or "" for node in message]


def test_messages_of_several_services_from_several_threads_are_those_that_zeep_builds() -> None:
    """Each leaves out what another one says: nothing may be left of it in a message that is filled
    beside it.
    """
    dice = random.Random(11)  # noqa: S311
    cases = []
    for name in ("AddCustomer", "AddPhase", "PreTimeCard") * 3:
        values = {
            tag: dice.choice(("", "", "x", "a\r\nb", "Ö & <o>"))
            for tag in element_names(SERVICES[name])
        }
        cases.append((name, values, built_by_zeep(name, values)))

    def is_right(number: int) -> bool:
        name, values, expected = cases[number % len(cases)]
        return contract_of(name).message(values) == expected

    orders = [dice.randrange(len(cases)) for _ in range(400)]
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(is_right, orders))
