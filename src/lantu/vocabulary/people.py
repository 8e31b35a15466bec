"""Who acts: roles and actors · 角色与行为人."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from lantu.vocabulary.text import Text

_SYSTEM = "system:"
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
