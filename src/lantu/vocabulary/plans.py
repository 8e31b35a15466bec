"""Cities, units, plans, what they must hold and what they declare · 城市、板块、规划、传导要求与申报内容."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from lantu.vocabulary.findings import Problem, Repair
    from lantu.vocabulary.land_use import Classification

WHOLE_CITY = "city"


class RequirementKind(StrEnum):
    """How a child is held against a requirement · 传导要求的比较方式."""

    AT_LEAST = ">="
    AT_MOST = "<="
    EQUAL = "="
    WITHIN = "within"
    LIST = "list"
    GEOMETRY = "geometry"
    CONTAINS = "contains"


@dataclass(frozen=True, slots=True)
class Requirement:
    """What a parent plan asks of a child, with the clause quoted · 传导要求.

    Parameters
    ----------
    parent_plan
        Id of the parent plan.
    clause
        Number of the clause.
    kind
        How the child is compared.
    subject
        What is asked for: a quantity such as ``cultivated_land_area``, or a list or layer name.
    value
        Number asked for; for lists and geometries None.
    unit
        Unit of `value`.
    target_unit
        Code of the unit it is laid on, or ``city`` for the sum.
    binding
        True for 约束性, False for 预期性.
    quotation
        The clause in its own words.
    tolerance
        Share of `value` that a ``within`` requirement allows to either side.
    items
        Named items that a ``list`` requirement asks for.
    """

    parent_plan: str
    clause: str
    kind: RequirementKind
    subject: str
    value: float | None = None
    unit: str = ""
    target_unit: str = WHOLE_CITY
    binding: bool = True
    quotation: str = ""
    tolerance: float = 0.0
    items: tuple[NamedItem, ...] = ()

    @classmethod
    def from_mapping(cls, record: Mapping[str, Any]) -> Requirement:
        """Build from a plain mapping, as files and cases hold it · 由字典构造.

        Parameters
        ----------
        record
            Keys as the attributes; `items` a list of mappings.

        Returns
        -------
        Requirement
            The requirement.
        """
        values = dict(record)
        values["kind"] = RequirementKind(values["kind"])
        values["target_unit"] = str(values.get("target_unit", WHOLE_CITY))
        values["clause"] = str(values["clause"])
        values["items"] = tuple(NamedItem(**item) for item in values.get("items", ()))
        return cls(**values)


@dataclass(frozen=True, slots=True)
class NamedItem:
    """One named thing that a plan lists: a reserve, a road, a facility · 名录条目.

    Parameters
    ----------
    list_name
        The list it stands in, such as ``nature_reserve`` or ``transport_corridor``.
    name
        Its name.
    grade
        Its class or grade, empty where none.
    width_m
        Required or given width, None where none.
    longitude
        Degrees east, None where the list gives no place.
    latitude
        Degrees north, None where the list gives no place.
    """

    list_name: str
    name: str
    grade: str = ""
    width_m: float | None = None
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class DeclaredFigure:
    """A number that a plan states in its text, a table or its database · 申报数值.

    Parameters
    ----------
    subject
        The quantity, as in requirements.
    value
        The number as stated.
    unit
        Its unit.
    place
        ``text``, ``table`` or ``database``.
    locator
        Where in that place, such as a chapter or a cell.
    year
        Year it stands for, None where the plan does not say.
    """

    subject: str
    value: float
    unit: str
    place: str
    locator: str = ""
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Unit:
    """A local unit 板块, which need not be an administrative district · 板块.

    Parameters
    ----------
    code
        Its own code.
    name
        Its name.
    district_codes
        Codes of the administrative districts that its land may carry.
    official_area_km2
        Area as published, None where it is not.
    statutory_approver
        Who approves its master plan.
    """

    code: str
    name: Text
    district_codes: tuple[str, ...] = ()
    official_area_km2: float | None = None
    statutory_approver: Text = field(default=Text("", ""))


@dataclass(frozen=True, slots=True)
class Plan:
    """One version of a plan · 规划版本.

    Parameters
    ----------
    id
        Id of the plan.
    name
        Its title.
    level
        ``municipal``, ``county`` or ``township``.
    kind
        ``master``, ``detailed`` or ``special``.
    owner_unit
        Code of the unit that owns it; nobody else may change it.
    statutory_approver
        Who approves it by law.
    version
        Version of this plan.
    parent_plan
        Id of the plan above.
    parent_version
        Version of the plan above that it cites.
    base_year
        Year of the present state.
    target_year
        Year it aims at.
    in_force_from
        First day in force, None for a draft.
    in_force_until
        Last day in force, None while it holds.
    """

    id: str
    name: str = ""
    level: str = "county"
    kind: str = "master"
    owner_unit: str = ""
    statutory_approver: str = ""
    version: str = "1"
    parent_plan: str = ""
    parent_version: str = ""
    base_year: int | None = None
    target_year: int | None = None
    in_force_from: dt.date | None = None
    in_force_until: dt.date | None = None

    def in_force_on(self, day: dt.date) -> bool:
        """Tell whether this version is in force on a day · 当日是否有效.

        Parameters
        ----------
        day
            The day asked about.

        Returns
        -------
        bool
            False for a draft.
        """
        if self.in_force_from is None or day < self.in_force_from:
            return False
        return self.in_force_until is None or day <= self.in_force_until


@dataclass(frozen=True, slots=True)
class FileFacts:
    """One file of a package as it was found · 成果文件.

    Parameters
    ----------
    path
        Path inside the package, with forward slashes.
    format
        What it is, as diagnosed.
    size_bytes
        Its size.
    encoding
        Encoding of its texts, empty where it has none.
    crs
        CRS as known after diagnosis, empty where none.
    crs_how
        ``declared``, ``inferred``, ``profile`` or ``unknown``.
    layers
        Canonical names of the layers recognised in it, in order; a layer that was not recognised stands
        with the name it has in the file and a leading ``?``.
    """

    path: str
    format: str = ""
    size_bytes: int = 0
    encoding: str = ""
    crs: str = ""
    crs_how: str = "unknown"
    layers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PackageFacts:
    """What a submitted package says of itself, besides its layers · 成果包的申报内容.

    Parameters
    ----------
    name
        Name of the folder or archive as submitted.
    unit_code
        Code of the unit that submits it.
    plan
        The plan it carries, None where it says nothing readable.
    files
        Every file found.
    figures
        Every figure declared in text, table or database.
    named_items
        Every named item listed.
    problems
        What reading brought up.
    repairs
        What reading changed.
    metadata
        The metadata record as delivered.
    """

    name: str = ""
    unit_code: str = ""
    plan: Plan | None = None
    files: tuple[FileFacts, ...] = ()
    figures: tuple[DeclaredFigure, ...] = ()
    named_items: tuple[NamedItem, ...] = ()
    problems: tuple[Problem, ...] = ()
    repairs: tuple[Repair, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CityProfile:
    """What is particular to one city; data from ``cities/`` · 城市配置.

    Parameters
    ----------
    code
        Code of the city.
    name
        Its name.
    crs
        The projected CRS everything is computed in.
    accepted_crs
        Codes that a package may be delivered in.
    units
        Its units by code.
    district_codes
        Every administrative district code that may stand in its data.
    default_classification
        Land-use classification in force, such as ``landuse-2023``.
    extent
        West, south, east, north in degrees.
    package
        Rules for packages: required files, naming pattern, as the profile's file holds them; under ``kinds`` those of
        packages of another kind.
    limits
        Limits particular to the city, over those of the standards, by name.
    requirements
        Assigned targets.
    table_aliases
        Further table names by canonical layer name.
    field_aliases
        Further column names by layer and field.
    outline_path
        File with the outline of the units, empty where there is none.
    invented
        True where the data are invented.
    time_zone
        Zone in which its days begin, an IANA name.
    classifications
        Classifications of land use that the city or country brings along, by name, beside those of the standards.
    """

    code: str
    name: Text
    crs: str
    accepted_crs: tuple[str, ...] = ()
    units: Mapping[str, Unit] = field(default_factory=dict)
    district_codes: frozenset[str] = frozenset()
    default_classification: str = ""
    extent: tuple[float, float, float, float] | None = None
    package: Mapping[str, Any] = field(default_factory=dict)
    limits: Mapping[str, Any] = field(default_factory=dict)
    requirements: tuple[Requirement, ...] = ()
    table_aliases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    field_aliases: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    outline_path: str = ""
    invented: bool = False
    time_zone: str = "UTC"
    classifications: Mapping[str, Classification] = field(default_factory=dict)

    def package_rules(self, package_name: str) -> Mapping[str, Any]:
        """Give what a package of its kind must hold · 该类成果包的要求.

        A kind tells by a pattern which packages are of it, and what it asks for instead of the general list: easements are
        no zoning plan, a special plan is no master plan.

        Parameters
        ----------
        package_name
            Name of the package.

        Returns
        -------
        Mapping
            The general rules under those of the first kind whose pattern (``named``) the name matches.
        """
        for kind in self.package.get("kinds", ()):
            if re.match(str(kind["named"]), package_name):
                return {**self.package, **kind}
        return self.package
