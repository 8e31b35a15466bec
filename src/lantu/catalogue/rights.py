"""The table of rights: who may do what, where · 权限表."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from lantu.vocabulary.errors import CatalogueBroken
from lantu.vocabulary.people import ANYWHERE, SYSTEM, Role, Scope
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lantu.vocabulary.people import Actor


@dataclass(frozen=True, slots=True)
class Right:
    """Who may do one thing · 一项权限.

    Parameters
    ----------
    action
        Its name, such as ``submission.create``.
    label
        In words.
    writes
        Whether it changes anything.
    writes_plan
        Whether it puts a unit's plan on its way.
    public
        Whether everybody may, without an account too.
    scopes
        Reach by role; ``system`` stands for the program itself.
    """

    action: str
    label: Text
    writes: bool
    writes_plan: bool
    public: bool
    scopes: Mapping[str, Scope]


@cache
def load_rights() -> Mapping[str, Right]:
    """Read the table of rights · 读取权限表.

    Returns
    -------
    mapping of str to Right
        By action, in the order of the table.

    Raises
    ------
    CatalogueBroken
        If the table names a role, kind or scope that is none.
    """
    document = yaml.safe_load(resources.files("lantu.catalogue").joinpath("rights.yaml").read_text(encoding="utf-8"))
    return {action: read_right(action, entry) for action, entry in document["actions"].items()}


def read_right(action: str, entry: Mapping[str, Any]) -> Right:
    """Read one line of the table · 读取一项权限.

    Parameters
    ----------
    action
        Its name.
    entry
        As the table has it.

    Returns
    -------
    Right
        Checked.

    Raises
    ------
    CatalogueBroken
        If it names a role, kind or scope that is none, or leaves out a wording.
    """
    public = entry.get("scope") == Scope.PUBLIC.value
    granted = entry.get("roles", {})
    known = {role.value for role in Role} | {SYSTEM}
    wrong = (
        bool(entry.keys() - {"en", "zh", "kind", "scope", "roles", "writes_plan"})
        or not (entry.get("en") and entry.get("zh"))
        or entry.get("kind") not in {"read", "write"}
        or public == bool(granted)
        or not granted.keys() <= known
        or not set(granted.values()) <= {Scope.ANY.value, Scope.OWN_UNIT.value}
        or (entry.get("writes_plan") and (public or set(granted.items()) != {(Role.UNIT_PLANNER.value, Scope.OWN_UNIT.value)}))
    )
    if wrong:
        raise CatalogueBroken(
            Text(
                f"rights.yaml: {action} is incomplete or names what is no role or scope.",
                f"rights.yaml：{action} 不完整，或角色、范围有误。",
            ),
            Text(
                "Give en, zh, kind, and either scope: public or roles with any or own_unit; only the owning unit writes a plan.",
                "请给出 en、zh、kind，以及 scope: public 或 roles（any、own_unit）；规划只能由所属板块编写。",
            ),
        )
    scopes = {role: Scope(scope) for role, scope in granted.items()}
    return Right(action, Text(entry["en"], entry["zh"]), entry["kind"] == "write", bool(entry.get("writes_plan")), public, scopes)


def right(action: str) -> Right:
    """Give one line of the table · 取一项权限.

    Parameters
    ----------
    action
        Its name.

    Returns
    -------
    Right
        Who may.

    Raises
    ------
    CatalogueBroken
        If the table does not have it.
    """
    found = load_rights().get(action)
    if found is None:
        raise CatalogueBroken(
            Text(f"The table of rights has no action {action}.", f"权限表没有动作 {action}。"),
            Text("Add it to catalogue/rights.yaml with roles and scope.", "请在 catalogue/rights.yaml 中补充角色与范围。"),
        )
    return found


def may(actor: Actor, action: str, *, unit_code: str | None = ANYWHERE) -> bool:
    """Tell whether somebody may do something · 是否有权.

    Parameters
    ----------
    actor
        Who.
    action
        What, as the table names it.
    unit_code
        Unit that owns the thing, None where it is the municipality's. Left out, the answer is whether the actor may do
        it anywhere at all: enough for a door, never for the thing behind it.

    Returns
    -------
    bool
        True where a role of the actor gives the right.
    """
    rule = right(action)
    return rule.public or actor.reaches(rule.scopes, unit_code)


def may_see_layer(actor: Actor, visibility: str, unit_code: str | None) -> bool:
    """Tell whether somebody may see a layer of the map · 是否可见图层.

    Parameters
    ----------
    actor
        Who.
    visibility
        ``public`` or ``internal``.
    unit_code
        Unit that owns it, None where it is the municipality's.

    Returns
    -------
    bool
        True for what is public, and for what is internal where the right to internal layers holds for its unit.
    """
    return may(actor, "map.read") if visibility == "public" else may(actor, "map.read_internal", unit_code=unit_code)
