"""How are the stages put to work? `cadline run`."""

import signal
from types import FrameType

import click

from cadline.commands.common import echo_json, json_option, with_house
from cadline.metrics import serve
from cadline.wiring import STAGES, House
from cadline.worker import Shift


@click.command("run")
@click.option(
    "--stage",
    "stages",
    multiple=True,
    type=click.Choice(STAGES),
    help="Work this stage only; may be given several times. All four without it.",
)
@click.option("--close", "closing", is_flag=True, help="Close days and statement days when they are over.")
@click.option("--until-idle", is_flag=True, help="Stop when nothing is left to do.")
@json_option
@with_house
def run(house: House, stages: tuple[str, ...], *, closing: bool, until_idle: bool, as_json: bool) -> None:
    """Work the stages in this process: parse, validate, post, notify.

    With --close, daily notices and broker summaries are made from Tuesday to Saturday half an hour after
    midnight Eastern, for every day that has ended; statements of account on the 25th. What an outage left
    undone is caught up day by day. One process is enough; several do no harm.

    CADLINE_METRICS_PORT serves /metrics for Prometheus.

    Stop with Ctrl-C or SIGTERM: the batch in hand is finished first. Killing is safe too: what was not
    committed is worked again.
    """
    stages = stages or STAGES
    if house.settings.metrics_port:
        serve(house.settings.metrics_port, house.engine if "notify" in stages else None)
    shift = house.shift(stages, closing=closing)
    _stop_politely(shift)
    try:
        if until_idle:
            worked = shift.until_idle()
            if as_json:
                echo_json({"records": worked})
            else:
                click.echo(f"{worked} records worked; nothing left to do")
        else:
            shift.until_stopped()
    finally:
        shift.close()


def _stop_politely(shift: Shift) -> None:
    def stop(_signal: int, _frame: FrameType | None) -> None:
        shift.stop.set()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
