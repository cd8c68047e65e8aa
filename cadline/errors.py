"""Which troubles do we tell apart? Findings are data; these three are exceptions.

CadlineError
├── SettingsError   the set-up is wrong: refuse to start, say which key      (cadline.settings)
├── Unavailable     a server is away: do not commit, back off, try again
└── Refused         what a person asked for cannot be done; says why and what to do
"""


class CadlineError(Exception):
    """The root of all exceptions that a person is meant to read."""


class SettingsError(CadlineError):
    """The set-up is wrong: says which setting, what was found and what was expected."""


class Unavailable(CadlineError):  # noqa: N818 - the state's own name reads better than UnavailableError
    """A server that we need does not answer. Nothing was committed; trying again later is safe."""


class Refused(CadlineError):  # noqa: N818 - named as a sentence
    """What was asked for cannot be done. The message says why, and what to do."""
