"""Commands that measure."""

import json
import sys
import tempfile
from pathlib import Path

import click

from intake.cli import fail
from intake.clock import now
from intake.config import SettingsError, settings_from


@click.group("bench")
def bench_group() -> None:
    """Figures; nothing here passes or fails."""


@bench_group.command("pdf")
@click.option(
    "--count", default=50, show_default=True, type=click.IntRange(1), help="Documents a language."
)
@click.option(
    "--documents", default=0, type=click.IntRange(0), help="So many more, to see memory stay flat."
)
@click.option("--json", "_as_json", is_flag=True, help="(always JSON)")
def bench_pdf_command(count: int, documents: int, _as_json: bool) -> None:
    """Render, seal and verify signed waivers in every offered language."""
    from intake.bench.pdf import bench_pdf  # noqa: PLC0415
    from intake.demo.run import demo_environ  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = settings_from(demo_environ(folder, port=8000, at=now()))
        click.echo(json.dumps(bench_pdf(settings, count=count, documents=documents), indent=1))


@bench_group.command("scan")
@click.option("--pages", default=120, show_default=True, type=click.IntRange(2), help="To read.")
@click.option(
    "--many", default=1000, show_default=True, type=click.IntRange(0),
    help="Pages of one file, to see memory stay flat; 0 for none.",
)  # fmt: skip
@click.option("--json", "_as_json", is_flag=True, help="(always JSON)")
def bench_scan_command(pages: int, many: int, _as_json: bool) -> None:
    """Read a scanned stack of signed waivers."""
    from intake.bench.scan import bench_scan  # noqa: PLC0415
    from intake.demo.run import demo_environ  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        settings = settings_from(demo_environ(Path(name), port=8000, at=now()))
        click.echo(json.dumps(bench_scan(settings, pages=pages, many=many), indent=1))


@bench_group.command("decide")
@click.option(
    "--consents", "sizes", default=(1_000, 100_000), show_default=True, multiple=True,
    type=click.IntRange(1), help="How many there are; may be repeated.",
)  # fmt: skip
@click.option("--count", default=300, show_default=True, type=click.IntRange(2), help="Decisions.")
@click.option("--database-url", default="", help="Another empty database; default: fresh SQLite.")
@click.option("--json", "_as_json", is_flag=True, help="(always JSON)")
def bench_decide_command(
    sizes: tuple[int, ...], count: int, database_url: str, _as_json: bool
) -> None:
    """Decide about students, beside one indexed query, as consents grow."""
    from intake.bench.decide import bench_decide  # noqa: PLC0415
    from intake.bench.machine import BenchFailed  # noqa: PLC0415
    from intake.demo.run import demo_environ  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        environ = demo_environ(Path(name), port=8000, at=now())
        if database_url:
            environ["INTAKE_DATABASE_URL"] = database_url
        try:
            result = bench_decide(settings_from(environ), sizes=sizes, count=count)
        except (BenchFailed, SettingsError) as error:
            fail(str(error))
    click.echo(json.dumps(result, indent=1))


@bench_group.command("publish")
@click.option("--count", default=2000, show_default=True, type=click.IntRange(2), help="Events.")
@click.option(
    "--workers", default=(1,), show_default=True, multiple=True, type=click.IntRange(1, 16),
    help="Worker processes; may be repeated.",
)  # fmt: skip
@click.option("--rounds", default=3, show_default=True, type=click.IntRange(1))
@click.option("--database-url", default="", help="Another empty database; default: fresh SQLite.")
@click.option("--json", "_as_json", is_flag=True, help="(always JSON)")
def bench_publish_command(
    count: int, workers: tuple[int, ...], rounds: int, database_url: str, _as_json: bool
) -> None:
    """Publish events to a receiver, beside a bare HTTP client that sends the same."""
    from intake.bench.machine import BenchFailed  # noqa: PLC0415
    from intake.bench.publish import bench_publish  # noqa: PLC0415
    from intake.demo.run import demo_environ  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        environ = demo_environ(Path(name), port=8000, at=now())
        if database_url:
            environ["INTAKE_DATABASE_URL"] = database_url
        try:
            result = bench_publish(
                settings_from(environ), count=count - count % 2, workers=workers, rounds=rounds
            )
        except (BenchFailed, SettingsError) as error:
            fail(str(error))
    click.echo(json.dumps(result, indent=1))


@bench_group.command("sign")
@click.option("--count", default=100, show_default=True, type=click.IntRange(1), help="Signings.")
@click.option(
    "--clients",
    default=2,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Families at the same time.",
)
@click.option("--database-url", default="", help="Another empty database; default: fresh SQLite.")
@click.option("--json", "_as_json", is_flag=True, help="(always JSON)")
def bench_sign_command(count: int, clients: int, database_url: str, _as_json: bool) -> None:
    """Sign waivers through HTTP on a fresh database, every step of a family's way."""
    from intake.bench.machine import BenchFailed  # noqa: PLC0415
    from intake.bench.server import free_port  # noqa: PLC0415
    from intake.bench.sign import bench_sign  # noqa: PLC0415
    from intake.demo.run import demo_environ  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        environ = demo_environ(folder, port=free_port(), at=now())
        if database_url:
            environ["INTAKE_DATABASE_URL"] = database_url
        try:
            result = bench_sign(environ, folder, count=count, clients=clients)
        except (BenchFailed, SettingsError) as error:
            fail(str(error))
    click.echo(json.dumps(result, indent=1))
    if result["errors"] or result["audit_problems"]:
        sys.exit(1)


@bench_group.command("roster")
@click.option(
    "--students", default=10_000, show_default=True, type=click.IntRange(1), help="To import."
)
@click.option("--database-url", default="", help="Another empty database; default: fresh SQLite.")
@click.option("--json", "_as_json", is_flag=True, help="(always JSON)")
def bench_roster_command(students: int, database_url: str, _as_json: bool) -> None:
    """Import a made-up district's roster, and once more."""
    from intake.bench.roster import bench_roster  # noqa: PLC0415
    from intake.db.engine import Database  # noqa: PLC0415
    from intake.db.keys import KeyRing  # noqa: PLC0415
    from intake.demo.run import demo_environ  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = settings_from(demo_environ(folder, port=8000, at=now()))
        ring = KeyRing([("bench", bytes(range(32)))])
        database = Database(database_url or f"sqlite:///{folder / 'roster.db'}", ring)
        try:
            figures = bench_roster(settings, database, folder / "oneroster", students)
        finally:
            database.dispose()
        click.echo(json.dumps(figures, indent=1))
