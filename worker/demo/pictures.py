"""Pictures of pod and queue as a senior sees them, in a real browser where one is installed."""

from __future__ import annotations

from pathlib import Path

from worker.demo.chromium import Chromium, program
from worker.demo.narration import rule, say
from worker.demo.stack import Stack
from worker.process.tokens import Audience

SENIOR = "msvensson"
WITHIN_S = 20.0


def take(stack: Stack, ticket: int) -> list[Path]:
    """Leave PNG files of the ticket with its pod and of the queue beside the note; none where no browser is installed.

    Nothing depends on them: what goes wrong is said in a line.
    """
    if program() is None:
        say("No picture of pod and queue: `apt-get install chromium` gives the demo a browser.")
        return []
    rule("Pod and queue in a browser, as a senior sees them inside ConnectWise and outside")
    home = stack.services.settings.var
    made = [home / "pod.png", home / "queue.png", home / "queue-dark.png"]
    try:
        with Chromium() as browser:
            browser.size(1400, 900)
            browser.open(screen(stack, ticket))
            browser.wait("document.querySelector('#pod')", frame="/pod/ticket", within_s=WITHIN_S)
            browser.picture(made[0])
            browser.keep_cookie(stack.web_url, "resolutionflow", _cookie(stack))
            browser.open(f"{stack.web_url}/escalations")
            browser.wait("document.querySelector('.one') && document.readyState === 'complete'", within_s=WITHIN_S)
            browser.run("document.querySelector('.one a').click()")
            browser.wait("document.querySelector('#detail .handoff')", within_s=WITHIN_S)
            browser.picture(made[1])
            browser.prefer(dark=True)
            browser.picture(made[2])
    except (AssertionError, RuntimeError, OSError) as error:
        say(f"  no picture: {str(error)[:200]}")
    return [path for path in made if path.exists()]


def screen(stack: Stack, ticket: int) -> str:
    """Return where the simulated ConnectWise shows a ticket to a senior, with our pod in it."""
    return f"{stack.services.psa(stack.account_id).ticket_url(ticket)}&member={SENIOR}"


def _cookie(stack: Stack) -> str:
    services = stack.services
    desk = services.desk(stack.account_id)
    return services.passes.tokens.sign(
        Audience.BROWSER, account_id=stack.account_id, member_id=desk.member_id(SENIOR) or 0, epoch=desk.token_epoch
    )
