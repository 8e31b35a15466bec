"""Start writers, kill them at random moments and hold the store against what they had finished; run by the tests."""

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from lantu.stores.layers import LayerStore, atomic_files
from lantu.vocabulary.layer import Layer

FEATURES = 20_000
ENOUGH = 6


def layer_of(seed, features=FEATURES):
    x, y = np.random.default_rng(seed).uniform(0, 1e5, (2, features))
    wkb = pa.array(shapely.to_wkb(shapely.box(x, y, x + 10, y + 10)), pa.large_binary())
    table = pa.table({"identifier": [f"{seed}-{row}" for row in range(features)]})
    return Layer("present_land_use", table, pa.chunked_array([wkb]), "EPSG:4549")


def write_on(root, first, report):
    """Store one layer after the other and tell of each when it is done."""
    store = LayerStore(root)
    for seed in range(first, first + 1_000):
        version = store.put(layer_of(seed))
        os.write(report, f"{version.version}\n".encode())


def kill_at_random(root, rounds, seed):
    choose = random.Random(seed)  # noqa: S311  # chance, not secrecy
    finished, halved, torn = set(), 0, []
    # A busy machine takes longer over a layer: what is waited goes by what one takes here and now.
    begun = time.perf_counter()
    LayerStore(root.with_name("rehearsal")).put(layer_of(seed))
    longest = max(0.4, 3 * (time.perf_counter() - begun))
    for turn in range(4 * rounds):
        # Where little of a round is writing, more rounds are needed until enough writers died at it.
        if turn >= rounds and halved >= ENOUGH:
            break
        read_end, write_end = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(read_end)
            write_on(root, turn * 1_000, write_end)
            os._exit(0)
        os.close(write_end)
        time.sleep(choose.uniform(0.01, longest))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        with os.fdopen(read_end) as told:
            finished |= set(told.read().split())
        leftovers = list(root.rglob(f"*{atomic_files.UNFINISHED}"))
        halved += any(path.stat().st_size for path in leftovers)
        for path in leftovers:
            path.unlink()
        stored = {version.version: version.features for version in LayerStore(root).versions()}
        torn += [version for version in finished if stored.get(version) != FEATURES]
    # A killed writer may have finished one more than it could tell; every one must be sound.
    damage = [item.message.en for item in LayerStore(root).verify()]
    return {"finished": len(finished), "stored": len(stored), "killed_while_writing": halved, "torn": torn, "damage": damage}


def kill_at_step(root, step):
    """Kill a writer at one exact step of putting a second version over a store that holds one."""
    before = LayerStore(root).put(layer_of(1, 500)).version
    child = os.fork()
    if child == 0:

        def die(*_arguments, **_options):
            os.kill(os.getpid(), signal.SIGKILL)

        if step == "before the file is on disk":
            atomic_files.os.fsync = die
        elif step == "before it has its name":
            Path.replace = die
        elif step == "after it has its name":
            atomic_files.os.open = die
        LayerStore(root).put(layer_of(2, 500))
        os._exit(0)
    _, status = os.waitpid(child, 0)
    store = LayerStore(root)
    return {
        "killed": os.WIFSIGNALED(status),
        "kept": before in {version.version for version in store.versions()},
        "stored": len(store.versions()),
        "damage": [item.message.en for item in store.verify()],
    }


def write_at_once(root, writers):
    """Let several writers store the same layers at the same time."""
    children = []
    for _ in range(writers):
        child = os.fork()
        if child == 0:
            store = LayerStore(root)
            for seed in (1, 2, 3):
                store.put(layer_of(seed, 3_000))
                store.archive.put(f"product {seed}", pa.table({"area_m2": np.full(3_000, float(seed))}))
            os._exit(0)
        children.append(child)
    codes = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    store = LayerStore(root)
    return {
        "codes": codes,
        "stored": len(store.versions()),
        "damage": [item.message.en for item in store.verify()],
        "products": [store.archive.get(f"product {seed}").num_rows for seed in (1, 2, 3)],
        "leftovers": len(list(root.rglob(f"*{atomic_files.UNFINISHED}"))),
    }


if __name__ == "__main__":
    root = Path(sys.argv[2])
    # Compiled code is loaded before anything forks; writers are at work from their first moment.
    LayerStore(root.with_name("warm")).put(layer_of(0, 10))
    job = {"random": kill_at_random, "step": kill_at_step, "together": write_at_once}[sys.argv[1]]
    sys.stdout.write(json.dumps(job(root, *(json.loads(argument) for argument in sys.argv[3:]))))
