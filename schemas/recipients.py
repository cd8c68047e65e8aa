"""In which forms, and by which way, does a partner get its papers? Its profile, dated.

A partner without a profile gets its papers as it is registered: in its syntax and language, over the topic.
"""

from datetime import date
from typing import Literal, get_args

from pydantic import Field

from schemas.base import Value
from schemas.registry import Partner
from schemas.rules import Language

Form = Literal["edifact", "xml", "json", "csv", "html", "pdf"]
"""How a paper is written: as an interchange (EDIFACT, XML), or for programs, spreadsheets and people."""

Channel = Literal["topic", "folder", "pull"]
"""By which way papers leave: pushed to `edi.outbound`, pushed into a folder, or fetched by the recipient."""

Layout = Literal["CADL01"]
"""The version of our layouts (association code of UNH 0057). Another one is laid beside it, not over it."""

FORMS: tuple[Form, ...] = get_args(Form)
CHANNELS: tuple[Channel, ...] = get_args(Channel)
LAYOUTS: tuple[Layout, ...] = get_args(Layout)

PART_ROWS_MAX = 50_000
"""Rows of one STATAC message: they stay below its 200,000 (SG3) and its count of segments below n..6."""


class Profile(Value):
    """What a recipient agreed to, from the Eastern day `since` on, until a later profile takes its place.

    recipient: partner id. forms: each paper comes in every one, the first under the paper's own key. layout,
    part_rows: of EDIFACT, how many rows a message holds before a paper is split. folder: where papers go, for
    the channel of that name. nothing_today: whether a day without postings is told, for each account whose
    papers it gets. client_notices: whether a broker gets its view of the daily notices of its clients.
    """

    recipient: str
    since: date
    forms: tuple[Form, ...] = Field(min_length=1)
    layout: Layout = "CADL01"
    language: Language = "en"
    part_rows: int = Field(default=PART_ROWS_MAX, ge=1, le=PART_ROWS_MAX)
    channel: Channel = "topic"
    folder: str = ""
    nothing_today: bool = False
    client_notices: bool = False


def profile_of(partner: Partner) -> Profile:
    """Return the profile of a partner with which nothing was agreed."""
    return Profile(recipient=partner.id, since=date.min, forms=(partner.syntax,), language=partner.language)
