"""``python -m dashboard.ui``: the process of the page, as ``frontdesk serve`` starts it."""

import gc

gc.disable()  # what is imported stays: looking through it again and again would take a tenth of the start

from dashboard.ui.app import app, settings  # noqa: E402
from dashboard.ui.flags import flags  # noqa: E402

app.run(config=flags(settings))
