// What is being made: told by the server as it happens, with a way to stop it.
"use strict";

{
  const box = document.getElementById("jobs");
  const words = { waiting: "排队", running: "正在做", done: "做好了", failed: "没有做成", stopped: "停下了" };
  const known = new Map();
  const mine = (job) => !box.dataset.file || (job.file === box.dataset.file && (!box.dataset.p || job.p === box.dataset.p));

  const draw = (job) => {
    let line = box.querySelector(`[data-job="${job.number}"]`);
    if (!line) {
      line = document.createElement("div");
      line.dataset.job = job.number;
      box.prepend(line);
    }
    line.className = `job ${job.state}`;
    line.replaceChildren();
    const add = (tag, text, kind = "") => {
      const one = document.createElement(tag);
      one.textContent = text;
      one.className = kind;
      line.append(one);
      return one;
    };
    add("b", words[job.state]);
    add("span", box.dataset.file ? job.title : `${job.file}　${job.title}`);
    if (job.state === "running") {
      add("span", job.step, "quiet");
      const bar = document.createElement("progress");
      bar.setAttribute("aria-label", "做到哪里了");
      if (job.total) {
        bar.max = job.total;
        bar.value = job.done;
      }
      line.append(bar);
    }
    if (job.text) add("p", job.text, "said");
    if (job.state === "running" || job.state === "waiting") {
      const button = add("button", "停下");
      button.type = "button";
      button.addEventListener("click", () => page.ask("/jobs/stop", { job: String(job.number) }).catch((error) => page.tell(error.message, true)));
    }
  };

  const source = new EventSource("/jobs/events");
  let first = true;
  source.addEventListener("message", (event) => {
    let ended = false;
    for (const job of JSON.parse(event.data).reverse()) {
      if (!mine(job)) continue;
      const before = known.get(job.number);
      known.set(job.number, job.state);
      // One that was at work when the page was made may be done before the first word of it comes.
      const awaited = before || box.querySelector(`[data-job="${job.number}"]`);
      const at_work = job.state === "running" || job.state === "waiting";
      if (at_work || before || (job.state === "failed" && box.querySelector(`[data-job="${job.number}"]`))) draw(job);
      if (awaited && before !== job.state && job.state === "done") ended = true;
    }
    document.dispatchEvent(new CustomEvent("lianheti:jobs", { detail: { first, ended } }));
    // A packet's page shows the new files; a board draws its own.
    if (ended && box.dataset.file) location.reload();
    first = false;
  });
  window.addEventListener("pagehide", () => source.close());
}
