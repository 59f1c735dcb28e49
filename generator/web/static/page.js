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
    return box;
  },

  // The token holds for one run of the program: after it was started again, a new one is asked for.
  async renew() {
    const answer = await fetch("/token", { headers: { "x-by-script": "1" } });
    const found = await answer.json();
    page.token = found.token;
    for (const field of document.querySelectorAll("input[name=csrf]")) field.value = page.token;
    return found.open || location.pathname === "/login";
  },

  // Ask the server by script: JSON in, JSON out; an error is an Error with a Chinese text.
  async ask(path, content, again = true) {
    const given = { headers: { "x-by-script": "1", "x-csrf-token": page.token } };
    if (content !== undefined) {
      given.method = "POST";
      given.headers["content-type"] = "application/json";
      given.body = JSON.stringify(content);
      given.keepalive = given.body.length < 20000;  // what was typed last arrives even where the page is closed
    }
    let answer;
    try {
      answer = await fetch(path, given);
      if (again && answer.headers.get("x-token") === "old" && (await page.renew())) return page.ask(path, content, false);
    } catch (error) {
      throw Object.assign(new Error("连不上程序：启动窗口可能已经关闭。刚才填的还没有存；别关这个网页，重新启动程序，会自动存上。"), { offline: true, cause: error });
    }
    if (answer.status === 401) throw new Error("登录过期了，刚才填的还没有存。别关这个网页：在新的标签页里打开本页的网址登录，再回到这里，会自动存上。");
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

// A form is sent when the program answers, with a token that holds: what was typed into it is not lost.
document.addEventListener("submit", async (event) => {
  const form = event.target, by = event.submitter;
  if (form.method !== "post" || form.dataset.ready) return;
  event.preventDefault();
  try {
    if (!(await page.renew())) throw new Error();
  } catch {
    page.tell("连不上程序：启动窗口可能已经关闭，或者登录过期了。填的还在这里，重新启动或登录后再点一次。", true);
    return;
  }
  form.dataset.ready = "1";
  form.requestSubmit(by && by.form === form ? by : undefined);
  setTimeout(() => delete form.dataset.ready, 1000);
});

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
