"""How is an assessment shown? As one JSON object, or as lines for a person.

The JSON form is a contract: keys are added, never renamed. A figure that could not be worked out is null
there, and a finding says why; it is never nought in silence.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.assessment import AssessedLine, Assessment, Step
from schemas.cad import Declaration
from schemas.findings import Finding, Where, describe, rejects
from schemas.identifiers import printed_classification, printed_number
from schemas.money import Cents, dollars
from schemas.rules import Language

JsonObject = dict[str, Any]

FIGURES: Mapping[str, tuple[str, ...]] = {
    "value_for_duty": ("value_for_duty",),
    "customs_duty": ("customs_duty",),
    "sima": ("sima",),
    "surtax": ("surtax",),
    "excise": ("excise_duty", "excise_tax"),
    "value_for_tax": ("value_for_tax",),
    "gst": ("gst",),
    "provincial": ("provincial",),
}
"""The figures that are shown, and those of the assessment that each is made of."""

CHARGED = ("customs_duty", "sima", "surtax", "excise", "gst", "provincial")

WORDS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "value_for_duty": "value for duty",
        "customs_duty": "customs duty",
        "sima": "SIMA",
        "surtax": "surtax",
        "excise": "excise",
        "excise_duty": "excise duty",
        "excise_tax": "excise tax",
        "value_for_tax": "value for tax",
        "gst": "GST",
        "provincial": "HST/PST",
        "total": "duties and taxes",
        "line": "Line",
        "treatment": "treatment",
        "declared": "declared",
        "unknown": "not worked out",
        "totals": "All lines",
    },
    "fr": {
        "value_for_duty": "valeur en douane",
        "customs_duty": "droits de douane",
        "sima": "LMSI",
        "surtax": "surtaxe",
        "excise": "accise",
        "excise_duty": "droits d'accise",
        "excise_tax": "taxe d'accise",
        "value_for_tax": "valeur taxable",
        "gst": "TPS",
        "provincial": "TVH/TVP",
        "total": "droits et taxes",
        "line": "Ligne",
        "treatment": "traitement",
        "declared": "déclaré",
        "unknown": "non calculé",
        "totals": "Toutes les lignes",
    },
}


@dataclass
class Assessed:
    """A declaration and what it owes.

    findings: of the message, beside those of the lines. places: where on the wire a field stands, by path.
    """

    cad: Declaration
    assessment: Assessment
    language: Language = "en"
    findings: tuple[Finding, ...] = ()
    places: Mapping[str, Where] = field(default_factory=dict)

    @property
    def rejected(self) -> bool:
        """Whether any finding is an error."""
        return rejects(self.findings) or rejects(self.assessment.findings)

    def as_json(self) -> JsonObject:
        """Return the declaration's number, its lines, and their totals."""
        lines = self.line_objects()
        return {
            "transaction_number": self.cad.transaction_number,
            "version": self.cad.version,
            "release_date": str(self.cad.release_date or ""),
            "tables": self.assessment.tables,
            "lines": lines,
            "totals": totals(lines),
            "findings": [self._finding(finding) for finding in self.findings],
        }

    def line_objects(self) -> list[JsonObject]:
        """Return one object a line: figures, explanation, findings, declared amounts."""
        return [self._line(position, line) for position, line in enumerate(self.assessment.lines)]

    def text(self, *, explain: bool) -> Iterator[str]:
        """Yield lines for a person; with every step of the working when asked to explain."""
        yield printed_number(self.cad.transaction_number, self.cad.version)
        yield from self.line_texts(explain=explain)
        yield from (text for finding in self.findings for text in finding_texts(finding, self.language))
        yield from total_texts(self.line_objects(), self.language)

    def line_texts(self, *, explain: bool) -> Iterator[str]:
        """Yield the lines of goods: head, figures, then the working and the findings."""
        words = WORDS[self.language]
        for shown, line in zip(self.line_objects(), self.assessment.lines, strict=True):
            number = printed_classification(shown["classification"])
            treatment = f"{words['treatment']} {line.treatment}" if line.treatment else ""
            yield "  ".join(
                part for part in (f"{words['line']} {line.line}", number, treatment, line.rate) if part
            )
            yield from figure_texts(shown, self.language)
            yield from (step_text(step, words) for step in line.explanation if explain)
            yield from (text for finding in line.findings for text in finding_texts(finding, self.language))

    def _line(self, position: int, line: AssessedLine) -> JsonObject:
        declared = self.cad.lines[position].declared
        return {
            "line": line.line,
            "classification": self.cad.lines[position].classification,
            "treatment": line.treatment,
            "rate": line.rate,
            "sima_code": line.sima_code,
            **{f"{name}_cents": _cents(line, parts) for name, parts in FIGURES.items()},
            "total_cents": None if line.undetermined else line.total_cents,
            "declared": declared.model_dump(exclude_none=True),
            "explanation": [step.model_dump(mode="json") for step in line.explanation],
            "findings": [self._finding(finding) for finding in line.findings],
        }

    def _finding(self, finding: Finding) -> JsonObject:
        return finding_json(finding, self._where(finding), self.language)

    def _where(self, finding: Finding) -> Where:
        return self.places.get(finding.where.field or "", finding.where)


@dataclass(frozen=True)
class Unreadable:
    """What held no declaration that can be read, and why."""

    findings: tuple[Finding, ...]
    language: Language = "en"

    @property
    def rejected(self) -> bool:
        """Whether there was nothing to assess: always."""
        return True

    def as_json(self) -> JsonObject:
        """Return an object without lines, with the findings."""
        findings = [finding_json(finding, finding.where, self.language) for finding in self.findings]
        return {"lines": [], "totals": None, "findings": findings}

    def text(self, *, explain: bool) -> Iterator[str]:  # noqa: ARG002 - there is nothing to explain
        """Yield the findings for a person."""
        return (text for finding in self.findings for text in finding_texts(finding, self.language))


def finding_json(finding: Finding, where: Where, language: Language) -> JsonObject:
    """Return a finding as an object, its words in a language."""
    said = describe(finding, language)
    return {
        "code": finding.code,
        "severity": finding.severity,
        "where": where.model_dump(exclude_none=True),
        "found": finding.found,
        "expected": finding.expected,
        "message": said.message,
        "remedy": said.remedy,
    }


def finding_texts(finding: Finding, language: Language) -> Iterator[str]:
    """Yield a finding in two lines: what is wrong, what to do."""
    said = describe(finding, language)
    yield f"  {finding.severity} {finding.code}: {said.message}"
    yield f"    {said.remedy}"


def totals(lines: list[JsonObject]) -> JsonObject:
    """Return the sum of each figure over line objects; null where a line does not know it."""
    keys = [*(f"{name}_cents" for name in FIGURES), "total_cents"]
    return {key: _sum([line[key] for line in lines]) for key in keys}


def total_texts(lines: list[JsonObject], language: Language) -> Iterator[str]:
    """Yield the totals over all lines."""
    yield WORDS[language]["totals"]
    yield from figure_texts(totals(lines), language)


def figure_texts(shown: JsonObject, language: Language) -> Iterator[str]:
    """Yield a row a figure, leaving out charges that are not due, and the amount declared beside it."""
    words, declared = WORDS[language], shown.get("declared", {})
    for name in (*FIGURES, "total"):
        cents = shown[f"{name}_cents"]
        if cents != 0 or name not in CHARGED:
            amount = words["unknown"] if cents is None else dollars(cents)
            other = declared.get(f"{name}_cents")
            beside = f"   {words['declared']} {dollars(other)}" if other is not None else ""
            yield f"    {words[name]:<18}{amount:>16}{beside}"


def step_text(step: Step, words: Mapping[str, str]) -> str:
    """Say a step of the working in a line: figure, sum, rate, since when, source."""
    since = f"since {step.since}" if step.since else ""
    basis = ", ".join(part for part in (step.rule, step.rate, since, step.source, step.table) if part)
    return f"      {words[step.figure]}: {step.formula}  [{basis}]"


def _cents(line: AssessedLine, parts: tuple[str, ...]) -> Cents | None:
    if any(part in line.undetermined for part in parts):
        return None
    amounts: list[Cents] = [getattr(line, f"{part}_cents") for part in parts]
    return sum(amounts)


def _sum(amounts: list[Cents | None]) -> Cents | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None
