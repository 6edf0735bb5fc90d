"""The `eskm` command. A command's module is imported when the command is used: `serve` starts without the rest."""

import gc
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

# Command or group -> the module and the function or Typer application in it.
COMMANDS = {
    "serve": ("app.cli.server", "serve"),
    "migrate": ("app.cli.schema", "migrate"),
    "units": ("app.cli.units", "app"),
    "surveys": ("app.cli.surveys", "app"),
    "responses": ("app.cli.responses", "app"),
    "ikm": ("app.cli.ikm", "ikm"),
    "verify": ("app.cli.ikm", "verify"),
    "verify-publication": ("app.cli.publications", "verify_publication"),
    "signing-keys": ("app.cli.publications", "keys"),
    "tokens": ("app.cli.keys", "tokens"),
    "kiosks": ("app.cli.keys", "kiosks"),
    "audit": ("app.cli.audit", "app"),
    "retention": ("app.cli.retention", "app"),
    "comments": ("app.cli.comments", "app"),
    "files": ("app.cli.files", "app"),
    "users": ("app.cli.users", "app"),
    "conformance": ("app.cli.conformance", "command"),
    "history": ("app.cli.history", "app"),
    "plans": ("app.cli.plans", "app"),
    "letters": ("app.cli.letters", "letters"),
    "layout": ("app.cli.layout", "layout"),
    "demo": ("app.cli.demo", "command"),
}
GARBAGE_THRESHOLD = 10_000


class Commands(TyperGroup):
    """The commands of the table above, in its order."""

    def list_commands(self, ctx: Any) -> list[str]:
        """All names."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name, imported now; None when there is none."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name]
        found = getattr(import_module(module), name)
        if isinstance(found, typer.Typer):
            group = get_command(found)
            group.name = cmd_name
            return group
        single = typer.Typer(add_completion=False, pretty_exceptions_show_locals=False)
        single.command(cmd_name)(found)
        return get_command(single)


app = typer.Typer(
    cls=Commands,
    name="eskm",
    help="Survei Kepuasan Masyarakat: dari jawaban warga sampai angka yang dapat dihitung ulang siapa pun.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)


@app.callback()
def _eskm() -> None:
    """Survei Kepuasan Masyarakat: dari jawaban warga sampai angka yang dapat dihitung ulang siapa pun."""


def main() -> None:
    """Run the command."""
    # What imports make stays: looking for garbage in it after every 700 new objects was a tenth of a start.
    gc.set_threshold(GARBAGE_THRESHOLD)
    app()
