"""Page and API modules, found by listing their packages · 发现页面与接口."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

PAGES = "lantu.interfaces.web.pages"
API = "lantu.interfaces.web.api"


def modules_of(package: str) -> tuple[ModuleType, ...]:
    """Import the modules of a package that give routes · 导入有路由的模块.

    A module that cannot be imported stops the program: a page that is silently missing is worse.

    Parameters
    ----------
    package
        Dotted name.

    Returns
    -------
    tuple of module
        Those with a ``router``, in the order of their names.
    """
    place = importlib.import_module(package)
    names = sorted(found.name for found in pkgutil.iter_modules(place.__path__))
    modules = [importlib.import_module(f"{package}.{name}") for name in names]
    return tuple(module for module in modules if hasattr(module, "router"))
