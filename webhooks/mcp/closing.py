"""Tools that close the loop: the resolution note, drafted and posted once somebody agreed to its text, and a runbook."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from pydantic import BaseModel, Field

from escalation.resolution.text import as_posted
from escalation.runbook.contents import LONGEST, LONGEST_TITLE, MOST_LINES, MOST_STEPS
from webhooks.mcp.calling import Api, key_of, wait_for
from webhooks.mcp.reach import Reach
from webhooks.mcp.recording import SessionId

Form = Annotated[
    Literal["internal", "resolution"],
    Field(description="`internal`: only colleagues see it; `resolution`: the ticket's resolution, which customers can see."),
]
Words = Annotated[str, Field(min_length=1, max_length=LONGEST)]
Lines = Annotated[list[Words] | None, Field(max_length=MOST_LINES)]


class BookStep(BaseModel):
    """One thing to do."""

    do: Words
    check: Annotated[str, Field(max_length=LONGEST, description="How one sees that it worked.")] = ""


def add(server: MCPServer, reach: Reach) -> None:
    """Add the tools."""
    _add_note(server, reach)
    _add_runbook(server, reach)


def _add_note(server: MCPServer, reach: Reach) -> None:
    @server.tool()
    def draft_resolution_note(context: Context[Any, Any], session: SessionId, form: Form = "internal") -> str:
        """Draft the note that says how the ticket ended: problem, cause, what fixed it, what was tried, what is still changed.

        Each line is quoted from the ticket or a recorded step and names it. Nothing is posted.
        """
        api = Api(reach, context)
        ticket, path = _episode(api, session)
        api.post(f"{path}/resolution-note/draft", {})
        note = wait_for(lambda: api.get(f"{path}/resolution-note"), lambda seen: not seen["being_read"])
        if note["state"] in ("waiting", "posted"):
            return _stands(note)
        if form not in note["drafts"]:
            raise ToolError(f"ticket {ticket} has not been read yet: call draft_resolution_note again in a few seconds")
        missing = f" Nobody recorded {', '.join(note['note']['missing'])}." if note["note"]["missing"] else ""
        older = " It is being read again; a draft in a minute may hold more." if note["being_read"] else ""
        return (
            f"{_stands(note)}Draft for ticket {ticket}, as read {note['as_of']}.{missing}{older} Let the technician change what "
            f"they like, then call post_resolution_note with the whole text and form {form}. Nothing is posted yet.\n\n"
            f"{note['drafts'][form]}"
        )

    @server.tool()
    def post_resolution_note(
        context: Context[Any, Any],
        session: SessionId,
        text: Annotated[str, Field(min_length=1, max_length=8000, description="The whole note, as the technician wants it.")],
        form: Form = "internal",
        confirmation: Annotated[str, Field(max_length=40, description="From the first call, once they agreed to the text.")] = "",
    ) -> str:
        """Post the resolution note in two calls: the first posts nothing, and answers with the text and its confirmation.

        Show the technician that text. Only when they agree, call again with the same text and form and the confirmation;
        for a text that was changed since, it is another one.
        """
        api = Api(reach, context)
        ticket, path = _episode(api, session)
        note, clean = api.get(f"{path}/resolution-note"), as_posted(text)
        if note["state"] in ("waiting", "posted"):
            return _stands(note)
        code = key_of("resolution note", path, form, clean)[:12]
        if confirmation != code:
            return _asks(ticket, form, clean, code, changed=bool(confirmation))
        api.post(f"{path}/resolution-note", {"form": form, "text": clean})
        note = wait_for(lambda: api.get(f"{path}/resolution-note"), lambda seen: seen["state"] != "waiting")
        other = "" if (note["form"], note["text"]) == (form, clean) else "Another note was asked for first, and counts. "
        return other + _stands(note)


def _add_runbook(server: MCPServer, reach: Reach) -> None:
    @server.tool()
    def save_runbook(
        context: Context[Any, Any],
        session: SessionId,
        title: Annotated[str, Field(max_length=LONGEST_TITLE, description="A runbook with this title gets a new version.")] = "",
        applies: Annotated[str, Field(max_length=LONGEST, description="When it is the right one.")] = "",
        steps: Annotated[list[BookStep] | None, Field(min_length=1, max_length=MOST_STEPS)] = None,
        did_not_work: Lines = None,
        rollback: Lines = None,
    ) -> str:
        """Save what solved the ticket as a runbook; what is left out is taken from how the ticket ended.

        Ask the technician first. Make it general: no names, and for each step how one sees that it worked. It is offered
        in briefs once an engineer has approved it.
        """
        api = Api(reach, context)
        ticket, path = _episode(api, session)
        given: dict[str, Any] = {"title": title, "applies": applies, "did_not_work": did_not_work, "rollback": rollback}
        given["steps"] = [step.model_dump() for step in steps] if steps else None
        said = {name: value for name, value in given.items() if value}
        whole = {"title", "applies", "steps"} <= said.keys()
        made = api.post("/runbooks", {**({"tickets": [ticket]} if whole else api.get(f"{path}/runbook")["runbook"]), **said})
        unchecked = sum(not step["check"] for step in made["runbook"]["steps"])
        more = f" Of its steps {unchecked} do not say how one sees that they worked: ask, and save it again." if unchecked else ""
        waits = "Briefs offer it" if made["approved_version"] == made["version"] else "An engineer has to approve it"
        return f"Saved as runbook {made['id']}, version {made['version']}. {waits}.{more}\n\n{made['markdown']}"


def _episode(api: Api, session: int) -> tuple[int, str]:
    """Return a session's ticket and the path of its newest handoff. Raises `ToolError` where it has none."""
    ticket = api.session(session)["ticket_id"]
    found = api.get("/handoffs", ticket=ticket, limit=1)["handoffs"]
    if not found:
        raise ToolError(
            f"ticket {ticket} was never escalated, so there is no handoff to write a note or a runbook for: the technician "
            "writes its resolution into ConnectWise; where an engineer is needed, call escalate"
        )
    return ticket, f"/handoffs/{found[0]['id']}"


def _stands(note: dict[str, Any]) -> str:
    """Return what became of a note that somebody asked for; empty for none."""
    who = note["asked_by"]["name"] if note["asked_by"] else "the account, by itself"
    what = f"the {note['form']} note of ticket {note['ticket_id']}, asked for by {who}"
    if note["state"] == "posted":
        return f"Posted: {what}, is note {note['note_id']} in ConnectWise. A handoff has one; change it there."
    if note["state"] == "waiting":
        why = f" Not yet: {note['outcome']}." if note["outcome"] else ""
        return f"Being posted: {what}.{why} Nothing more has to be done."
    return f"Not posted: {what}: {note['outcome']}. Another one may be posted.\n\n" if note["state"] == "failed" else ""


def _asks(ticket: int, form: str, text: str, code: str, *, changed: bool) -> str:
    seen = "the ticket's resolution, WHICH CUSTOMERS CAN SEE" if form == "resolution" else "an internal note, for colleagues only"
    wrong = "That confirmation is not of this text and form. " if changed else ""
    return (
        f"{wrong}Nothing was posted. This would go into ticket {ticket} as {seen}, in the technician's name; a handoff has one "
        f"such note, and ConnectWise mails nobody about it. Show the technician the text below as it stands. Only if they agree, "
        f"call post_resolution_note again with this text, form {form} and confirmation {code}\n\n{text}"
    )
