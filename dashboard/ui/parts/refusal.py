"""Why something that was entered cannot be used, in the language of the person who entered it."""

from dashboard.board.records import Invalid
from dashboard.i18n import Translator
from dashboard.ui.parts.plain import plain


def sentence(error: Invalid, t: Translator) -> str:
    """Return what to say, for where Markdown is read."""
    values = dict(error.values)
    if "fault" in values:
        values["told"] = t.find(str(values["fault"]), str(values["told"]))
    return plain(t(error.key, **values))
