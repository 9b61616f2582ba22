"""The command line: `wth`."""

import click

from commands import serving


@click.group()
def main() -> None:
    """WatchTraderHub's Custom Integration."""


for command in (serving.serve, serving.web, serving.worker, serving.demo_receiver):
    main.add_command(command)

if __name__ == "__main__":
    main()
