"""Draw the icons of the installed app anew from the logo: python docs/icons.py (needs Chromium and Pillow)."""

import io
import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
LOGO = ROOT / "dashboard" / "ui" / "logo.svg"
ICONS = ROOT / "dashboard" / "web" / "icons"
ICON = {"icon-192.png": 192, "icon-512.png": 512}
FULL = {"maskable-512.png": 512, "apple-180.png": 180}
"""Those that a system cuts into its own shape: no transparent corner, the picture within the inner four fifths."""


def markup(svg: str, *, full: bool) -> str:
    """Return a page that shows nothing but the logo."""
    scale, ground = ("80%", "#1f5fbf") if full else ("100%", "transparent")
    place = f"position:fixed;inset:0;margin:auto;width:{scale};height:{scale}"
    return f"<style>html{{background:{ground}}}svg{{{place}}}</style>{svg}"


def main() -> None:
    """Draw every icon with as few colours as it needs."""
    svg = LOGO.read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        for name, size in (ICON | FULL).items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(markup(svg, full=name in FULL))
            drawn = Image.open(io.BytesIO(page.screenshot(omit_background=True)))
            drawn.quantize(64, Image.Quantize.FASTOCTREE).save(ICONS / name, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
