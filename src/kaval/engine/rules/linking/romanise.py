"""A name in Malayalam script or in any of its Latin spellings comes to one sound.

`romanise` writes Malayalam letters in the spelling usual in Kerala. `sound` is what most spellings of one name have
in common (vowel classes kept): അനിത, Anitha and Anita are one, Anil and Anila are two. `skeleton` keeps consonants
alone, coarser still. All three take any text and never raise; what is no letter in a script they know is left out.

Letters: the Malayalam block of Unicode, U+0D00 to U+0D7F, with chillu letters both as one code point (5.1 and later)
and as consonant + virama + ZWJ. Spellings: usage in Kerala's own English texts, collected by hand; unverified.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from kaval.engine.reference.load import rows

LONGEST = 256  # signs of a text that are looked at; no name is longer

_VIRAMA, _ZWNJ, _ZWJ = "്", "\u200c", "\u200d"


def pairs_of(text: str) -> dict[str, str]:
    """`sign=spelling`, divided by spaces."""
    return dict(pair.split("=", 1) for pair in text.split())


_CONSONANTS = pairs_of(
    "ക=k ഖ=kh ഗ=g ഘ=gh ങ=ng ച=ch ഛ=chh ജ=j ഝ=jh ഞ=nj ട=t ഠ=th ഡ=d ഢ=dh ണ=n ത=th ഥ=th ദ=d ധ=dh ന=n പ=p "
    "ഫ=f ബ=b ഭ=bh മ=m യ=y ര=r ല=l വ=v ശ=sh ഷ=sh സ=s ഹ=h ള=l ഴ=zh റ=r ഩ=n ഺ=t"
)
_VOWELS = pairs_of("അ=a ആ=aa ഇ=i ഈ=ee ഉ=u ഊ=oo ഋ=ri ൠ=ri ഌ=li ൡ=li എ=e ഏ=e ഐ=ai ഒ=o ഓ=o ഔ=au ൟ=ee")
_SIGNS = pairs_of("ാ=aa ി=i ീ=ee ു=u ൂ=oo ൃ=ri ൄ=ri ൢ=li ൣ=li െ=e േ=e ൈ=ai ൊ=o ോ=o ൌ=au ൗ=au")
_CHILLU = pairs_of("ൺ=n ൻ=n ർ=r ൽ=l ൾ=l ൿ=k ൔ=m ൕ=y ൖ=zh ൎ=r")
_CHILLU_OF = dict(zip("ണനരറലളകമയഴ", "ൺൻർർൽൾൿൔൕൖ", strict=True))
_DIGITS = {chr(0x0D66 + n): str(n) for n in range(10)}
_ANUSVARA, _VISARGA = frozenset("ംഀഁ"), "ഃ"
_NASALS = dict.fromkeys("കഖഗഘചഛജഝടഠഡഢതഥദധ", "n")
# Letters that together sound unlike each alone; the longest first.
_CLUSTERS = {
    "റ്റ": "tt", "ന്റ": "nt", "ൻറ": "nt", "ൻ്റ": "nt", "മ്പ": "mb", "ങ്ക": "nk", "ങ്ങ": "ng",
    "ഞ്ച": "nch", "ഞ്ജ": "nj", "ഞ്ഞ": "nj", "ക്ഷ": "ksh", "ച്ച": "ch", "ച്ഛ": "ch", "ജ്ഞ": "jn",
    "ത്ത": "th", "ത്ഥ": "th", "ദ്ധ": "dh", "ട്ട": "tt", "ട്ഠ": "tt",
}  # fmt: skip
_CHILLU_FORM = re.compile(f"([{''.join(_CHILLU_OF)}]){_VIRAMA}{_ZWJ}")
_INHERENT = re.compile(r"[\u0D00-\u0D7F]")


@lru_cache(maxsize=65536)
def romanise(text: str) -> str:
    """The text with Malayalam letters in the Latin letters usual in Kerala; everything else as it was.

    >>> romanise("അനിൽ പുത്തൻവീട്"), romanise("സംഗീത"), romanise("Anil")
    ('anil puthanveed', 'sangeetha', 'Anil')
    """
    if _INHERENT.search(text) is None:
        return text
    text = _CHILLU_FORM.sub(lambda found: _CHILLU_OF[found[1]], unicodedata.normalize("NFC", text))
    text = text.replace(_ZWNJ, "").replace(_ZWJ, "")
    out: list[str] = []
    at = 0
    while at < len(text):
        at = _letter(text, at, out)
    return "".join(out)


def _letter(text: str, at: int, out: list[str]) -> int:
    """Writes what stands at a place; the place after it. A consonant without a vowel sign has an `a`."""
    for size in (3, 2):
        spelt = _CLUSTERS.get(text[at : at + size])
        if spelt is not None:
            out.append(spelt)
            return _vowel(text, at + size, out)
    sign = text[at]
    if sign in _CONSONANTS:
        # ട between vowels is spoken and written d: veedu, kudi.
        out.append("d" if sign == "ട" and out and out[-1][-1] in "aeiou" else _CONSONANTS[sign])
        return _vowel(text, at + 1, out)
    if sign in _ANUSVARA:
        out.append(_NASALS.get(text[at + 1 : at + 2], "m"))
    elif sign == _VISARGA:
        out.append("h")
    elif sign != _VIRAMA:
        out.append(_VOWELS.get(sign) or _SIGNS.get(sign) or _CHILLU.get(sign) or _DIGITS.get(sign) or sign)
    return at + 1


def _vowel(text: str, at: int, out: list[str]) -> int:
    sign = text[at : at + 1]
    if sign in _SIGNS and sign:
        out.append(_SIGNS[sign])
        return at + 1
    if sign == _VIRAMA:
        return at + 1
    out.append("a")
    return at


# ------------------------------------------------------------ sounds

Rule = tuple[re.Pattern[str], str]
_V = "[aeiou]"
_C = "[b-df-hj-np-tv-z]"
# ശ at the beginning is written S as often as Sh; ഷ is always Sh: Shaji and Saji are two people's names.
_SOFT = (
    "shank|shant|shas[hi]|shar[aeiu]?[dtmn]|shobh|shail|shyl|shya?am|shiam|shub|sh[ri]{2}|shree|shak[tu]|shekh?a|"
    "sheela|shambh|shalini|shanm|shiv|shood|shoor|shwe|shvet|shilp|shish|shush|shoun|shath?r"
)
_TEXT: tuple[tuple[str, str], ...] = (
    # Names so often spelt by rules of their own that these come first.
    (r"^m[uo]+h+[aeo]?m+[aei]+[dt]+h?", "muhammat"),
    (r"^a+h+a?m+[ae]+[dt]+h?", "ahmat"),
    (r"^abd[aou]+l?r+[ae]h+i?ma", "abdulrahma"),
    (r"r[ae]h+i?man", "rahman"),
    (r"^le(?=ks|x)", "la"),
    (r"amrut", "amrit"),
    (r"^(h|k|th?|pr)ru?u(?=d|p|th)", r"\1ri"),
    (r"^re(?=nj|jan|jit|jil|m[iy]a|sm|gh|t[hn]?[ie]s)", "ra"),
    (r"^je(?=y[aeo])", "ja"),
    (r"rayk+al", "rakal"),
    (r"zh(?=s)", "r"),
    (r"(?:ee|i|e)sh$", "iX"),
    # Consonants; x is ഷ from here on, C is ച.
    (r"^x", "s"),
    (r"x", "ks"),
    (rf"^(?!{_SOFT})sh(?=[aeiouy])|sh$|X$", "x"),
    (r"t?c+h+h?", "C"),
    (r"zh|sh+|z", "s"),
    (r"ph", "f"),
    (r"bh", "b"),
    (r"gh", "g"),
    (r"kh", "k"),
    (r"jh", "j"),
    (r"ck|qu?", "k"),
    (r"c(?=[eiy])", "s"),
    (r"c", "k"),
    (r"C", "c"),
    (r"d[dh]*|t[th]*", "t"),
    # Vowels.
    (r"ew(?!a)", "iu"),
    (r"[ao]w(?![aeiou])|ou", "au"),
    (r"w", "v"),
    (r"ey$|ie$", "i"),
    (r"ee+|ea", "i"),
    (r"oo+", "u"),
    (r"ae", "e"),
    (r"(.)\1+", r"\1"),
    (r"ayi|[ae]y(?![aeiou])|ei", "ai"),
    (rf"^({_C}+)y(?={_C})", r"\1ai"),
    (rf"(?<={_C})y", "i"),
    (rf"(?<=[ie])y(?={_V})", ""),
    (r"oyi|oy(?![aeiou])", "oi"),
    (r"(?<=u)v(?=a$|el$)", ""),
    (r"ie(?=[nr])", "ia"),
    # What stands beside what.
    (r"oh(?=n)", "o"),
    (r"e(?=h)", "a"),
    (r"n?nh(?=[aeiou])|nc", "nj"),
    (r"[mn](?=[kgtcj])", "n"),
    (r"[mn]p|nb", "mb"),
    (r"ng", "nk"),
    (r"h+$", ""),
    (r"om$", "am"),
    (r"son$", "san"),
    (rf"(?<={_C})e(?={_C}+$)", "a"),
    (rf"e(?=[nm]{_C})", "a"),
    (r"(.)\1+", r"\1"),
    # "in the house of" is the house.
    (r"(?<=paramb)il$|(?<=vit)il$|(?<=bavan)am$", ""),
)
_RULES: tuple[Rule, ...] = tuple((re.compile(pattern), new) for pattern, new in _TEXT)
# The half vowel at the end of a word is written u or not at all: veedu, veed; but Raju is not Raj.
_HALF_U = re.compile(
    r"(?<=vit)u$|(?<=tot)u$|(?<=kat)u$|(?<=kun)u$|(?<=muk)u$|(?<=tav)u$|(?<=ramb)u$|(?<=lav)u$"
)
_WORDS = re.compile(r"[a-z]+")


def _spoken() -> dict[str, str]:
    """Names whose spelling hides their sound: form as written -> form as spoken."""
    found: dict[str, str] = {}
    for row in rows("linking_names"):
        if row["kind"] == "spoken":
            for pair in str(row["forms"]).split():
                form, _, spoken = pair.partition("=")
                found[form] = spoken
    return found


_SPOKEN = _spoken()


@lru_cache(maxsize=65536)
def folded(text: str) -> str:
    """Romanised, without accents, in small letters."""
    plain = unicodedata.normalize("NFKD", romanise(text[:LONGEST])).casefold()
    return plain if plain.isascii() else "".join(sign for sign in plain if not unicodedata.combining(sign))


@lru_cache(maxsize=131072)
def sound(text: str) -> str:
    """How a name or house name sounds, its words joined; empty when it has no letter of a known script.

    >>> sound("അനിത") == sound("Anitha") == sound("ANITA"), sound("Anil") == sound("Anila")
    (True, False)
    """
    words = _WORDS.findall(folded(text))
    return _once(words[0]) if len(words) == 1 else _DOUBLE.sub(r"\1", "".join(map(_once, words)))


_DOUBLE = re.compile(r"(.)\1+")


@lru_cache(maxsize=131072)
def _once(word: str) -> str:
    word = _SPOKEN.get(word, word)
    for pattern, new in _RULES:
        word = pattern.sub(new, word)
    return _HALF_U.sub("", word) if word.endswith("u") else word


_COARSE = str.maketrans({"x": "s", "c": "j", "g": "k", "p": "b", "h": None})
_ALL_VOWELS = re.compile(r"[aeiouy]+")


@lru_cache(maxsize=131072)
def skeleton(text: str) -> str:
    """The consonants alone, voiced and unvoiced as one, with `a` for a vowel at the beginning.

    >>> skeleton("Suresh") == skeleton("സുരേഷ്"), skeleton("Rahim") == skeleton("Raim")
    (True, True)
    """
    heard = sound(text)
    return bare(heard)


@lru_cache(maxsize=131072)
def bare(heard: str) -> str:
    """The skeleton of a sound."""
    coarse = heard.translate(_COARSE)
    begun = "a" if coarse[:1] and coarse[0] in "aeiou" else ""
    return _DOUBLE.sub(r"\1", begun + _ALL_VOWELS.sub("", coarse))
