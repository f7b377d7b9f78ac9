"""How Streamlit is started, whatever the folder it is started in."""

from typing import Any

from dashboard.settings import Settings

WEB_FLAGS: dict[str, Any] = {
    "server.headless": True,
    "server.fileWatcherType": "none",
    "server.runOnSave": False,
    "runner.magicEnabled": False,  # our script shows nothing by itself; looking for it is a quarter of a first run
    "runner.postScriptGC": False,  # collecting after every run costs more than the run: 362 instead of 10 ms
    "browser.gatherUsageStats": False,
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "client.showErrorLinks": "false",
    "server.trustedUserHeaders": {"X-Frontdesk-Person": "person", "X-Frontdesk-Login": "login"},  # web/sessions.py
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.enableAgentApi": False,
    "server.enableStaticServing": False,
    "global.developmentMode": False,
    "server.maxUploadSize": 5,
    "theme.paddingTop": "1.5rem",
    "theme.headingFontSizes": ["1.6rem", "1.2rem", "1.05rem"],  # the default takes a third of a phone's first screen
    "theme.light.primaryColor": "#1f5fbf",
    "theme.light.textColor": "#1a1a1a",  # with the default, captions have too little contrast (WCAG 2.2, 1.4.3)
    "theme.dark.primaryColor": "#8fbdff",
}
"""What is the same everywhere."""


def flags(settings: Settings) -> dict[str, Any]:
    """Return every option of Streamlit that is not its default, by its name."""
    return WEB_FLAGS | {
        "server.address": settings.web.host,
        "server.port": settings.web.port,
        "server.allowedHosts": settings.hosts,
        "client.allowedOrigins": [settings.address],  # whose messages steer the page: by default a hoster's
    }
