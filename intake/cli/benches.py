"""Commands that measure."""

import json
import tempfile
from pathlib import Path

import click

from intake.config import settings_from


@click.group("bench")
def bench_group() -> None:
    """Figures; nothing here passes or fails."""


@bench_group.command("pdf")
@click.option("--count", default=50, show_default=True, help="Documents a language.")
@click.option("--json", "_as_json", is_flag=True, help="(always JSON)")
def bench_pdf_command(count: int, _as_json: bool) -> None:
    """Render, seal and verify signed waivers in every offered language."""
    from intake.bench.pdf import bench_pdf  # noqa: PLC0415
    from intake.demo.run import demo_environ, prepare  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = settings_from(demo_environ(folder, prepare(folder), port=8000))
        click.echo(json.dumps(bench_pdf(settings, count=count), indent=1))


@bench_group.command("sign")
@click.option("--count", default=100, show_default=True, help="Signings.")
@click.option("--clients", default=2, show_default=True, help="Families at the same time.")
@click.option("--database-url", default="", help="Another empty database; default: fresh SQLite.")
@click.option("--json", "_as_json", is_flag=True, help="(always JSON)")
def bench_sign_command(count: int, clients: int, database_url: str, _as_json: bool) -> None:
    """Sign waivers through HTTP on a fresh database, every step of a family's way."""
    from intake.bench.sign import bench_sign  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as name:
        result = bench_sign(Path(name), count=count, clients=clients, database_url=database_url)
    click.echo(json.dumps(result, indent=1))
