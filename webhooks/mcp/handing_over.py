"""The tool that hands a ticket over: the same wish as the pod's button, so one path and one episode."""

from __future__ import annotations

from typing import Annotated, Any

from mcp.server.mcpserver import Context, MCPServer
from pydantic import Field

from webhooks.mcp.calling import Api, key_of, wait_for
from webhooks.mcp.reach import Reach
from webhooks.mcp.recording import SessionId


def add(server: MCPServer, reach: Reach) -> None:
    """Add the tool."""

    @server.tool()
    def escalate(
        context: Context[Any, Any],
        session: SessionId,
        reason: Annotated[str, Field(min_length=3, max_length=500, description="Why the technician cannot go on.")],
    ) -> str:
        """Hand the ticket to the engineers with its reason: its status in ConnectWise is set, and they are told.

        Ask the technician first. What was recorded goes with it; nothing has to be written again.
        """
        api = Api(reach, context)
        ticket = api.session(session)["ticket_id"]
        step = {"kind": "reason", "text": reason}
        api.post(f"/sessions/{session}/steps", {"steps": [step]}, key=key_of(session, step))
        api.post(f"/tickets/{ticket}/handoff", {})
        seen = wait_for(lambda: api.get(f"/tickets/{ticket}/handoff"), lambda wish: wish["state"] in ("escalated", "failed"))
        if seen["state"] == "escalated":
            return f"Ticket {ticket} is escalated: handoff {seen['handoff_id']}. Its brief is written and the engineers are told."
        if seen["state"] == "failed":
            return f"Ticket {ticket} was not escalated: {seen['outcome']}. Set the status in ConnectWise by hand."
        return f"Ticket {ticket} is being escalated ({seen['state']}); nothing more has to be done. Look again in a minute."
