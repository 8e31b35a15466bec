"""Who acts: roles and actors · 角色与行为人."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

SYSTEM: Final = "system"
"""What stands for the program itself where roles are named · 代表系统自身."""
ANYWHERE: Final = "*"
"""Whatever the unit: enough for a door, never for the thing behind it · 不限板块."""
_SYSTEM = f"{SYSTEM}:"
_ANONYMOUS = "anonymous"


class Role(StrEnum):
    """What a person may be in the house · 角色.

    Nobody signs in as `RESIDENT` to read what is public: who has no account is a resident.
    """

    UNIT_PLANNER = "unit_planner"
    MUNICIPAL_REVIEWER = "municipal_reviewer"
    COMMISSION_SECRETARY = "commission_secretary"
    IMPLEMENTATION_OFFICER = "implementation_officer"
    EVALUATOR = "evaluator"
    ENFORCEMENT_OFFICER = "enforcement_officer"
    ADMINISTRATOR = "administrator"
    DATA_ENGINEER = "data_engineer"
    RESIDENT = "resident"

    @property
    def label(self) -> Text:
        """The role as people call it · 角色名称.

        Returns
        -------
        Text
            In both languages.
        """
        return _LABELS[self]


_LABELS = {
    Role.UNIT_PLANNER: Text("Planner of a local unit", "板块规划人员"),
    Role.MUNICIPAL_REVIEWER: Text("Municipal reviewer", "市局审查人员"),
    Role.COMMISSION_SECRETARY: Text("Commission secretary", "规委办"),
    Role.IMPLEMENTATION_OFFICER: Text("Implementation officer", "实施人员"),
    Role.EVALUATOR: Text("Evaluator", "体检评估人员"),
    Role.ENFORCEMENT_OFFICER: Text("Enforcement officer", "执法人员"),
    Role.ADMINISTRATOR: Text("Administrator", "系统管理员"),
    Role.DATA_ENGINEER: Text("Data engineer", "数据工程师"),
    Role.RESIDENT: Text("Resident", "市民"),
}


class Scope(StrEnum):
    """How far a right reaches · 权限范围."""

    PUBLIC = "public"
    ANY = "any"
    OWN_UNIT = "own_unit"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, as it goes into the trail · 行为人.

    Parameters
    ----------
    person_id
        Id of the person's record; ``anonymous`` or ``system:…`` where there is none.
    name
        As it stands in the trail.
    roles
        What the person is.
    unit_code
        Unit the person works for, None for those of the municipality.
    """

    person_id: str
    name: str
    roles: frozenset[Role] = field(default_factory=frozenset)
    unit_code: str | None = None

    @classmethod
    def system(cls, part: str) -> Actor:
        """Give the actor for what the program does by itself · 系统自身.

        Parameters
        ----------
        part
            Which part of it, such as ``publishing``.

        Returns
        -------
        Actor
            Without roles; the table of rights names what it may.
        """
        return cls(f"{_SYSTEM}{part}", part)

    @classmethod
    def anonymous(cls) -> Actor:
        """Give the actor for a visitor without an account · 匿名访客.

        Returns
        -------
        Actor
            A resident.
        """
        return cls(_ANONYMOUS, _ANONYMOUS, frozenset({Role.RESIDENT}))

    @property
    def is_system(self) -> bool:
        """Whether the program acts by itself · 是否系统自身.

        Returns
        -------
        bool
            True for what `system` gives.
        """
        return self.person_id.startswith(_SYSTEM)

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody signed in · 是否匿名.

        Returns
        -------
        bool
            True for what `anonymous` gives.
        """
        return self.person_id == _ANONYMOUS

    def reaches(self, scopes: Mapping[str, Scope], unit_code: str | None) -> bool:
        """Tell whether a right that some roles have reaches a thing · 权限是否及于该对象.

        Parameters
        ----------
        scopes
            Reach by role; ``system`` stands for the program itself.
        unit_code
            Unit that owns the thing, None where it is the municipality's, `ANYWHERE` where none is asked about.

        Returns
        -------
        bool
            True where one role of the actor has it.
        """
        held = {SYSTEM} if self.is_system else {role.value for role in self.roles}
        reach = {scopes[role] for role in held & scopes.keys()}
        own = self.unit_code is not None and unit_code in {self.unit_code, ANYWHERE}
        return Scope.ANY in reach or (Scope.OWN_UNIT in reach and own)
