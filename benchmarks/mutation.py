"""How many small faults in the checks their cases notice · 变异测试.

Each mutant changes one place of a check's code: a comparison, a conjunction, a negation, a sign, a zero, a truth value. The check's own
cases run on the mutant in this process; it is killed when one of them ends otherwise than written. Mutants of the modules that checks
share run against the cases of every check that imports them.

    python benchmarks/mutation.py --json build/bench/mutation.json
    python benchmarks/mutation.py --code CL15 --survivors
"""

from __future__ import annotations

import argparse
import ast
import copy
import json
import signal
import sys
import time
import types
import warnings
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lantu.engines.checking.card import ATTRIBUTE, Card
from lantu.testing.cases import Case, compare, read_cases, run_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT / "src" / "lantu" / "catalogue"
CASES = ROOT / "tests" / "catalogue" / "checks"
SHARED = "(shared)"
LIMIT_S = 10.0  # a mutant may loop for ever; no case takes a tenth of this

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
# Masks of arrays are joined by & and |, which are the `and` and `or` of this code.
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {ast.Add: ast.Sub, ast.Sub: ast.Add, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd}


@dataclass(frozen=True)
class Mutant:
    """One changed place of one file · 一个变异体."""

    file: str
    line: int
    change: str
    killed: bool
    by: str


@dataclass(frozen=True)
class Module:
    """A file of the catalogue as parsed · 规则库文件."""

    name: str
    path: Path
    tree: ast.Module

    def imports(self) -> set[str]:
        """Name the modules of the catalogue it imports · 所引用的模块."""
        return {
            node.module
            for node in ast.walk(self.tree)
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("lantu.catalogue.")
        }


def _changes(node: ast.AST) -> Iterator[tuple[str, Callable[[ast.AST], ast.AST]]]:
    # A change is named, and applied to a copy of the node, which it may alter or replace.
    match node:
        case ast.Compare():
            for place, operator in enumerate(node.ops):
                other = COMPARISONS[type(operator)]
                yield f"{_name(operator)} → {other.__name__}", _comparing(place, other)
        case ast.BoolOp():
            other_join = ast.Or if isinstance(node.op, ast.And) else ast.And
            yield f"{_name(node.op)} → {other_join.__name__}", _joined(other_join)
        case ast.UnaryOp(op=ast.Not() | ast.Invert()):
            yield f"{_name(node.op)} dropped", lambda found: found.operand  # type: ignore[attr-defined]  # matched above
        case ast.BinOp() | ast.AugAssign() if type(node.op) in OPERATORS:
            yield f"{_name(node.op)} → {OPERATORS[type(node.op)].__name__}", _joined(OPERATORS[type(node.op)])
        case ast.Constant(value=bool() as value):
            yield f"{value} → {not value}", lambda found: ast.copy_location(ast.Constant(not value), found)
        case ast.Constant(value=int() | float() as number) if number in {0, 1}:
            yield f"{number} → {1 - number}", lambda found: ast.copy_location(ast.Constant(1 - number), found)


def _name(operator: ast.AST) -> str:
    return type(operator).__name__


def _comparing(place: int, other: type[ast.cmpop]) -> Callable[[ast.AST], ast.AST]:
    def change(found: ast.AST) -> ast.AST:
        found.ops[place] = other()  # type: ignore[attr-defined]  # only comparisons come here
        return found

    return change


def _joined(other: type[ast.boolop | ast.operator]) -> Callable[[ast.AST], ast.AST]:
    def change(found: ast.AST) -> ast.AST:
        found.op = other()  # type: ignore[attr-defined]  # only operations come here
        return found

    return change


class _Replace(ast.NodeTransformer):
    def __init__(self, target: ast.AST, change: Callable[[ast.AST], ast.AST]) -> None:
        self.target, self.change = target, change

    def visit(self, node: ast.AST) -> Any:  # noqa: ANN401  # as the transformer of the standard library has it
        if node is self.target:
            return self.change(copy.copy(_with_own_lists(node)))
        return super().visit(node)


def _with_own_lists(node: ast.AST) -> ast.AST:
    own = copy.copy(node)
    for name, value in ast.iter_fields(node):
        if isinstance(value, list):
            setattr(own, name, list(value))
    return own


def _places(tree: ast.AST) -> Iterator[ast.AST]:
    # Annotations and imports for typing never run; decorators hold texts, no code.
    for name, value in ast.iter_fields(tree):
        if name in {"annotation", "returns", "decorator_list"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not (isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING"):
                yield child
                yield from _places(child)


def mutants_of(module: Module) -> Iterator[tuple[int, str, ast.Module]]:
    """Give every mutant of a file: line, change, tree · 生成变异体."""
    for node in _places(module.tree):
        for name, change in _changes(node):
            # The transformer works in place: what it changes must be its own copy, found again by its position in the walk.
            order = next(number for number, other in enumerate(ast.walk(module.tree)) if other is node)
            own = copy.deepcopy(module.tree)
            target = next(other for number, other in enumerate(ast.walk(own)) if number == order)
            yield node.lineno, name, ast.fix_missing_locations(_Replace(target, change).visit(own))  # type: ignore[attr-defined]  # only expressions and statements change


def _loaded(name: str, path: Path, tree: ast.Module) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    exec(compile(tree, str(path), "exec"), module.__dict__)  # noqa: S102  # the project's own code, one place changed
    return module


def _card_of(module: types.ModuleType) -> Card:
    for value in vars(module).values():
        card = getattr(value, ATTRIBUTE, None)
        if isinstance(card, Card) and value.__module__ == module.__name__:
            return card
    message = f"{module.__name__} declares no check."
    raise LookupError(message)


def _too_long(*_: object) -> None:
    message = "The mutant loops."
    raise TimeoutError(message)


def _first_difference(card: Card, cases: list[Case]) -> str:
    for case in cases:
        signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
        try:
            if compare(card, case, run_case(card, case)):
                return f"{card.code}: {case.name}"
        except Exception as error:  # noqa: BLE001  # whatever a mutant dies of, it was noticed
            return f"{card.code}: {case.name}: {type(error).__name__}"
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    return ""


def _killed_by(mutated: Module, tree: ast.Module, users: list[Module], checks: list[tuple[Module, list[Case]]]) -> str:
    # Users are loaded anew as well, in the order of their imports, since they hold what they imported by name.
    kept = {module.name: sys.modules.get(module.name) for module in (mutated, *users, *(check for check, _ in checks))}
    try:
        try:
            _loaded(mutated.name, mutated.path, tree)
            for module in users:
                _loaded(module.name, module.path, module.tree)
            cards = [
                (_card_of(_loaded(module.name, module.path, module.tree if module is not mutated else tree)), cases)
                for module, cases in checks
            ]
        except Exception as error:  # noqa: BLE001  # as above
            return f"import: {type(error).__name__}"
        return next((found for card, cases in cards if (found := _first_difference(card, cases))), "")
    finally:
        for name, module in kept.items():
            if module is None:
                sys.modules.pop(name, None)
            else:
                sys.modules[name] = module


def _read(path: Path) -> Module:
    relative = path.relative_to(ROOT / "src").with_suffix("")
    return Module(".".join(relative.parts), path, ast.parse(path.read_text(encoding="utf-8")))


def _users_of(name: str, shared: list[Module]) -> list[Module]:
    # In the order of imports: what is nearest to the module comes first.
    found: list[Module] = []
    wanted = {name}
    while more := [module for module in shared if module not in found and module.imports() & wanted]:
        found += more
        wanted |= {module.name for module in more}
    return found


def measure(themes: list[str], codes: list[str]) -> dict[str, list[Mutant]]:
    """Make and run the mutants of the catalogue · 运行变异测试.

    Parameters
    ----------
    themes
        Only these; all where empty. The modules that checks share are the theme ``(shared)``.
    codes
        Only these checks; all where empty.

    Returns
    -------
    dict of str to list of Mutant
        By theme.

    Raises
    ------
    AssertionError
        If a case fails on the code as it is: then nothing would be measured.
    """
    shared = [_read(path) for path in sorted(CATALOGUE.glob("*.py")) if path.stem != "__init__"]
    checks = [_read(path) for path in sorted((CATALOGUE / "checks").rglob("*_*.py")) if path.stem != "__init__"]
    cases = {module.name: read_cases(CASES / module.path.parent.name / f"{module.path.stem}.yaml") for module in checks}
    result: dict[str, list[Mutant]] = defaultdict(list)
    for module in checks:
        theme, code = module.path.parent.name, module.path.stem[:4].upper()
        if (not themes or theme in themes) and (not codes or code in codes):
            result[theme] += _mutants_run(module, [], [(module, cases[module.name])])
    if not codes and (not themes or SHARED in themes):
        for module in shared:
            users = _users_of(module.name, shared)
            names = {module.name, *(user.name for user in users)}
            asked = [(check, cases[check.name]) for check in checks if check.imports() & names]
            # What stands in the catalogue and no check imports, such as the table of rights, has tests of its own.
            if asked:
                result[SHARED] += _mutants_run(module, users, asked)
    return dict(result)


def _mutants_run(module: Module, users: list[Module], checks: list[tuple[Module, list[Case]]]) -> list[Mutant]:
    unchanged = _killed_by(module, module.tree, users, checks)
    if unchanged:
        message = f"{module.path.name} as it is fails {unchanged}"
        raise AssertionError(message)
    mutants = []
    for line, change, tree in mutants_of(module):
        by = _killed_by(module, tree, users, checks)
        mutants.append(Mutant(str(module.path.relative_to(ROOT)), line, change, bool(by), by))
    return mutants


def table(result: dict[str, list[Mutant]]) -> str:
    """Write the scores as a Markdown table · 得分表."""
    lines = ["| theme | files | mutants | killed | survived | score |", "|---|---:|---:|---:|---:|---:|"]
    every = [mutant for mutants in result.values() for mutant in mutants]
    for name, mutants in [*result.items(), ("all", every)]:
        killed, files = sum(mutant.killed for mutant in mutants), len({mutant.file for mutant in mutants})
        share = f"{killed / len(mutants):.1%}" if mutants else "–"
        lines.append(f"| {name} | {files} | {len(mutants)} | {killed} | {len(mutants) - killed} | {share} |")
    return "\n".join(lines)


def main() -> None:
    """Measure, print the table, write the record · 运行并输出."""
    parser = argparse.ArgumentParser(description="Mutation score of the checks · 规则的变异得分")
    parser.add_argument("--theme", action="append", default=[], help=f"only this theme; {SHARED} for shared modules; may be repeated")
    parser.add_argument("--code", action="append", default=[], help="only this check; may be repeated")
    parser.add_argument("--survivors", action="store_true", help="list the mutants that no case noticed")
    parser.add_argument("--json", type=Path, help="write every mutant to this file")
    chosen = parser.parse_args()
    signal.signal(signal.SIGALRM, _too_long)
    warnings.simplefilter("ignore")  # mutants divide by zero
    begun = time.process_time()
    result = measure(chosen.theme, [code.upper() for code in chosen.code])
    print(table(result))
    print(f"\n{time.process_time() - begun:.0f} CPU s")
    if chosen.survivors:
        for mutant in (mutant for mutants in result.values() for mutant in mutants if not mutant.killed):
            print(f"{mutant.file}:{mutant.line}: {mutant.change}")
    if chosen.json:
        chosen.json.parent.mkdir(parents=True, exist_ok=True)
        chosen.json.write_text(
            json.dumps({theme: [asdict(item) for item in items] for theme, items in result.items()}, ensure_ascii=False, indent=1)
        )


if __name__ == "__main__":
    main()
