"""Which options do the verbs of `cadline certify` share?"""

import click

from cadline.certification.generating import PROFILES

profile_option = click.option(
    "--profile",
    type=click.Choice(list(PROFILES)),
    default="cusdec_d13a",
    show_default=True,
    help="The message guide.",
)
