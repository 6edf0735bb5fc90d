"""What a browser calls itself, short enough for a person to recognise their own."""

# The first that is found counts: most browsers claim to be several.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("UCBrowser", "UC Browser"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def describe(user_agent: str | None) -> str:
    """`Chrome, Windows`; what is not known is left out, and nothing of the header itself is kept."""
    said = (user_agent or "")[:400]
    found = (next((name for mark, name in marks if mark in said), None) for marks in (_BROWSERS, _SYSTEMS))
    return ", ".join(name for name in found if name)
