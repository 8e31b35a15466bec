"""Which encoding a text is in, by declaration and then by proof · 文本编码的判定."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# The most frequent characters of Chinese text, with those of plans, land use and place names. Text
# decoded with a wrong encoding shows few of them: about one in eight by chance, against three in four.
_SIMPLIFIED = frozenset(
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面"
    "起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体"
    "政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女"
    "变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象"
    "完设式色路记南品住告类求据程北边该交规万取望领共确传师观清今切院让识带导运类图斑田旱园林草湿果茶农村城镇宅商服矿仓储铁港码管施绿广特殊留陆域河流湖泊库坑"
    "塘沟渠态红线永久护集弹苏州昆常熟张家太吴江相姑虎丘县乡街委属质坐落单编号称码积备注描述湖南京津沪渝冀晋蒙辽吉黑浙皖闽赣鲁豫鄂湘粤桂琼川贵云藏陕甘青宁疆"
    "居住政府行政区划规划用地沼泽滩涂灌丛竹乔木桥站汽车公园学校医院幼儿乐阳元华龙凤兴福祥东西中心新旧古镇桃花石塔寺庙潭沙泉井岗岭坡坪屯庄堡营寨厂店铺场站浦滨洲岛湾"
)
_TRADITIONAL = frozenset(
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面"
    "起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體"
    "政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女"
    "變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象"
    "完設式色路記南品住告類求據程北邊該交規萬取望領共確傳師觀清今切院讓識帶導運臺灣縣鄉鎮村里鄰街巷弄號香港九龍園圖書館灘濕農業區橋站車站學校醫院溪嶺竹桃花蓮義宜雄投彰屏栗隆峽鶯潭"
)
_HANGUL = frozenset(
    "가각간갈감강개거건경계고곡공관광교구국군금기김나남내노다대덕도동두라로리마면명문미민박반방백부북사산삼상서석선성세소송수시신아안암양여연영오옥와완용우운울원월유은의이인일임자"
    "작장재전정제조종주중지진창천철청초촌추충치태토특파평포하학한함해현형호홍화황회효흥을를에는의부산광역시서울"
)

PLAUSIBLE = 0.5
CLEAR_LEAD = 0.2
ENOUGH_CHARACTERS = 2


@dataclass(frozen=True, slots=True)
class EncodingProof:
    """What the bytes of a text say of its encoding · 编码判定.

    Parameters
    ----------
    encoding
        Name for people and files, such as ``GBK``; ``ASCII`` where no byte needs one.
    proved
        True if every other encoding fails or gives nonsense.
    plausible_share
        Share of the characters beyond ASCII that are common ones, 0–1.
    candidates
        Names of the encodings that fit about equally, best first.
    """

    encoding: str
    proved: bool
    plausible_share: float
    candidates: tuple[str, ...]


def _share(text: str, common: Callable[[str], bool]) -> float:
    beyond = [character for character in text if character > "\x7f"]
    return sum(1 for character in beyond if common(character)) / len(beyond) if beyond else 0.0


def _is_kana(character: str) -> bool:
    return "ぁ" <= character <= "ヿ"


def _japanese(text: str) -> float:
    if not any(_is_kana(character) for character in text):
        return 0.8 * _share(text, lambda character: character in _TRADITIONAL or character in "県区町駅沢浜")
    return _share(text, lambda character: _is_kana(character) or "一" <= character <= "鿿" or character in "々ー・（）　")


def _latin(text: str) -> float:
    words = re.findall(r"[A-Za-zÀ-ÖØ-öø-ÿŒœŠšŽž]+", text)
    good = sum(sum(1 for letter in word if letter > "\x7f") for word in words if _is_latin_word(word))
    beyond = sum(1 for character in text if character > "\x7f")
    signs = sum(1 for character in text if character in "°²³«»’–·½")
    return min(1.0, (good + 0.8 * signs) / beyond) if beyond else 0.0


def _is_latin_word(word: str) -> bool:
    beyond = sum(1 for letter in word if letter > "\x7f")
    plain = len(word) - beyond
    # An accented letter stands among plain ones, and a capital inside a word of small letters is nonsense.
    return plain >= beyond and (word[1:] == word[1:].lower() or word == word.upper())


def _cyrillic(text: str) -> float:
    return _alphabet(text, r"[\u0410-\u044fЁёA-Za-z]+", lambda letter: "\u0410" <= letter <= "\u044f" or letter in "Ёё")


def _greek(text: str) -> float:
    return _alphabet(text, r"[Ά-ώA-Za-z]+", lambda letter: "Ά" <= letter <= "ώ")


def _alphabet(text: str, word_pattern: str, own: Callable[[str], bool]) -> float:
    """Weigh the letters of words that are of one alphabet and have capitals only where words have them."""
    beyond = sum(1 for character in text if character > "\x7f")
    good = 0
    for word in re.findall(word_pattern, text):
        count = sum(1 for letter in word if own(letter))
        if count == len(word) and (word[1:] == word[1:].lower() or word == word.upper()):
            good += count
    return good / beyond if beyond else 0.0


_CANDIDATES: tuple[tuple[str, str, Callable[[str], float]], ...] = (
    ("GBK", "gb18030", lambda text: _share(text, lambda character: character in _SIMPLIFIED or character in "，。、（）：；《》“”—")),
    ("Big5", "cp950", lambda text: _share(text, lambda character: character in _TRADITIONAL or character in "，。、（）：；")),
    ("Shift_JIS", "cp932", _japanese),
    ("EUC-JP", "euc_jp", _japanese),
    ("EUC-KR", "cp949", lambda text: _share(text, lambda character: character in _HANGUL)),
    ("windows-1252", "cp1252", _latin),
    ("windows-1251", "cp1251", _cyrillic),
    ("KOI8-R", "koi8_r", _cyrillic),
    ("windows-1253", "cp1253", _greek),
)
_CODEC_OF = {name: codec for name, codec, _ in _CANDIDATES} | {"UTF-8": "utf-8", "ASCII": "ascii", "UTF-16": "utf-16"}

# Language driver ids of dBASE that name one encoding; 0x57 (ANSI of the machine) names none.
_DRIVER_IDS = {
    0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x08: "cp865", 0x0D: "cp437", 0x13: "cp932", 0x26: "cp866", 0x4D: "gb18030",
    0x4E: "cp949", 0x4F: "cp950", 0x50: "cp874", 0x58: "cp1252", 0x59: "cp1252", 0x64: "cp852", 0x65: "cp866", 0x66: "cp865",
    0x6A: "cp737", 0x6B: "cp857", 0x78: "cp950", 0x79: "cp949", 0x7A: "gb18030", 0x7B: "cp932", 0x7C: "cp874", 0x7D: "cp1255",
    0x7E: "cp1256", 0xC8: "cp1250", 0xC9: "cp1251", 0xCA: "cp1254", 0xCB: "cp1253", 0xCC: "cp1257",
}  # fmt: skip
_NICE_NAMES = {codec: name for name, codec, _ in _CANDIDATES} | {
    "utf-8": "UTF-8",
    "ascii": "ASCII",
    "gbk": "GBK",
    "gb2312": "GBK",
    "big5": "Big5",
}
_OEM_SPELLINGS = {
    "936": "gb18030",
    "950": "cp950",
    "932": "cp932",
    "949": "cp949",
    "874": "cp874",
    "88591": "latin-1",
    "utf8": "utf-8",
    "koi8r": "koi8_r",
}


def codec_of(name: str) -> str | None:
    """Find Python's codec for an encoding name as files spell it · 编码名到编解码器.

    Parameters
    ----------
    name
        Such as ``GBK``, ``UTF-8``, ``936``, ``ANSI 1252``, ``ISO 8859-1``, ``LDID/77``.

    Returns
    -------
    str or None
        None where the name is not known.
    """
    plain = name.strip().lower().removeprefix("ldid/")
    if name.strip().lower().startswith("ldid/") and plain.isdigit():
        return driver_codec(int(plain))
    plain = re.sub(r"^(ansi|oem|cp|windows|ms|iso)[ _-]*(?=\d)", "", plain)
    compact = re.sub(r"[ _-]", "", plain)
    for spelling in (_OEM_SPELLINGS.get(compact), _CODEC_OF.get(name.strip()), plain, f"cp{compact}", f"iso{plain}", compact):
        if spelling and spelling not in _NOT_TEXT:
            try:
                found = codecs.lookup(spelling)
            except (LookupError, ValueError):
                continue
            # GB18030 holds all of GBK and GB2312, whose labels are used for text that goes beyond them.
            return {
                "gbk": "gb18030",
                "gb2312": "gb18030",
                "big5": "cp950",
                "shift_jis": "cp932",
                "euc_kr": "cp949",
                "cp936": "gb18030",
            }.get(found.name, found.name)
    return None


_NOT_TEXT = {
    "hex",
    "base64",
    "bz2",
    "zlib",
    "zip",
    "rot13",
    "rot_13",
    "quopri",
    "uu",
    "idna",
    "punycode",
    "undefined",
    "unicode_escape",
    "raw_unicode_escape",
    "mbcs",
    "oem",
    "escape",
}


def nice_name(codec: str) -> str:
    """Name a codec as people do · 编码的通用名.

    Parameters
    ----------
    codec
        Python's name.

    Returns
    -------
    str
        Such as ``GBK`` for ``gb18030``.
    """
    return _NICE_NAMES.get(codec, codec)


def driver_codec(driver_id: int) -> str | None:
    """Find the codec that a dBASE language driver id names · 由LDID取编码.

    Parameters
    ----------
    driver_id
        Byte 29 of the header.

    Returns
    -------
    str or None
        None where the byte says nothing.
    """
    return _DRIVER_IDS.get(driver_id)


def decodes(samples: Sequence[bytes], codec: str) -> bool:
    """Tell whether every text decodes strictly · 是否均可严格解码.

    Parameters
    ----------
    samples
        Raw texts.
    codec
        Python's name of the encoding.

    Returns
    -------
    bool
        False if one byte sequence is not of the encoding.
    """
    try:
        for sample in samples:
            text = sample.decode(codec)
            if any("\x80" <= character <= "\x9f" or "\ue000" <= character <= "\uf8ff" for character in text):
                return False
    except UnicodeError:
        return False
    return True


def prove_encoding(samples: Sequence[bytes]) -> EncodingProof:
    """Find the encoding that is the only one to make sense of the texts · 以解码验证编码.

    UTF-8 that decodes strictly is UTF-8, since text of other encodings hardly ever does. Otherwise
    every candidate that decodes strictly is weighed by how many of its characters are common ones.

    Parameters
    ----------
    samples
        Raw texts, as many as there are; texts of plain ASCII do not count.

    Returns
    -------
    EncodingProof
        With `proved` False where more than one encoding makes sense, or none does.
    """
    telling = [sample for sample in samples if not sample.isascii()]
    if not telling:
        return EncodingProof("ASCII", proved=True, plausible_share=1.0, candidates=("ASCII",))
    if decodes(telling, "utf-8"):
        return EncodingProof("UTF-8", proved=True, plausible_share=1.0, candidates=("UTF-8",))
    scores: list[tuple[float, int, str]] = []
    for order, (name, codec, score) in enumerate(_CANDIDATES):
        if decodes(telling, codec):
            text = "\n".join(sample.decode(codec) for sample in telling)
            scores.append((score(text), -order, name))
    if not scores:
        return EncodingProof("windows-1252", proved=False, plausible_share=0.0, candidates=())
    scores.sort(reverse=True)
    best, _, name = scores[0]
    rivals = [rival for value, _, rival in scores if value >= best - CLEAR_LEAD]
    beyond = sum(1 for sample in telling for character in sample.decode(_CODEC_OF[name]) if character > "\x7f")
    proved = best >= PLAUSIBLE and len(rivals) == 1 and beyond >= ENOUGH_CHARACTERS
    return EncodingProof(name, proved=proved, plausible_share=best, candidates=tuple(rivals[:4]))


def proved_codec(proof: EncodingProof) -> str:
    """Give the codec of a proof's encoding · 取编解码器.

    Parameters
    ----------
    proof
        From `prove_encoding`.

    Returns
    -------
    str
        Python's name.
    """
    return _CODEC_OF[proof.encoding]
