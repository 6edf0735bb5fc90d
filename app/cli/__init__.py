"""The `eskm` command."""

import typer

from app.cli import conformance, demo, ikm, keys, responses, server, surveys, units

app = typer.Typer(
    name="eskm",
    help="Survei Kepuasan Masyarakat: dari jawaban warga sampai angka yang dapat dihitung ulang siapa pun.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,
)
app.command("serve")(server.serve)
app.command("migrate")(server.migrate)
app.command("demo")(demo.command)
app.command("ikm")(ikm.ikm)
app.command("verify")(ikm.verify)
app.command("conformance")(conformance.command)
app.add_typer(units.app, name="units")
app.add_typer(surveys.app, name="surveys")
app.add_typer(responses.app, name="responses")
app.add_typer(keys.tokens, name="tokens")
app.add_typer(keys.kiosks, name="kiosks")


def main() -> None:
    """Run the command."""
    app()
