"""A command called wrongly is told so in the user's language · 用法错误按用户语言提示."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from lantu.interfaces.cli.main import run

CASES = {
    "check /no/such/package": (
        "Invalid value for package: /no/such/package does not exist.",
        "package的取值无效：/no/such/package不存在。",
    ),
    "check": ("package is missing.", "缺少package。"),
    "layers lst": ("There is no command lst; perhaps list.", "没有子命令lst，是否为list？"),
    "nonsense": ("There is no command nonsense.", "没有子命令nonsense。"),
    "check --frmat x": ("There is no option --frmat; perhaps --format.", "没有选项--frmat，是否为--format？"),
    "check --format": ("Option --format needs a value.", "选项--format需要取值。"),
    "demo x --parcels abc": ("Invalid value for --parcels: a number is wanted.", "--parcels的取值无效：应为数字。"),
    "demo x --parcels 3": ("Invalid value for --parcels: it must be at least 30.", "--parcels的取值无效：不得小于30。"),
    "explain CL01 CL02": ("Too many arguments: CL02.", "参数过多：CL02。"),
    "explain CL01 --language fr": ("--language: 'fr' is none of en, zh.", "--language：'fr'无效，只能是en, zh。"),
    "layers show . land --as-of 2020": (
        "Invalid value for --as-of: 2020 is not written as %Y-%m-%d.",
        "--as-of的取值无效：2020的写法应为%Y-%m-%d。",
    ),
}


@pytest.mark.parametrize("line", CASES)
@pytest.mark.parametrize(("language", "which"), [("en", 0), ("zh", 1)])
def test_wrong_usage_is_said_in_the_users_language(
    line: str, language: str, which: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANTU_LANGUAGE", language)
    monkeypatch.setattr(sys, "argv", ["lantu", *line.split()])
    with pytest.raises(SystemExit) as ended:
        run()
    said = capsys.readouterr().err.splitlines()
    assert ended.value.code == 2  # what a wrong call ends with
    assert said[0] == CASES[line][which]
    assert "--help" in said[1]


def test_a_group_without_a_command_gives_its_help(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["lantu", "layers"])
    with pytest.raises(SystemExit):
        run()
    assert capsys.readouterr().err.startswith("Usage: lantu layers")


HEAVY = {"numpy", "pyarrow", "shapely", "numba", "pandas", "pydantic", "sqlalchemy", "yaml"}
QUICK = ("--help", "check --help", "overlay --help", "layers list --help", "people --help", "check --frmat x", "nonsense", "layers lst")


@pytest.mark.parametrize("line", QUICK)
def test_help_and_words_on_a_wrong_name_wait_for_nothing_heavy(line: str) -> None:
    program = (
        "import json, sys\n"
        f"sys.argv = {['lantu', *line.split()]!r}\n"
        "from lantu.interfaces.cli.main import run\n"
        "try:\n    run()\nfinally:\n    sys.stderr.write('\\n' + json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert "--help" in done.stdout + done.stderr
    loaded = set(json.loads(next(said for said in done.stderr.splitlines() if said.startswith("["))))
    assert loaded & HEAVY == set()
