"""Country codes of E.164 and how long a national number may be: enough to refuse what is no number, no more.

Source: ITU-T List of E.164 assigned country codes (Operational Bulletin), and national numbering plans filed under
ITU-T E.129. A range is wide where a country uses several lengths; a country without its own entry may use 5 digits
and more up to E.164's limit of 15 in all. Service codes (800, 808, 979) are in the list: they are no country.
"""

from __future__ import annotations

# Shortest and longest national significant number.
_LENGTHS = {
    "1": (10, 10), "7": (10, 10), "20": (8, 10), "27": (9, 9), "30": (10, 10), "31": (7, 11), "32": (8, 9),
    "33": (9, 9), "34": (9, 9), "36": (8, 9), "39": (6, 12), "40": (9, 9), "41": (9, 12), "43": (4, 13),
    "44": (7, 10), "45": (8, 8), "46": (7, 13), "47": (8, 8), "48": (9, 9), "49": (5, 13), "51": (8, 9),
    "52": (10, 11), "54": (10, 11), "55": (10, 11), "56": (8, 9), "57": (8, 10), "58": (10, 10), "60": (8, 10),
    "61": (9, 10), "62": (7, 12), "63": (8, 10), "64": (8, 10), "65": (8, 8), "66": (8, 9), "81": (9, 10),
    "82": (7, 11), "84": (9, 10), "86": (9, 11), "90": (10, 10), "91": (10, 10), "92": (8, 10), "93": (9, 9),
    "94": (9, 9), "95": (7, 10), "98": (10, 10), "880": (8, 10), "960": (7, 7), "961": (7, 8), "962": (8, 9),
    "963": (8, 9), "964": (8, 10), "965": (7, 8), "966": (8, 9), "967": (7, 9), "968": (7, 8), "970": (8, 9),
    "971": (8, 9), "972": (8, 9), "973": (8, 8), "974": (7, 8), "975": (7, 8), "977": (8, 10),
}  # fmt: skip

_ASSIGNED = (
    "1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 "
    "86 90 91 92 93 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 "
    "237 238 239 240 241 242 243 244 245 246 247 248 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 "
    "266 267 268 269 290 291 297 298 299 350 351 352 353 354 355 356 357 358 359 370 371 372 373 374 375 376 377 378 "
    "379 380 381 382 383 385 386 387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 "
    "596 597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 800 808 850 "
    "852 853 855 856 870 878 880 881 882 883 886 888 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 "
    "977 979 992 993 994 995 996 998"
)

PLANS = {code: _LENGTHS.get(code, (5, 15 - len(code))) for code in _ASSIGNED.split()}


def in_plan(digits: str) -> bool:
    """True when digits without the `+` start with an assigned code and the rest has a length that country uses.

    In North America area and exchange start with 2 to 9 (NANP); in India no national number starts with 0.

    >>> in_plan("919846012345"), in_plan("12025550123"), in_plan("9715012345"), in_plan("99912345678")
    (True, True, False, False)
    """
    for length in (2, 3, 1):
        code = digits[:length]
        if code in PLANS:
            shortest, longest = PLANS[code]
            if not shortest <= len(digits) - length <= longest:
                return False
            if code == "1":
                return digits[1] > "1" and digits[4] > "1"
            return code != "91" or digits[2] != "0"
    return False
