"""The card that a check carries · 规则卡片."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from lantu.vocabulary.errors import CatalogueBroken
from lantu.vocabulary.text import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from lantu.vocabulary.findings import Severity

Function = TypeVar("Function", bound="Callable[..., Any]")

ATTRIBUTE = "__lantu_check__"

# What a check may ask for by keyword besides limits; a capability hands them over.
FACT_NAMES: Mapping[str, Text] = MappingProxyType(
    {
        "products": Text("areas and overlays, computed once for all checks", "各规则共用的面积与叠加计算结果"),
        "package": Text("what is known of the package", "成果包信息"),
        "packages": Text("what is known of the packages of all units", "各板块成果包信息"),
        "requirements": Text("what the plan above asks", "上位规划的传导要求"),
        "unit": Text("the unit of the package", "成果包所属板块"),
        "units": Text("all units of the city", "全市各板块"),
        "city": Text("profile of the city", "城市配置"),
        "classifications": Text("land-use classifications", "用地用海分类"),
        "definitions": Text("definitions of layers and fields", "图层与字段定义"),
        "today": Text("day of the check", "审查日期"),
        "parent_plan": Text("what is known of the plan above", "上位规划信息"),
    }
)
FACTS = frozenset(FACT_NAMES)

# A layer may be asked for in a role: the sealed national copy, the parent plan's, the state of an earlier plan.
ROLE_NAMES: Mapping[str, Text] = MappingProxyType(
    {
        "sealed_": Text("as sealed", "封库版"),
        "parent_": Text("of the plan above", "上位规划的"),
        "previous_": Text("of the earlier plan", "前一版规划的"),
    }
)
ROLES = tuple(ROLE_NAMES)

# Name of the parameter that receives every layer of the package itself, by name.
EVERY_LAYER = "every_layer"

Stage = Literal["drafting", "submission", "review", "maintenance", "monitoring"]
Locality = Literal["feature", "layer", "whole"]
Scope = Literal["unit", "city"]


@dataclass(frozen=True, slots=True)
class Card:
    """Everything a check says of itself · 规则卡片.

    Parameters
    ----------
    code
        Two letters of theme and two digits, never used again.
    title
        The requirement, as a sentence.
    message
        Template of a finding's message; placeholders are `layer`, `features`, `feature`, `measured`,
        `limit`, `unit` and whatever the check puts into `Finding.values`.
    remedy
        The way out.
    severity
        Weight of its findings.
    source
        Document, article and date it follows from; the document by its Chinese name in both languages.
    reference
        Class of the domain's catalogue it covers, such as ``3.6 topology`` or ``T05``.
    stages
        Stages of a plan's life at which it is asked.
    scope
        ``unit`` for one package, ``city`` where it needs the packages of all units.
    locality
        ``feature`` if each finding names features and depends on one feature of the first layer alone, ``layer`` if it
        depends on one layer alone, so that a second run need only look at what changed.
    theme
        Theme, the name of the room it stands in.
    layers
        Layers it asks for, with their role, in order; `EVERY_LAYER` stands for all that the package delivers.
    optional_layers
        Those of `layers` that it can do without.
    limits
        Names of the limits it asks for; those without a default must be in force.
    facts
        Facts it asks for.
    function
        The check itself.
    """

    code: str
    title: Text
    message: Text
    remedy: Text
    severity: Severity
    source: Text
    reference: str
    stages: tuple[Stage, ...]
    scope: Scope
    locality: Locality
    theme: str
    layers: tuple[str, ...]
    optional_layers: frozenset[str]
    limits: Mapping[str, bool]
    facts: tuple[str, ...]
    function: Callable[..., Any] = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        """Name of the check's function · 函数名."""
        return str(self.function.__name__)


def _room(module: str) -> str:
    # A check written in a notebook stands in no room.
    parts = module.split(".")
    return parts[-2] if len(parts) > 1 else ""


def base_layer(name: str) -> str:
    """Strip the role from a layer's name · 去掉角色前缀.

    Parameters
    ----------
    name
        Such as ``sealed_permanent_basic_farmland``.

    Returns
    -------
    str
        Such as ``permanent_basic_farmland``.
    """
    for role in ROLES:
        if name.startswith(role):
            return name.removeprefix(role)
    return name


def check(  # noqa: PLR0913  # a card has as many lines as it has
    code: str,
    *,
    title: Text,
    message: Text,
    remedy: Text,
    severity: Severity,
    source: str | Text,
    reference: str,
    stages: tuple[Stage, ...] = ("drafting", "submission", "review"),
    scope: Scope = "unit",
    locality: Locality = "whole",
) -> Callable[[Function], Function]:
    """Declare a function to be a check · 声明一条规则.

    Positional parameters name layers of ``vocabulary/layers.yaml`` (with a role in front where it is not
    the package's own), keyword-only parameters name facts or limits. A rule that concerns every layer asks for
    ``every_layer``, a mapping from name to layer, and says in each finding which layer it means. The function is
    given back as it is.

    Parameters
    ----------
    code
        Code of the check.
    title
        The requirement.
    message
        Template of a finding's message.
    remedy
        The way out.
    severity
        Weight of its findings.
    source
        Where the requirement is written; a bare string reads the same in both languages.
    reference
        Class of the domain's catalogue.
    stages
        When it is asked.
    scope
        One package or the whole city.
    locality
        Whether findings depend on single features.

    Returns
    -------
    Callable
        The decorator.
    """

    def declare(function: Function) -> Function:
        parameters = inspect.signature(function).parameters.values()
        positional = [item for item in parameters if item.kind is not inspect.Parameter.KEYWORD_ONLY]
        named = [item for item in parameters if item.kind is inspect.Parameter.KEYWORD_ONLY]
        card = Card(
            code=code,
            title=title,
            message=message,
            remedy=remedy,
            severity=severity,
            source=Text.of(source),
            reference=reference,
            stages=stages,
            scope=scope,
            locality=locality,
            theme=_room(function.__module__),
            layers=tuple(item.name for item in positional),
            optional_layers=frozenset(item.name for item in positional if item.default is None),
            limits={item.name: item.default is inspect.Parameter.empty for item in named if item.name not in FACTS},
            facts=tuple(item.name for item in named if item.name in FACTS),
            function=function,
        )
        setattr(function, ATTRIBUTE, card)
        return function

    return declare


def card_of(function: Callable[..., Any]) -> Card:
    """Give the card of a check · 取规则卡片.

    Parameters
    ----------
    function
        A function declared with `check`.

    Returns
    -------
    Card
        Its card.

    Raises
    ------
    CatalogueBroken
        If the function was never declared.
    """
    card = getattr(function, ATTRIBUTE, None)
    if not isinstance(card, Card):
        name = getattr(function, "__name__", repr(function))
        raise CatalogueBroken(
            Text(f"{name} is not declared as a check.", f"{name}未声明为规则。"),
            Text("Put @check(...) above it.", "请在其上加@check(...)。"),
        )
    return card
