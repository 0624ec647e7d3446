"""Words as the search of quick replies compares them.

Letters are folded to Latin ones: trigrams know Cyrillic in some of PostgreSQL's collations only,
and an operator who types "dostavka" means "доставка".
"""

from __future__ import annotations

import re

LATIN = str.maketrans(
    dict(zip("абвгдеёзийклмнопрстуфхцыэ", "abvgdeeziyklmnoprstufhcye", strict=True))
    | {"ж": "zh", "ч": "ch", "ш": "sh", "щ": "shch", "ю": "yu", "я": "ya", "ь": "", "ъ": ""}
)
NOT_WORD = re.compile(r"[^\w]+|_+")
KEYS = "qwertyuiop[]asdfghjkl;'zxcvbnm,.`", "йцукенгшщзхъфывапролджэячсмитьбюё"
TO_CYRILLIC = str.maketrans(*KEYS)
TO_LATIN = str.maketrans(*reversed(KEYS))
#: An index takes no words of any length.
LONGEST = 60
TOO_LONG = re.compile(rf"([^ ]{{{LONGEST}}})(?=[^ ])")
#: A reply is found by the beginning of a long text, as an operator remembers it.
MAX_WORDS = 4_000
#: Of customers' words, those that tell nothing of the matter.
EMPTY_WORDS = """
будет была были быть вами вообще даже если есть этот этого этом этой когда какая какие какой
какую можете можно меня надо наша него нужен нужна нужно очень пожалуйста после почему просто
сейчас скажите такой тоже только хотел хотела хочу чтобы about could from have just like please
that there this what when where which will with would your
"""
EMPTY = frozenset(EMPTY_WORDS.split())


def fold(text: str) -> str:
    """Small Latin letters and digits, one space between words; what is too long for a word is
    several."""
    lower = text.replace("\x00", " ").lower().translate(LATIN)
    words = " ".join(NOT_WORD.sub(" ", lower).split())
    return TOO_LONG.sub(r"\1 ", words)


def parts_of(code: str) -> list[str]:
    """Each letter of a folded code, and each two that stand together."""
    pairs = (code[place : place + 2] for place in range(len(code) - 1))
    return sorted({*code, *pairs})


def switched(text: str) -> str:
    """What was meant when the keyboard stood in the other language."""
    small = text.lower()
    cyrillic = re.search(r"[а-яё]", small) is not None
    return small.translate(TO_LATIN if cyrillic else TO_CYRILLIC)


def telling_words(text: str, *, limit: int = 10) -> list[str]:
    """The words of a customer by which a reply may be guessed, folded, the longest first."""
    words = dict.fromkeys(re.findall(r"[^\W\d_]{4,}", text.lower()))
    found = [fold(word) for word in words if word not in EMPTY]
    return sorted(dict.fromkeys(found), key=len, reverse=True)[:limit]
