"""The words that search knows: one spelling for every case, umlaut and ending, in German and English at once."""

import re
import threading
import unicodedata
from collections.abc import Iterator

import snowballstemmer

_WORD = re.compile(r"[^\W_]{1,64}")
_UMLAUT = re.compile("([aou])e")
_MEMO = 200_000  # spellings remembered, about 20 MB

_english = snowballstemmer.stemmer("english")
_german = snowballstemmer.stemmer("german")
_stemming = threading.Lock()  # a stemmer keeps the word it works on in itself


def fold(word: str) -> str:
    """Return a word in lower case without accents; ``Müller``, ``Mueller`` and ``muller`` are one.

    Every ``ae``, ``oe`` and ``ue`` is folded, an umlaut or not: the same is done to what is
    searched for, so it costs a rare wrong hit (``blue`` finds ``blu``) and never a right one.
    """
    word = word.casefold()
    if not word.isascii():
        word = "".join(mark for mark in unicodedata.normalize("NFKD", word) if not unicodedata.combining(mark))
    return _UMLAUT.sub(r"\1", word)


class _Stems(dict[str, str]):
    """Remembers the stem of every spelling met, because a stemmer in Python costs 30 µs a word."""

    def __missing__(self, word: str) -> str:
        folded = fold(word)
        # Nobody says which language a text is in, and many texts are in two: English endings go first
        # because the German stemmer would take the s of "meetings" and stop.
        stem = folded
        if folded.isascii() and folded.isalpha():
            with _stemming:
                stem = _german.stemWord(_english.stemWord(folded))
        # What folding makes of one letter may be several words or none ("½" becomes 1⁄2).
        stem = "".join(_WORD.findall(stem))
        if len(self) >= _MEMO:
            self.clear()
        self[word] = stem
        return stem


_stem = _Stems().__getitem__


def composed(text: str) -> str:
    """Return a text with every letter and its accent as one character, as some systems do not write it."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def stems(text: str) -> list[str]:
    """Return the stems of a text in their order."""
    return list(map(_stem, _WORD.findall(composed(text))))


def stemmed(text: str | None) -> str:
    """Return a text as its stems with a blank between them, ready for an index that only splits at blanks."""
    return " ".join(stems(text)) if text else ""


def spots(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield begin, end and stem of every word of a composed text."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        yield start, end, _stem(text[start:end])
