"""The `ragft` command: a table of verbs. Each verb is a file of its own and imports what it needs when it is called."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
from collections import ChainMap
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from typer.core import TyperGroup

from ragft.cli.exit_codes import exit_code
from ragft.cli.verbs import Verbs
from ragft.errors import RagftError, UsageError, WorkspaceError
from ragft.machine import end_in_order, fill_standard_streams, more_files, output_fails, reader_is_gone, silence

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_READER_GONE = 141
"""As a shell reports a process that SIGPIPE ended."""


class _Root(TyperGroup):
    """Turns errors into one line and an exit code; a traceback is shown with --debug only."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        # What the verbs need is imported when one is asked for; a program that adds a command of its own keeps it.
        self.commands = ChainMap(self.commands, cast("MutableMapping[str, Any]", Verbs()))

    def invoke(self, ctx: Any) -> Any:
        from ragft.cli.log_output import messages_on_stderr

        try:
            with messages_on_stderr():
                return super().invoke(ctx)
        except RagftError as error:
            if os.environ.get("RAGFT_DEBUG"):
                raise
            _report(error)
            raise typer.Exit(exit_code(type(error))) from error
        except OSError as error:
            code = _unwritten(error)
            if code is None:
                if os.environ.get("RAGFT_DEBUG"):
                    raise
                failure = _of_the_system(error)
                _report(failure)
                code = exit_code(type(failure))
            raise typer.Exit(code) from None
        except Exception as error:
            problem = _usage_error(error) or _missing_extra(error)
            if problem is None:
                raise
            _report(problem)
            raise typer.Exit(exit_code(type(problem))) from error
        except KeyboardInterrupt:
            print("stopped; run the same command again to go on", file=sys.stderr)
            raise typer.Exit(130) from None


app = typer.Typer(
    cls=_Root,
    name="ragft",
    help="Ask your papers; fine-tune a local model on them; and know whether the tuning helped.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(value: bool) -> None:
    if value:
        from ragft import __version__

        print(f"ragft {__version__}")
        raise typer.Exit


@app.callback()
def root(
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show a traceback when something fails.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Read the options that stand before the verb."""
    if debug:
        os.environ["RAGFT_DEBUG"] = "1"


def _usage_error(error: Exception) -> UsageError | None:
    """What the parser has to say of wrong flags, as an error of our own; None for anything else.

    Typer carries a copy of click that it does not export, so its errors are known by what they can do.
    """
    message = getattr(error, "format_message", None)
    if message is None or type(error).__name__ == "NoArgsIsHelpError":
        return None
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "ragft"
    return UsageError(message().rstrip("."), fix=f"{command} --help")


def _missing_extra(error: Exception) -> UsageError | None:
    """The extra that brings the module that could not be imported; None for any other error."""
    if not isinstance(error, ModuleNotFoundError) or os.environ.get("RAGFT_DEBUG"):
        return None
    from ragft.extras import extra_of, missing

    extra = extra_of(error.name or "")
    return None if extra is None else missing(extra)


def _report(error: RagftError) -> None:
    from ragft.cli.remedies import in_flags
    from ragft.console import escaped_json, safe

    fix = in_flags(error.fix or "") or None
    if "--json" in sys.argv:
        problem = {"type": type(error).__name__, "code": error.code, "message": error.message, "fix": fix}
        print(escaped_json(json.dumps({"error": problem}, ensure_ascii=False, indent=2)))
    print(safe(f"error: {RagftError(error.message, fix=fix)}").replace("\n", " "), file=sys.stderr)


def _of_the_system(error: OSError) -> WorkspaceError:
    """What the operating system refused and nothing below turned into an error of ours, as a folder named as a file."""
    path = error.filename.decode("utf-8", "replace") if isinstance(error.filename, bytes) else error.filename
    if error.errno in (errno.EMFILE, errno.ENFILE):
        return WorkspaceError("this process may open no more files", fix=more_files())
    return WorkspaceError(
        f"cannot use {path}: {error.strerror}" if path else str(error),
        fix="check its rights and what it is; --debug shows where it is used",
    )


def _unwritten(error: OSError) -> int | None:
    """The exit code where the error is that standard output takes no more, which is then silenced; else None."""
    if not reader_is_gone(error) and not output_fails(error):
        return None
    silence(sys.stdout.fileno())  # or Python would try once more at exit, and complain
    if reader_is_gone(error):
        return _READER_GONE
    failure = WorkspaceError(f"cannot write the output: {error.strerror}", fix="free some space, or write it elsewhere")
    with contextlib.suppress(OSError):  # stderr may be no better
        _report(failure)
    return exit_code(type(failure))


def main() -> None:
    """Entry point of the console script."""
    from ragft.console import prepare_output

    fill_standard_streams()
    prepare_output()
    end_in_order()
    try:
        try:
            app()
        finally:
            sys.stdout.flush()
    except OSError as error:
        code = _unwritten(error)
        if code is None:
            raise
        sys.exit(code)


if __name__ == "__main__":
    main()
