"""Whatever happens to a writer, the store is as before or as after."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lantu.stores.layers.atomic_files import UNFINISHED, remove_abandoned, unfinished_file

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="writers are forked so that they are at work when they are killed")


def run(job, root, *arguments):
    script = Path(__file__).with_name("killed_writers.py")
    command = [sys.executable, "-W", "ignore", str(script), job, str(root), *(json.dumps(argument) for argument in arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=240)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.slow
def test_killing_a_writer_at_random_moments_leaves_every_finished_version_whole(tmp_path):
    result = run("random", tmp_path / "store", 40, 20261124)
    assert result["torn"] == []
    assert result["damage"] == []
    assert result["stored"] >= result["finished"] > 0
    assert result["killed_while_writing"] > 5, "too few writers were killed while they wrote; the test proves nothing"


@pytest.mark.parametrize(
    ("step", "stored"), [("before the file is on disk", 1), ("before it has its name", 1), ("after it has its name", 2)]
)
def test_killing_a_writer_at_each_step_leaves_the_store_as_before_or_as_after(tmp_path, step, stored):
    assert run("step", tmp_path / "store", step) == {"killed": True, "kept": True, "stored": stored, "damage": []}


def test_writers_at_the_same_time_do_not_disturb_one_another(tmp_path):
    result = run("together", tmp_path / "store", 4)
    assert result == {"codes": [0] * 4, "stored": 3, "damage": [], "products": [3_000] * 3, "leftovers": 0}


def test_what_a_writer_fails_to_finish_is_removed(tmp_path):
    with pytest.raises(RuntimeError), unfinished_file(tmp_path) as path:  # noqa: PT012  # the block is what fails
        path.write_bytes(b"half")
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []


def test_remains_of_killed_writers_are_removed_after_a_day(tmp_path):
    young, old = tmp_path / f".1-a{UNFINISHED}", tmp_path / f".1-b{UNFINISHED}"
    for path in (young, old):
        path.write_bytes(b"half")
    os.utime(old, (0, 0))
    remove_abandoned(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [young.name]
