"""How are results handed on? As JUnit XML, as CSV, and as a page that one reads, narrow, wide or printed."""

import csv
import io
import re
from functools import cache
from typing import Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from lxml import etree
from markupsafe import Markup, escape

from cadline.certification.model import STATUSES, Check, Exchange, Result, Run
from schemas.rules import Language

CSV_COLUMNS = (
    "suite",
    "group",
    "scenario",
    "status",
    "title_en",
    "title_fr",
    "requirements",
    "rules",
    "checks",
    "checks_failed",
    "milliseconds",
    "why",
)

TEXT_SHOWN_MAX, EXCHANGES_SHOWN_MAX = 6_000, 12
"""How much of an interchange, and how many of them, the page shows; run.json has all of it."""

SEGMENT_END = re.compile(r"(?<!\?)'(?!\n)")


def junit(run: Run) -> bytes:
    """Write a run as JUnit XML: a test suite for each group, a test case for each scenario."""
    root = etree.Element("testsuites", name=run.suite, tests=str(len(run.results)))
    groups: dict[str, etree._Element] = {}
    for result in run.results:
        if result.group not in groups:
            groups[result.group] = etree.SubElement(root, "testsuite", name=f"{run.suite}.{result.group}")
        _test_case(groups[result.group], result)
    for name, suite in groups.items():
        own = [result for result in run.results if result.group == name]
        suite.set("tests", str(len(own)))
        suite.set("failures", str(sum(result.status == "failed" for result in own)))
        suite.set("skipped", str(sum(result.status in {"blocked", "waiting"} for result in own)))
        suite.set("time", _seconds(sum(result.milliseconds for result in own)))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _test_case(suite: etree._Element, result: Result) -> None:
    case = etree.SubElement(
        suite,
        "testcase",
        classname=f"{result.suite}.{result.group}",
        name=f"{result.scenario} {result.title.en}",
        time=_seconds(result.milliseconds),
    )
    if result.status == "failed":
        failed = failures(result)
        failure = etree.SubElement(case, "failure", message=_printable(failed[0] if failed else ""))
        failure.text = _printable("\n".join(failed))
    elif result.status != "passed":
        etree.SubElement(case, "skipped", message=result.why.en if result.why else result.status)


def failures(result: Result, language: Language = "en") -> list[str]:
    """Say in a line each why a scenario failed."""
    words = {"en": ("expected", "found"), "fr": ("attendu", "trouvé")}[language]
    said = [getattr(result.why, language)] if result.why else []
    said += [
        f"{getattr(check.what, language)}: {words[0]} {check.expected}, {words[1]} {check.found}"
        for check in result.checks
        if not check.passed
    ]
    return said


def table(run: Run) -> bytes:
    """Write a run as CSV, a row for each scenario."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CSV_COLUMNS)
    for result in run.results:
        writer.writerow(
            [
                result.suite,
                result.group,
                result.scenario,
                result.status,
                result.title.en,
                result.title.fr,
                " ".join(result.requirements),
                " ".join(result.rules),
                len(result.checks),
                sum(not check.passed for check in result.checks),
                result.milliseconds,
                result.why.en if result.why else "",
            ]
        )
    return text.getvalue().encode()


def page(run: Run, language: Language) -> str:
    """Return a run as one self-contained page: no script, nothing from elsewhere."""
    return _template().render(
        run=run,
        language=language,
        say=lambda words: getattr(words, language) if words else "",
        words=WORDS[language],
        statuses=STATUSES,
        groups=list(dict.fromkeys(result.group for result in run.results)),
    )


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("cadline.certification"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"wire": wire, "apart": apart, "shown": shown}
    return environment.get_template("report.html")


def shown(exchanges: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
    """Return the exchanges that the page shows."""
    return exchanges[:EXCHANGES_SHOWN_MAX]


def wire(exchange: Exchange) -> str:
    """Return an interchange for reading: a segment a line, what is very long is cut."""
    text = SEGMENT_END.sub("'\n", exchange.text) if exchange.syntax == "edifact" else exchange.text
    if len(text) <= TEXT_SHOWN_MAX:
        return text
    return f"{text[:TEXT_SHOWN_MAX]}\n… ({len(text) - TEXT_SHOWN_MAX})"


def apart(check: Check, side: Literal["expected", "found"]) -> Markup:
    """Return one side of a check, with the part marked in which the sides differ."""
    own, other = check.expected, check.found
    if side == "found":
        own, other = other, own
    if check.passed:
        return escape(own)
    before = _common(own, other)
    behind = _common(own[before:][::-1], other[before:][::-1])
    end = len(own) - behind
    return escape(own[:before]) + Markup("<mark>{}</mark>").format(own[before:end] or "·") + escape(own[end:])


def _common(one: str, other: str) -> int:
    """Return how many characters two texts begin with together."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _seconds(milliseconds: int) -> str:
    return f"{milliseconds // 1000}.{milliseconds % 1000:03d}"


def _printable(text: str) -> str:
    """Return text without the characters that XML may not hold."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd]", "\N{REPLACEMENT CHARACTER}", text)


WORDS: dict[Language, dict[str, str]] = {
    "en": {
        "title": "Certification report",
        "passed": "passed",
        "failed": "failed",
        "blocked": "blocked",
        "waiting": "waiting",
        "is_passed": "passed",
        "is_failed": "failed",
        "is_blocked": "blocked",
        "is_waiting": "waiting",
        "all": "scenarios",
        "suite": "Suite",
        "version": "Version",
        "digest": "Digest of the suite",
        "release": "cadline",
        "tables": "Tables",
        "started": "Started",
        "to_mend": "To mend",
        "by_group": "All scenarios",
        "what": "What",
        "expected": "Expected",
        "found": "Found",
        "remedy": "What to do",
        "requirements": "Requirements",
        "rules": "Rules",
        "sent": "sent by",
        "got": "sent to",
        "more": "further interchanges stand in run.json",
        "again": "Run only what failed again:",
        "nothing": "Nothing is to be mended: every scenario passed.",
        "evidence": "What travelled",
    },
    "fr": {
        "title": "Rapport de certification",
        "passed": "réussis",
        "failed": "échoués",
        "blocked": "bloqués",
        "waiting": "en attente",
        "is_passed": "réussi",
        "is_failed": "échoué",
        "is_blocked": "bloqué",
        "is_waiting": "en attente",
        "all": "scénarios",
        "suite": "Série",
        "version": "Version",
        "digest": "Empreinte de la série",
        "release": "cadline",
        "tables": "Tables",
        "started": "Début",
        "to_mend": "À corriger",
        "by_group": "Tous les scénarios",
        "what": "Quoi",
        "expected": "Attendu",
        "found": "Trouvé",
        "remedy": "Que faire",
        "requirements": "Exigences",
        "rules": "Règles",
        "sent": "envoyé par",
        "got": "envoyé à",
        "more": "autres échanges se trouvent dans run.json",
        "again": "Ne relancer que ce qui a échoué :",
        "nothing": "Rien à corriger : tous les scénarios ont réussi.",
        "evidence": "Ce qui a circulé",
    },
}
