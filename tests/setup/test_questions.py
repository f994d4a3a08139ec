"""What is asked, and what an option answers beforehand."""

import pytest

from st_spectrum.domain.argument_invalid import ArgumentInvalid
from st_spectrum.setup.questions import QUESTIONS, Given, answer_all

TYPED = {
    "name": "yours",
    "spectrum_url": "https://host:8482",
    "company_code": "001",
    "contacts": "a@example.com, b@example.com",
}


def test_only_what_no_option_says_is_asked_and_the_rest_has_a_default() -> None:
    asked: list[str] = []

    def ask(question: str, default: str) -> str:
        name = next(name for name, (text, _) in QUESTIONS.items() if text == question)
        asked.append(name)
        return TYPED.get(name, default)

    answers = answer_all(Given(company_code="002", smtp_host="mail"), ask)

    assert asked == [name for name in QUESTIONS if name not in ("company_code", "smtp_host")]
    assert (answers.company_code, answers.smtp_host, answers.smtp_port) == ("002", "mail", 25)
    assert answers.contacts == ("a@example.com", "b@example.com")
    assert answers.servicetrade_login == ("SERVICETRADE_CLIENT_ID", "SERVICETRADE_CLIENT_SECRET")


def test_a_secret_in_place_of_the_name_of_a_variable_is_refused_and_not_repeated() -> None:
    with pytest.raises(ArgumentInvalid) as refused:
        answer_all(Given(authorization_id="s3cret-value!", **TYPED), None)
    assert "--authorization-id is the name of an environment variable" in str(
        refused.value.problems
    )
    assert "s3cret" not in str(refused.value.problems)
