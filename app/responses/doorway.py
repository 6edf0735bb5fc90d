"""A short way in for answers: before the framework's layers, for requests that need none of them.

Whatever is not an ordinary, acceptable answer goes the long way, with its body replayed: there is one place
that says what is wrong. Going twice is harmless, because an answer is stored once whatever is sent again.
"""

from collections.abc import Collection, Mapping

from starlette.datastructures import State
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.responses.api import STATUS_CODES, acknowledgement
from app.responses.evidence import of_headers
from app.responses.reception import Reception

PATH = "/api/v1/responses"
# Larger than any answer with the longest comment that JSON can spell out.
BODY_BYTES_MAX = 64 * 1024

_JSON = (b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8")


class Doorway:
    """ASGI application around `app`; `state` is that of the application, filled by its lifespan.

    `headers` go with every answer. `known_hosts` are Host headers that the long way has found right.
    """

    def __init__(
        self, app: ASGIApp, state: State, headers: Mapping[str, str], known_hosts: Collection[bytes]
    ) -> None:
        self._app = app
        self._state = state
        self._known_hosts = known_hosts
        self._headers = [
            (name.lower().encode(), value.encode())
            for name, value in {"Content-Type": "application/json", **headers}.items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if (
            scope["type"] != "http"
            or scope["path"] != PATH
            or scope["method"] != "POST"
            or not _is_ordinary(scope["headers"], self._known_hosts)
        ):
            await self._app(scope, receive, send)
            return
        messages, body = await _received(receive)
        if messages[-1]["type"] == "http.disconnect":
            return  # nobody is left to be told; half an answer is none, even where it happens to be readable
        reception: Reception = self._state.reception
        try:
            source = reception.arrivals.source(scope)
            accepted = await reception.accept_json(body, source, of_headers(scope["headers"]))
        except Exception:  # refusals and failures alike are told by the long way
            await self._app(scope, _replaying(messages, receive), send)
            return
        content = acknowledgement(accepted)
        headers = [*self._headers, (b"content-length", str(len(content)).encode())]
        await send(
            {"type": "http.response.start", "status": STATUS_CODES[accepted.status], "headers": headers}
        )
        await send({"type": "http.response.body", "body": content})


def _is_ordinary(headers: list[tuple[bytes, bytes]], known_hosts: Collection[bytes]) -> bool:
    """Declared as JSON, of a declared and bearable length, sent to a known host once, and not by a browser."""
    is_json = is_bearable = is_ours = False
    for name, value in headers:
        if name == b"host":
            if is_ours or value not in known_hosts:
                return False
            is_ours = True
        elif name == b"content-type":
            is_json = value.lower() in _JSON
        elif name == b"content-length":
            is_bearable = value.isdigit() and int(value) <= BODY_BYTES_MAX
        elif name in (b"origin", b"sec-fetch-site", b"transfer-encoding"):
            return False
    return is_json and is_bearable and is_ours


async def _received(receive: Receive) -> tuple[list[Message], bytes]:
    """All of a body, and the messages that it came in. Incomplete when the client hung up."""
    messages: list[Message] = []
    while True:
        message = await receive()
        messages.append(message)
        if not message.get("more_body"):
            break
    return messages, b"".join(message.get("body", b"") for message in messages)


def _replaying(messages: list[Message], receive: Receive) -> Receive:
    """Receives `messages` once more, then what comes after them."""
    again = iter(messages)

    async def received() -> Message:
        for message in again:
            return message
        return await receive()

    return received
