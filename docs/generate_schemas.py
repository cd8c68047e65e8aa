"""Which XML schemas do the layouts amount to? Writes `schemas/xsd/*.xsd`, or with --check names the stale."""  # noqa: INP001 - a script

import sys
from typing import get_args

from generator.settle import settle

from parsers.xml import Kind
from parsers.xml.xsd import xsd, xsd_file

if __name__ == "__main__":
    sys.exit(settle({xsd_file(kind): xsd(kind) for kind in get_args(Kind)}, sys.argv[1:]))
