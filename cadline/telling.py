"""How does a process speak to its operators? structlog: JSON for machines, colour on a terminal."""

import logging
import sys

import structlog

from cadline.settings import Settings


def set_up_log(settings: Settings, *, verbose: bool = False) -> None:
    """Send log lines to standard error, so that standard output holds results only."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer()
        if settings.log == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if verbose else logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    # The client tells every attempt of its own; we say once that a server is away, and that it is back.
    logging.getLogger("kafka").setLevel(logging.CRITICAL)
