"""What would a valid message look like? Many of them, from a scenario and the message guide, by a seed.

Whoever generates with the same seed gets the same bytes. A message differs from its scenario's in transaction
number, control reference, cargo control number, quantities and values: nothing on which the scenario rests.
"""

from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from random import Random
from typing import Any

from cadline.certification.library import Library
from cadline.certification.model import ExpectAnswer, Expectation, Message, Scenario, Send, Suite
from cadline.certification.payloads import damaged, patched
from cadline.errors import Refused
from parsers.edifact import write_interchange
from parsers.xml import write_xml
from schemas.cad import Declaration
from schemas.identifiers import bn9_of
from schemas.papers import Header
from schemas.partner_terms import GUIDES
from schemas.registry import Delegation, Importer, Registry, Syntax

PROFILES: Mapping[str, Syntax] = {name: guide.format for name, guide in GUIDES.items()}
"""The message guides of declarations, and their syntax; docs/guides prints them."""

LEAST_PERCENT = 60
"""How much of its pattern's value a line has at least; never more, since some limits are from above."""

SERIALS = 10**9
"""How many transaction numbers an account security number has."""


@dataclass(frozen=True)
class Identifiers:
    """The tester's own, in place of the suite's; empty for the suite's.

    sender: partner id (0004). importer, broker: BN15. security: the 5 digits that begin transaction numbers.
    """

    sender: str = ""
    recipient: str = ""
    importer: str = ""
    broker: str = ""
    security: str = ""

    def people(self, known: Registry, scenario: Scenario) -> Registry:
        """Return who is who, with the tester beside those in whose place the tester stands."""
        partners = dict(known.partners) | {each.id: each for each in scenario.people.partners}
        importers = dict(known.importers) | {each.account: each for each in scenario.people.importers}
        delegations = [*known.delegations, *scenario.people.delegations]
        sender = partners[scenario.sender]
        account = self.broker or sender.account
        number = self.security or sender.account_security_number
        own = {"id": self.sender or sender.id, "account": account, "account_security_number": number}
        partners[own["id"]] = sender.model_copy(update=own)
        if self.importer:
            importers[self.importer] = Importer(account=self.importer, name=self.importer)
        since = min(each.since for each in delegations)
        for importer in importers if self.broker else [self.importer] if self.importer else []:
            given = Delegation(importer=importer, broker=bn9_of(account), since=since)
            delegations += [] if given in delegations else [given]
        return Registry(partners=partners, importers=importers, delegations=tuple(delegations))


@dataclass(frozen=True)
class Sample:
    """A message that was generated, as an interchange of its own, and what is expected to come back."""

    name: str
    payload: bytes
    expectations: tuple[Expectation, ...]


@dataclass(frozen=True)
class Order:
    """What to generate. scenario: whose first message is the pattern. at: when the messages are prepared."""

    library: Library
    scenario: Scenario
    profile: str
    identifiers: Identifiers
    at: datetime

    def samples(self, count: int, seed: int) -> Iterator[Sample]:
        """Yield samples in their order."""
        chance = Random(seed)  # noqa: S311 - a seed is the point
        serials = chance.randrange(SERIALS)
        for number in range(1, count + 1):
            yield self._sample(number, (serials + number) % SERIALS, chance)

    def _sample(self, number: int, serial: int, chance: Random) -> Sample:
        send, message = pattern(self.scenario)
        content = patched(self.library.declarations[message.cad], message)
        if not send.damage:  # damage is done to places that the scenario's own values mark
            content = self._varied(content, serial, chance)
        header = Header(
            sender=self.identifiers.sender or send.sender or self.scenario.sender,
            recipient=self.identifiers.recipient or send.recipient or "CARM",
            control_reference=f"{number:08d}",
            prepared=self.at,
            test=send.test,
        )
        payload = written(self.profile, header, Declaration.model_validate(content))
        for damage in send.damage:
            payload = damaged(payload, damage)
        return Sample(f"{number:06d}", payload, expectations_of(self.scenario))

    def _varied(self, content: dict[str, Any], serial: int, chance: Random) -> dict[str, Any]:
        varied = deepcopy(content)
        own, kept = self.identifiers, _touched(self.scenario)
        if "transaction_number" not in kept:
            security = own.security or str(content["transaction_number"])[:5]
            varied["transaction_number"] = numbered(security, serial)
        if own.importer and not any(path.startswith("importer") for path in kept):
            varied["importer"] = {**varied["importer"], "identifier": own.importer}
        if own.broker and varied.get("broker") and not any(path.startswith("broker") for path in kept):
            varied["broker"] = {**varied["broker"], "identifier": own.broker}
        if not any(path.startswith(("lines", "invoices", "declared")) for path in kept):
            _vary_values(varied, chance)
        return varied


def pattern(scenario: Scenario) -> tuple[Send, Message]:
    """Return the message from which samples of a scenario are made: its first. Raises Refused without one."""
    for send in scenario.sends:
        if send.messages:
            return send, send.messages[0]
    raise Refused(f"scenario {scenario.id} sends a file as it is; it gives no pattern for others")


def expectations_of(scenario: Scenario) -> tuple[Expectation, ...]:
    """Return what comes back to a scenario's first send, without amounts and days: another's differ."""
    found: list[Expectation] = []
    sent = 0
    for step in scenario.steps:
        sent += step.do == "send"
        if step.do in {"expect-acknowledgement", "expect-answer", "expect-nothing"} and sent == 1:
            news: dict[str, object] = {"to": ""}
            if isinstance(step, ExpectAnswer):
                news["figures"] = {
                    name: flag for name, flag in step.figures.items() if isinstance(flag, bool)
                }
            found.append(step.model_copy(update=news))
    return tuple(found)


def chosen(suites: tuple[Suite, ...], profile: str, name: str, fault: str) -> Scenario:
    """Return the scenario of a name, or the one that shows a fault (a rule); raises Refused for none."""
    syntax = PROFILES[profile]
    of_syntax = [each for suite in suites for each in suite.scenarios if each.syntax == syntax]
    if fault:
        like = [each for each in of_syntax if fault in each.shown and is_pattern(each)]
        if not like:
            raise Refused(
                f"no scenario in {syntax} shows {fault} with one message; "
                "`cadline certify list` names the rules"
            )
        return min(like, key=lambda each: len(each.shown))
    named = [each for each in of_syntax if name in {each.id, each.id.rpartition("-")[0]}]
    if not named:
        raise Refused(f"there is no scenario {name} in {syntax}; `cadline certify list` names them")
    return named[0]


def numbered(security: str, serial: int) -> str:
    """Return a transaction number: the 5 digits of the account security, and 9 of the serial."""
    return f"{security}{serial:09d}"


def is_pattern(scenario: Scenario) -> bool:
    """Return whether one message, written by the guide, is all that a scenario sends."""
    sends = scenario.sends
    return len(sends) == 1 and len(sends[0].messages) == 1


def _touched(scenario: Scenario) -> tuple[str, ...]:
    """Return the paths on which a scenario rests: those that its message changes or leaves out."""
    _, message = pattern(scenario)
    return (*message.patch, *message.without)


def _vary_values(content: dict[str, Any], chance: Random) -> None:
    """Give each line its own value, and each invoice whose total was the sum of its lines the new sum."""
    if any(line.get("declared") for line in content.get("lines", ())) or content.get("declared"):
        return
    before = _sums(content)
    for line in content.get("lines", ()):
        if line.get("value") is not None:
            percent = chance.randint(LEAST_PERCENT, 100)
            line["value"] = f"{Decimal(line['value']) * percent / 100:.2f}"
    after = _sums(content)
    for invoice in content.get("invoices", ()):
        number = invoice.get("number")
        if invoice.get("total") is not None and Decimal(invoice["total"]) == before.get(number):
            invoice["total"] = f"{after[number]:.2f}"


def _sums(content: Mapping[str, Any]) -> dict[str, Decimal]:
    """Return the sum of the values of the lines of each invoice."""
    sums: dict[str, Decimal] = {}
    for line in content.get("lines", ()):
        if line.get("value") is not None:
            sums[line["invoice"]] = sums.get(line["invoice"], Decimal(0)) + Decimal(line["value"])
    return sums


def written(profile: str, header: Header, cad: Declaration) -> bytes:
    """Write a declaration by a message guide."""
    if PROFILES[profile] == "xml":
        return write_xml("declaration", header, [cad])
    return write_interchange(profile, header, [cad])
