"""Help can be read: no mark of its layout is shown in it, and examples keep their lines."""

from collections.abc import Iterator

import click
import pytest

from cadline.cli import cadline


def verbs(command: click.Command, *path: str) -> Iterator[tuple[str, str]]:
    """Every verb with its help, the groups among them."""
    context = click.Context(command, info_name=" ".join(path))
    yield " ".join(path), command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None, (*path, name)
            yield from verbs(found, *path, name)


HELP = dict(verbs(cadline, "cadline"))


@pytest.mark.parametrize("verb", HELP)
def test_help_shows_no_mark_of_its_layout(verb):
    assert "\\b" not in HELP[verb]
    assert "\b" not in HELP[verb]


def test_examples_keep_their_lines():
    shown = [line.strip() for line in HELP["cadline certify replay"].splitlines()]
    assert "cadline certify replay mine" in shown
    assert "cadline certify replay mine --json" in shown
