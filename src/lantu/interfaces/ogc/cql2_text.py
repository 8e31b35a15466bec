"""Read CQL2 Text into the form that CQL2 JSON has · 解析 CQL2 文本."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from lark import Lark, Transformer, UnexpectedInput, v_args
from lark.exceptions import VisitError

from lantu.interfaces.ogc.refusals import FILTER, parameter_refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from lark import Token

_LONGEST_FILTER = 20_000


def parse_text(text: str) -> Any:  # noqa: ANN401  # CQL2 JSON is any JSON
    """Read a filter in CQL2 Text · 解析 CQL2 文本.

    Parameters
    ----------
    text
        Such as ``land_use = '0701' AND S_INTERSECTS(geometry, POINT(120.6 31.3))``. Names may be Chinese; they
        are put in double quotes where they hold blanks.

    Returns
    -------
    object
        The same filter as CQL2 JSON.

    Raises
    ------
    QueryRefused
        If it is no CQL2; the message says where.

    Examples
    --------
    >>> parse_text("容积率 > 2.5 OR a = 1 AND b = 2")["op"]
    'or'
    """
    if len(text) > _LONGEST_FILTER:
        raise parameter_refused(FILTER, f"it is longer than {_LONGEST_FILTER} characters", f"长度超过{_LONGEST_FILTER}个字符")
    try:
        return _parser().parse(text)
    except UnexpectedInput as error:
        place = error.column if isinstance(error.column, int) and error.column > 0 else len(text) + 1
        raise parameter_refused(
            FILTER, f"it is no CQL2 text from character {place} on", f"自第{place}个字符起不是有效的CQL2文本"
        ) from error
    except (VisitError, RecursionError, ValueError) as error:
        raise parameter_refused(FILTER, "it cannot be read as CQL2 text", "无法按CQL2文本读取") from error


def _folded(operation: str) -> Callable[..., dict[str, Any]]:
    def fold(_self: object, *arguments: object) -> dict[str, Any]:
        return {"op": operation, "args": list(arguments)}

    return fold


def _negated(operation: str) -> Callable[..., dict[str, Any]]:
    def negate(_self: object, *arguments: object) -> dict[str, Any]:
        return {"op": "not", "args": [{"op": operation, "args": list(arguments)}]}

    return negate


def _unquoted(token: str) -> str:
    return token[1:-1].replace("''", "'").replace("\\'", "'")


def _number(token: str) -> int | float:
    return int(token) if token.isdecimal() else float(token)


@v_args(inline=True)
class _AsJson(Transformer):  # type: ignore[type-arg]  # the leaf type is not generic at run time
    """Turn each rule of the grammar into its JSON · 语法规则转为 JSON."""

    disjunction = _folded("or")
    conjunction = _folded("and")
    not_ = _folded("not")
    like = _folded("like")
    not_like = _negated("like")
    between = _folded("between")
    not_between = _negated("between")
    is_null = _folded("isNull")
    is_not_null = _negated("isNull")

    def compare(self, left: object, sign: Token, right: object) -> dict[str, Any]:
        return {"op": str(sign), "args": [left, right]}

    arithmetic = compare

    def in_(self, value: object, *choices: object) -> dict[str, Any]:
        return {"op": "in", "args": [value, list(choices)]}

    def not_in(self, value: object, *choices: object) -> dict[str, Any]:
        return {"op": "not", "args": [self.in_(value, *choices)]}

    def negative(self, value: object) -> object:
        return -value if isinstance(value, int | float) and not isinstance(value, bool) else {"op": "*", "args": [-1, value]}

    def name(self, token: Token) -> str:
        return token[1:-1].replace('""', '"') if token.startswith('"') else str(token)

    def property(self, name: str) -> dict[str, str]:
        return {"property": name}

    def number(self, token: Token) -> int | float:
        return _number(token)

    def text(self, token: Token) -> str:
        return _unquoted(token)

    def truth(self, token: Token) -> bool:
        return token.lower() == "true"

    def call(self, name: str, *arguments: Any) -> dict[str, Any]:  # noqa: ANN401  # whatever was parsed
        word = name.lower()
        if word in {"date", "timestamp"} and len(arguments) == 1:
            return {word: arguments[0]}
        if word in {"interval", "bbox"}:
            return {word: list(arguments)}
        return {"op": word, "args": list(arguments)}

    def position(self, *numbers: Token) -> str:
        return " ".join(numbers)

    def nested(self, *members: str) -> str:
        return f"({', '.join(members)})"

    def wkt(self, kind: Token, nested: str) -> str:
        return f"{kind} {nested}"

    def shape(self, wkt: str) -> dict[str, str]:
        return {"wkt": wkt}


@cache
def _parser() -> Lark:
    return Lark.open("cql2_text.lark", rel_to=__file__, parser="lalr", transformer=_AsJson(), maybe_placeholders=False)
