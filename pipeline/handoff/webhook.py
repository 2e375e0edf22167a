"""The launcher `webhook`: a signed POST request, as https://www.standardwebhooks.com has it.

`webhook-id` and `Idempotency-Key` are the same in all attempts of a submission. `webhook-signature` is the HMAC-SHA256
of id, time stamp and body under CHARTMILL_WEBHOOK_SECRET, so that libraries for that standard can check it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import http.client
import ipaddress
import re
import urllib.error
import urllib.request
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import orjson
from pydantic import AfterValidator, Field, SecretStr

from pipeline import __version__
from pipeline.context import Context
from pipeline.errors import ConfigError, HandoffError
from pipeline.handoff.attempts import Attempt
from pipeline.handoff.launcher import Job, Launcher, Receipt

_MOST = 65536
_ID = re.compile(r"[\w.:/-]{1,128}", re.ASCII)
_CONFLICT = 409
# Another try may end otherwise: time-out, too early, too many requests. So may every answer from 500 on.
_LATER = {408, 425, 429}


def _address(url: str) -> str:
    parts = urlsplit(url)
    if parts.username or parts.password or not parts.hostname:
        raise ValueError("must be an address without user and password: set CHARTMILL_WEBHOOK_SECRET")
    if parts.scheme != "https" and not (parts.scheme == "http" and _loopback(parts.hostname)):
        raise ValueError("must begin with https://; http:// is for this machine alone")
    return url


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Webhook(Launcher):
    """Posts release, digest, address and counts. 409 says that the receiver has this submission already."""

    launcher: Literal["webhook"]
    url: Annotated[str, AfterValidator(_address)]
    timeout_seconds: Annotated[float, Field(gt=0, le=30)] = 10

    def submit(self, context: Context, job: Job, attempt: Attempt) -> Receipt:
        """Post the request; redirects are not followed."""
        body = orjson.dumps(payload(job), option=orjson.OPT_SORT_KEYS)
        headers = signed(_secret(context.settings.webhook_secret), job.key, body, attempt.now())
        request = urllib.request.Request(self.url, body, headers, method="POST")
        with attempt.log() as sink:
            try:
                status, answer = self._post(request)
            except (OSError, http.client.HTTPException) as error:
                sink.write(f"no answer: {type(error).__name__}\n".encode())
                return Receipt("failed", error=HandoffError(f"the webhook gave no answer ({type(error).__name__})"))
            sink.write(f"answer {status}\n".encode() + answer + b"\n")
        if status == _CONFLICT or status // 100 == 2:
            return Receipt("submitted", http_status=status, external_id=_external_id(answer))
        kind = HandoffError if status in _LATER or status // 100 == 5 else ConfigError
        return Receipt("failed", http_status=status, error=kind(f"the webhook answered {status}{_hint(status)}"))

    def _post(self, request: urllib.request.Request) -> tuple[int, bytes]:
        opener = urllib.request.build_opener(_NoRedirects)
        try:
            with opener.open(request, timeout=self.timeout_seconds) as response:
                return response.status, response.read(_MOST)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read(_MOST)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """What was signed for one address is not sent to another."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def payload(job: Job) -> dict[str, Any]:
    """Return what is posted; it is the same in all attempts."""
    return {
        "type": "chartmill.release",
        "release": job.release,
        "manifest_sha256": job.manifest_sha256,
        "uri": job.uri,
        "configs": job.configs,
    }


def signed(secret: bytes, key: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the headers of a request: its key, its time, and the signature of both and of the body."""
    stamp = str(int(now.timestamp()))
    digest = hmac.new(secret, b".".join([key.encode(), stamp.encode(), body]), hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": f"chartmill/{__version__}",
        "Idempotency-Key": f'"{key}"',
        "webhook-id": key,
        "webhook-timestamp": stamp,
        "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
    }


def _secret(setting: SecretStr | None) -> bytes:
    text = setting.get_secret_value().removeprefix("whsec_") if setting else ""
    try:
        secret = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        secret = b""
    if not 24 <= len(secret) <= 64:
        raise ConfigError(
            "CHARTMILL_WEBHOOK_SECRET must be 24 to 64 bytes in base64, as `openssl rand -base64 32` prints them; "
            "the receiver needs the same"
        )
    return secret


def _external_id(answer: bytes) -> str | None:
    """Return the `id` of an answer in JSON."""
    try:
        content = orjson.loads(answer)
    except orjson.JSONDecodeError:
        return None
    found = content.get("id") if isinstance(content, dict) else None
    return str(found) if isinstance(found, str | int) and _ID.fullmatch(str(found)) else None


def _hint(status: int) -> str:
    if status in (401, 403):
        return ", the signature was refused: compare CHARTMILL_WEBHOOK_SECRET with the receiver's"
    if status // 100 == 3:
        return ", a redirect, which is not followed: give the address itself in `url`"
    return ""
