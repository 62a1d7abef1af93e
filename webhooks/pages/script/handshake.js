"use strict";
// Who looks. Inside ConnectWise: its Hosted API handshake, whose proof buys a short-lived token that stays in memory.
// Outside: the cookie, which scripts cannot read. Every message is a JSON string between us and exactly one origin.
const identity = (() => {
  const { account, psa, root } = document.body.dataset;
  const framed = window.parent !== window && Boolean(psa);
  const door = () => document.getElementById("door");
  let token = "";
  let frameID = "";
  let asking = false;
  let ticket = 0;
  const waiting = new Map(); // what was asked for while nobody was signed in, each thing once

  const send = (message) => window.parent.postMessage(JSON.stringify(frameID ? { ...message, frameID } : message), psa);
  const ask = (name, args) => send({ hosted_request: name, ...(args ? { args } : {}) });

  const knock = () => {
    if (asking) return;
    asking = true;
    if (frameID) ask("getMemberAuthentication");
    else send({ message: "ready" });
    setTimeout(() => {
      if (!asking) return;
      asking = false;
      silent();
    }, 10000);
  };

  const silent = () => {
    const text = door()?.querySelector(".by-handshake .soft");
    if (!text) return later("ConnectWise does not say who you are.");
    text.querySelector("a").href = location.href;
    text.hidden = false;
  };

  // A deed is not done minutes later, when nobody expects it any more; what only looks is asked again.
  const unproven = (why) => {
    let deeds = 0;
    for (const [name, { deed }] of waiting) if (deed) deeds += waiting.delete(name);
    const shown = door()?.querySelector("[role=status]") || document.getElementById("trouble");
    shown.textContent = deeds ? `${why} Nothing was changed.` : why;
    shown.hidden = false;
  };
  let timer = 0;
  const later = (why) => {
    unproven(`${why} It is asked again by itself.`);
    clearTimeout(timer);
    timer = setTimeout(() => (door() || waiting.size) && knock(), 5000);
  };
  const refused = (why) => {
    const shown = door()?.querySelector("[role=status]");
    if (shown) return (shown.textContent = why);
    waiting.clear();
    document.body.dataset.signedIn = "";
    const told = Object.assign(document.createElement("p"), { className: "notice bad", role: "alert", textContent: why });
    document.getElementById("main").replaceChildren(told);
  };

  const prove = async ({ memberid, memberHash, memberContext }) => {
    try {
      const answer = await fetch(`${root}pod/session`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ account, memberid, memberHash, memberContext }),
      });
      const said = await answer.json();
      if (answer.status === 401) return refused(`ConnectWise did not confirm who you are: ${said.detail}.`);
      if (answer.status === 403) return refused("You are not an active member here. If that is new or wrong, ask whoever runs ResolutionFlow at your company.");
      if (answer.status >= 500) return later("ConnectWise gives no answer now.");
      if (!answer.ok) return unproven("ConnectWise says who you are in a way that is not understood. Reload to try again.");
      token = said.token;
      document.body.dataset.signedIn = "yes";
      enter();
      const asked = [...waiting.values()];
      waiting.clear();
      for (const { again } of asked) again();
    } catch {
      later("ResolutionFlow is not reachable.");
    } finally {
      asking = false;
    }
  };

  // The page itself, once somebody may see it.
  const enter = () => {
    if (!door() || !token) return;
    const page = new URL(root + door().dataset.content, location.href);
    for (const [name, value] of new URLSearchParams(location.search)) page.searchParams.set(name, value);
    if (document.body.dataset.page === "ticket" && ticket) page.searchParams.set("ticket", ticket);
    if (document.body.dataset.page === "ticket" && !page.searchParams.get("ticket")) return;
    htmx.ajax("GET", page.href, { target: "#main", swap: "innerHTML" });
  };

  const heard = (message) => {
    if (message.MessageFrameID) {
      frameID = message.MessageFrameID;
      if (asking) ask("getMemberAuthentication");
    } else if (message.event) {
      send({ event: message.event, _id: message._id, result: "success" });
      const screen = message.data?.screenObject;
      if (screen?.screen === "ticket" && screen.id) {
        const other = ticket && ticket !== screen.id;
        ticket = screen.id;
        if (other) location.reload();
        else enter();
      }
    } else if (message.response === "getmemberauthentication") {
      prove(message.data);
    }
  };

  if (framed) {
    document.body.dataset.framed = "yes";
    window.addEventListener("message", (came) => {
      if (came.source !== window.parent || came.origin !== psa || typeof came.data !== "string") return;
      let message;
      try {
        message = JSON.parse(came.data);
      } catch {
        return;
      }
      if (message && typeof message === "object") heard(message);
    });
  }
  for (const [part, shown] of [["by-handshake", framed], ["by-link", !framed]]) {
    const found = door()?.querySelector(`.${part}`);
    if (found) found.hidden = !shown;
  }

  document.addEventListener("htmx:configRequest", (event) => Object.assign(event.detail.headers, identity.headers()));
  // A token runs out after a quarter of an hour: it is proved again, and what was asked is asked again.
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (detail.xhr.status !== 401) return;
    detail.shouldSwap = false;
    detail.isError = false;
    const { verb, path, parameters, target } = detail.requestConfig;
    const again = () => htmx.ajax(verb, path, { source: detail.elt, target, values: parameters });
    identity.again(`${verb} ${path}`, again, verb !== "get");
  });

  return {
    framed,
    headers: () => ({ "X-ResolutionFlow": "page", ...(token ? { Authorization: `Bearer ${token}` } : {}) }),
    signedIn: () => Boolean(document.body.dataset.signedIn),
    again(name, again, deed = false) {
      if (!framed) return location.reload();
      token = "";
      waiting.set(name, { again, deed });
      knock();
    },
    start: () => framed && knock(),
    openTicket(id) {
      if (framed) ask("openScreen", { newTab: true, screen: "ticket", id });
      return framed;
    },
    refreshTicket: () => framed && ask("refreshScreen"),
  };
})();
document.addEventListener("DOMContentLoaded", identity.start);
