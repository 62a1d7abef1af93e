"use strict";
// What moves: lists that change a card at a time, ages, the title's count, chips, Esc, dismissing, downloads.
(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  const root = document.body.dataset.root;
  const $ = (id) => document.getElementById(id);
  const pause = () => (calm.matches ? 0 : 200);
  const gone = new Map();

  // Lists: each card stands under its id and is left alone while its version stays, with whatever has the focus in it.
  const leave = (card) => {
    if (!card.isConnected || card.classList.contains("leaving")) return;
    gone.set(card.id, card.dataset.version);
    if (card.contains(document.activeElement)) (card.nextElementSibling || card.previousElementSibling)?.querySelector("a")?.focus();
    card.classList.add("leaving");
    setTimeout(() => {
      card.remove();
      document.body.dispatchEvent(new Event("emptied"));
    }, pause());
  };
  const replace = (old, card) => {
    const had = old.contains(document.activeElement);
    old.replaceWith(card);
    if (had) card.querySelector("a, button")?.focus();
  };
  const merge = (list, fresh, quiet) => {
    const cards = [...fresh.children].filter((card) => {
      if (card.dataset.leaves === undefined) return gone.delete(card.id) || true;
      return $(card.id) && gone.get(card.id) !== card.dataset.version;
    });
    const ids = new Set(cards.map((card) => card.id));
    for (const old of [...list.children]) if (!ids.has(old.id)) quiet ? old.remove() : leave(old);
    const made = [];
    let place = list.firstElementChild;
    for (let card of cards) {
      while (place?.classList.contains("leaving")) place = place.nextElementSibling;
      const old = $(card.id);
      if (!old) {
        list.insertBefore(card, place);
        made.push(card);
        if (!quiet) card.classList.add("arriving");
      } else {
        if (old.dataset.version !== card.dataset.version || card.querySelector(".lost")) {
          if (old === place) place = old.nextElementSibling;
          replace(old, card);
          made.push(card);
        } else card = old;
        if (card === place) place = card.nextElementSibling;
        else if (card.nextElementSibling !== place) list.insertBefore(card, place);
        if (card.dataset.leaves !== undefined) setTimeout(leave, card.querySelector(".lost") ? 2000 : 1000, card);
      }
    }
    if (!quiet) arrived(made.filter((card) => card.classList.contains("arriving")));
    return made;
  };
  htmx.defineExtension("keyed", {
    isInlineSwap: (style) => style === "keyed",
    handleSwap(style, target, fragment) {
      if (style !== "keyed") return false;
      const made = [];
      for (const part of fragment.querySelectorAll("[data-part]")) {
        const old = document.querySelector(`[data-part="${part.dataset.part}"]`);
        if (!old || old.innerHTML === part.innerHTML) continue;
        made.push(...part.children);
        old.replaceChildren(...part.childNodes);
      }
      for (const list of fragment.querySelectorAll("[data-keyed]")) made.push(...merge($(list.id), list, choosing));
      choosing = false;
      return made;
    },
  });
  let choosing = false;
  let deeds = 0;
  document.addEventListener("htmx:beforeRequest", ({ detail }) => {
    detail.requestConfig.deeds = deeds;
    if (detail.elt.id === "filters") choosing = true;
  });

  // Arrivals are said once, and counted in the title while nobody looks.
  const name = document.title;
  let unseen = 0;
  const arrived = (cards) => {
    if (!cards.length) return;
    if ($("said")) $("said").textContent = cards.length > 1 ? `${cards.length} new escalations` : `New escalation: ${cards[0].dataset.says}`;
    if (document.hidden || !document.hasFocus()) {
      unseen += cards.length;
      document.title = `(${unseen}) ${name}`;
    }
  };
  const looked = () => {
    if (document.hidden) return;
    unseen = 0;
    document.title = name;
  };
  document.addEventListener("visibilitychange", looked);
  addEventListener("focus", looked);

  // Ages, in the words the server uses.
  const span = (ms) => {
    const minutes = Math.max(0, Math.floor(ms / 60000));
    const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
    if (days) return `${days} day${days > 1 ? "s" : ""}${hours ? ` ${hours} h` : ""}`;
    return hours ? `${hours} h${rest ? ` ${rest} min` : ""}` : `${rest} min`;
  };
  setInterval(() => {
    for (const age of document.querySelectorAll("[data-since]")) age.textContent = span(Date.now() - Date.parse(age.dataset.since));
  }, 15000);

  // Opening and closing.
  let opener;
  const close = () => {
    const detail = $("detail");
    if (!detail?.firstElementChild) return false;
    detail.replaceChildren();
    for (const card of document.querySelectorAll(".one[aria-current]")) card.removeAttribute("aria-current");
    (opener?.isConnected ? opener : document.querySelector(".one a"))?.focus();
    return true;
  };
  document.addEventListener("htmx:afterSwap", ({ detail }) => {
    if (detail.target.id === "detail" && detail.requestConfig.elt.dataset.open) {
      opener = detail.requestConfig.elt;
      for (const card of document.querySelectorAll(".one[aria-current]")) card.removeAttribute("aria-current");
      const card = opener.closest(".one");
      card?.setAttribute("aria-current", "true");
      card?.classList.remove("unread");
      $("detail").focus({ preventScroll: true });
      $("detail").scrollTop = 0;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    const cite = event.target.closest?.("details.cite[open]");
    const context = document.querySelector("details.context[open]");
    if (cite) cite.open = false;
    else if (context) {
      context.open = false;
      context.querySelector("summary").focus();
    } else close();
  });
  document.addEventListener("click", (event) => {
    const on = (what) => event.target.closest(what);
    let found;
    if (on("[data-close]")) close();
    else if ((found = on("[data-chip]"))) {
      const text = found.form.elements.text;
      text.value = found.dataset.chip;
      text.focus();
    } else if ((found = on("[data-dismiss]"))) {
      const dialog = $("dismiss");
      const form = dialog.querySelector("form");
      form.reset();
      form.setAttribute("hx-post", `${root}escalations/${found.dataset.dismiss}/dismiss`);
      htmx.process(form);
      dialog.querySelector("[data-number]").textContent = found.dataset.number;
      dialog.showModal();
    } else if (on("[data-sign-out]")) {
      const left = () => location.assign(`${root}escalations`);
      fetch(`${root}sign-out`, { method: "POST", headers: identity.headers() }).then(left, () => trouble("You are signed in still: ResolutionFlow is not reachable."));
    } else if (on("[data-cancel]")) on("dialog").close();
    else if (on("[data-reset]")) {
      for (const field of $("filters").querySelectorAll("select, [type=search]")) field.value = "";
      htmx.trigger("#filters", "change");
    } else if (on("[data-refresh]")) identity.refreshTicket();
    else if ((found = on("[data-ticket]")) && identity.openTicket(Number(found.dataset.ticket))) event.preventDefault();
    else if ((found = on("[data-download]")) && identity.framed) {
      event.preventDefault();
      download(found);
    }
  });
  document.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (detail.elt.closest("dialog") && detail.xhr.status < 500) detail.elt.closest("dialog").close();
    // What was asked for before a deed and comes after it would show what was: it is asked for anew.
    if (detail.requestConfig.verb === "post") {
      deeds += 1;
      for (const part of document.querySelectorAll("#list, #pod")) htmx.trigger(part, "refresh");
    }
  });
  const download = async (link) => {
    const answer = await fetch(link.href, { headers: identity.headers() });
    if (answer.status === 401) return identity.again("download", () => download(link));
    if (!answer.ok) return trouble("The file could not be fetched. Try again.");
    const made = document.createElement("a");
    made.href = URL.createObjectURL(await answer.blob());
    made.download = link.dataset.download;
    made.click();
    setTimeout(() => URL.revokeObjectURL(made.href), 1000);
  };

  // A deed that is refused in a line takes nothing away from the page: the line is said above it, until the next deed. Whoever may
  // not look (any more) loses the page with it.
  const refused = ({ requestConfig, xhr }) => requestConfig.verb === "post" && xhr.status !== 403 && xhr.getResponseHeader("X-ResolutionFlow") === "line";
  let stays = false;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    if (!detail.shouldSwap || !refused(detail)) return;
    detail.shouldSwap = false;
    stays = true;
    trouble(new DOMParser().parseFromString(detail.serverResponse, "text/html").body.textContent.trim());
  });
  // What is no page of ours is shown nowhere, and nothing replaces a button whose answer is still to come: the answer would
  // find no place any more. Nor does a look replace what a deed has brought meanwhile, or take away what somebody is typing.
  // A senior's first action dissolves the handoff into a bar.
  const late = ({ requestConfig, target }) =>
    requestConfig.verb === "get" && !requestConfig.elt.dataset.open &&
    (target.querySelector?.("form.htmx-request") || (target.id === "detail" && requestConfig.deeds !== deeds));
  const words = (part) => part.querySelector(".pending select:focus") || [...part.querySelectorAll("textarea, .pending [name=note]")].some((one) => one.value);
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const { elt } = detail.requestConfig;
    if ((elt.id === "pod" && (!elt.isConnected || words(elt))) || late(detail)) {
      detail.shouldSwap = false;
      return;
    }
    if (detail.shouldSwap && !detail.xhr.getResponseHeader("Content-Type")?.startsWith("text/html")) {
      detail.shouldSwap = false;
      trouble("That did not work. Reload the page.");
      return;
    }
    const full = detail.target.querySelector?.(".handoff:not(.begun)") || (detail.target.matches?.(".handoff:not(.begun)") && detail.target);
    if (!full || !/class="handoff[^"]* begun/.test(detail.serverResponse) || pause() === 0) return;
    detail.swapOverride = `${detail.target === full ? "outerHTML" : "innerHTML"} swap:200ms`;
    full.classList.add("dissolving");
  });

  const trouble = (text) => {
    $("trouble").textContent = text;
    $("trouble").hidden = !text;
    if (text) $("trouble").scrollIntoView({ block: "nearest" });
  };
  const unreachable = ({ detail }) => {
    const pressed = detail.requestConfig.verb !== "get";
    stays = false;
    trouble(`ResolutionFlow is not reachable. ${pressed ? "What you pressed is not known to have been done; press again in a moment." : "It is asked again by itself."}`);
  };
  document.addEventListener("htmx:sendError", unreachable);
  document.addEventListener("htmx:timeout", unreachable);
  document.addEventListener("htmx:responseError", ({ detail }) => {
    if (detail.xhr.status < 500) return;
    stays = false;
    trouble("That did not work just now; nothing is known to have changed. Try again in a few seconds.");
  });
  document.addEventListener("htmx:afterOnLoad", ({ detail }) => {
    if (detail.xhr.status >= 500 || detail.xhr.status === 401 || refused(detail)) return;
    if (stays && detail.requestConfig.verb !== "post") return;
    stays = false;
    trouble("");
  });
})();
