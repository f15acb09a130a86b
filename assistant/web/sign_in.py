"""The pages for signing in and out and for choosing another password; plain forms, no script."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from assistant.errors import PeopleError
from assistant.people.passwords import MAX_LENGTH, MIN_LENGTH, normal_form
from assistant.people.people import People
from assistant.people.sign_in import SignInState
from assistant.web.callers import Callers
from assistant.web.csrf import is_own_form
from assistant.web.pages import Pages, go, safe_next

SIGN_IN, SIGN_OUT, PASSWORD = "/sign-in", "/sign-out", "/account/password"
_CHARS = 256

Field = Annotated[str, Form(max_length=_CHARS)]
LongField = Annotated[str, Form(max_length=2048)]
Handler = Callable[..., Response]


def build_sign_in(callers: Callers, people: People, pages: Pages, has_provider: bool = False) -> APIRouter:
    """The routes of the pages.

    Args:
        has_provider: whether the city's provider of identities is offered beside the password.
    """
    router = APIRouter(include_in_schema=False, default_response_class=Response)
    forms = _SignIn(callers, people, pages, has_provider)
    out = _SignOut(callers, people, pages)
    password = _Password(callers, people, pages)
    for path, show, take in (
        (SIGN_IN, forms.show, forms.take),
        (SIGN_OUT, out.show, out.take),
        (PASSWORD, password.show, password.take),
    ):
        router.add_api_route(path, show, methods=["GET"], response_model=None)
        router.add_api_route(path, take, methods=["POST"], response_model=None)
    return router


class _SignIn:
    """Name and password; the same answer whatever was wrong with them."""

    def __init__(self, callers: Callers, people: People, pages: Pages, has_provider: bool) -> None:
        self._callers, self._people, self._pages, self._has_provider = callers, people, pages, has_provider

    def show(self, request: Request, next: str = "/") -> Response:
        return self._form(request, next)

    def take(
        self, request: Request, name: Field = "", password: Field = "", csrf: Field = "", next: LongField = "/"
    ) -> Response:
        texts = self._pages.texts(request)
        if not is_own_form(self._callers, request, csrf):
            return self._form(request, next, HTTPStatus.FORBIDDEN, texts["expired"], name)
        before, address = self._callers.cookies.session(request), self._callers.of(request).address
        done = self._people.sign_in.sign_in(name, password, address, before)
        if done.state == SignInState.WAIT:
            message = texts["wait"].format(seconds=done.wait_s)
            response = self._form(request, next, HTTPStatus.TOO_MANY_REQUESTS, message, name)
            response.headers["Retry-After"] = str(done.wait_s)
            return response
        if done.state != SignInState.SIGNED_IN:
            return self._form(request, next, HTTPStatus.FORBIDDEN, texts["wrong"], name)
        response = go(safe_next(next))
        self._callers.cookies.set_session(request, response, done.token)
        return response

    def _form(
        self, request: Request, next: str, status: int = HTTPStatus.OK, message: str = "", name: str = ""
    ) -> Response:
        values = {"next": safe_next(next), "name": name, "provider": self._has_provider}
        return self._pages.show("sign_in.html", request, status, message, **values)


class _SignOut:
    """A question before it, and the end of the session after it."""

    def __init__(self, callers: Callers, people: People, pages: Pages) -> None:
        self._callers, self._people, self._pages = callers, people, pages

    def show(self, request: Request) -> Response:
        account = self._callers.of(request).account
        if account is None:
            return self._pages.tell(request, "not_signed_in", SIGN_IN, "sign_in")
        role = self._pages.role(account, request)
        return self._pages.show("sign_out.html", request, name=account.name, role=role)

    def take(self, request: Request, csrf: Field = "") -> Response:
        if not is_own_form(self._callers, request, csrf):
            return self._pages.tell(request, "expired", SIGN_OUT, "sign_out", HTTPStatus.FORBIDDEN)
        self._people.sessions.end(self._callers.cookies.session(request))
        response = self._pages.tell(request, "signed_out", "/", "to_chat")
        self._callers.cookies.end_session(request, response)
        return response


class _Password:
    """Another password for whoever is signed in, with the old one as proof."""

    def __init__(self, callers: Callers, people: People, pages: Pages) -> None:
        self._callers, self._people, self._pages = callers, people, pages

    def show(self, request: Request) -> Response:
        return self._form(request)

    def take(self, request: Request, old: Field = "", new: Field = "", again: Field = "", csrf: Field = "") -> Response:
        texts = self._pages.texts(request)
        token = self._callers.session_token(request)
        if not token:
            return go(f"{SIGN_IN}?next={PASSWORD}")
        if not is_own_form(self._callers, request, csrf):
            return self._form(request, HTTPStatus.FORBIDDEN, texts["expired"])
        if new != again:
            return self._form(request, HTTPStatus.UNPROCESSABLE_ENTITY, texts["different"])
        try:
            done = self._people.sign_in.change_password(token, old, new, self._callers.of(request).address)
        except PeopleError:
            message = texts[_weakness(new)].format(least=MIN_LENGTH, most=MAX_LENGTH)
            return self._form(request, HTTPStatus.UNPROCESSABLE_ENTITY, message)
        if done.state == SignInState.WAIT:
            message = texts["wait"].format(seconds=done.wait_s)
            response = self._form(request, HTTPStatus.TOO_MANY_REQUESTS, message)
            response.headers["Retry-After"] = str(done.wait_s)
            return response
        if done.state != SignInState.SIGNED_IN:
            return self._form(request, HTTPStatus.FORBIDDEN, texts["old_wrong"])
        response = self._pages.tell(request, "changed", "/", "to_chat")
        self._callers.cookies.set_session(request, response, done.token)
        return response

    def _form(self, request: Request, status: int = HTTPStatus.OK, message: str = "") -> Response:
        account = self._callers.of(request).account
        if account is None or not self._callers.session_token(request):
            return go(f"{SIGN_IN}?next={PASSWORD}")
        values = {"name": account.name, "role": self._pages.role(account, request)}
        return self._pages.show("password.html", request, status, message, **values, least=MIN_LENGTH, most=MAX_LENGTH)


def _weakness(password: str) -> str:
    """Why a password was refused, as the name of a text."""
    length = len(normal_form(password))
    return "too_short" if length < MIN_LENGTH else "too_long" if length > MAX_LENGTH else "too_easy"
