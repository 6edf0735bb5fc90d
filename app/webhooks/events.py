"""What can be told, in which words, and how a message is signed."""

import base64
import hashlib
import hmac
import os
from datetime import datetime, timedelta

from app.core.messages import translate

RESULT_PUBLISHED = "result.published"
TARGET_REACHED = "target.reached"
IKM_FELL = "ikm.fell"
POINT_SILENT = "point.silent"
PING = "ping"
EVENTS = (RESULT_PUBLISHED, TARGET_REACHED, IKM_FELL, POINT_SILENT)

SECRET_BYTES = 32
SECRET_PREFIX = "whsec_"  # noqa: S105 - how a secret begins, as the Standard Webhooks have it
# After each failed try: a receiver may be away for three days.
WAITS = tuple(
    timedelta(seconds=seconds)
    for seconds in (10, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)


def event_names(language: str) -> dict[str, str]:
    """Each event in words, in the order in which they are offered."""
    return {
        RESULT_PUBLISHED: translate("Hasil diumumkan", language),
        TARGET_REACHED: translate("Target responden tercapai", language),
        IKM_FELL: translate("IKM turun secara berarti", language),
        POINT_SILENT: translate("Titik atau kios berhenti mengirim", language),
    }


def new_secret() -> bytes:
    """A key of 256 bits."""
    return os.urandom(SECRET_BYTES)


def written(secret: bytes) -> str:
    """A secret as it is shown and configured: `whsec_` and base64."""
    return SECRET_PREFIX + base64.b64encode(secret).decode()


def headers_of(secret: bytes, message_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The headers of a message, after the Standard Webhooks specification 1.0: HMAC-SHA-256 over id, time, body."""
    seconds = str(int(at.timestamp()))
    signed = b".".join([message_id.encode(), seconds.encode(), body])
    signature = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    return {
        "Content-Type": "application/json",
        "User-Agent": "e-SKM",
        "Webhook-Id": message_id,
        "Webhook-Timestamp": seconds,
        "Webhook-Signature": f"v1,{signature}",
    }


def next_try(attempts: int, at: datetime) -> datetime | None:
    """When to try again after so many failed tries; None when it is enough."""
    return at + WAITS[attempts - 1] if attempts <= len(WAITS) else None
