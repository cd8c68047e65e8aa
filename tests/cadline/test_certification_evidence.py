"""What was sent is told with every rule of syntax that it breaks, wherever in it that was found."""

import parsers
from cadline.certification.evidence import broken_rules

GROUP_COUNTS_ONE_TOO_MANY = (
    b"UNB+UNOA:3+A+B+260316:1200+1'UNG+CUSDEC+A+B+260316:1200+7+UN+D:13A'"
    b"UNH+1+CUSDEC:D:13A:UN'BGM+929+1+9'UNT+3+1'UNE+2+7'UNZ+1+1'"
)


def test_a_fault_of_a_group_is_among_the_broken_rules():
    assert "SYN-29" in broken_rules(parsers.read(GROUP_COUNTS_ONE_TOO_MANY))
