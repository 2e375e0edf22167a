"""The webhook against a real server: what is sent, signed how, and what each answer means."""

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline.context import Context
from pipeline.errors import ConfigError, HandoffError
from pipeline.handoff import submit
from pipeline.handoff.attempts import Attempt, claim, read_attempts
from pipeline.handoff.registry import load_launcher
from pipeline.handoff.webhook import signed
from pipeline.release import manifest_sha
from tests.handoff.conftest import NAME, Clock, only

Opened = Callable[..., Context]
SECRET = base64.b64encode(bytes(range(32))).decode()


@dataclass
class Server:
    """A receiver: it answers with what it is told to, and keeps what it gets."""

    url: str = ""
    answers: list[int] = field(default_factory=list)
    body: bytes = b"{}"
    wait: float = 0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)


@pytest.fixture
def server() -> Iterator[Server]:
    told = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append(({name.lower(): value for name, value in self.headers.items()}, body))
            time.sleep(told.wait)
            self.send_response(told.answers.pop(0))
            self.send_header("Location", f"{told.url}/elsewhere")
            self.send_header("Content-Length", str(len(told.body)))
            self.end_headers()
            self.wfile.write(told.body)

        def do_GET(self) -> None:
            told.elsewhere.append(self.path)

        def handle(self) -> None:
            with suppress(BrokenPipeError, ConnectionResetError):  # who timed out has gone
                super().handle()

        def log_message(self, *_: Any) -> None:
            pass

    served = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.url = f"http://127.0.0.1:{served.server_port}"
    thread = threading.Thread(target=served.serve_forever, args=(0.05,))
    thread.start()
    yield told
    served.shutdown()
    served.server_close()
    thread.join()


def calling(opened: Opened, server: Server, secret: str | None = SECRET, **fields: Any) -> Context:
    return opened({"launcher": "webhook", "url": server.url, **fields}, webhook_secret=secret)


def signature(headers: dict[str, str], body: bytes) -> str:
    """Return the signature that a receiver computes."""
    content = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(base64.b64decode(SECRET), content, hashlib.sha256)).decode()


def test_the_request_is_signed_and_says_what_was_released(opened: Opened, server: Server, clock: Clock) -> None:
    server.answers, server.body = [202], b'{"id": "run-7"}'
    context = calling(opened, server)
    done = submit(context, NAME, clock)
    assert (done.status, done.external_id, done.new) == ("submitted", "run-7", True)
    ((headers, body),) = server.got
    sha = manifest_sha(context, NAME)
    assert json.loads(body) == {
        "type": "chartmill.release", "release": NAME, "manifest_sha256": sha,
        "uri": context.data.path("releases", NAME),
        "configs": {"text": {"format": "text", "splits": {"train": 40, "validation": 0, "test": 2}}},
    }  # fmt: skip
    assert headers["idempotency-key"] == f'"{sha}"'
    assert headers["webhook-id"] == sha
    assert int(headers["webhook-timestamp"]) == clock.time.timestamp()
    assert headers["webhook-signature"] == signature(headers, body)
    assert headers["content-type"] == "application/json"
    assert not submit(context, NAME, clock).new
    assert len(server.got) == 1


@pytest.mark.parametrize(
    ("status", "error", "says"),
    [
        (200, None, ""), (204, None, ""), (409, None, ""),
        (500, HandoffError, "answered 500"), (503, HandoffError, "answered 503"), (429, HandoffError, "answered 429"),
        (400, ConfigError, "answered 400"), (401, ConfigError, "compare CHARTMILL_WEBHOOK_SECRET"),
        (404, ConfigError, "answered 404"), (302, ConfigError, "not followed"), (307, ConfigError, "not followed"),
        (308, ConfigError, "not followed"),
    ],
)  # fmt: skip
def test_what_an_answer_means(
    opened: Opened, server: Server, clock: Clock, folder: Path, status: int, error: type[Exception] | None, says: str
) -> None:
    server.answers, server.body = [status], b"" if status == 204 else b"queue is full"
    context = calling(opened, server)
    if error is None:
        assert submit(context, NAME, clock).status == "submitted"
    else:
        with pytest.raises(error, match=says) as caught:
            submit(context, NAME, clock)
        assert "queue" not in str(caught.value)
        assert "queue is full" in only(folder, "*/attempt-1.log").read_text()
    (record,) = read_attempts(context.data, manifest_sha(context, NAME))
    assert (record.http_status, record.finished) == (status, error is None)
    assert server.elsewhere == []


def test_the_signature_is_that_of_the_standard() -> None:
    # The example of https://docs.svix.com/receiving/verifying-payloads/how-manual
    headers = signed(
        base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}',
        datetime.fromtimestamp(1614265330, UTC),
    )  # fmt: skip
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_all_attempts_of_a_submission_have_one_key_and_force_another(
    opened: Opened, server: Server, clock: Clock
) -> None:
    server.answers = [500, 202, 202]
    context = calling(opened, server)
    with pytest.raises(HandoffError):
        submit(context, NAME, clock)
    clock.turn(timedelta(minutes=1))
    submit(context, NAME, clock)
    submit(context, NAME, clock, force=True)
    sha = manifest_sha(context, NAME)
    assert [headers["webhook-id"] for headers, _ in server.got] == [sha, sha, f"{sha}-2"]
    assert len({body for _, body in server.got}) == 1
    assert len({headers["webhook-signature"] for headers, _ in server.got}) == 3


def test_a_retry_after_a_kill_is_told_that_it_was_taken(opened: Opened, server: Server, clock: Clock) -> None:
    server.answers = [409]
    context = calling(opened, server)
    sha = manifest_sha(context, NAME)
    assert isinstance(claim(context.data, NAME, sha, "webhook", clock, force=False), Attempt)
    clock.turn(timedelta(minutes=5))
    assert submit(context, NAME, clock).status == "submitted"
    assert [record.number for record in read_attempts(context.data, sha)] == [1, 2]


def test_a_server_that_is_slow_or_gone_is_tried_again(opened: Opened, server: Server, clock: Clock) -> None:
    server.answers, server.wait = [200], 0.5
    with pytest.raises(HandoffError, match=r"gave no answer \(TimeoutError\)"):
        submit(calling(opened, server, timeout_seconds=0.1), NAME, clock)
    server.url = "http://127.0.0.1:1"
    with pytest.raises(HandoffError, match=r"gave no answer \(URLError\)"):
        submit(calling(opened, server), NAME, clock)


@pytest.mark.parametrize("secret", [None, "", "c2hvcnQ=", "no base64 at all, though it is long", SECRET * 2])
def test_a_missing_or_weak_secret_sends_nothing(
    opened: Opened, server: Server, clock: Clock, secret: str | None
) -> None:
    with pytest.raises(ConfigError, match="CHARTMILL_WEBHOOK_SECRET must be") as caught:
        submit(calling(opened, server, secret), NAME, clock)
    assert server.got == []
    assert not secret or secret not in str(caught.value)


def test_the_prefix_of_the_standard_is_no_part_of_the_secret(opened: Opened, server: Server, clock: Clock) -> None:
    server.answers = [200]
    submit(calling(opened, server, f"whsec_{SECRET}"), NAME, clock)
    ((headers, body),) = server.got
    assert headers["webhook-signature"] == signature(headers, body)


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://training.example.org/releases", True), ("http://localhost:8080/", True), ("http://[::1]:8080/", True),
        ("http://127.0.0.1/", True), ("http://training.example.org/", False), ("http://10.0.0.7/", False),
        ("http://localhost.example.org/", False), ("ftp://training.example.org/", False), ("file:///etc/passwd", False),
        ("https://user:hunter2@training.example.org/", False), ("training.example.org", False), ("https://", False),
        ("http://[::1", False),
    ],
)  # fmt: skip
def test_only_https_leaves_the_machine(opened: Opened, clock: Clock, url: str, good: bool) -> None:
    context = opened({"launcher": "webhook", "url": url})
    if good:
        assert load_launcher(context.settings).launcher == "webhook"
    else:
        with pytest.raises(ConfigError, match=r"launcher\.yaml is wrong: url: ") as caught:
            load_launcher(context.settings)
        assert url not in str(caught.value)
        assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"id": 12}', "12"), (b'{"id": "a b"}', None), (b'{"id": "' + b"x" * 200 + b'"}', None),
        (b'{"id": null}', None), (b"[1]", None), (b"<html>", None), (b"", None),
    ],
)  # fmt: skip
def test_an_id_is_taken_from_an_answer_only_if_it_is_one(
    opened: Opened, server: Server, clock: Clock, body: bytes, found: str | None
) -> None:
    server.answers, server.body = [200], body
    assert submit(calling(opened, server), NAME, clock).external_id == found
