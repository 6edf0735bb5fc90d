"""Both kinds of storage over the same steps: a folder, and a real S3 server over HTTP."""

import hashlib
import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from moto.server import ThreadedMotoServer
from sqlmodel import Session

from app.audit.service import SYSTEM
from app.core.clock import utc_now
from app.core.db import Database
from app.core.errors import InvalidInput, NotFound
from app.files import service
from app.files.storage import FolderStorage, Storage, StorageUnavailable, key_of, open_storage
from app.units.queries import unit_by_code
from tests.conftest import NOW

CONTENT = b"%PDF-1.7\n" + os.urandom(300_000)
LARGE = b"%PDF-1.7\n" + os.urandom(11 * 1024 * 1024)  # more than one part of an upload
MOST = 20 * 1024 * 1024


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a bucket on an S3 server of its own; its credentials come from the environment."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    httpx.post(f"http://{host}:{port}/moto-api/reset").raise_for_status()  # servers of one process share all
    httpx.put(f"http://{host}:{port}/bukti").raise_for_status()
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    yield "s3://bukti/kota/berkas"
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """Each kind in turn."""
    if request.param == "folder":
        return open_storage(str(tmp_path / "files"))
    return open_storage(request.getfixturevalue("bucket"))


@pytest.mark.parametrize("content", [CONTENT, LARGE], ids=["small", "large"])
def test_what_is_put_is_read_listed_and_deleted(storage: Storage, content: bytes) -> None:
    key = key_of(7, uuid4())
    storage.put(key, BytesIO(content))
    pieces = list(storage.read(key))
    assert b"".join(pieces) == content
    assert len(pieces) > 1
    (entry,) = storage.entries()
    assert entry.key == key
    assert abs(utc_now() - entry.written_at) < timedelta(minutes=5)
    storage.delete(key)
    storage.delete(key)
    assert list(storage.entries()) == []
    with pytest.raises(NotFound):
        storage.read(key)


def test_a_store_that_is_gone_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
        "AWS_ALLOW_HTTP": "true",
    }.items():
        monkeypatch.setenv(name, value)
    storage = open_storage("s3://bukti")
    with pytest.raises(StorageUnavailable):
        storage.put("1/a", BytesIO(CONTENT))
    with pytest.raises(StorageUnavailable):
        storage.read("1/a")
    with pytest.raises(StorageUnavailable):
        list(storage.entries())


def test_files_in_a_folder_are_nobody_elses(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path / "files")
    storage.put("1/a", BytesIO(CONTENT))
    assert stat.S_IMODE((tmp_path / "files" / "1" / "a").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "files" / "1").stat().st_mode) == 0o700


def test_nothing_half_written_gets_a_name(tmp_path: Path) -> None:
    class Broken(BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 100_000:
                raise OSError("the disk is full")
            return super().read(size)

    storage = FolderStorage(tmp_path / "files")
    with pytest.raises(StorageUnavailable):
        storage.put("1/a", Broken(CONTENT))
    assert list(storage.entries()) == []


def unit_id(session: Session) -> int:
    unit = unit_by_code(session, "ptsp")
    assert unit is not None
    assert unit.id is not None
    return unit.id


def test_a_row_follows_its_file(city: Database, storage: Storage) -> None:
    with city.read() as session:
        ptsp = unit_id(session)
    kept = service.keep(storage, ptsp, BytesIO(CONTENT), "../bukti.PDF", MOST)
    assert b"".join(storage.read(key_of(ptsp, kept.id))) == CONTENT
    with city.write() as session:
        row = service.enter(session, kept, SYSTEM, NOW)
        assert (row.name, row.media_type, row.size) == ("bukti.pdf", "application/pdf", len(CONTENT))
        assert row.sha256 == hashlib.sha256(CONTENT).hexdigest()
    with city.read() as session:
        assert service.find(session, ptsp, kept.id).uploaded_at == NOW
        with pytest.raises(NotFound):
            service.find(session, ptsp + 1, kept.id)


def test_orphans_and_damage_are_found(city: Database, storage: Storage) -> None:
    with city.read() as session:
        ptsp = unit_id(session)
    kept = [service.keep(storage, ptsp, BytesIO(CONTENT), "a.pdf", MOST) for _ in range(3)]
    lost = service.keep(storage, ptsp, BytesIO(CONTENT), "b.pdf", MOST)
    with city.write() as session:
        for one in kept:
            service.enter(session, one, SYSTEM, NOW)
    later = utc_now() + timedelta(seconds=5)
    with city.read() as session:
        assert list(service.orphans(session, storage, later)) == [key_of(ptsp, lost.id)]
        assert list(service.orphans(session, storage, utc_now() - timedelta(hours=1))) == []
        assert list(service.damaged(session, storage)) == []
    storage.delete(key_of(ptsp, kept[0].id))
    storage.put(key_of(ptsp, kept[1].id), BytesIO(CONTENT + b"more"))
    with city.read() as session:
        assert {one.id for one in service.damaged(session, storage)} == {kept[0].id, kept[1].id}
    with city.write() as session:
        service.drop(session, ptsp, kept[0].id)
    with city.read() as session, pytest.raises(NotFound):
        service.find(session, ptsp, kept[0].id)


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "file_empty"), (CONTENT, "file_too_large"), (b"<html>", "file_kind")],
)
def test_what_is_refused_is_not_stored(storage: Storage, content: bytes, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        service.keep(storage, 1, BytesIO(content), "a.pdf", 200_000)
    assert [one.code for one in caught.value.errors] == [code]
    assert list(storage.entries()) == []
