"""Does what was seen agree with what was expected? Each expectation gives checks: expected beside found."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cadline.certification.evidence import Seen, Sent
from cadline.certification.model import (
    Check,
    ExpectAcknowledgement,
    ExpectAnswer,
    ExpectAnswers,
    Expectation,
    ExpectBalance,
    ExpectBook,
    ExpectNothing,
    ExpectPaper,
    ExpectSame,
    Fault,
    Words,
)
from cadline.certification.replies import Reply, Said
from schemas.rules import all_rules


def judge(expectation: Expectation, seen: Seen) -> tuple[Check, ...]:
    """Return the checks of an expectation against what was seen."""
    return tuple(JUDGES[type(expectation)](expectation, seen))


def _acknowledgement(expected: ExpectAcknowledgement, seen: Seen) -> Iterator[Check]:
    found, subject = seen.acknowledgement(expected.to), seen.subject(expected.to)
    if found is None:
        yield _check(
            Words(en="Acknowledgement", fr="Accusé de réception"), _verdict(expected.accepted), "none"
        )
        return
    yield _check(
        Words(en="Verdict of the acknowledgement", fr="Verdict de l'accusé de réception"),
        _verdict(expected.accepted),
        _verdict(found.accepted),
        _of_rules(subject.rules if subject else ()),
    )
    yield _check(
        Words(en="Messages that it rejects", fr="Messages qu'il rejette"),
        _list(sorted(expected.rejected)),
        _list(sorted(found.rejected)),
    )
    if expected.groups or found.groups:
        what = Words(en="Groups that it rejects", fr="Groupes qu'il rejette")
        yield _check(what, _list(sorted(expected.groups)), _list(sorted(found.groups)))
    if expected.codes is not None:
        what = Words(en="Syntax error codes (0085)", fr="Codes d'erreur de syntaxe (0085)")
        yield _check(what, _list(sorted(expected.codes)), _list(found.codes))
    yield from _rules(expected.findings, seen.subject(expected.to))


def _rules(expected: Sequence[str] | None, subject: Sent | None) -> Iterator[Check]:
    """Yield a check of the rules of syntax that a send breaks, where they are expected."""
    if expected is not None:
        rules = subject.rules if subject else ()
        what = Words(en="Rules of syntax that it breaks", fr="Règles de syntaxe enfreintes")
        yield _check(what, _list(sorted(expected)), _list(rules), _of_rules(rules))


def _answer(expected: ExpectAnswer, seen: Seen) -> Iterator[Check]:
    what = Words(
        en=f"Answer to message {expected.message}: verdict",
        fr=f"Réponse au message {expected.message} : verdict",
    )
    subject = seen.subject(expected.to)
    replies = [
        each
        for each in seen.replies(expected.to)
        if subject and each.interchange == subject.reference and each.message == str(expected.message)
    ]
    if not replies:
        remedy = Words(
            en="No answer came. Read the acknowledgement: a message that it rejects is not answered.",
            fr="Aucune réponse n'est venue. Lisez l'accusé : un message rejeté n'obtient pas de réponse.",
        )
        yield _check(what, expected.verdict, "no answer", remedy)
        return
    found = replies[-1]
    yield _check(what, expected.verdict, found.verdict, _remedy(found.findings))
    yield from _findings(expected, found)
    yield from _figures(expected.figures, found.figures)


def _findings(expected: ExpectAnswer, found: Reply) -> Iterator[Check]:
    """Yield a check for each expected finding, and one for those that nobody expected."""
    for fault in expected.findings:
        like = [said for said in found.findings if _is_like(fault, said)]
        what = Words(en=f"Finding {fault.rule}", fr=f"Constat {fault.rule}")
        yield _check(what, _fault(fault), _fault(fault) if like else _list(map(_said, found.findings)))
    if expected.only:
        others = [
            said for said in found.findings if not any(_is_like(fault, said) for fault in expected.findings)
        ]
        what = Words(en="Other findings", fr="Autres constats")
        yield _check(what, "none", _list(map(_said, others)), _remedy(others))


def _figures(expected: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[Check]:
    for path, figure in expected.items():
        what = Words(en=f"Figure {path}", fr=f"Chiffre {path}")
        yield _check(what, str(figure), str(figure_at(found, path)))


def _answers(expected: ExpectAnswers, seen: Seen) -> Iterator[Check]:
    replies = seen.replies(expected.to)
    for verdict, count in (("accepted", expected.accepted), ("rejected", expected.rejected)):
        what = Words(en=f"Answers: {verdict}", fr=f"Réponses : {FRENCH[verdict]}")
        yield _check(what, str(count), str(sum(each.verdict == verdict for each in replies)))


def _same(expected: ExpectSame, seen: Seen) -> Iterator[Check]:
    what = Words(en="The same comes back, byte for byte", fr="La même chose revient, octet pour octet")
    first, again = (
        [got.exchange.digest for got in seen.back(name)] for name in (expected.earlier, expected.to)
    )
    yield _check(what, _digests(first), _digests(again))


def _nothing(expected: ExpectNothing, seen: Seen) -> Iterator[Check]:
    what = Words(en="Nothing comes back", fr="Rien ne revient")
    yield _check(what, "none", _list(got.kind for got in seen.back(expected.to)))
    yield from _rules(expected.findings, seen.subject(expected.to))


def _balance(expected: ExpectBalance, seen: Seen) -> Iterator[Check]:
    what = Words(en=f"Balance of {expected.account}", fr=f"Solde de {expected.account}")
    yield _check(what, _cents(expected.cents), _cents(seen.balances.get(expected.account, 0)))


def _paper(expected: ExpectPaper, seen: Seen) -> Iterator[Check]:
    name = f"{expected.kind} {expected.subject} {expected.day}"
    what = Words(en=f"Paper {name}", fr=f"Document {name}")
    found = seen.papers.get((expected.kind, expected.subject, expected.day))
    yield _check(what, "none" if expected.absent else "written", "none" if found is None else "written")
    if found is None:
        return
    if expected.sent_to:
        what = Words(en="Sent to", fr="Envoyé à")
        yield _check(what, expected.sent_to, _list(found.sent_to))
    yield from _figures(expected.figures, found.content)


def _book(expected: ExpectBook, seen: Seen) -> Iterator[Check]:
    if seen.book is None:
        return
    what = Words(en="The book proves itself", fr="Le livre se prouve lui-même")
    yield _check(what, "none", _list(seen.book.problems))
    if expected.entries is not None:
        what = Words(en="Journal entries", fr="Écritures de journal")
        yield _check(what, str(expected.entries), str(seen.book.entries))


JUDGES: Mapping[type, Callable[[Any, Seen], Iterator[Check]]] = {
    ExpectAcknowledgement: _acknowledgement,
    ExpectAnswer: _answer,
    ExpectAnswers: _answers,
    ExpectSame: _same,
    ExpectNothing: _nothing,
    ExpectBalance: _balance,
    ExpectPaper: _paper,
    ExpectBook: _book,
}

FRENCH = {"accepted": "acceptées", "rejected": "rejetées"}


def figure_at(content: Mapping[str, Any], path: str) -> Any:
    """Return the figure at a path such as `parts.0.cents`; None where there is none.

    A path that stands as a whole is taken first; `#` at the end counts what is there.
    """
    if path in content:
        return content[path]
    place: Any = content
    for step in path.removesuffix(".#").split("."):
        place = _inner(place, step)
    return len(place) if path.endswith(".#") and isinstance(place, Sequence) else place


def _inner(place: Any, step: str) -> Any:
    if isinstance(place, Mapping):
        return place.get(step)
    if isinstance(place, Sequence) and step.isdigit() and int(step) < len(place):
        return place[int(step)]
    return None


def _is_like(fault: Fault, said: Said) -> bool:
    return (
        fault.rule == said.code
        and fault.field in {"", said.field}
        and fault.severity in {None, said.severity}
    )


def _remedy(findings: Sequence[Said]) -> Words | None:
    """Say how to mend what an answer names, each rule once."""
    return _of_rules([said.code for said in findings])


def _of_rules(codes: Sequence[str]) -> Words | None:
    known = [code for code in dict.fromkeys(codes) if code in all_rules()]
    if not known:
        return None
    en, fr = (
        " ".join(f"{code}: see docs/RULES.md#{code.lower()}." for code in known),
        " ".join(f"{code} : voir docs/RULES.md#{code.lower()}." for code in known),
    )
    return Words(en=en, fr=fr)


def _check(what: Words, expected: str, found: str, remedy: Words | None = None) -> Check:
    passed = expected == found
    return Check(
        what=what,
        expected=expected,
        found=found,
        passed=passed,
        remedy=None if passed else remedy or DIFFERS,
    )


DIFFERS = Words(
    en="Compare what was sent with the message guide, and what came back with what is expected.",
    fr="Comparez ce qui a été envoyé au guide des messages, et ce qui est revenu à ce qui est attendu.",
)


def _verdict(accepted: bool) -> str:  # noqa: FBT001 - the one argument is the question
    return "accepted" if accepted else "rejected"


def _fault(fault: Fault) -> str:
    return _said(Said(code=fault.rule, severity=fault.severity or "", field=fault.field))


def _said(said: Said) -> str:
    place = f" at {said.field}" if said.field else ""
    return f"{said.severity} {said.code}{place}".strip()


def _list(items: Any) -> str:
    return ", ".join(items) or "none"


def _digests(digests: Sequence[str]) -> str:
    return _list(digest[:12] for digest in digests)


def _cents(cents: int) -> str:
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"
