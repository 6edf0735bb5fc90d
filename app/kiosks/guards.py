"""The guard of routes that only a paired device may use."""

from typing import Annotated

from fastapi import Depends, Request

from app.auth.guards import MARK
from app.core.errors import Unauthenticated
from app.core.session import database
from app.core.tokens import bearer
from app.kiosks.service import DeviceIdentity, recognise


def _device(request: Request) -> DeviceIdentity:
    secret = bearer(request.headers.get("authorization"))
    if secret is None:
        raise Unauthenticated
    with database(request).read() as session:
        device = recognise(session, secret)
    if device is None:
        raise Unauthenticated
    return device


setattr(_device, MARK, "kiosk")
KioskDevice = Annotated[DeviceIdentity, Depends(_device)]
