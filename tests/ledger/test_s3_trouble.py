"""What an S3 store makes of lost answers, refusals and wrong settings, over a real server and a
relay that misbehaves.
"""

import socket

import pytest
from pydantic import ValidationError

from st_spectrum.domain.errors import (
    AccessDenied,
    ClaimLost,
    ContractBroken,
    RateLimited,
    SettingsInvalid,
    SyncFault,
    Unavailable,
)
from st_spectrum.ledger.ledger import open_ledger
from tests.ledger.conftest import s3_store
from tests.ledger.ledger_servers import KEY_ID, SECRET, s3_settings
from tests.ledger.relay import Relay, cut_short, done_but_500, hang_up, lose_the_answer, refuse, say

TRIES_OF_THE_CLIENT = 3


def test_a_create_whose_answer_was_lost_is_still_ours(relay: Relay) -> None:
    store = s3_store(relay.url)
    relay.play("PUT", "k/a", lose_the_answer)
    etag = store.create("k/a", "mine")
    assert store.get("k/a").etag == etag
    with pytest.raises(ClaimLost):
        store.create("k/a", "mine")
    store.close()


def test_a_replace_whose_answer_was_lost_is_still_ours(relay: Relay) -> None:
    store = s3_store(relay.url)
    first = store.create("k/a", "1")
    relay.play("PUT", "k/a", lose_the_answer)
    second = store.replace("k/a", "2", first)
    assert store.replace("k/a", "3", second)
    store.close()


def test_a_write_that_was_done_in_spite_of_an_error_500_is_still_ours(relay: Relay) -> None:
    store = s3_store(relay.url)
    relay.play(
        "PUT", "k/a", done_but_500, refuse(500, "InternalError"), refuse(500, "InternalError")
    )
    assert store.create("k/a", "mine") == store.get("k/a").etag
    store.close()


def test_another_workers_version_is_not_taken_for_ours_when_an_answer_was_lost(
    relay: Relay,
) -> None:
    store = s3_store(relay.url)
    etag = store.create("k/a", "1")
    store.replace("k/a", "theirs", etag)
    relay.play("PUT", "k/a", lose_the_answer)
    with pytest.raises(ClaimLost):
        store.replace("k/a", "theirs", etag)
    store.close()


def test_a_conflict_of_two_conditional_writes_is_tried_again(relay: Relay) -> None:
    store = s3_store(relay.url)
    conflict = refuse(409, "ConditionalRequestConflict")
    relay.play("PUT", "k/a", conflict, conflict)
    store.create("k/a", "1")
    assert store.get("k/a").body == "1"
    store.close()


def test_a_missing_key_on_replace_is_a_lost_claim_in_the_words_of_aws_too(relay: Relay) -> None:
    store = s3_store(relay.url)
    relay.play("PUT", "k/a", refuse(404, "NoSuchKey"))
    with pytest.raises(ClaimLost):
        store.replace("k/a", "2", '"0"')
    store.close()


def test_a_server_that_asks_to_slow_down_for_good_ends_in_rate_limited(relay: Relay) -> None:
    store = s3_store(relay.url)
    relay.play("PUT", "k/a", *[refuse(503, "SlowDown", Retry_After="7")] * TRIES_OF_THE_CLIENT)
    with pytest.raises(RateLimited) as caught:
        store.create("k/a", "1")
    assert caught.value.retry_after == 7
    assert store.get("k/a") is None
    assert not relay.tricks
    store.close()


def test_a_short_slow_down_is_waited_for(relay: Relay) -> None:
    store = s3_store(relay.url)
    relay.play("PUT", "k/a", refuse(503, "SlowDown"))
    store.create("k/a", "1")
    store.close()


def test_a_server_that_keeps_hanging_up_is_unavailable_and_nothing_was_written(
    relay: Relay,
) -> None:
    store = s3_store(relay.url)
    relay.play("PUT", "k/a", *[hang_up] * TRIES_OF_THE_CLIENT)
    with pytest.raises(Unavailable):
        store.create("k/a", "1")
    assert store.get("k/a") is None
    store.close()


def test_a_document_cut_short_is_read_again(relay: Relay) -> None:
    store = s3_store(relay.url)
    store.create("k/a", "x" * 5000)
    relay.play("GET", "k/a", cut_short)
    assert store.get("k/a").body == "x" * 5000
    store.close()


def test_a_failed_read_is_not_a_missing_document(relay: Relay) -> None:
    store = s3_store(relay.url)
    store.create("k/a", "1")
    relay.play("GET", "k/a", *[refuse(500, "InternalError")] * TRIES_OF_THE_CLIENT)
    with pytest.raises(Unavailable):
        store.get("k/a")
    store.close()


def test_a_failed_page_of_a_list_is_not_a_short_list(relay: Relay) -> None:
    store = s3_store(relay.url)
    store.create("k/a", "1")
    relay.play("GET", "/ledger", *[refuse(500, "InternalError")] * TRIES_OF_THE_CLIENT)
    with pytest.raises(Unavailable):
        list(store.list("k/"))
    store.close()


def test_something_that_is_no_s3_server_is_said_plainly(relay: Relay) -> None:
    store = s3_store(relay.url)
    relay.play("PUT", "k/a", say(200, "<html>welcome</html>"))
    with pytest.raises(ContractBroken, match="does not answer as S3 does"):
        store.create("k/a", "1")
    store.close()


def test_a_server_that_ignores_conditions_is_refused_at_the_start(relay: Relay) -> None:
    store = s3_store(relay.url)
    done = lambda request: request.answer(200, [("ETag", '"1"')], b"")  # noqa: E731
    relay.play("PUT", "probe", done, done)
    with pytest.raises(SettingsInvalid, match="ignores If-None-Match"):
        store.prove()
    store.prove()
    relay.play("PUT", "probe", refuse(412, "PreconditionFailed"), done)
    with pytest.raises(SettingsInvalid, match="ignores If-Match"):
        store.prove()
    store.close()


def test_proving_the_store_writes_nothing_the_second_time(seaweed_url: str) -> None:
    store = s3_store(seaweed_url)
    store.prove()
    etag = store.get("probe").etag
    store.prove()
    assert store.get("probe").etag == etag
    store.close()


def test_a_bucket_that_does_not_exist_is_a_wrong_setting(seaweed_url: str) -> None:
    rights = {"access_key_id": "admin-key", "secret_access_key": "admin-secret"}
    assert "there is no bucket 'ledgre'" in _sentence(
        seaweed_url, SettingsInvalid, bucket="ledgre", **rights
    )


def test_a_bucket_that_is_not_ours_to_use_is_refused(seaweed_url: str) -> None:
    assert "bucket 'ledgre'" in _sentence(seaweed_url, AccessDenied, bucket="ledgre")


def test_a_wrong_secret_is_refused_in_one_sentence_without_the_secret(seaweed_url: str) -> None:
    text = _sentence(seaweed_url, AccessDenied, secret_access_key="wrong-secret")
    assert "refuses the access key" in text
    assert "wrong-secret" not in text


def test_an_unknown_key_is_refused_in_one_sentence(seaweed_url: str) -> None:
    assert "refuses the access key" in _sentence(seaweed_url, AccessDenied, access_key_id="nobody")


def test_a_key_left_out_of_the_account_file_comes_from_the_environment(
    seaweed_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_out = {"access_key_id": "", "secret_access_key": ""}
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/nowhere")
    assert "no complete credentials for bucket 'ledger'" in _sentence(
        seaweed_url, SettingsInvalid, **left_out
    )
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    open_ledger(s3_settings(seaweed_url, **left_out)).close()


def test_a_key_that_may_only_read_is_refused_at_the_start(seaweed_url: str) -> None:
    rights = {"access_key_id": "reader-key", "secret_access_key": "reader-secret"}
    assert "right to create" in _sentence(seaweed_url, AccessDenied, **rights)


def test_an_endpoint_where_nobody_listens_is_unavailable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    assert f"127.0.0.1:{port}" in _sentence(f"http://127.0.0.1:{port}", Unavailable)


def test_a_server_that_never_answers_is_given_up_within_the_bound() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert "no usable answer" in _sentence(url, Unavailable, timeout_seconds=0.2)


def test_settings_that_make_no_client_are_wrong_settings() -> None:
    with pytest.raises(ValidationError, match="is not a web address"):
        s3_settings("not an address")
    _sentence("http://127.0.0.1:1", SettingsInvalid, secret_access_key="")


def test_documents_lie_under_the_prefix_and_nowhere_else(seaweed_url: str) -> None:
    settings = s3_settings(seaweed_url, prefix="/contractor-a/ledger/")
    one = s3_store(seaweed_url, prefix=settings.prefix)
    one.create("cursors/jobs", "1")
    other = s3_store(seaweed_url, prefix="contractor-b")
    assert other.get("cursors/jobs") is None
    whole = s3_store(seaweed_url, prefix="")
    assert list(whole.list("contractor-a/")) == ["contractor-a/ledger/cursors/jobs"]
    for store in (one, other, whole):
        store.close()


def test_a_document_put_there_by_hand_can_be_read(seaweed_url: str) -> None:
    store = s3_store(seaweed_url)
    store._client.put_object(Bucket="ledger", Key=f"{store._prefix}cursors/jobs", Body=b"by hand\n")
    found = store.get("cursors/jobs")
    assert found.body == "by hand\n"
    store.replace("cursors/jobs", "by us", found.etag)
    assert store.get("cursors/jobs").body == "by us"
    store.close()


def _sentence(url: str, family: type[SyncFault], **changes: object) -> str:
    with pytest.raises(family) as caught:
        open_ledger(s3_settings(url, **changes))
    text = str(caught.value)
    assert "\n" not in text
    return text
