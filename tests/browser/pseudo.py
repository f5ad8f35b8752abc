"""`python -m tests.browser.pseudo`: the app in a language that nobody speaks, in which every translation is marked.

What stands on the screen without ⟦ ⟧ was never handed to a translator.
"""

import gettext
import runpy

from survey import translator


class Pseudo(gettext.NullTranslations):
    """English words between marks, whatever the language."""

    def gettext(self, message: str) -> str:
        """The marked words."""
        return f"⟦{message}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """The marked form."""
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


if __name__ == "__main__":
    translator._catalogue = lambda _tag: Pseudo()  # the one place where a catalogue is read
    runpy.run_path("app.py", run_name="__main__")
