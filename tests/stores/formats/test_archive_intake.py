"""Archives: names, tricks, bombs, nesting."""

from __future__ import annotations

import stat
import zipfile

from intake_cases import codes, deliver, look, look_at_one, squares


def packed(path, members):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def test_chinese_names_without_the_flag_are_decoded_by_proof(tmp_path):
    shape = deliver(squares(), tmp_path / "DLTB.shp")
    path = tmp_path / "成果.zip"
    # The library writes every name beyond ASCII with the flag set, so the bytes of the names are put in afterwards.
    wanted = {suffix: "规划成果/地类图斑".encode("gbk") + suffix.encode() for suffix in (".shp", ".shx", ".dbf", ".prj")}
    with zipfile.ZipFile(path, "w") as archive:
        for suffix, name in wanted.items():
            archive.writestr("N" * (len(name) - 4) + suffix, shape.with_suffix(suffix).read_bytes())
    raw = path.read_bytes()
    for suffix, name in wanted.items():
        raw = raw.replace(b"N" * (len(name) - 4) + suffix.encode(), name)
    path.write_bytes(raw)
    found = look(path)
    assert [item.code for item in found[0].repairs] == ["RP10"]
    assert found[1].path.endswith("成果.zip/规划成果/地类图斑.shp")
    assert found[1].layers[0].features == 3


def test_members_that_point_outside_are_refused_and_the_rest_is_read(tmp_path):
    path = packed(
        tmp_path / "a.zip",
        [("../../evil.csv", "a,b\n1,2\n"), ("/etc/evil.csv", "a,b\n1,2\n"), ("C:\\evil.csv", "a,b\n1,2\n"), ("good.csv", "a,b\n1,2\n")],
    )
    found = look(path)
    assert codes(found[0]) == ["IN36"] * 3
    assert [item.path.rsplit("/", 1)[-1] for item in found[1:]] == ["good.csv"]
    assert not (tmp_path.parent / "evil.csv").exists()


def test_links_in_an_archive_are_refused(tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("link.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert codes(look_at_one(path)) == ["IN36"]


def test_a_bomb_is_refused_before_it_goes_off(tmp_path):
    path = packed(tmp_path / "bomb.zip", [("zeros.csv", b"0" * 150_000_000)])
    assert path.stat().st_size < 200_000
    assert codes(look_at_one(path)) == ["IN37"]


def test_archives_in_archives_are_read_to_three_levels(tmp_path):
    path = packed(tmp_path / "0.zip", [("a.csv", "x,y\n120.6,31.3\n")])
    for level in range(1, 5):
        path = packed(tmp_path / f"{level}.zip", [(f"{level - 1}.zip", path.read_bytes())])
        (found,) = look(path)
        assert codes(found)[:1] == (["IN11"] if level < 3 else ["IN37"])


def test_a_damaged_archive_says_so(tmp_path):
    path = packed(tmp_path / "a.zip", [("a.csv", "x,y\n120.6,31.3\n" * 500)])
    path.write_bytes(path.read_bytes()[:-30])
    assert codes(look_at_one(path)) == ["IN38"]


def test_formats_that_are_only_known_say_the_way_out(tmp_path):
    path = tmp_path / "a.rar"
    path.write_bytes(b"Rar!\x1a\x07\x00rest")
    found = look_at_one(path)
    assert codes(found) == ["IN39"]
    assert found.problems[0].remedy.zh == "请解压后提交，或改用.zip打包。"


def test_an_empty_file_is_a_fault(tmp_path):
    (tmp_path / "a.gpkg").touch()
    assert codes(look_at_one(tmp_path / "a.gpkg")) == ["IN02"]


def test_noise_is_not_recognised(tmp_path):
    (tmp_path / "a.bin").write_bytes(bytes(range(256)) * 8)
    assert codes(look_at_one(tmp_path / "a.bin")) == ["IN01"]
