"""`kam demo`: the whole connector at work, with nothing to set up."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path
from typing import Literal

import click

from kam_connector.cli.options import DAY, answers, finish
from kam_connector.cli.speech import language, talk
from kam_connector.runs.summary import summarize


@click.command()
@click.option("--size", type=click.Choice(["small", "full"]), default="full", show_default=True)
@click.option("--anchor", type=DAY, default="2026-06-30", show_default=True, help="The sample company's today.")
@click.option(
    "--out", type=click.Path(path_type=Path), default=Path("out"), show_default=True, help="Folder of the reports."
)
@answers
def demo(size: Literal["small", "full"], anchor: date, out: Path, output_format: str) -> int:
    """Run two nights against an embedded ERP with a sample company; the second writes nothing.

    \b
    Example:
      kam demo --size small
    """
    from kam_connector.runs.demo import run_demo, serve_sample  # the sandbox is loaded for the demo alone

    lang = language()
    with tempfile.TemporaryDirectory(prefix="kam-demo-") as home:
        talk("Sandbox ERP with the sample company ({size}), as of {anchor}.", size=size, anchor=anchor)
        with serve_sample(Path(home), size, anchor, lang) as chosen:
            talk("It listens at {url}. First night:", url=chosen.url)
            finish(summarize(run_demo(chosen, anchor, out), lang), output_format)
            talk("Second night, nothing has changed:")
            second = run_demo(chosen, anchor, out)
            finish(summarize(second, lang), output_format)
    return 0 if not second.planned else 1
