"""A wire between browsers and a service: counts what travels; can be slow, be cut, and swallow things."""

import asyncio
import re
import threading
from collections.abc import Callable, Coroutine
from typing import Any

REQUEST = re.compile(rb"(GET|POST|HEAD|OPTIONS) (\S+) HTTP/1\.1\r\n")
CHUNK = 65536
PACKET = 1400
PATIENCE_SECONDS = 20


class Wire:
    """Listens on a port of the loopback and passes everything to `upstream`, another port there.

    `received` are bytes that went to browsers, `sent` bytes that came from them, `requests` as `GET /path`.
    """

    def __init__(self, upstream: int) -> None:
        self.upstream = upstream
        self.received = 0
        self.sent = 0
        self.requests: list[str] = []
        self.swallowed = threading.Event()
        self._swallows: Callable[[bytes], bool] | None = None
        self._before = True
        self._round_trip = 0.0
        self._rate = 0.0
        self._pipe = asyncio.Lock()
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="wire")
        self._thread.start()
        self.port = 0
        self.join()

    @property
    def address(self) -> str:
        """Where browsers find the service."""
        return f"http://127.0.0.1:{self.port}"

    def join(self) -> None:
        """Let connections through, on the same port as before."""
        self._do(self._listen())

    def cut(self) -> None:
        """No network: open connections end, new ones are refused."""
        self._do(self._unlisten())

    def swallow(self, path: str, *, before: bool) -> None:
        """From now on requests for `path` get no answer: `before` they arrive, or after they were answered."""
        wanted = b" " + path.encode() + b" "
        self._swallows, self._before = lambda data: wanted in data.split(b"\r\n", 1)[0], before
        self.swallowed.clear()

    def slow(self, round_trip: float, rate: float) -> None:
        """Connections and requests take `round_trip` seconds, all that comes back shares `rate` bytes a second."""
        self._round_trip, self._rate = round_trip, rate

    def release(self) -> None:
        """Swallow nothing any more."""
        self._swallows = None

    def reset(self) -> None:
        """Count from zero."""
        self.received = self.sent = 0
        self.requests = []

    def close(self) -> None:
        """Cut it for good."""
        self.cut()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(PATIENCE_SECONDS)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE_SECONDS)

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
            self.port = self._server.sockets[0].getsockname()[1]

    async def _unlisten(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None
        for writer in list(self._open):
            writer.transport.abort()
        await asyncio.sleep(0.05)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._open.add(writer)
        await asyncio.sleep(self._round_trip)
        try:
            back, forth = await asyncio.open_connection("127.0.0.1", self.upstream)
        except OSError:
            writer.transport.abort()
            self._open.discard(writer)
            return
        state = {"mute": False}
        try:
            await asyncio.gather(self._up(reader, forth, state), self._down(back, writer, state))
        except OSError:
            pass
        finally:
            for one in (writer, forth):
                one.transport.abort()
            self._open.discard(writer)

    async def _up(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, state: Any) -> None:
        while data := await source.read(CHUNK):
            self.sent += len(data)
            await asyncio.sleep(self._round_trip)
            self.requests += [b" ".join(found).decode() for found in REQUEST.findall(data)]
            if self._swallows is not None and self._swallows(data):
                state["mute"] = True
                if self._before:
                    self.swallowed.set()
            if not (state["mute"] and self._before):
                target.write(data)
                await target.drain()
        target.transport.abort()

    async def _down(self, source: asyncio.StreamReader, target: asyncio.StreamWriter, state: Any) -> None:
        while data := await source.read(CHUNK):
            if state["mute"]:
                self.swallowed.set()
                continue
            self.received += len(data)
            for start in range(0, len(data), PACKET):
                packet = data[start : start + PACKET]
                if self._rate:
                    async with self._pipe:
                        await asyncio.sleep(len(packet) / self._rate)
                target.write(packet)
            await target.drain()
        if not state["mute"]:
            target.transport.abort()
