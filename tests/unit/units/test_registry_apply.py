"""Applying a registry: what is stored, that a second time changes nothing, that a fault stores nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlmodel import select

from app.core.db import Database
from app.core.toml_source import SourceFaults
from app.units import service
from app.units.changes import Changes
from app.units.registry import Registry, read
from app.units.registry_stored import stored
from app.units.registry_template import write_template
from app.units.tables import Point, Service, Unit

EXAMPLE = Path(__file__).parents[2] / "data" / "registry" / "contoh.toml"
Apply = Callable[[Path | str], Changes]


@pytest.fixture
def apply(database: Database, toml, elements) -> Apply:
    def applied(source: Path | str) -> Changes:
        path = source if isinstance(source, Path) else toml(source)
        with database.write() as session:
            return service.apply(session, read(path, elements))

    return applied


def counts(changes: Changes, action: str) -> tuple[int, int, int]:
    return tuple(changes.count(kind, action) for kind in ("unit", "service", "point"))


def zones(database: Database) -> dict[str, str]:
    with database.read() as session:
        return dict(session.exec(select(Unit.code, Unit.timezone)).all())


def test_everything_of_the_file_is_stored(database: Database, apply: Apply) -> None:
    changes = apply(EXAMPLE)
    assert counts(changes, "added") == (4, 3, 4)
    assert changes.lines()[:1] == ["+ unit kota-contoh"]
    assert changes.lines()[-1:] == ["+ titik survei dpmptsp-lama"]
    with database.read() as session:
        units = {unit.code: unit for unit in session.exec(select(Unit))}
        services = {one.code: one for one in session.exec(select(Service))}
        points = {one.code: one for one in session.exec(select(Point))}
    ptsp = units["dpmptsp"]
    assert (ptsp.name, ptsp.kind, ptsp.address, ptsp.phone, ptsp.rollup, ptsp.active) == (
        "Dinas Penanaman Modal dan PTSP",
        "dinas",
        "Jalan Contoh 1",
        "0000-123456",
        "pooled",
        True,
    )
    assert units["kota-contoh"].parent_id is None
    assert units["kota-contoh"].rollup == "mean_of_units"
    assert ptsp.parent_id == units["dinkes"].parent_id == units["kota-contoh"].id
    assert units["puskesmas-hulu"].parent_id == units["dinkes"].id
    nib, imb = services["nib"], services["imb"]
    assert (nib.unit_id, nib.name, nib.instrument, nib.not_asked, nib.population, nib.active) == (
        ptsp.id,
        "Penerbitan NIB",
        "skm-2017",
        ["kompetensi", "perilaku"],
        4384,
        True,
    )
    assert (imb.instrument, imb.not_asked, imb.population, imb.active) == ("skm-2017-wajar", [], None, False)
    qr, lama = points["dpmptsp-nib-qr"], points["dpmptsp-lama"]
    assert (qr.unit_id, qr.service_id, qr.channel, qr.label, qr.active) == (
        ptsp.id,
        nib.id,
        "qr",
        "Loket 2",
        True,
    )
    assert (lama.unit_id, lama.service_id, lama.channel, lama.label, lama.active) == (
        ptsp.id,
        None,
        "link",
        None,
        False,
    )


def test_time_zones_come_from_the_nearest_unit_above_that_has_one(database: Database, apply: Apply) -> None:
    apply(EXAMPLE)
    assert zones(database) == {
        "kota-contoh": "Asia/Makassar",
        "dinkes": "Asia/Makassar",
        "puskesmas-hulu": "Asia/Makassar",
        "dpmptsp": "Asia/Jayapura",
    }
    apply(
        '[[units]]\ncode = "baru"\nname = "Baru"\nparent = "dpmptsp"\n'
        '[[units]]\ncode = "lain"\nname = "Lain"\n'
    )
    assert zones(database)["baru"] == "Asia/Jayapura"  # from a unit that only the database has
    assert zones(database)["lain"] == "Asia/Jakarta"


def test_a_new_time_zone_reaches_the_units_of_the_file_that_inherit_it(
    database: Database, apply: Apply
) -> None:
    apply(EXAMPLE)
    changes = apply(EXAMPLE.read_text().replace("Asia/Makassar", "Asia/Pontianak"))
    assert changes.lines() == [
        f"~ unit {code} (timezone: Asia/Makassar → Asia/Pontianak)"
        for code in ("kota-contoh", "puskesmas-hulu", "dinkes")
    ]
    assert set(zones(database).values()) == {"Asia/Pontianak", "Asia/Jayapura"}


def test_a_second_time_changes_nothing(apply: Apply, statements: list[str]) -> None:
    apply(EXAMPLE)
    assert any(statement.startswith("INSERT") for statement in statements)
    statements.clear()
    changes = apply(EXAMPLE)
    assert not changes.any
    assert changes.lines() == []
    assert counts(changes, "unchanged") == (4, 3, 4)
    assert counts(changes, "added") == counts(changes, "changed") == (0, 0, 0)
    words = {statement.split()[0] for statement in statements}
    assert words == {"BEGIN", "SELECT"}


def test_the_order_of_elements_not_asked_is_no_change(database: Database, apply: Apply) -> None:
    apply(EXAMPLE)
    with database.write() as session:
        nib = session.exec(select(Service).where(Service.code == "nib")).one()
        nib.not_asked = ["perilaku", "kompetensi"]
    assert not apply(EXAMPLE).any


def test_what_was_stored_can_be_written_and_loaded_without_a_change(
    database: Database, apply: Apply, tmp_path: Path, elements
) -> None:
    apply(EXAMPLE)
    with database.read() as session:
        registry = stored(session).registry
    assert [unit.code for unit in registry.units] == ["kota-contoh", "dinkes", "dpmptsp", "puskesmas-hulu"]
    path = tmp_path / "isi.xlsx"
    write_template(path, elements, registry)
    changes = apply(path)
    assert not changes.any
    assert counts(changes, "unchanged") == (4, 3, 4)


def test_changes_are_stored_and_told_and_nothing_else_is_touched(
    database: Database, apply: Apply, statements: list[str]
) -> None:
    apply(EXAMPLE)
    statements.clear()
    changes = apply(
        '[[units]]\ncode = "dpmptsp"\nname = "DPMPTSP"\nparent = "dinkes"\nkind = "dinas"\n'
        'timezone = "Asia/Jayapura"\naddress = "Jalan Contoh 1"\nphone = "0000-123456"\nactive = false\n'
        '[[units.services]]\ncode = "nib"\nname = "Penerbitan NIB"\ninstrument = "skm-2017-wajar"\n'
        'not_asked = ["biaya"]\npopulation = 4384\n'
        '[[units.points]]\ncode = "dpmptsp-kios"\nchannel = "kiosk"\nservice = "imb"\n'
    )
    assert changes.lines() == [
        "~ unit dpmptsp (name: Dinas Penanaman Modal dan PTSP → DPMPTSP; parent: kota-contoh → dinkes; "
        "active: ya → tidak)",
        "~ layanan dpmptsp/nib (instrument: skm-2017 → skm-2017-wajar; "
        "not_asked: kompetensi, perilaku → biaya)",
        "~ titik survei dpmptsp-kios (service: (kosong) → imb)",
    ]
    written = [statement for statement in statements if not statement.startswith(("SELECT", "BEGIN"))]
    assert [statement.split("WHERE")[0].split("SET")[1].split() for statement in written] == [
        ["name=?,", "parent_id=?,", "active=?"],
        ["instrument=?,", "not_asked=?"],
        ["service_id=?"],
        ["version=(registry_version.version", "+", "?)"],
    ]
    with database.read() as session:
        units = {unit.code: unit for unit in session.exec(select(Unit))}
        services = {one.code: one for one in session.exec(select(Service))}
        points = {one.code: one for one in session.exec(select(Point))}
    assert units["dpmptsp"].parent_id == units["dinkes"].id
    assert services["nib"].not_asked == ["biaya"]
    assert points["dpmptsp-kios"].service_id == services["imb"].id
    assert (len(units), len(services), len(points)) == (4, 3, 4)


def test_a_point_may_lose_its_service(database: Database, apply: Apply) -> None:
    apply(EXAMPLE)
    changes = apply(EXAMPLE.read_text().replace('  service = "nib"\n', ""))
    assert changes.lines() == ["~ titik survei dpmptsp-nib-qr (service: nib → (kosong))"]
    with database.read() as session:
        point = session.exec(select(Point).where(Point.code == "dpmptsp-nib-qr")).one()
        assert point.service_id is None


@pytest.mark.parametrize(
    "bad",
    [
        '[[units]]\ncode = "z"\nname = ""\n',
        '[[units]]\ncode = "z"\nname = "Z"\nparent = "tidak-ada"\n',
        '[[units]]\ncode = "z"\nname = "Z"\n[[units.points]]\ncode = "z"\nchannel = "qr"\nservice = "x"\n',
    ],
)
def test_nothing_is_stored_when_one_row_is_bad(bad: str, database: Database, apply: Apply) -> None:
    with pytest.raises(SourceFaults):
        apply(EXAMPLE.read_text() + bad)
    with database.read() as session:
        assert stored(session).registry == Registry()


def test_a_point_stays_with_its_unit(apply: Apply, database: Database) -> None:
    apply(EXAMPLE)
    lain = '[[units]]\ncode = "lain"\nname = "Lain"\n\n'
    text = lain + '[[units.points]]\nchannel = "kiosk"\ncode = "dpmptsp-kios"\n'
    with pytest.raises(SourceFaults) as caught:
        apply(text)
    (fault,) = caught.value.faults
    assert fault.line == 7
    assert fault.message == (
        'titik survei "dpmptsp-kios" sudah ada di unit "dpmptsp" dan kodenya sudah tercetak; pakai kode baru'
    )
    assert "lain" not in zones(database)


def test_a_ring_that_closes_through_the_database_is_found(apply: Apply) -> None:
    apply(EXAMPLE)
    with pytest.raises(SourceFaults) as caught:
        apply('[[units]]\ncode = "kota-contoh"\nname = "Kota"\nparent = "puskesmas-hulu"\n')
    (fault,) = caught.value.faults
    assert (fault.line, fault.message) == (
        4,
        "unit induk melingkar: kota-contoh → puskesmas-hulu → dinkes → kota-contoh",
    )


def test_faults_of_the_file_and_of_the_database_are_told_together(apply: Apply) -> None:
    apply(EXAMPLE)
    text = '[[units]]\ncode = "lain"\nname = 5\n[[units.points]]\ncode = "dpmptsp-kios"\nchannel = "kiosk"\n'
    with pytest.raises(SourceFaults) as caught:
        apply(text)
    assert [fault.line for fault in caught.value.faults] == [3, 5]


def test_rows_of_a_workbook_may_belong_to_units_that_are_already_stored(
    database: Database, apply: Apply, xlsx
) -> None:
    apply(EXAMPLE)
    changes = apply(
        xlsx(
            {
                "units": [["code", "name"]],
                "services": [["unit", "code", "name"], ["dinkes", "izin", "Izin praktik"]],
                "points": [["unit", "code", "channel", "service"], ["dinkes", "dinkes-qr", "qr", "izin"]],
            }
        )
    )
    assert changes.lines() == ["+ layanan dinkes/izin", "+ titik survei dinkes-qr"]
    with database.read() as session:
        point = session.exec(select(Point).where(Point.code == "dinkes-qr")).one()
        izin = session.exec(select(Service).where(Service.code == "izin")).one()
        dinkes = session.exec(select(Unit).where(Unit.code == "dinkes")).one()
    assert (point.unit_id, point.service_id, izin.unit_id) == (dinkes.id, izin.id, dinkes.id)


def test_a_long_chain_and_many_rows_are_applied(database: Database, apply: Apply) -> None:
    # Points are looked up a thousand at a time.
    chain = "".join(
        f'[[units]]\ncode = "u{place}"\nname = "U"\n' + (f'parent = "u{place - 1}"\n' if place else "")
        for place in reversed(range(60))
    )
    points = "".join(f'[[units.points]]\ncode = "p{place}"\nchannel = "qr"\n' for place in range(2500))
    assert counts(apply(chain + points), "added") == (60, 0, 2500)
    assert counts(apply(chain + points), "unchanged") == (60, 0, 2500)


def test_a_plan_changes_nothing(database: Database, elements) -> None:
    with database.read() as session:
        changes = service.plan(session, read(EXAMPLE, elements))
        assert counts(changes, "added") == (4, 3, 4)
    with database.read() as session:
        assert stored(session).registry == Registry()


def test_apply_leaves_the_commit_to_its_caller(database: Database, elements) -> None:
    class Abandoned(Exception):
        pass

    def applied_in_vain() -> None:
        with database.write() as session:
            service.apply(session, read(EXAMPLE, elements))
            raise Abandoned

    with pytest.raises(Abandoned):
        applied_in_vain()
    with database.read() as session:
        assert stored(session).registry == Registry()
