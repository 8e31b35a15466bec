"""A group of commands that answers at once · 快速响应的命令组."""

from __future__ import annotations

from typing import Any

from typer.core import TyperGroup


class QuickGroup(TyperGroup):
    """A group that looks at its own ``--help`` only where no command is named before it · 命令组.

    The framework loads pydantic to look at the value of an option, of one that was not given as well; the help of a command,
    and a word on a wrong one, would come a tenth of a second later for the sake of the group's own option.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401  # the framework keeps its type to itself
        """Parse what stands before the name of a command · 解析命令名之前的参数.

        Parameters
        ----------
        ctx
            The framework's context.
        args
            All arguments.

        Returns
        -------
        list of str
            What the framework leaves.
        """
        self.add_help_option = not args or args[0].startswith("-")
        try:
            return super().parse_args(ctx, args)
        finally:
            self.add_help_option = True
