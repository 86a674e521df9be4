"""SHA-256 of a file: a container; the same file held by two people says nothing about the two being one.

It proves that two contents are equal. It misleads where a picture was re-encoded, cropped or renamed inside an
archive: the content people see is the same and the digest is another. Source: FIPS 180-4; formats.md 3.2.

>>> validate("sha256:E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")
'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
>>> is_valid("e3b0c442"), is_valid("0" * 64)
(False, False)
>>> format("E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855")
'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
"""

from __future__ import annotations

from kaval.engine.kernel.file_identity import bare_text, from_hex, is_filler

STRENGTH = "container"
SCOPED = False
HOLDER = "many"
PROVES = "Two contents are equal to the last bit."
PROVES_ML = "രണ്ട് ഉള്ളടക്കങ്ങൾ അവസാന ബിറ്റ് വരെ ഒന്നുതന്നെയാണ്."
MISLEADS = "A picture saved again has another value, and a viral file lies with thousands of strangers."
MISLEADS_ML = "വീണ്ടും സേവ് ചെയ്ത ചിത്രത്തിനു മറ്റൊരു മൂല്യമാണ്; പരക്കെ പ്രചരിച്ച ഫയൽ ആയിരങ്ങളുടെ പക്കലുണ്ട്."


def compact(value: str) -> str:
    """Lower case without the prefix some tools write."""
    return bare_text(value, "sha256:", "sha-256:")


def validate(value: str) -> str:
    """The 64 hex digits.

    Raises:
        ValueError: not 32 bytes in hex, or one digit repeated.
    """
    bare = compact(value)
    if from_hex(bare, 32) is None or is_filler(bare):
        raise ValueError(f"no SHA-256: {value!r}")
    return bare


def is_valid(value: str) -> bool:
    """True when `validate` accepts the value."""
    try:
        return bool(validate(value))
    except ValueError:
        return False


def format(value: str) -> str:
    """The form shown to people: hex."""
    return validate(value)
