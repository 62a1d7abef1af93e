"""What we answer besides pages: problem documents (RFC 9457), without anything of our insides."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed


def problem(status: int, detail: str = "", *, retry_after: int | None = None, errors: Any = None, **more: Any) -> Response:
    """Return a problem document.

    `detail` is for whoever called and says what to do; `retry_after` is in seconds; `errors` says what is wrong with
    which field; `more` are further members (RFC 9457, 3.2).
    """
    content: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
    }
    if detail:
        content["detail"] = detail
    if errors:
        content["errors"] = errors
    content |= {name: value for name, value in more.items() if value is not None}
    response = Response(json.dumps(content) + "\n", status=status, mimetype="application/problem+json")
    if retry_after is not None:
        response.headers["Retry-After"] = str(retry_after)
    return response


def speak_plainly(app: Flask) -> None:
    """Let every refusal be a problem document, and every answer say that it is not to be kept or guessed at."""

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> Response:
        response = problem(error.code or 500)
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return response

    @app.after_request
    def guarded(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response
