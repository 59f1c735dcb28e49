// Filling in: what is typed is saved at once, rows of lists are moved about, and what follows is shown.
"use strict";

const fill = {
  root: document.getElementById("fill"),
  saving: document.getElementById("saving"),
  seen: document.getElementById("section").dataset.seen,
  waiting: new Map(),   // texts typed and not sent yet, by path
  busy: false,
  timer: 0,
  saves: 0,             // how many changes have been answered

  get where() {
    return { file: fill.root.dataset.file, p: fill.root.dataset.p };
  },
  address(path, more = {}) {
    return `${path}?${new URLSearchParams({ ...fill.where, ...more })}`;
  },
  section() {
    return document.getElementById("section");
  },
  say(text, state = "") {
    fill.saving.textContent = text;
    fill.saving.className = `saving ${state}`;
  },

  // A text was typed: it is sent after a moment, or with `now` at once.
  typed(input, now = false) {
    fill.waiting.set(input.dataset.path, input.value);
    fill.say("正在存……", "busy");
    clearTimeout(fill.timer);
    fill.timer = setTimeout(fill.send, now ? 0 : 350);
  },

  async send() {
    clearTimeout(fill.timer);
    if (fill.busy || !fill.waiting.size) return;
    const sent = new Map(fill.waiting);
    fill.waiting.clear();
    const changes = [...sent].map(([path, text]) => ({ do: "set", path, text }));
    const done = await fill.change(changes);
    if (!done) {
      // What could not be saved is kept, so that the next key tries again; what was typed since is newer.
      for (const [path, text] of sent) if (!fill.waiting.has(path)) fill.waiting.set(path, text);
    } else if (fill.waiting.size) {
      fill.send();
    }
  },

  // All that was typed is sent; whether it is in the file.
  async flush() {
    await fill.send();
    while (fill.busy) await new Promise((ready) => setTimeout(ready, 30));
    await fill.send();
    return !fill.waiting.size;
  },

  // Changes go to the server one after the other.
  async change(changes, way = "/save") {
    while (fill.busy) await new Promise((ready) => setTimeout(ready, 30));
    fill.busy = true;
    fill.say("正在存……", "busy");
    try {
      const told = await page.ask(way, { ...fill.where, seen: fill.seen, changes });
      fill.seen = told.seen;
      fill.told(told);
      const when = new Date().toLocaleTimeString("zh-CN", { hour12: false });
      if (!told.conflicts?.length) fill.say(`已存进文件 ${when}`);
      document.dispatchEvent(new CustomEvent("lianheti:saved"));
      if (told.whole) await fill.renew();
      fill.saves += 1;
      return true;
    } catch (error) {
      fill.say("没有存上", "failed");
      page.tell(error.message, true);
      return false;
    } finally {
      fill.busy = false;
    }
  },

  async step(way) {
    await fill.flush();
    fill.busy = true;
    try {
      const told = await page.ask("/undo", { ...fill.where, way });
      fill.seen = told.seen;
      fill.told(told);
      fill.say(way === "redo" ? "已重做" : "已撤销");
      document.dispatchEvent(new CustomEvent("lianheti:saved"));
      await fill.renew();
    } catch (error) {
      page.tell(error.message, true);
    } finally {
      fill.busy = false;
    }
  },

  told(told) {
    document.getElementById("undo").disabled = !told.undo;
    document.getElementById("redo").disabled = !told.redo;
    fill.mark(told.problems, told.notes);
    for (const conflict of told.conflicts ?? []) fill.ask(conflict);
    if (told.outside && !told.conflicts?.length) page.tell("文件在别处也改过，已经合在一起。");
  },

  // What cannot be read is told at its field; in a grid, below it.
  mark(problems, notes = {}) {
    const wrongs = [];
    for (const input of document.querySelectorAll("#section [data-path]")) {
      const path = input.dataset.path, text = problems[path];
      input.toggleAttribute("aria-invalid", Boolean(text));
      if (text) input.setAttribute("aria-invalid", "true");
      const place = document.querySelector(`[data-wrong="${CSS.escape(path)}"]`);
      if (place) {
        place.textContent = text ?? "";
        place.hidden = !text;
      } else if (text) {
        input.title = text;
        wrongs.push(text);
      } else {
        input.removeAttribute("title");
      }
      const note = document.querySelector(`[data-note="${CSS.escape(path)}"]`);
      if (note) {
        note.textContent = notes[path] ? `读作：${notes[path]}` : "";
        note.hidden = !notes[path];
      }
    }
    const below = document.getElementById("grid-wrong");
    if (below) {
      below.hidden = !wrongs.length;
      below.textContent = wrongs.join("\n");
    }
  },

  // Two sides have changed one field: a person decides, here and now.
  ask(conflict) {
    fill.say("有一处要您定", "failed");
    const input = document.querySelector(`#section [data-path="${CSS.escape(conflict.path)}"]`);
    const box = document.createElement("div");
    box.className = "conflict";
    box.setAttribute("role", "alert");
    const text = document.createElement("p");
    text.textContent = conflict.gone
      ? `${conflict.title}所在的一行，别人删掉了；您填的“${conflict.mine}”没有存。`
      : `${conflict.title}：文件里别人改成了“${conflict.theirs || "（空）"}”，您填的是“${conflict.mine || "（空）"}”。用哪个？`;
    box.append(text);
    const add = (label, act) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label;
      button.addEventListener("click", () => { box.remove(); act(); });
      box.append(button);
    };
    if (conflict.gone) add("知道了", fill.renew);
    else {
      add("用我的", async () => {
        await fill.change([{ do: "set", path: conflict.path, text: conflict.mine }]);
        await fill.renew();
      });
      add("用文件里的", fill.renew);
    }
    const about = input?.closest(".field")?.querySelector(".about");
    (about ?? document.getElementById("middle")).prepend(box);
    box.querySelector("button").focus();
    fill.held = box;
  },

  // The middle column anew, with the cursor where it was.
  async renew(more = {}) {
    if (fill.held?.isConnected) return;
    const active = document.activeElement?.dataset?.path;
    const grid = document.querySelector(".gridbox"), left = grid?.scrollLeft ?? 0, top = grid?.scrollTop ?? 0;
    const data = fill.section().dataset;
    const answer = await fetch(fill.address("/section", { s: data.section, row: data.row, ...more }));
    if (!answer.ok) return;
    const typed = new Map(fill.waiting);
    document.getElementById("middle").innerHTML = await answer.text();
    fill.seen = fill.section().dataset.seen;
    for (const [path, text] of typed) {
      const input = document.querySelector(`#section [data-path="${CSS.escape(path)}"]`);
      if (input) input.value = text;
    }
    const box = document.querySelector(".gridbox");
    if (box) box.scrollTo(left, top);
    const again = active && document.querySelector(`#section [data-path="${CSS.escape(active)}"]`);
    if (again) again.focus({ preventScroll: true });
    fill.dress();
  },

  // What is lacking where, worked out after a change.
  async look() {
    let found;
    try {
      found = await page.ask(fill.address("/live"));
    } catch {
      return;
    }
    for (const link of document.querySelectorAll(".sections [data-section]")) {
      const left = found.sections[link.dataset.section], mark = link.querySelector(".left");
      mark.textContent = left ? `还差 ${left}` : "齐";
      mark.classList.toggle("none", !left);
    }
    for (const field of document.querySelectorAll("#section [data-field]")) {
      const path = field.dataset.field;
      field.classList.toggle("lacks", path in found.lacking || path.replace(/\.text$/, "") in found.lacking);
    }
    for (const input of document.querySelectorAll(".grid [data-path]"))
      input.parentElement.classList.toggle("lacks", input.dataset.path in found.lacking);
    document.getElementById("conclusion").textContent = found.conclusion;
    const problems = document.querySelector('.steps a[href^="/problems"]');
    let count = document.getElementById("problem-count");
    if (!count && found.problems) {
      count = document.createElement("b");
      count.id = "problem-count";
      count.className = "count";
      problems.append(count);
    }
    if (count) {
      count.textContent = found.problems;
      count.hidden = !found.problems;
    }
  },

  // Others may write the same file: it is looked at every few seconds while the page is in sight.
  async watch() {
    if (document.hidden || fill.busy || fill.waiting.size || fill.held?.isConnected) return;
    try {
      const found = await page.ask(fill.address("/stamp"));
      if (found.seen === fill.seen || fill.busy || fill.waiting.size) return;
      await fill.renew();
      page.tell("文件在别处改过，已经换成新的内容。");
      document.dispatchEvent(new CustomEvent("lianheti:saved"));
    } catch {
      fill.say("连不上程序", "failed");
    }
  },

  // What is set up anew with the middle column.
  dress() {
    const data = fill.section().dataset;
    for (const area of document.querySelectorAll("#section textarea")) fill.fit(area);
    if (data.go) {
      fill.go(data.go);
      data.go = "";
    }
  },
  fit(area) {
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight + 4, 420)}px`;
  },
  count(input) {
    const place = document.querySelector(`[data-count="${CSS.escape(input.dataset.path)}"]`);
    if (!place) return;
    const characters = [...input.value].filter((char) => !/[\s\p{M}]/u.test(char)).length;
    place.querySelector("span").textContent = `${characters} 字`;
    place.classList.toggle("over", Boolean(place.dataset.most) && characters > Number(place.dataset.most));
  },

  // Lead to a field, whatever section it is in.
  go(path) {
    const exact = (one) => document.querySelector(`#section [data-path="${CSS.escape(one)}"]`);
    let input = exact(path) ?? exact(`${path}.text`);
    // Of something that is missing as a whole, the first field that it has.
    input ??= [...document.querySelectorAll("#section [data-path]")].find((one) => one.dataset.path.startsWith(`${path}.`) || one.dataset.path.startsWith(`${path}[`));
    if (!input) return false;
    input.scrollIntoView({ block: "center", inline: "center" });
    input.focus({ preventScroll: true });
    return true;
  },
  async lead(path) {
    if (fill.go(path) || !(await fill.flush())) return;
    location.assign(fill.address("/fill", { go: path }));
  },
};

document.getElementById("middle").addEventListener("input", (event) => {
  const input = event.target;
  if (!input.dataset.path) return;
  if (input.tagName === "TEXTAREA") fill.fit(input);
  fill.count(input);
  fill.typed(input, input.tagName === "SELECT");
});
document.getElementById("middle").addEventListener("change", (event) => {
  if (event.target.dataset.path && fill.waiting.has(event.target.dataset.path)) fill.send();
});

// The row with the cursor is the one that the tools are for, and whose long fields are shown below.
document.getElementById("middle").addEventListener("focusin", async (event) => {
  const input = event.target;
  if (!input.dataset?.path) return;
  document.dispatchEvent(new CustomEvent("lianheti:field", { detail: input.dataset.path }));
  for (const field of document.querySelectorAll(".field.here")) field.classList.remove("here");
  input.closest(".field")?.classList.add("here");
  const row = input.closest("tr[data-row]");
  if (!row || input.closest("#card")) return;
  const data = fill.section().dataset;
  for (const other of document.querySelectorAll("tr[aria-current]")) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
  const number = Number(row.dataset.row);
  document.getElementById("row-named").textContent = number < Number(data.rows) ? `第 ${number + 1} 行` : "新的一行";
  if (number === Number(data.row) || number >= Number(data.rows) || !document.getElementById("card")) return;
  data.row = number;
  const answer = await fetch(fill.address("/card", { s: data.section, row: number }));
  if (answer.ok && Number(fill.section().dataset.row) === number) {
    document.getElementById("card").innerHTML = await answer.text();
    for (const area of document.querySelectorAll("#card textarea")) fill.fit(area);
  }
});

document.getElementById("middle").addEventListener("click", async (event) => {
  const tool = event.target.closest("[data-tool]")?.dataset.tool;
  const dropped = event.target.closest("[data-drop-row]");
  const data = fill.section().dataset;
  if (dropped) {
    await fill.flush();
    await fill.change([{ do: "delete", path: dropped.dataset.list, at: Number(dropped.dataset.dropRow) }]);
    return;
  }
  if (!tool) return;
  await fill.flush();
  const rows = Number(data.rows), chosen = document.querySelector(".grid:not(.small) tr[aria-current]");
  const row = chosen ? Number(chosen.dataset.row) : Number(data.row);
  const path = data.path;
  if (tool === "none") await fill.change([{ do: "set", path, text: "无" }]);
  if (row >= rows) return;
  const name = document.querySelector(`.grid tr[data-row="${row}"] [data-name="name"]`)?.value || "还没有名称";
  if (tool === "delete" && confirm(`删除第 ${row + 1} 行（${name}）？可以撤销。`)) await fill.change([{ do: "delete", path, at: row }]);
  if (tool === "insert") await fill.change([{ do: "insert", path, at: row, values: fill.fresh(path) }]);
  if (tool === "up" && row > 0) await fill.move(path, row, row - 1);
  if (tool === "down" && row < rows - 1) await fill.move(path, row, row + 1);
});
// A row stands in the file only with something in it.
fill.fresh = (path) => (path === "members" ? { role: "成员单位" } : { [document.querySelector(".grid [data-name]").dataset.name]: "〔待填〕" });
fill.move = async (path, at, to) => {
  fill.section().dataset.row = to;
  await fill.change([{ do: "move", path, at, to }]);
  document.querySelector(`.grid tr[data-row="${to}"] [data-path]`)?.focus();
};

// Moving about in a grid by keys, and pasting blocks of cells.
document.getElementById("middle").addEventListener("keydown", (event) => {
  const cell = event.target.closest(".grid input, .grid textarea");
  if (!cell) return;
  const row = cell.closest("tr"), cells = [...row.querySelectorAll("input, textarea")], column = cells.indexOf(cell);
  const to = (other, at) => {
    const next = other?.querySelectorAll("input, textarea")[at];
    if (!next) return;
    event.preventDefault();
    next.focus();
    next.select();
  };
  if (event.key === "Enter") to(event.shiftKey ? row.previousElementSibling : row.nextElementSibling, column);
  else if (event.altKey && event.key === "ArrowUp") { event.preventDefault(); document.querySelector("[data-tool=up]")?.click(); }
  else if (event.altKey && event.key === "ArrowDown") { event.preventDefault(); document.querySelector("[data-tool=down]")?.click(); }
  else if (event.ctrlKey && event.key === "ArrowRight") to(row, column + 1);
  else if (event.ctrlKey && event.key === "ArrowLeft") to(row, column - 1);
  else if (event.ctrlKey && event.key === "ArrowUp") to(row.previousElementSibling, column);
  else if (event.ctrlKey && event.key === "ArrowDown") to(row.nextElementSibling, column);
});
document.getElementById("middle").addEventListener("paste", async (event) => {
  const cell = event.target.closest?.(".grid input, .grid textarea");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!cell || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
  event.preventDefault();
  const grid = cell.closest(".grid"), row = cell.closest("tr");
  const names = [...row.querySelectorAll("input, textarea")].map((one) => one.dataset.name);
  const from = names.indexOf(cell.dataset.name);
  await fill.flush();
  const at = Number(row.dataset.row);
  if (await fill.change([{ do: "paste", path: grid.dataset.list, at, names: names.slice(from), text }]))
    page.tell("已经粘贴进来，请核对。");
});

document.getElementById("undo").addEventListener("click", () => fill.step("undo"));
document.getElementById("redo").addEventListener("click", () => fill.step("redo"));
document.addEventListener("keydown", (event) => {
  if (!event.ctrlKey || event.target.closest("input, textarea, select")) return;
  if (event.key === "z") { event.preventDefault(); fill.step("undo"); }
  if (event.key === "y") { event.preventDefault(); fill.step("redo"); }
});
// A link waits until what was typed is in the file.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[href]");
  if (!link || link.target || event.ctrlKey || !(fill.waiting.size || fill.busy)) return;
  event.preventDefault();
  if (await fill.flush()) location.assign(link.href);
}, true);
let looking = 0;
document.addEventListener("lianheti:saved", () => {
  clearTimeout(looking);
  looking = setTimeout(fill.look, 600);  // the pages come first
});
window.addEventListener("beforeunload", (event) => {
  if (fill.waiting.size || fill.busy) {
    fill.send();
    event.preventDefault();
  }
});
setInterval(fill.watch, 2500);
fill.dress();
// What was typed before this script was there.
for (const input of document.querySelectorAll("#section input[data-path], #section textarea[data-path]"))
  if (input.value !== (input.tagName === "INPUT" ? input.defaultValue.replace(/[\r\n]/g, "") : input.defaultValue)) fill.typed(input);
