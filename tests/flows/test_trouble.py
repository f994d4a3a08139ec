"""What an operator sees when something is wrong: one clear sentence, exit code 1, and nothing
marked done that is not.
"""

import time

import pytest

from tests.world.contractor import ACCOUNT_FILE, Contractor

pytestmark = pytest.mark.slow


def one_sentence(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    assert len(lines) == 1, text
    assert "Traceback" not in text
    return lines[0]


@pytest.mark.parametrize("system", ["spectrum", "servicetrade"])
def test_a_system_that_goes_down_in_the_middle_stops_the_round_and_the_next_goes_on(
    small_contractor: Contractor, system: str
) -> None:
    small_contractor.environ["SERVICETRADE_URL"] = small_contractor.sandbox.servicetrade_url
    process = small_contractor.start_command("sync")
    deadline = time.monotonic() + 60
    while small_contractor.writes() < 15 and time.monotonic() < deadline:
        time.sleep(0.01)
    small_contractor.sandbox.control.pause(system)
    try:
        assert process.wait(120) == 1
        during = small_contractor.process("sync")
    finally:
        small_contractor.sandbox.control.resume(system)
        process.kill()
    assert during.returncode == 1
    assert system in one_sentence(during.stderr).lower()
    with small_contractor.session() as session:
        done = [
            entry
            for flow in ("customers", "sites", "jobs")
            for entry in session.ledger.entries(flow)
            if entry.confirmed_at
        ]
    crossed = sum(side.matched for side in small_contractor.sides().values())
    assert len(done) <= crossed

    small_contractor.rounds_until_quiet()

    assert small_contractor.committed_twice() == []
    small_contractor.assert_exact()


def test_a_wrong_authorization_id_is_one_sentence(small_contractor: Contractor) -> None:
    small_contractor.environ["SPECTRUM_AUTHORIZATION_ID"] = "NOT-AN-ID"

    result = small_contractor.process("sync")

    assert result.returncode == 1
    assert "authori" in one_sentence(result.stderr).lower()
    assert "NOT-AN-ID" not in result.stderr + result.stdout
    assert all(
        side.matched == 0 or name == "customers" for name, side in small_contractor.sides().items()
    )


def test_wrong_servicetrade_credentials_are_one_sentence(small_contractor: Contractor) -> None:
    small_contractor.environ["SERVICETRADE_CLIENT_SECRET"] = "wrong-secret"

    result = small_contractor.process("sync")

    assert result.returncode == 1
    one_sentence(result.stderr)
    assert "wrong-secret" not in result.stderr + result.stdout


def test_a_service_description_that_is_missing_is_one_sentence(
    small_contractor: Contractor,
) -> None:
    small_contractor.environ["SPECTRUM_URL"] = small_contractor.sandbox.spectrum_url + "/elsewhere"

    result = small_contractor.process("sync")

    assert result.returncode == 1
    assert "has no service WSTestConnection" in one_sentence(result.stderr)


def test_an_answer_that_is_no_json_is_one_sentence(small_contractor: Contractor) -> None:
    small_contractor.sandbox.control.add_fault(
        system="servicetrade", operation="GET /company", kind="not_xml", count=50
    )

    result = small_contractor.process("sync")

    assert result.returncode == 1
    one_sentence(result.stderr)


def test_an_answer_that_is_no_xml_is_one_sentence(small_contractor: Contractor) -> None:
    small_contractor.environ["SPECTRUM_INFOLINK_URL"] = ""
    small_contractor.sandbox.control.add_fault(
        system="spectrum", operation="GetCustomers", kind="not_xml", count=50
    )

    result = small_contractor.process(
        "sync", "customers"
    )  # time says one of its own: nobody can look it up

    assert result.returncode == 1
    assert "GetCustomers" in one_sentence(result.stderr)


def test_ten_mistakes_in_the_account_file_are_told_at_once_before_any_call(
    small_contractor: Contractor, tmp_path
) -> None:
    text = ACCOUNT_FILE.read_text()
    mistakes = [
        ("timezone: America/New_York", "timezone: America/Norfolk"),
        ("auth: oauth2", "auth: kerberos"),
        ("parallel_requests: 4", "parallel_requests: many"),
        ("company_code: 001", "company_code: 00001"),
        ("parallel_writes: 2", "paralel_writes: 2"),
        ("kind: sqlite", "kind: postgres"),
        ("last: 99999\n\n# ---", "last: 0\n\n# ---"),
        ('number_format: "{number}"', 'number_format: "{jobnumber}"'),
        ("oh_batch_code: OHSVC", "oh_batch_code: OVERHEADBATCH"),
        ("batch_size: 250", "batch_size: -1"),
    ]
    for right, wrong in mistakes:
        assert right in text, right
        text = text.replace(right, wrong, 1)
    file = tmp_path / "mistakes.yaml"
    file.write_text(text)

    from_file = small_contractor.process_on(file, "sync")

    assert small_contractor.sandbox.control.calls() == []
    assert from_file.returncode == 1
    problems = [line for line in from_file.stderr.splitlines() if str(file) in line]
    assert len(problems) >= 10, from_file.stderr
    assert all(line.split(str(file) + ":")[1].split(":")[0].isdigit() for line in problems)
    assert "Traceback" not in from_file.stderr
