"""What happens on Tuesday 17 March 2026? Rejections of many kinds, 300 lines, and a correction upwards."""

from decimal import Decimal
from functools import partial

from cadline.samples import diary as d
from cadline.samples import people
from cadline.samples.diary import Diary
from cadline.samples.drafts import Desk, changed
from cadline.samples.mishaps import (
    UNKNOWN_CLASSIFICATION,
    with_importer,
    with_invoices,
    with_line,
    with_wrong_check_digit,
    with_wrong_unt_count,
)
from cadline.samples.parcels import Planned, good
from schemas.cad import ChangeReason


def tuesday(diary: Diary) -> None:
    """Let Tuesday's files arrive."""
    mixed(diary)
    books(diary)
    wrong_count(diary)
    correction(diary)
    low = diary.courier.consolidate(people.CONSOLIDATED, d.LITTLE_THINGS, released=d.FEBRUARY, lines=30)
    diary.arrive(
        d.TUESDAY,
        people.COURIER,
        "consolidation",
        "A courier's consolidation of 30 low-value shipments, released in February.",
        *good(low),
    )
    own(diary)


def mixed(diary: Diary) -> None:
    """Let bad declarations arrive among good ones."""
    agate = diary.agate
    diary.arrive(
        d.TUESDAY,
        people.AGATE,
        "mixed",
        "Nine declarations that break rules, among five good ones: neighbours do no harm.",
        *good(*agate.several(2, people.ORCHARD, d.FOOD, released=d.MONDAY)),
        *wrong_parties(agate),
        *wrong_goods(agate),
        *good(*agate.several(3, people.NORTHERN, d.HARDWARE, released=d.TUESDAY)),
    )


def wrong_parties(desk: Desk) -> tuple[Planned, ...]:
    """Return declarations for accounts that the broker may not file for."""
    toys = desk.declare(people.LAKESIDE, d.BOOKS_AND_TOYS, released=d.MONDAY, lines=2)
    food = [desk.declare(people.ORCHARD, d.FOOD, released=d.MONDAY, lines=2) for _ in range(3)]
    return (
        Planned(cad=toys, rule="DEL-001", why="the importer has not delegated authority to this broker"),
        Planned(
            cad=with_wrong_check_digit(food[0]), rule="IMP-001", why="a digit of the importer is mistyped"
        ),
        Planned(
            cad=with_importer(food[1], people.EXPORTER.account),
            rule="IMP-005",
            why="an exporter's account cannot import",
        ),
        Planned(
            cad=with_importer(food[2], people.UNREGISTERED),
            rule="IMP-006",
            why="nobody has registered this account",
        ),
    )


def wrong_goods(desk: Desk) -> tuple[Planned, ...]:
    """Return declarations of goods that cannot be assessed as declared."""
    tools = [desk.declare(people.NORTHERN, d.HARDWARE[:2], released=d.MONDAY, lines=2) for _ in range(3)]
    sports = [desk.declare(people.FUNDY, d.SPORTS, released=d.MONDAY, lines=2) for _ in range(2)]
    return (
        Planned(
            cad=with_line(tools[0], 1, origin="CN", treatment="10"),
            rule="TRT-004",
            why="the United States Tariff is not open to goods of China",
        ),
        Planned(
            cad=with_line(tools[1], 1, classification=UNKNOWN_CLASSIFICATION),
            rule="CLS-003",
            why="there is no such classification number",
        ),
        Planned(
            cad=with_line(tools[2], 2, quantity=None), rule="QTY-001", why="the tariff asks for a quantity"
        ),
        Planned(
            cad=with_invoices(sports[0], direct_shipment=None),
            rule="INV-008",
            why="without the day of direct shipment there is no exchange rate",
        ),
        Planned(
            cad=with_line(with_invoices(sports[1], currency=""), 1, surtax_subject=True),
            rule="SUR-001",
            why="two faults at once: a surtax without its code, and invoices without a currency",
        ),
    )


def books(diary: Diary) -> None:
    """Let a long declaration arrive."""
    cedar = diary.cedar
    diary.arrive(
        d.TUESDAY,
        people.CEDAR,
        "300-lines",
        "A declaration of 300 lines, and three more.",
        *good(cedar.declare(people.HARBOUR, d.SHOP, released=d.MONDAY, lines=300)),
        *good(*cedar.several(2, people.HARBOUR, d.BOOKS_AND_TOYS, released=d.TUESDAY)),
        *good(*cedar.several(1, people.PRAIRIE, d.METALS, released=d.TUESDAY)),
    )


def wrong_count(diary: Diary) -> None:
    """Let an interchange arrive of which one message is miscounted."""
    expired = diary.boreal.declare(people.LAKESIDE, d.BOOKS_AND_TOYS, released=d.TUESDAY, lines=2)
    diary.arrive(
        d.TUESDAY,
        people.BOREAL,
        "wrong-count",
        "Four declarations. The second message claims a segment more than it has; it alone is not read.",
        *good(*diary.boreal.several(3, people.COUTURE, d.CLOTHES, released=d.TUESDAY)),
        Planned(cad=expired, rule="DEL-002", why="the delegation ended on 28 February"),
        damage=partial(with_wrong_unt_count, message=2),
        rule="SYN-29",
        unread=(2,),
    )


def correction(diary: Diary) -> None:
    """Let a correction arrive that raises what is owed."""
    reason = ChangeReason(
        code="R3-32.2.VFD",
        pointer="value",
        explanation="Assists of the purchaser were left out of the price paid",
    )
    before = diary.files["Monday first"].messages[4].cad
    diary.arrive(
        d.TUESDAY,
        people.AGATE,
        "correction-up",
        "Version 00002 of one of Monday's declarations: a line was worth a quarter more.",
        *good(changed(before, reason=reason, value_times=Decimal("1.25"))),
    )


def own(diary: Diary) -> None:
    """Let the importer file for itself, and once, by mistake, for somebody else."""
    foreign = diary.maple.declare(people.FUNDY, d.SPORTS, released=d.TUESDAY, lines=1)
    diary.arrive(
        d.TUESDAY,
        people.MAPLE,
        "own",
        "An importer that files itself, and once, by mistake, for somebody else.",
        *good(*diary.maple.several(2, people.TOOL_AND_DIE, d.TOOLS, released=d.TUESDAY)),
        Planned(cad=foreign, rule="DEL-003", why="who is no broker files for its own account only"),
    )
