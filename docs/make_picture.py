"""Makes docs/pictures/register.png from a running demonstration.

Type `make run` in one window, then in another: `.venv/bin/python docs/make_picture.py http://127.0.0.1:8000`
"""

import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

PERSON, PASSWORD = "register.manager@demo.example", "register-demo-2026"  # shown on the sign-in page
PICTURE = Path(__file__).parent / "pictures" / "register.png"


def main(address: str) -> None:
    """Sign in, open the register and keep its upper part, 1280 by 900 pixels."""
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}/sign-in/")
        page.fill("#id_login", PERSON)
        page.fill("#id_password", PASSWORD)
        page.click("main button[type=submit]")
        page.goto(f"{address}/partnerships/?status=active&status=leaving")
        PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=PICTURE)
        browser.close()
    print(f"{PICTURE} is made")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Say where the register is served, such as http://127.0.0.1:8000")
    main(sys.argv[1].rstrip("/"))
