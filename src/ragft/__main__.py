"""`ragft`, which is `python -m ragft`."""

import signal


def main() -> None:
    """Start the command. While it is read into memory, Ctrl-C ends it in silence and not with a traceback."""
    heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # not so in the background of a shell
    if heard:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from ragft.cli.main import main as command

    if heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    command()


if __name__ == "__main__":
    main()
