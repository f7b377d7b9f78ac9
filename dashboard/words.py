"""The words that search knows: one spelling for every case, umlaut and ending, in German and English at once."""

import re
import threading
import unicodedata
from collections.abc import Iterator

import snowballstemmer

_WORD = re.compile(r"[^\W_]{1,64}")
_UMLAUT = re.compile("([aou])e")
_MEMO, _SHORT = 50_000, 32  # spellings remembered, and how long they may be: about 8 MB

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
    """Remembers what becomes of everything met between two blanks: its stems, with a blank between them.

    Texts repeat themselves, signs and all; splitting at blanks and looking up is many times as fast as looking for
    words, and a stemmer costs more again.
    """

    def __missing__(self, spelling: str) -> str:
        found = " ".join(filter(None, map(_stem, _WORD.findall(composed(spelling)))))
        if len(spelling) <= _SHORT:
            if len(self) >= _MEMO:
                self.clear()
            self[spelling] = found
        return found


def _stem(word: str) -> str:
    folded = fold(word)
    # Nobody says which language a text is in, and many texts are in two: English endings go first
    # because the German stemmer would take the s of "meetings" and stop.
    if folded.isascii() and folded.isalpha():
        with _stemming:
            stem: str = _german.stemWord(_english.stemWord(folded))
            return stem
    # What folding makes of one letter may be several words or none ("½" becomes 1⁄2).
    return "".join(_WORD.findall(folded))


_stems = _Stems().__getitem__


def composed(text: str) -> str:
    """Return a text with every letter and its accent as one character, as some systems do not write it."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def stems(text: str) -> list[str]:
    """Return the stems of a text in their order."""
    return stemmed(text).split()


def stemmed(text: str | None) -> str:
    """Return a text as its stems with blanks between them, ready for an index that only splits at blanks."""
    return " ".join(map(_stems, text.split())) if text else ""


def spots(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield begin, end and stem of every word of a composed text."""
    for match in _WORD.finditer(text):
        start, end = match.span()
        yield start, end, _stems(text[start:end])
