"""The plain pages around accounts: rendered from templates in the person's language, never stored anywhere."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse

from assistant.city import City
from assistant.people.account import Account
from assistant.schema import Lang
from assistant.ui.texts import Texts, choose_lang, load_texts
from assistant.web.callers import Callers
from assistant.web.csrf import form_token

TEXTS_PATH = Path(__file__).with_name("sign_in_texts.toml")
NO_STORE = {"Cache-Control": "no-store"}
HOME = "/"
_LANGUAGES: Mapping[Lang, str] = {"zh-TW": "中文", "en": "English"}
_CONTROL = re.compile(r"[\x00-\x20\x7f\\]")
_LONGEST_NEXT = 500


def safe_next(given: str) -> str:
    """The path on this site to go on to; whatever a browser could take for another site's address becomes the home.

    Backslashes count as slashes in browsers, and control characters are left out (https://url.spec.whatwg.org/#url-parsing).
    """
    if len(given) > _LONGEST_NEXT or not given.startswith("/") or given.startswith("//") or _CONTROL.search(given):
        return HOME
    try:
        parts = urlsplit(given)
    except ValueError:
        return HOME
    return HOME if parts.scheme or parts.netloc else given


class Pages:
    """Renders the templates, with the texts in every language.

    Raises:
        SettingsError: the texts are incomplete.
    """

    def __init__(self, callers: Callers, city: City) -> None:
        self._callers, self._city = callers, city
        self._texts = load_texts(TEXTS_PATH)
        self._bureaus_en = {bureau.name: bureau.en for bureau in city.bureaus}
        loader = FileSystemLoader(Path(__file__).with_name("templates"))
        self._templates = Environment(
            loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )

    def lang(self, request: Request) -> Lang:
        """The language that the person chose by `?lang=`, else the browser's."""
        chosen = request.query_params.get("lang", "")
        for lang in _LANGUAGES:
            if chosen == lang:
                return lang
        return choose_lang(request.headers.get("accept-language", ""))

    def texts(self, request: Request) -> Texts:
        """The texts in the person's language."""
        return self._texts[self.lang(request)]

    def role(self, account: Account, request: Request) -> str:
        """What an account is for, in the person's language."""
        lang, texts = self.lang(request), self.texts(request)
        role = texts[f"role_{account.role.value}"]
        bureau = self._bureaus_en.get(account.bureau, account.bureau) if lang == "en" else account.bureau
        return texts["role_of_bureau"].format(role=role, bureau=bureau) if bureau else role

    def show(
        self, template: str, request: Request, status: int = HTTPStatus.OK, message: str = "", **values: object
    ) -> HTMLResponse:
        """A page; every value is escaped."""
        lang = self.lang(request)
        html = self._templates.get_template(template).render(
            {
                "lang": lang,
                "languages": _LANGUAGES,
                "texts": self._texts[lang],
                "city": self._city.name[lang],
                "csrf": form_token(self._callers, request),
                "next": HOME,
                "message": message,
                **values,
            }
        )
        return HTMLResponse(html, status, headers=NO_STORE)

    def tell(
        self, request: Request, key: str, onward: str, onward_key: str, status: int = HTTPStatus.OK
    ) -> HTMLResponse:
        """A page that says one thing, with a link to what comes next."""
        texts = self.texts(request)
        values = {"heading": texts[key], "onward": onward, "onward_text": texts[onward_key]}
        return self.show("told.html", request, status, **values)


def go(path: str) -> RedirectResponse:
    """Send the browser on with a GET (RFC 9110, 15.4.4)."""
    return RedirectResponse(path, HTTPStatus.SEE_OTHER, headers=NO_STORE)
