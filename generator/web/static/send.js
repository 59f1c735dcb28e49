// Folders and files sent one after the other, each with its place in the folder, whatever their number.
"use strict";

{
  const form = document.getElementById("send");
  const told = document.getElementById("sending");
  const send = async (found) => {
    if (!found.length) return;
    const bar = document.createElement("progress");
    bar.max = found.length;
    bar.setAttribute("aria-label", "送到哪里了");
    const words = document.createElement("p");
    told.replaceChildren(words, bar);
    const refused = [];
    try {
      let batch = form.dataset.batch;
      if (!batch) {
        const fields = Object.fromEntries([...form.elements].filter((one) => one.name).map((one) => [one.name, one.value]));
        batch = (await page.ask(form.dataset.new, fields)).batch;
        form.dataset.batch = batch;
      }
      for (const [at, { path, file }] of found.entries()) {
        words.textContent = `正在送 ${at + 1} / ${found.length}：${path}`;
        bar.value = at;
        const content = new FormData();
        content.append("batch", batch);
        content.append("path", path);
        content.append("files", file, file.name);
        const answer = await fetch(form.dataset.add, {
          method: "POST", body: content, headers: { "x-by-script": "1", "x-csrf-token": page.token },
        }).catch(() => {
          throw new Error(`连不上程序，送到“${path}”停下了。重新启动程序后再送一次。`);
        });
        if (!answer.ok) {
          const said = await answer.json().catch(() => ({}));
          refused.push(`${path}：${said.error || "没有收下（可能超过 64 MB）"}`);
        }
      }
      await page.ask(form.dataset.run, { batch });
      if (refused.length) {
        bar.remove();
        words.className = "bad said";
        words.textContent = `有 ${refused.length} 个文件没有收下：\n${refused.join("\n")}`;
        const on = document.createElement("a");
        on.className = "button";
        on.textContent = "其余的已收下，去看";
        on.href = `${form.dataset.open}?${new URLSearchParams({ batch })}`;
        told.append(on);
      } else {
        location.assign(`${form.dataset.open}?${new URLSearchParams({ batch })}`);
      }
    } catch (error) {
      bar.remove();
      words.className = "bad";
      words.textContent = error.message;
    }
  };

  // What was dropped: files, and folders with all that is in them.
  const walked = async (entry, path) => {
    if (entry.isFile) {
      const file = await new Promise((done, wrong) => entry.file(done, wrong));
      return [{ path: path + entry.name, file }];
    }
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((done, wrong) => reader.readEntries(done, wrong));
      if (!some.length) return found;
      for (const one of some) found.push(...(await walked(one, `${path}${entry.name}/`)));
    }
  };
  if (form) {
    const place = form.matches("[data-send]") ? form : form.querySelector("[data-send]");
    for (const input of form.querySelectorAll("input[type=file]"))
      input.addEventListener("change", () =>
        send([...input.files].map((file) => ({ path: file.webkitRelativePath || file.name, file }))));
    place.addEventListener("dragover", (event) => { event.preventDefault(); place.classList.add("over"); });
    place.addEventListener("dragleave", () => place.classList.remove("over"));
    place.addEventListener("drop", async (event) => {
      event.preventDefault();
      event.stopPropagation();
      place.classList.remove("over");
      const entries = [...event.dataTransfer.items].map((one) => one.webkitGetAsEntry?.()).filter(Boolean);
      const loose = [...event.dataTransfer.files].map((file) => ({ path: file.name, file }));
      const found = [];
      for (const entry of entries) found.push(...(await walked(entry, "")));
      send(entries.length ? found : loose);
    });
    form.addEventListener("submit", (event) => event.preventDefault());
  }
}
