"""How are the sample days made? `python -m cadline.samples --seed 20260316 --out fixtures/demo`."""

from pathlib import Path

import click

from cadline.samples.files import sample_files, write_samples
from cadline.samples.story import parcels


@click.command()
@click.option("--seed", type=int, default=20260316, show_default=True, help="What chance starts from.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Where to write."
)
def main(seed: int, out: Path) -> None:
    """Write the sample days: the same seed gives the same bytes."""
    files = sample_files(parcels(seed), seed)
    write_samples(out, files)
    click.echo(f"{len(files)} files in {out}")


if __name__ == "__main__":
    main()
