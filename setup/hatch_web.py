"""Builds the scripts and styles of the pages when the package is built or installed · 打包时构建前端."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class WebBuild(BuildHookInterface[Any]):
    """Builds them first, so that every wheel carries them · 构建钩子."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build · 构建."""
        del version, build_data
        sys.path.insert(0, str(Path(self.root) / "setup"))
        from build_web import build  # noqa: PLC0415  # the folder is on the path only now

        build()
