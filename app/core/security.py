"""Response headers and the refusal of cross-site posts, as pure ASGI middleware: no cost worth measuring."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core import problems
from app.core.messages import language_of, translate

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; script-src 'self'; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
# What a browser says of a request that a page of ours, or the address bar, has caused.
OWN_SITES = frozenset({"same-origin", "none"})
CROSS_SITE = "Formulir ini dikirim dari situs lain, jadi tidak diterima."


class SecurityMiddleware:
    """Adds the security headers; refuses unsafe requests that a browser says come from another site."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        if scope["method"] not in SAFE_METHODS and is_cross_site(Headers(scope=scope)):
            language = language_of(Headers(scope=scope).get("accept-language"))
            problem = problems.document(403, "cross_site", translate(CROSS_SITE, language))
            await problems.respond(problem)(scope, receive, send_secured)
            return
        await self._app(scope, receive, send_secured)


def is_cross_site(headers: Headers) -> bool:
    """Whether a browser says that another site caused the request. Programs say nothing and are no browsers."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in OWN_SITES
    origin = headers.get("origin")
    # Browsers without Sec-Fetch-Site still send Origin with a post.
    return origin is not None and origin.partition("://")[2] != headers.get("host", "")
