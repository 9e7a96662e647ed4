"""Every command says what it does."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from intake.cli.commands import intake
from tests.cli.conftest import Run


def commands(group: click.Group, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    yield path
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))
        else:
            yield (*path, name)


ALL = sorted(commands(intake))


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_has_help(path: tuple[str, ...], run: Run, no_settings: None) -> None:
    told = run(*path, "--help")
    assert told.status == 0
    assert told.err == ""
    assert told.out.startswith(" ".join(("Usage: intake", *path)))
    assert len(told.out.split("\n\n")[1].strip()) > 8, "says what it is for"


def test_the_commands_of_the_contract_exist() -> None:
    wanted = {
        "demo", "serve", "worker", "db upgrade", "db check", "config", "forms list", "forms show",
        "forms check", "pdf waiver", "pdf text", "pdf verify", "audit verify", "bench pdf",
        "bench sign", "staff add",
    }  # fmt: skip
    assert wanted <= {" ".join(path) for path in ALL}


def test_without_a_command_the_help_is_shown(run: Run) -> None:
    told = run()
    assert told.status == 2
    assert told.err.startswith("Usage: intake")


def test_an_unknown_command_is_one_line(run: Run) -> None:
    told = run("audlt")
    assert (told.status, told.out) == (2, "")
    assert told.err.startswith("intake: No such command 'audlt'")
    assert told.err.count("\n") == 1


def test_the_console_script_runs() -> None:
    script = Path(sys.executable).with_name("intake")
    told = subprocess.run([script, "--help"], capture_output=True, text=True, check=False)
    assert (told.returncode, told.stderr) == (0, "")
    assert "worker" in told.stdout
