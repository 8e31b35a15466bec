"""Encodings by declaration and by proof."""

from __future__ import annotations

import pytest

from lantu.stores.formats.encodings import codec_of, driver_codec, prove_encoding

CHINESE = ["永久基本农田", "苏州市吴江区", "城镇住宅用地", "水田", "农村道路"]


@pytest.mark.parametrize(
    ("texts", "codec", "name"),
    [
        (CHINESE, "gbk", "GBK"),
        (CHINESE, "utf-8", "UTF-8"),
        (["臺灣縣鄉鎮", "農業區", "道路用地", "學校用地"], "big5", "Big5"),
        (["ひらがなとカタカナ", "東京都の土地"], "shift_jis", "Shift_JIS"),
        (["ひらがなとカタカナ", "東京都の土地"], "euc_jp", "EUC-JP"),
        (["서울특별시", "부산광역시", "토지"], "euc_kr", "EUC-KR"),
        (["Réserve naturelle", "forêt", "crête"], "cp1252", "windows-1252"),
        (["Лесная улица", "Москва"], "cp1251", "windows-1251"),
        (["DLTB", "0101"], "ascii", "ASCII"),
    ],
)
def test_text_of_one_language_proves_its_encoding(texts, codec, name):
    proof = prove_encoding([text.encode(codec) for text in texts])
    assert (proof.encoding, proof.proved) == (name, True)


def test_two_rare_characters_prove_nothing():
    proof = prove_encoding(["垟垚".encode("gbk")])
    assert not proof.proved


def test_bytes_of_no_encoding_are_a_question():
    assert not prove_encoding([b"\xff\xfe\x80\xff"]).proved


@pytest.mark.parametrize(
    ("spelling", "codec"),
    [
        ("GBK", "gb18030"),
        ("936", "gb18030"),
        ("ANSI 1252", "cp1252"),
        ("UTF-8", "utf-8"),
        ("utf8", "utf-8"),
        ("ISO 8859-1", "iso8859-1"),
        ("88591", "iso8859-1"),
        ("Big5", "cp950"),
        ("LDID/77", "gb18030"),
        ("koi8r", "koi8_r"),
        ("base64", None),
        ("nonsense", None),
    ],
)
def test_names_in_code_page_files_are_understood(spelling, codec):
    found = codec_of(spelling)
    assert (found.replace("koi8-r", "koi8_r") if found else None) == codec


def test_the_driver_id_of_the_machine_names_no_encoding():
    assert driver_codec(0x57) is None
    assert driver_codec(0x4D) == "gb18030"
