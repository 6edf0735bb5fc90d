"""Response headers, and the refusals that come before any route, as pure ASGI middleware."""

from collections.abc import Callable, Mapping

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core import limits
from app.core.errors import DomainError
from app.core.hosts import EXEMPT, LOOPBACK, Hosts, name_of
from app.core.settings import Settings

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; object-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
# A kiosk fills its screen and keeps it lit; nothing else of what browsers can do is ever asked for.
_OWN_FEATURES = ("fullscreen", "screen-wake-lock")
_NO_FEATURES = (
    "accelerometer",
    "autoplay",
    "browsing-topics",
    "camera",
    "display-capture",
    "encrypted-media",
    "geolocation",
    "gyroscope",
    "hid",
    "idle-detection",
    "local-fonts",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "picture-in-picture",
    "publickey-credentials-get",
    "serial",
    "usb",
    "xr-spatial-tracking",
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": ", ".join(
        [*(f"{name}=()" for name in _NO_FEATURES), *(f"{name}=(self)" for name in _OWN_FEATURES)]
    ),
}
# One year, names below ours included (ASVS 3.4.1): none of them leads to a page in clear that could pass for ours.
TRANSPORT_POLICY = "max-age=31536000; includeSubDomains"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What a browser says of a request that a page of ours, or the address bar, has caused.
OWN_SITES = frozenset({"same-origin", "none"})


class CrossSite(DomainError):
    """A browser says that a page of another site caused this."""

    status = 403
    code = "cross_site"
    message = "Formulir ini dikirim dari situs lain, jadi tidak diterima."


class HostUnknown(DomainError):
    """The Host header names somebody else, nobody, or several."""

    status = 400
    code = "host_unknown"
    message = "Layanan ini tidak dikenal dengan nama itu. Alamatnya: {address}."


class AddressTooLong(DomainError):
    """Path and query together are longer than any that this service uses."""

    status = 414
    code = "address_too_long"
    message = "Alamat yang diminta terlalu panjang."


class HeadTooLarge(DomainError):
    """Too many header fields, or too long ones."""

    status = 431
    code = "head_too_large"
    message = "Kepala permintaan ini terlalu besar. Hapus kuki situs ini, lalu coba lagi."


Refuse = Callable[[Request, DomainError], Response]


def headers_of(settings: Settings) -> Mapping[str, str]:
    """What every response gets unless it says otherwise; in production also that there is no way back from TLS."""
    transport = {"Strict-Transport-Security": TRANSPORT_POLICY} if settings.is_production else {}
    return {"Cache-Control": "no-store", **HEADERS, **transport}


class SecurityMiddleware:
    """Adds the security headers. Refuses forged hosts, oversized heads, and unsafe requests from other sites.

    `refuse` makes the response of a refusal: a problem for programs, a page for people.
    """

    def __init__(self, app: ASGIApp, settings: Settings, hosts: Hosts, refuse: Refuse) -> None:
        self._app = app
        self._headers = headers_of(settings)
        self._is_production = settings.is_production
        self._public_url = settings.public_url
        self._hosts = hosts
        self._refuse = refuse

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        fault = self._fault_of(scope)
        if fault is not None:
            await self._refuse(Request(scope), fault)(scope, receive, send_secured)
            return
        await self._app(scope, receive, send_secured)

    def _fault_of(self, scope: Scope) -> DomainError | None:
        match limits.excess(scope):
            case 414:
                return AddressTooLong()
            case 431:
                return HeadTooLarge()
        if not self._hosts.accepts(scope["headers"]) and scope["path"] not in EXEMPT:
            return HostUnknown(address=self._public_url)
        if scope["method"] not in SAFE_METHODS and is_cross_site(
            Headers(scope=scope), only_tls=self._is_production
        ):
            return CrossSite()
        return None


def is_cross_site(headers: Headers, *, only_tls: bool = False) -> bool:
    """Whether a browser says that another site, or a sibling of ours below the same domain, caused the request.

    Sec-Fetch-Site decides where it is sent: no page can write it. Over plain HTTP, and before 2023, browsers send
    only Origin, which must be the host that was asked; with `only_tls`, over TLS. Programs say nothing and are no
    browsers: one that holds somebody's cookie holds all that the cookie is worth.
    """
    sites = headers.getlist("sec-fetch-site")
    if sites:
        return not OWN_SITES.issuperset(sites)
    host = headers.get("host", "").lower()
    schemes = ("https",) if only_tls and name_of(host) not in LOOPBACK else ("http", "https")
    ours = {f"{scheme}://{host}" for scheme in schemes}
    return not ours.issuperset(origin.lower() for origin in headers.getlist("origin"))
