"""The citizen's form on a slow phone: `python -m benchmarks.form`. Needs Chromium; npm for a peer's form beside it.

The network is slowed on the wire, where a service worker's requests pass too; the processor by Chromium. Usable is
the moment at which all nine questions with their choices stand on the screen and can be chosen.
"""

import argparse
import functools
import gzip
import http.server
import json
import math
import shutil
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import BrowserContext, Error, Page, Playwright, sync_playwright

from app.instruments.loader import load
from benchmarks.load.databases import fresh_database
from benchmarks.load.processes import ROOT, environment, serving
from benchmarks.load.wire import Wire

PEER = ("survey-core@2.5.38", "survey-js-ui@2.5.38")
FORM = "/s/dpmptsp-nib-qr?lang=id"
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
CHOICES = 36
WATCH = (
    "(() => { const look = () => {"
    f"  const shown = Array.from(document.querySelectorAll('input[type=radio]')).slice(0, {CHOICES});"
    f"  if (shown.length === {CHOICES} && "
    "      shown.every(one => (one.closest('label') || one).getClientRects().length))"
    "    self.usableAt = performance.now(); else requestAnimationFrame(look); };"
    "  requestAnimationFrame(look); })()"
)
SETTLE_MS = 5000
PATIENCE_SECONDS = 90


@dataclass
class Visits:
    """What one kind of visit cost, a value a round: seconds until usable, bytes to the phone, requests."""

    usable: list[float] = field(default_factory=list)
    received: list[int] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)


class Compressed(http.server.SimpleHTTPRequestHandler):
    """Files as a careful operator serves them: compressed, kept by the browser for a year."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """One file."""
        path = Path(self.translate_path(self.path))
        path = path / "index.html" if path.is_dir() else path
        body = gzip.compress(path.read_bytes(), 9) if path.is_file() else b""
        self.send_response(200 if body else 404)
        is_page = path.suffix == ".html"
        self.send_header("Cache-Control", "no-cache" if is_page else "public, max-age=31536000, immutable")
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


def peer_page(folder: Path) -> bool:
    """The peer's default page with the same nine questions, from its published packages; False without npm."""
    npm = shutil.which("npm")
    if npm is None:
        return False
    for package in PEER:
        packed = subprocess.run(
            [npm, "pack", "--silent", package], cwd=folder, capture_output=True, text=True, check=False
        )
        if packed.returncode:
            return False
        archive = folder / packed.stdout.strip().splitlines()[-1]
        shutil.unpack_archive(archive, folder / package.split("@", maxsplit=1)[0], filter="data")
        archive.unlink()
    instrument = load(ROOT / "surveys").newest("skm-2017")
    questions = [
        {
            "type": "radiogroup",
            "name": one.key,
            "title": one.text["id"],
            "isRequired": True,
            "choices": [
                {"value": score, "text": text} for score, text in enumerate(one.options["id"], start=1)
            ],
        }
        for one in instrument.asked_questions(())
    ]
    model = json.dumps({"elements": [*questions, {"type": "comment", "name": "comment", "title": "Saran"}]})
    (folder / "form.js").write_text(
        f"new Survey.Model({model}).render(document.getElementById('survey'));", encoding="utf-8"
    )
    (folder / "index.html").write_text(
        '<!DOCTYPE html><html lang="id"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>Survei</title>'
        '<link rel="icon" href="survey-core/package/icons/none.svg">'
        '<link rel="stylesheet" href="survey-core/package/survey-core.min.css">'
        '<script defer src="survey-core/package/survey.core.min.js"></script>'
        '<script defer src="survey-js-ui/package/survey-js-ui.min.js"></script>'
        '<script defer src="form.js"></script></head><body><div id="survey"></div></body></html>',
        encoding="utf-8",
    )
    return True


@contextmanager
def peer(folder: Path) -> Iterator[Wire]:
    """The peer's page behind a wire."""
    handler = functools.partial(Compressed, directory=str(folder))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    wire = Wire(server.server_address[1])
    try:
        yield wire
    finally:
        wire.close()
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def ours(folder: Path) -> Iterator[Wire]:
    """Our service with the demonstration city, behind a wire."""
    with fresh_database("sqlite", folder / "eskm") as url:
        told = environment(
            ESKM_DATABASE_URL=url, ESKM_SECRET_KEY_FILE=str(folder / "secret.key"), ESKM_LOG_LEVEL="ERROR"
        )
        with serving(told, folder / "serve.log") as service:
            wire = Wire(service.port)
            try:
                yield wire
            finally:
                wire.close()


def usable(page: Page) -> float:
    """When the form could be used, in ms after the visit began; NaN when it never could."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if at := page.evaluate("self.usableAt"):
            return float(at)
        time.sleep(0.05)
    return math.nan


def visit(context: BrowserContext, wire: Wire, path: str, slowdown: int, kept: Visits) -> None:
    """Open the form in a new tab of a slow phone; what it costs is added to `kept`. NaN when it does not open."""
    wire.reset()
    page = context.new_page()
    page.add_init_script(WATCH)
    protocol = context.new_cdp_session(page)
    protocol.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    try:
        page.goto(wire.address + path, wait_until="commit", timeout=120_000)
        kept.usable.append(usable(page) / 1000)
    except Error:  # a page that does not open without network raises: that is the result
        kept.usable.append(math.nan)
    page.wait_for_timeout(SETTLE_MS)
    page.close()
    kept.received.append(wire.received)
    kept.requests.append(len(wire.requests))


def rounds(playwright: Playwright, asked: argparse.Namespace, wires: dict[str, tuple[Wire, str]]) -> None:
    """Measure and print the table."""
    kinds = ("first visit", "again", "again, without network")
    found = {(name, kind): Visits() for name in wires for kind in kinds}
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    for _ in range(asked.rounds):
        for name, (wire, path) in wires.items():
            wire.slow(asked.round_trip / 1000, asked.kilobits * 125)
            wire.join()
            with tempfile.TemporaryDirectory(prefix="eskm-phone-", ignore_cleanup_errors=True) as phone:
                context = playwright.chromium.launch_persistent_context(
                    phone,
                    executable_path=chromium,
                    args=FLAGS,
                    viewport={"width": 360, "height": 740},
                    locale="id-ID",
                )
                for kind in kinds:
                    if kind == kinds[2]:
                        wire.cut()
                    visit(context, wire, path, asked.slowdown, found[name, kind])
                context.close()
    print(
        f"{asked.kilobits} kbit/s, round trip {asked.round_trip} ms, processor slowed {asked.slowdown} times, "
        f"360 px, medians of {asked.rounds} rounds\n"
    )
    print("| form | visit | usable after, s | kB on the wire | requests |")
    print("|---" * 5 + "|")
    for (name, kind), kept in found.items():
        seconds = statistics.median(kept.usable)
        print(
            f"| {name} | {kind} | {'does not open' if math.isnan(seconds) else f'{seconds:.1f}'} "
            f"| {statistics.median(kept.received) / 1000:.1f} | {statistics.median(kept.requests):.0f} |"
        )


def main() -> None:
    """Found both services, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kilobits", type=int, default=400)
    parser.add_argument("--round-trip", type=int, default=400)
    parser.add_argument("--slowdown", type=int, default=6)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="eskm-form-") as name, ExitStack() as stack:
        folder = Path(name)
        wires = {"e-SKM": (stack.enter_context(ours(folder)), FORM)}
        (folder / "peer").mkdir()
        if peer_page(folder / "peer"):
            wires["SurveyJS 2.5.38"] = (stack.enter_context(peer(folder / "peer")), "/")
        with sync_playwright() as playwright:
            rounds(playwright, asked, wires)


if __name__ == "__main__":
    main()
