// What every screen has: the token on each request, messages, files dropped on a form.
"use strict";

const page = {
  token: document.querySelector("meta[name=csrf]").content,

  // A message for a person, read out by screen readers; errors stay until they are dismissed.
  tell(text, bad = false) {
    const box = document.createElement("div");
    box.textContent = text;
    if (bad) {
      box.className = "bad";
      const close = document.createElement("button");
      close.type = "button";
      close.textContent = "知道了";
      close.addEventListener("click", () => box.remove());
      box.append(" ", close);
    } else {
      setTimeout(() => box.remove(), 4000);
    }
    document.getElementById("told").append(box);
  },

  // Ask the server by script: JSON in, JSON out; an error is an Error with a Chinese text.
  async ask(path, content) {
    const given = { headers: { "x-by-script": "1", "x-csrf-token": page.token } };
    if (content !== undefined) {
      given.method = "POST";
      given.headers["content-type"] = "application/json";
      given.body = JSON.stringify(content);
    }
    let answer;
    try {
      answer = await fetch(path, given);
    } catch {
      throw new Error("连不上程序：启动窗口可能已经关闭。刚才填的这一项还没有存，重新启动后再试。");
    }
    let found = {};
    try {
      found = await answer.json();
    } catch {
      found = { error: answer.ok ? "" : "没有做成，请刷新页面后重试。" };
    }
    if (!answer.ok) throw new Error(found.error || "没有做成，请刷新页面后重试。");
    return found;
  },
};

document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["x-csrf-token"] = page.token;
});
document.addEventListener("htmx:sendError", () => page.tell("连不上程序：启动窗口可能已经关闭。", true));
document.addEventListener("htmx:responseError", (event) =>
  page.tell(event.detail.xhr.responseText.slice(0, 300) || "没有做成，请刷新页面后重试。", true));

// A form with data-drop takes files that are dropped on it, and sends itself as soon as it has some.
for (const form of document.querySelectorAll("form[data-drop]")) {
  const input = form.querySelector("input[type=file]");
  input.addEventListener("change", () => input.files.length && form.requestSubmit());
}
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  event.target.closest?.("[data-drop]")?.classList.add("over");
});
document.addEventListener("dragleave", (event) => event.target.closest?.("[data-drop]")?.classList.remove("over"));
document.addEventListener("drop", (event) => {
  event.preventDefault();
  const form = event.target.closest?.("[data-drop]") || document.getElementById("drop");
  if (!form || !event.dataTransfer.files.length) return;
  form.classList.remove("over");
  form.querySelector("input[type=file]").files = event.dataTransfer.files;
  form.requestSubmit();
});
