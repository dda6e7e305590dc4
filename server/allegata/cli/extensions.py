"""Makes a group of commands of a registry: one command for each importer or exporter that is installed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import click

from allegata.cli.terminal import say
from allegata.corpus.extensions import Option, Registry
from allegata.errors import UsageError


class RegistryGroup(click.Group):
    """A group with a command for each name of a registry; an extension is loaded when its command is asked for."""

    def __init__(self, registry: Registry[Any], command: Callable[[str, Any], click.Command], **attributes: Any):
        super().__init__(**attributes)
        self._registry, self._command = registry, command
        told = click.Option(
            ["--list"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=self._list,
            help="List what is installed, and go.",
        )
        self.params.append(told)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the registry, and of the commands that stand beside it."""
        return sorted({*self._registry.names(), *self.commands})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command of an extension, or nothing where there is none of this name."""
        known = cmd_name in self._registry.names() and cmd_name not in self.commands
        return self._command(cmd_name, self._registry.get(cmd_name)) if known else self.commands.get(cmd_name)

    def _list(self, ctx: click.Context, _param: click.Parameter, given: bool) -> None:
        if given:
            for name in self._registry.names():
                say(f"{name}\t{self._registry.origin(name)}\t{self._summary(name)}")
            ctx.exit()

    def _summary(self, name: str) -> str:
        """Return what an extension is; one that cannot be loaded says why and hides no other."""
        try:
            return str(self._registry.get(name).summary)
        except UsageError as error:
            return error.message


def parameters(options: Iterable[Option]) -> list[click.Parameter]:
    """Return the options of an extension as options of its command."""
    return [click.Option([f"--{item.name}"], help=item.help, required=item.required, multiple=item.many) for item in options]


def values(options: Iterable[Option], given: dict[str, Any]) -> dict[str, tuple[str, ...]]:
    """Return what was given for the options of an extension, by name."""
    found = {item.name: given[item.name.replace("-", "_")] for item in options}
    return {name: value if isinstance(value, tuple) else (value,) for name, value in found.items() if value}
