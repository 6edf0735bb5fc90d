"""A real identity provider process, and a browser that goes there and back."""

import json
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
from starlette.testclient import TestClient

START_SECONDS = 30


@dataclass
class Provider:
    """Where it listens, and whom it knows."""

    issuer: str
    process: subprocess.Popen[bytes]

    def knows(self, subject: str, **claims: object) -> None:
        """From now on it says this of `subject`."""
        httpx.put(
            f"{self.issuer}/users/{subject}", content=json.dumps(claims), headers=JSON
        ).raise_for_status()

    def approve(self, address: str, subject: str) -> str:
        """What somebody does at the provider: agree, as `subject`. The path and query that lead back."""
        answer = httpx.post(address, data={"sub": subject}, follow_redirects=False)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        return f"{back.path}?{back.query}"


JSON = {"Content-Type": "application/json"}


def start() -> Provider:
    """A provider on a free port of this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = Path(sys.executable).with_name("oidc-provider-mock")
    process = subprocess.Popen(
        [command, "--port", str(port), "--require-nonce", "true"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    issuer = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            httpx.get(issuer).raise_for_status()
            return Provider(issuer, process)
        except httpx.HTTPError:
            assert process.poll() is None, "the provider ended"
            assert time.monotonic() < deadline, "the provider did not start"
            time.sleep(0.05)


def depart(browser: TestClient, onward: str = "") -> str:
    """Leave for the provider: its address."""
    gone = browser.get("/masuk/sso", params={"onward": onward} if onward else {})
    assert gone.status_code == 303, gone.text
    address: str = gone.headers["location"]
    return address


def asked(address: str) -> dict[str, str]:
    """What the provider is asked."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
