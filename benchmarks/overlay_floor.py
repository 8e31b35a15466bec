"""The floor under every overlay: read the parcels and make shapely geometries of them · 读取下限."""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq
import shapely


def main() -> None:
    """Read once, row group by row group · 逐组读取一次."""
    begun = time.perf_counter()
    parcels = pq.ParquetFile(Path(sys.argv[1]) / "parcels.parquet")
    count = 0
    for group in range(parcels.num_row_groups):
        count += len(shapely.from_wkb(parcels.read_row_group(group, columns=["geometry"])["geometry"].to_numpy()))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    cost = {"cpu_s": round(usage.ru_utime + usage.ru_stime, 2), "wall_s": round(time.perf_counter() - begun, 2)}
    print(json.dumps({"parcels": count, **cost, "peak_mb": round(usage.ru_maxrss / 1024)}))


if __name__ == "__main__":
    main()
