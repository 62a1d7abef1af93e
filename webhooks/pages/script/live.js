"use strict";
// What is new: told by the event stream, which carries ids alone; asked for at intervals where streams do not get through.
(() => {
  const { root, page } = document.body.dataset;
  if (page === "analytics") return;
  const OFTEN = 10000, SELDOM = 60000, LONGEST = 30000, QUIET = 45000;
  let last = "";
  let open = false;
  let wait = 1000;
  let asked = 0;
  let soon = 0;

  const refresh = () => {
    clearTimeout(soon);
    soon = setTimeout(() => {
      asked = Date.now();
      for (const part of document.querySelectorAll("#list, #pod")) htmx.trigger(part, "refresh");
      const opened = document.querySelector("#detail > .handoff");
      const typing = opened?.querySelector("textarea") === document.activeElement;
      if (opened && !typing) {
        const version = encodeURIComponent(opened.dataset.version);
        htmx.ajax("GET", `${root}escalations/${opened.dataset.handoff}/brief?version=${version}`, { source: "#detail", target: "#detail", swap: "innerHTML" });
      }
    }, 30);
  };
  setInterval(() => {
    if (identity.signedIn() && Date.now() - asked > (open ? SELDOM : OFTEN)) refresh();
  }, 1000);
  document.addEventListener("visibilitychange", () => !document.hidden && identity.signedIn() && refresh());

  const concerns = (data) => {
    const { handoffs, tickets } = JSON.parse(data);
    if (!tickets || handoffs?.length) return true;
    return tickets.includes(Number(document.getElementById("pod")?.dataset.of)); // a step is shown in its ticket's pod alone
  };
  const told = (block) => {
    let id, data;
    for (const line of block.split("\n")) {
      if (line.startsWith("id:")) id = line.slice(3).trim();
      else if (line.startsWith("data:")) data = line.slice(5).trim();
      else if (line.startsWith("retry:")) wait = Number(line.slice(6)) || wait;
    }
    if (id !== undefined) last = id;
    if (data && concerns(data)) refresh();
  };
  const listen = async () => {
    const stop = new AbortController();
    let silence;
    const alive = () => {
      clearTimeout(silence);
      silence = setTimeout(() => stop.abort(), QUIET);
    };
    try {
      const headers = { ...identity.headers(), Accept: "text/event-stream", ...(last ? { "Last-Event-ID": last } : {}) };
      const answer = await fetch(`${root}escalations/stream`, { headers, signal: stop.signal, cache: "no-store" });
      if (answer.status === 401) return identity.again("stream", again);
      if (!answer.ok || !answer.headers.get("Content-Type")?.startsWith("text/event-stream")) throw new Error("no stream");
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      open = true;
      wait = 1000;
      refresh();
      let text = "";
      for (alive(); ; alive()) {
        const { value, done } = await reader.read();
        if (done) break;
        const blocks = (text + value).replaceAll("\r\n", "\n").split("\n\n");
        text = blocks.pop();
        blocks.forEach(told);
      }
    } catch {
      wait = Math.min(wait * 2, LONGEST);
    } finally {
      open = false;
      clearTimeout(silence);
    }
    setTimeout(again, wait * (0.5 + Math.random()));
  };
  const again = () => (identity.signedIn() ? listen() : setTimeout(again, 500));
  document.addEventListener("DOMContentLoaded", again);
})();
