"""`python -m ragft` is `ragft`."""

from ragft.cli.main import main

main()
