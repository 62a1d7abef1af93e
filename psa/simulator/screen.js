"use strict";
// The parent's half of the Hosted API handshake: every message is a JSON string, origin and source are checked.
const here = JSON.parse(document.getElementById("here").textContent);
const log = (text) => {
  const line = document.createElement("li");
  line.textContent = text;
  document.getElementById("log").append(line);
};
let events = 0;
for (const frame of document.querySelectorAll("iframe.pod")) {
  const origin = new URL(frame.dataset.src).origin;
  const send = (message) => {
    const text = JSON.stringify(message);
    log("> " + text);
    frame.contentWindow.postMessage(text, origin);
  };
  const raise = (event, data) => send({ event, _id: String(++events), data });
  const answers = {
    getmemberauthentication: () => here.member,
    getscreenobject: () => here.screenObject,
    refreshscreen: () => location.reload(),
    openscreen: () => ({}),
    setdirty: () => ({}),
  };
  const heard = (message) => {
    if (message.message === "ready") {
      send({ MessageFrameID: frame.id });
      raise("onLoad", { screenObject: here.screenObject });
    } else if (message.frameID !== frame.id) {
      log("! without the right frameID");
    } else if (message.hosted_request) {
      const name = message.hosted_request.toLowerCase();
      if (answers[name]) send({ response: name, data: answers[name]() });
    } else if (message.event) {
      frame.dataset[message.event.toLowerCase()] = message.result;
      for (const error of message.errors || []) log("! " + error);
    }
  };
  window.addEventListener("message", (came) => {
    const ours = came.source === frame.contentWindow && came.origin === origin;
    if (!ours || typeof came.data !== "string") return;
    log("< " + came.data);
    heard(JSON.parse(came.data));
  });
  document.getElementById("save").addEventListener("click", () => raise("beforeSave", { screenObject: here.screenObject }));
  frame.src = frame.dataset.src; // only now: a pod that is ready at once is heard
}
