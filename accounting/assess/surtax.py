"""What surtax is due? That of each order which names the goods, reaches them, and yields to no other.

A surtax comes on top of customs duty, as a percentage of the value for duty. An order that needs facts which
no declaration carries (where steel was melted, whether a quota is used up) is applied when its code is
declared; the others are applied whether declared or not, and an undeclared one is a warning.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounting.assess.treatment import UNITED_STATES
from accounting.assess.working import Basis, Working
from schemas.money import to_dollars
from schemas.rates import Surtaxes, SurtaxItem, SurtaxOrder
from schemas.rates.surtax import AGREEMENT, ANY_ORIGIN, MARKING_RULE, NO_AGREEMENT

HUNDRED = Decimal(100)
BY_USE = "declared as not subject, by use"


@dataclass(frozen=True, slots=True)
class Candidate:
    """An item of an order that names the goods, with the facts that decide whether the order reaches them."""

    order: SurtaxOrder
    item: SurtaxItem
    working: Working
    day: date
    surtaxes: Surtaxes


def surtax(working: Working) -> None:
    """Record the surtaxes on a line, or why the orders that name its goods do not reach them."""
    day = working.case.day
    if day is None:
        working.leave("surtax")
        return
    surtaxes = working.case.tables.rates.surtaxes
    items = surtaxes.naming(working.case.line.classification, day)
    candidates = [Candidate(surtaxes.orders[item.order], item, working, day, surtaxes) for item in items]
    applied = _applied(working, candidates) if candidates else []
    _compare_code(working, applied, surtaxes, day)


def _applied(working: Working, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Record what applies of the orders that name the goods, and return it."""
    if not working.case.country or "value_for_duty" not in working.cents:
        working.leave("surtax")
        return []
    judged = [(candidate, _against(candidate)) for candidate in candidates]
    reaching = [candidate for candidate, reason in judged if not reason]
    applied = [candidate for candidate in reaching if not _yields(candidate, reaching)]
    for candidate in applied:
        _record(candidate)
    if any(reason == BY_USE for _, reason in judged):
        working.find("ASM-053", field="surtax_subject")
    if not applied:
        why = "; ".join(f"{candidate.order.id}: {reason}" for candidate, reason in judged)
        working.nothing_due("surtax", "surtax.none", why)
    return applied


def _against(candidate: Candidate) -> str:
    """Say why an order that names the goods does not reach them; "" when it does."""
    return next((reason for rule, reason in RULES if rule(candidate)), "")


def _of_other_origin(candidate: Candidate) -> bool:
    rule, country = candidate.item.origin_rule, candidate.working.case.country
    marking = MARKING_RULE.fullmatch(rule)
    if marking:
        return country != marking[1]
    if rule in (AGREEMENT, NO_AGREEMENT):
        return (country in candidate.order.agreement) != (rule == AGREEMENT)
    return False


def _needs_declaring(candidate: Candidate) -> bool:
    """Return whether the order applies only when its code is declared, and it is not.

    An origin rule that is neither a country's marking nor any origin is a fact that no declaration shows.
    """
    rule = candidate.item.origin_rule
    known = rule in (ANY_ORIGIN, AGREEMENT, NO_AGREEMENT) or MARKING_RULE.fullmatch(rule)
    if known and not candidate.order.declared and not candidate.item.needs_code:
        return False
    return not _is_declared(candidate.working, candidate.order)


def _is_declared(working: Working, order: SurtaxOrder) -> bool:
    return order.is_meant_by(working.case.line.surtax_code)


def _was_in_transit(candidate: Candidate) -> bool:
    """Return whether the goods began their journey before the first day of the schedule."""
    invoice = candidate.working.case.invoice
    shipped = invoice.direct_shipment if invoice else None
    if not candidate.order.in_transit_out or shipped is None:
        return False
    return shipped < candidate.surtaxes.first_day(candidate.item)


def _is_of_an_origin_left_out(candidate: Candidate) -> bool:
    since = candidate.order.origins_out.get(candidate.working.case.country)
    return since is not None and since <= candidate.day


def _is_left_out_by_use(candidate: Candidate) -> bool:
    """Return whether the filer states that the goods are not subject, where their use decides."""
    return candidate.order.by_use and candidate.working.case.line.surtax_subject is False


def _is_casual(candidate: Candidate) -> bool:
    return candidate.order.casual_out and candidate.working.case.cad.casual


def _is_small(candidate: Candidate) -> bool:
    most = candidate.order.value_max_cents
    return most is not None and candidate.working.declaration_value_cents <= most


def _is_relieved_by_tariff_code(candidate: Candidate) -> bool:
    code = candidate.working.case.line.tariff_code
    if not code:
        return False
    return not candidate.surtaxes.stays_subject(candidate.item, f"{code}0000", candidate.day)


RULES: tuple[tuple[Callable[[Candidate], bool], str], ...] = (
    (_of_other_origin, "not of its origin"),
    (_is_of_an_origin_left_out, "origin left out"),
    (_needs_declaring, "applies when its code is declared"),
    (_is_left_out_by_use, BY_USE),
    (_is_casual, "casual goods left out"),
    (_is_small, "declaration of small value left out"),
    (_was_in_transit, "in transit on its first day"),
    (_is_relieved_by_tariff_code, "tariff code not among those that stay subject"),
)
"""The questions put to an order that names the goods, and what a yes means."""


def _yields(candidate: Candidate, reaching: Sequence[Candidate]) -> bool:
    """Return whether another order that reaches the goods takes the place of this one."""
    others = [other.order for other in reaching if other.order.id != candidate.order.id]
    return any(
        other.id in candidate.order.yields_to or (other.alone_since and other.alone_since <= candidate.day)
        for other in others
    )


def _record(candidate: Candidate) -> None:
    order, item, working = candidate.order, candidate.item, candidate.working
    value = to_dollars(working.cents["value_for_duty"])
    share = _share_of_value(candidate)
    part = f"{value} * {share}%" if share != HUNDRED else f"{value}"
    working.record(
        "surtax",
        value * share / HUNDRED * item.percent / HUNDRED,
        f"{part} * {item.percent:f}%",
        _inputs(candidate, value),
        Basis(
            f"surtax.{order.id}",
            rate=f"{item.percent:f}%",
            source=order.source,
            table=working.case.tables.rates.version,
            since=item.period.since,
        ),
    )
    if not _is_declared(working, order):
        declared = working.case.line.surtax_code
        working.find("ASM-052", field="surtax_code", found=declared, expected=order.id, order=order.id)


def _inputs(candidate: Candidate, value: Decimal) -> dict[str, str]:
    """Return what went in, what the order says beside, and the remission orders that one should read."""
    item, case = candidate.item, candidate.working.case
    remissions = case.tables.rates.surtax_remissions.naming(case.line.classification, candidate.day)
    inputs = {"value_for_duty": f"{value}", "order": item.order, "part": item.part, "number": item.number}
    if item.note:
        inputs["note"] = item.note
    if remissions:
        inputs["remission_orders"] = ", ".join(f"{order.id} ({order.instrument})" for order in remissions)
    return inputs


def _share_of_value(candidate: Candidate) -> Decimal:
    """Return the percentage of the value for duty that is taxed: less for goods entitled to the US tariff."""
    entitled = candidate.working.claimed == UNITED_STATES
    return Decimal(candidate.order.entitled_to_ust_percent_of_value) if entitled else HUNDRED


def _compare_code(working: Working, applied: Sequence[Candidate], surtaxes: Surtaxes, day: date) -> None:
    """Compare the declared surtax code with what was applied."""
    code = working.case.line.surtax_code
    if not code:
        return
    meant = surtaxes.named(code)
    if not meant:
        known = ", ".join(sorted(surtaxes.orders))
        working.find("ASM-050", field="surtax_code", found=code, expected=known)
    elif not any(_is_declared(working, candidate.order) for candidate in applied):
        spans = _spans(meant, working.case.line.classification, surtaxes)
        working.find("ASM-051", field="surtax_code", found=code, day=f"{day}", spans=spans)


def _spans(orders: Sequence[SurtaxOrder], classification: str, surtaxes: Surtaxes) -> str:
    items = [item for order in orders for item in surtaxes.has_listed(order.id, classification)]
    return ", ".join(f"{item.period.since}/{item.period.until or '..'}" for item in items) or "-"
