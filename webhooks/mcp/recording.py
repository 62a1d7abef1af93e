"""Tools of the work itself: open a ticket, see what was tried, record, see what is still to do, find what is alike."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from mcp.server.mcpserver import Context, MCPServer
from pydantic import Field

from webhooks.mcp.calling import Api, key_of, wait_for
from webhooks.mcp.reach import Reach
from webhooks.mcp.wording import session_text, similar_text, still_to_do_text

Outcome = Literal["failed", "no_change", "partial", "worked", "unknown"]
SessionId = Annotated[int, Field(ge=1, description="The session's number, from open_ticket.")]
Text = Annotated[str, Field(min_length=1, max_length=500)]
Output = Annotated[str, Field(max_length=4000, description="What the program printed, as it was printed; no secrets.")]


def add(server: MCPServer, reach: Reach) -> None:
    """Add the tools and the prompt."""
    _add_opening(server, reach)
    _add_recording(server, reach)
    _add_looking_on(server, reach)


def _add_opening(server: MCPServer, reach: Reach) -> None:
    @server.tool()
    def open_ticket(
        context: Context[Any, Any],
        ticket: Annotated[int, Field(ge=1, description="The ticket's number in ConnectWise.")],
        assistant: Annotated[str, Field(min_length=1, max_length=80, description="Your name.")] = "an assistant",
    ) -> str:
        """Begin to work on a ticket, or go on: what it is about, what was tried, what is not recorded, what is alike.

        Answers with the session's number, which every other tool takes. The same ticket on the same day is the same session,
        until that is full or its episode has ended.
        """
        api = Api(reach, context)
        new, key = {"ticket": ticket, "client": assistant}, f"mcp/{ticket}/{datetime.now(UTC):%Y-%m-%d}"
        made = api.post("/sessions", new, key=key)
        while made.get("over") and not made["new"]:
            # The next one's key names the one before it, so that two clients at once go on in the same.
            made = api.post("/sessions", new, key=f"{key}/{made['id']}")
        seen = wait_for(lambda: api.session(made["id"]), lambda one: bool(one["ticket_read_at"]))
        return session_text(seen, api.beside(seen))

    @server.tool()
    def whats_been_tried(context: Context[Any, Any], session: SessionId) -> str:
        """Tell everything known of the session's ticket: steps with outcomes, dead ends, what is not recorded or left changed."""
        api = Api(reach, context)
        seen = api.session(session)
        return session_text(seen, api.beside(seen))


def _add_recording(server: MCPServer, reach: Reach) -> None:
    @server.tool()
    def record_step(
        context: Context[Any, Any],
        session: SessionId,
        text: Annotated[Text, Field(description="What was done, in the past tense, with the machine's name.")],
        outcome: Annotated[Outcome, Field(description="What came of it; `unknown` only if nobody looked.")] = "unknown",
        output: Output = "",
        state_changed: Annotated[str, Field(max_length=500, description="What this left changed, e.g. a setting.")] = "",
        still_to_do: Annotated[bool, Field(description="True for what is only planned; then without outcome.")] = False,
        of_step: Annotated[int | None, Field(ge=1, description="The number of the pending step that this was.")] = None,
    ) -> str:
        """Record something that was done, right after it was done; or with still_to_do what is to be done.

        With of_step it says what came of a pending step. The same words twice are recorded once.
        """
        step = {"text": text, "outcome": outcome, "output": output, "changed": state_changed}
        step["state"] = "pending" if still_to_do else "done"
        return _recorded(Api(reach, context), session, step, of_step)

    @server.tool()
    def record_finding(context: Context[Any, Any], session: SessionId, text: Text, output: Output = "") -> str:
        """Record something that was learned: a cause, an error code, what it is not."""
        return _recorded(Api(reach, context), session, {"kind": "finding", "text": text, "output": output}, None)


def _add_looking_on(server: MCPServer, reach: Reach) -> None:
    @server.tool()
    def next_open_step(context: Context[Any, Any], session: SessionId) -> str:
        """Tell what is still to be done on the ticket, from every session; the first of one's own is next."""
        api = Api(reach, context)
        return still_to_do_text(session, api.beside(api.session(session)))

    @server.tool()
    def find_similar(
        context: Context[Any, Any],
        words: Annotated[str, Field(min_length=2, max_length=500, description="Codes, products, host names, symptoms.")],
        most: Annotated[int, Field(ge=1, le=20)] = 5,
    ) -> str:
        """Find tickets that were solved here before and are like this one, with what helped."""
        return similar_text(Api(reach, context).get("/memory", q=words, limit=most)["matches"])

    @server.prompt()
    def work_on_ticket(ticket: str) -> str:
        """Work on a ticket step by step, with every step recorded."""
        return (
            f"Open ticket {ticket} with open_ticket and tell me in three lines what it is, what was tried, and what you would do "
            "first. Then go step by step: propose one step, let me do it, and record it with its outcome before the next."
        )


def _recorded(api: Api, session: int, step: dict[str, Any], of_step: int | None) -> str:
    if of_step is None:
        made = api.post(f"/sessions/{session}/steps", {"steps": [step]}, key=key_of(session, step))
        number = made["added"][0]
    else:  # without a key: what is said again, after something else was, counts again
        change = {name: value for name, value in step.items() if value != ""}
        made = api.post(f"/sessions/{session}/steps/{of_step}/corrections", change)
        number = of_step
    said = "Recorded as" if made["new"] else "Was recorded before, as"
    waits = f"; {made['pending']} still to do" if "pending" in made else ""  # an older server does not say
    return f"{said} step {number} of session {session}{waits}. It stands in the ticket's brief from now on."
