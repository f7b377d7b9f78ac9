"""The words of an item as hashed numbers, the same for a word whatever its case, accents or ending."""

import re
import struct
import unicodedata
import zlib
from itertools import chain

TITLE = 0x8000_0000
"""The bit that marks a word of the title; the other 31 bits are the hash."""

LIMIT = 96
"""How many different words of an item are kept, those of the title first."""

_READ = 2400  # characters of a text: an item says what it is about early, quotes and footers come late
_MEMO, _SHORT = 50_000, 32  # spellings remembered with their hashes, and how long they may be: about 8 MB

_WORD = re.compile(r"\w[\w.]{0,38}\w")

STOP_WORDS = frozenset(  # folded, as :func:`fold` returns them
    """
    about above after again all also am an and any are as at be because been before being below between both but by
    can cannot could did do does doing down during each few for from further get got had has have having he her here
    hers him his how if in into is it its itself just like me more most my no nor not now of off on once one only or
    other our ours out over own please same she should so some such than thanks that the their theirs them then there
    these they this those through to too under until up us very was we were what when where which while who whom why
    will with would yes yet you your yours don didn doesn isn wasn ll re ve
    aber alle allem allen aller alles als also am an ander andere anderem anderen anderer anderes auch auf aus bei beim
    bin bis bist bitte da damit dann das dass dem den denn der des dessen dich die dies diese diesem diesen dieser
    dieses dir doch dort du durch ein eine einem einen einer eines er es etwas euch euer eure fur gegen gewesen hab
    habe haben hat hatte hatten hier hin hinter ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in indem ins ist ja
    jede jedem jeden jeder jedes jetzt kann kein keine keinem keinen keiner konnen konnte mal man mein meine meinem
    meinen meiner mich mir mit muss mussen nach nicht nichts noch nun nur ob oder ohne schon sehr sein seine seinem
    seinen seiner seit sich sie sind so solche soll sollen sollte sondern sonst uber um und uns unser unsere unter viel
    vom von vor war waren warst was wegen weil weiter welche welchem welchen welcher wenn wer werde werden wie wieder
    will wir wird wirst wo wollen worden wurde wurden zu zum zur zwar zwischen
    re aw fw fwd wg http https www com org net mailto
    """.split()  # noqa: SIM905  a paragraph reads better than 300 quoted words
)

_ENDINGS = ("ungen", "innen", "ing", "ern", "ed", "em", "er", "en", "es", "e")
_INSTEAD = {"ungen": "ung", "innen": "in"}


def fold(word: str) -> str:
    """Return a word without case and accents: ``Prüfung`` and ``PRUFUNG`` are ``prufung``."""
    word = word.casefold()
    if word.isascii():
        return word
    return "".join(mark for mark in unicodedata.normalize("NFKD", word) if not unicodedata.combining(mark))


def stem(word: str) -> str:
    """Return a folded word without the commonest German and English endings, never fewer than four letters of it."""
    if not word.isalpha() or len(word) < 5:
        return word
    if word.endswith("ies"):
        return word[:-3] + "y"
    if word.endswith("s") and not word.endswith("ss"):
        word = word[:-1]
    if not word.endswith(_ENDINGS):
        return word
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word[: -len(ending)] + _INSTEAD.get(ending, "")
    return word


class _Hashes(dict[str, tuple[int, ...]]):
    """Remembers the hashes of everything met between two blanks, which is mostly one word; forgets all when full."""

    def __missing__(self, spelling: str) -> tuple[int, ...]:
        numbers = tuple(filter(None, map(term, _WORD.findall(spelling))))
        if len(spelling) <= _SHORT:
            if len(self) >= _MEMO:
                self.clear()
            self[spelling] = numbers
        return numbers


_hashes = _Hashes().__getitem__


def term(word: str) -> int:
    """Return the hash of one word; 0 for a stop word, which matches nothing."""
    folded = fold(word)
    return 0 if folded in STOP_WORDS else zlib.crc32(stem(folded).encode()) & ~TITLE or 1


def hashed(text: str) -> list[int]:
    """Return the hashes of the different words of a text in their order, without stop words."""
    return list(dict.fromkeys(chain.from_iterable(map(_hashes, text.split()))))


def pack_terms(title: str, text: str) -> bytes:
    """Return the words of an item as little-endian 32-bit numbers: title words first, with :data:`TITLE` set."""
    heads = hashed(title[:_READ])[: LIMIT // 2]
    known = set(heads)
    body = [number for number in hashed(text[:_READ]) if number not in known]
    numbers = [number | TITLE for number in heads] + body[: LIMIT - len(heads)]
    return struct.pack(f"<{len(numbers)}I", *numbers)
