"""The command line: puts the commands together; every failure is one message on standard error and an exit status."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any, Final

import click

from allegata import __version__, settings
from allegata.cli.bench import bench_group
from allegata.cli.corpus import build_command, new_command, upgrade_command, validate_command, verify_anchors_command
from allegata.cli.explain import explain_command
from allegata.cli.exports import export_group
from allegata.cli.git import merge_driver_command
from allegata.cli.imports import import_group
from allegata.cli.library import library_group
from allegata.cli.links import link_group
from allegata.cli.nanopubs import verify_nanopubs_command
from allegata.cli.push import push_command
from allegata.cli.query import query_command
from allegata.cli.releases import diff_command, releases_command, verify_command
from allegata.cli.risk import risk_command
from allegata.cli.serve import mcp_command, serve_command
from allegata.cli.terminal import say
from allegata.cli.texts import anchors_group, text_command
from allegata.cli.what_if import what_if_command
from allegata.cli.withdraw import withdraw_command
from allegata.errors import AllegataError, UsageError

#: What a shell gives as the status of a command that a broken pipe ended (128 and the number of SIGPIPE).
_BROKEN_PIPE: Final = 141


class _Commands(click.Group):
    """A group whose commands end with the exit status and message of the project's errors."""

    def invoke(self, ctx: click.Context) -> Any:
        for name, nearest in settings.unknown():
            say(f"allegata: {name} is no setting and changes nothing. The nearest setting is {nearest}.", err=True)
        for name, value in settings.orchestrated():
            say(f"allegata: {name}={value} is what an orchestrator sets, and is passed over.", err=True)
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
            return result
        except AllegataError as error:
            say(f"allegata: {error}", err=True)
            ctx.exit(error.exit_status)
        except BrokenPipeError:
            # Whoever reads has seen enough, as `head` does; what is left is for nobody, and no fault.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            ctx.exit(_BROKEN_PIPE)
        except (MemoryError, RuntimeError, UnicodeEncodeError) as error:
            say(f"allegata: {_foreseen(error)}", err=True)
            ctx.exit(UsageError.exit_status)
        except OSError as error:
            # A folder that is none, a disk that is full, a file that is not ours: the system says which and why.
            say(f"allegata: {error.filename or 'The system'}: {_reason(error)}.", err=True)
            ctx.exit(UsageError.exit_status)


def _foreseen(error: MemoryError | RuntimeError | UnicodeEncodeError) -> str:
    """Return what is told of an error that is none of the project's; raise any other."""
    if isinstance(error, UnicodeEncodeError):
        wrong = error.object[error.start : error.start + 1]
        return f"What was given holds {wrong!r}, half a character (a lone surrogate), which is no text.\nWrite it in UTF-8."
    if isinstance(error, RuntimeError) and "new thread" not in str(error):
        raise error
    return "The system gives too little memory. Raise the limit, or lower ALLEGATA_THREADS."


def _reason(error: OSError) -> str:
    """Return what the system says, also where a library wraps it in words of its own."""
    known = (os.strerror(code) for code in sorted(errno.errorcode))
    return error.strerror or next((words for words in known if words in str(error)), "a file cannot be read or written")


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="allegata")
def main() -> None:
    """Publish attributed claims as linked data: check a corpus, build a release, serve and query it.

    Every setting can also be given in the environment as ALLEGATA_<NAME>; docs/settings.md lists them.
    """


COMMANDS = (
    *(
        new_command,
        upgrade_command,
        import_group,
        library_group,
        link_group,
        validate_command,
        merge_driver_command,
        text_command,
        anchors_group,
        verify_anchors_command,
        risk_command,
    ),
    *(build_command, withdraw_command, releases_command, verify_command, diff_command, export_group, verify_nanopubs_command),
    *(serve_command, push_command, query_command, what_if_command, explain_command, mcp_command, bench_group),
)
for command in COMMANDS:
    main.add_command(command)
