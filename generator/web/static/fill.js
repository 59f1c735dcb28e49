// Filling in: what is typed is saved at once, rows of lists are moved about, and what follows is shown.
"use strict";

const fill = {
  root: document.getElementById("fill"),
  middle: document.getElementById("middle"),
  saving: document.getElementById("saving"),
  seen: document.getElementById("section").dataset.seen,
  waiting: new Map(),   // texts typed and not sent yet, by path
  known: new Map(),     // texts that this page has saved since its columns were drawn, by path
  conflicts: new Map(), // what a person must decide, by path: nothing of it is in the file
  composing: false,     // an input method has letters that are no text yet
  stale: false,         // rows have changed, and the columns could not be drawn anew yet
  lost: false,          // the program did not answer when it was asked last
  failure: null,        // what is said of a save that failed
  refusal: null,        // why the last one did
  busy: false,
  timer: 0,
  saves: 0,             // how many changes have been answered

  get where() {
    return { file: fill.root.dataset.file, p: fill.root.dataset.p };
  },
  // Whether anything that a person has typed is not in the file.
  get unsaved() {
    return Boolean(fill.busy || fill.composing || fill.waiting.size || fill.conflicts.size);
  },
  address(path, more = {}) {
    return `${path}?${new URLSearchParams({ ...fill.where, ...more })}`;
  },
  section() {
    return document.getElementById("section");
  },
  control(path) {
    return document.querySelector(`#section [data-path="${CSS.escape(path)}"]`);
  },
  say(text, state = "") {
    fill.saving.textContent = text;
    fill.saving.className = `saving ${state}`;
  },
  // How it stands; “saved” is said only where nothing is left that is not.
  report(done) {
    if (fill.conflicts.size) fill.say(`有 ${fill.conflicts.size} 处要您定`, "failed");
    else if (fill.failure) fill.say("没有存上", "failed");
    else if (fill.waiting.size || fill.composing) fill.say("正在存……", "busy");
    else fill.say(done ?? "都存在文件里了");
  },
  failed(error) {
    fill.refusal = error;
    if (fill.failure?.textContent.startsWith(error.message)) return;
    fill.failure?.remove();
    fill.failure = page.tell(error.message, true);
  },
  worked() {
    fill.failure?.remove();
    fill.failure = null;
    fill.lost = false;
  },

  // A text was typed: it is sent after a moment, or with `now` at once.
  typed(input, now = false) {
    const path = input.dataset.path, open = fill.conflicts.get(path);
    if (open && !open.gone) {
      // It is being asked about: what is typed on is what the person would have.
      open.mine = input.value;
      fill.word(open);
      return;
    }
    fill.waiting.set(path, input.value);
    fill.say("正在存……", "busy");
    clearTimeout(fill.timer);
    fill.timer = setTimeout(fill.send, now ? 0 : 350);
  },

  async send() {
    clearTimeout(fill.timer);
    if (fill.busy || fill.composing || !fill.waiting.size) return;
    const sent = new Map(fill.waiting);
    fill.waiting.clear();
    const left = await fill.sets(sent);
    // What could not be saved is kept and tried again; what was typed since is newer.
    for (const [path, text] of left) if (!fill.waiting.has(path) && !fill.conflicts.has(path)) fill.waiting.set(path, text);
    if (left.size) fill.report();
    else if (fill.waiting.size) fill.send();
    else if (fill.stale) await fill.alone(fill.renew);
  },
  // Texts set in the file; those that could not be.
  async sets(texts) {
    const change = ([path, text]) => ({ do: "set", path, text, was: fill.known.get(path) });
    if (await fill.change([...texts].map(change))) return new Map();
    if (texts.size === 1 || fill.lost) return texts;
    // One that the file cannot take must not hold the others back.
    const left = new Map();
    for (const one of texts) if (!(await fill.change([change(one)]))) left.set(...one);
    if (left.size) fill.failed(fill.refusal);
    return left;
  },

  // All that was typed is sent; whether it is in the file.
  async flush() {
    await fill.send();
    await fill.idle();
    await fill.send();
    fill.report();
    return !fill.waiting.size && !fill.composing;
  },
  async idle() {
    while (fill.busy) await new Promise((ready) => setTimeout(ready, 30));
  },
  async alone(act) {
    await fill.idle();
    fill.busy = true;
    try {
      return await act();
    } finally {
      fill.busy = false;
    }
  },

  // Changes go to the server one after the other.
  async change(changes, way = "/save", more = {}) {
    return fill.alone(async () => {
      fill.say("正在存……", "busy");
      // While rows move, a key would land in another row than the one that is seen.
      const moves = way !== "/save" || changes.some((one) => one.do !== "set");
      const cursor = fill.cursor();
      fill.middle.inert = moves;
      try {
        const told = await page.ask(way, { ...fill.where, seen: fill.seen, changes, ...more });
        fill.worked();
        fill.took(changes, told);
        document.dispatchEvent(new CustomEvent("lianheti:saved"));
        if (told.whole || told.outside) await fill.renew({}, cursor);
        fill.saves += 1;
        const when = new Date().toLocaleTimeString("zh-CN", { hour12: false });
        fill.report(way === "/undo" ? (more.way === "redo" ? "已重做" : "已撤销") : `已存进文件 ${when}`);
        return told;
      } catch (error) {
        fill.lost = Boolean(error.offline);
        fill.failed(error);
        fill.report();
        return null;
      } finally {
        if (fill.middle.inert) {
          fill.middle.inert = false;
          fill.put(cursor);
        }
      }
    });
  },
  // What the server said of changes that were sent.
  took(changes, told) {
    const asked = new Set((told.conflicts ?? []).map((one) => one.path));
    for (const one of changes) if (one.do === "set" && !asked.has(one.path)) fill.known.set(one.path, one.text);
    if (told.outside) {
      // Rows may stand elsewhere now: until the columns are drawn anew, paths are still those of the state that they show.
      fill.stale = true;
      for (const [path, text] of fill.waiting) {
        const fresh = Number(/^[^[]+\[(\d+)\]/.exec(path)?.[1]) >= Number(fill.section().dataset.rows);
        if (!fresh) continue;
        fill.waiting.delete(path);
        fill.ask({ path, title: "新的一行", mine: text, theirs: "", gone: true });
      }
    } else {
      fill.seen = told.seen;
    }
    document.getElementById("undo").disabled = !told.undo;
    document.getElementById("redo").disabled = !told.redo;
    fill.mark(told.problems, told.notes);
    for (const conflict of told.conflicts ?? []) fill.ask(conflict);
    fill.overwritten(told.overwritten);
    if (told.outside && !asked.size && !told.overwritten?.fields.length) page.tell("文件在别处也改过，已经合在一起。");
  },

  async step(way) {
    if (await fill.flush()) await fill.change([], "/undo", { way });
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

  // Two sides have changed one field: a person decides, here and now. Until then the field keeps what was typed.
  ask(conflict) {
    fill.conflicts.get(conflict.path)?.box.remove();
    const typed = fill.waiting.get(conflict.path);
    fill.waiting.delete(conflict.path);
    const open = { ...conflict, mine: typed ?? conflict.mine, box: document.createElement("div") };
    open.box.className = "conflict";
    open.box.setAttribute("role", "alert");
    open.text = document.createElement("p");
    open.box.append(open.text);
    fill.word(open);
    const end = () => {
      fill.conflicts.delete(open.path);
      open.box.remove();
    };
    if (open.gone || open.rows) {
      fill.button(open.box, "知道了", () => { end(); fill.report(); return fill.alone(fill.renew); });
    } else {
      fill.button(open.box, "用我的", async () => {
        end();
        const told = await fill.change([{ do: "set", path: open.path, text: open.mine, was: open.theirs }]);
        if (!told) fill.ask(open);
        else if (!fill.conflicts.has(open.path)) await fill.alone(fill.renew);
      });
      fill.button(open.box, "用文件里的", () => {
        end();
        fill.waiting.delete(open.path);
        fill.report();
        return fill.alone(fill.renew);
      });
    }
    fill.conflicts.set(open.path, open);
    fill.show(open);
    fill.report();
  },
  word(open) {
    const named = (text) => `“${text || "（空）"}”`;
    if (open.rows) open.text.textContent = `${open.title}：别人刚改过这张表，这次${open.mine ? named(open.mine) : "的改动"}没有做。请看新的内容，再做一次。`;
    else if (open.gone) open.text.textContent = `${open.title}：这张表刚被别人改过，对不上是哪一行了；您填的${named(open.mine)}没有存。请看新的内容，再填一次。`;
    else open.text.textContent = `${open.title}：文件里别人改成了${named(open.theirs)}，您填的是${named(open.mine)}。用哪个？`;
  },
  // The box stands at its field, and the field shows what was typed there.
  show(open) {
    const input = fill.control(open.path);
    if (input && !open.gone && !open.rows) input.value = open.mine;
    (input?.closest(".field")?.querySelector(".about") ?? fill.middle).prepend(open.box);
  },
  button(box, label, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = label;
    button.addEventListener("click", act);
    box.append(button);
  },

  // Another program has saved over what was typed here: a person decides whose it is.
  overwritten(found) {
    if (!found?.fields.length) return;
    const path = "\n", box = document.createElement("div");
    fill.conflicts.get(path)?.box.remove();
    box.className = "conflict";
    box.setAttribute("role", "alert");
    const text = document.createElement("p");
    const lines = found.fields.slice(0, 6).map((one) => `· ${one.title}：您填的“${one.mine || "（空）"}”，现在是“${one.theirs || "（空）"}”`);
    if (found.fields.length > 6) lines.push(`· 等 ${found.fields.length} 处`);
    text.textContent = [`别的程序（如 Excel）存盘，盖掉了这里后来填的 ${found.fields.length} 处：`, ...lines].join("\n");
    box.append(text);
    const end = () => {
      fill.conflicts.delete(path);
      box.remove();
      fill.report();
    };
    fill.button(box, found.rows ? "整份换回网页上填的（可以撤销）" : "放回我填的", async () => {
      end();
      const told = found.rows
        ? await fill.change([], "/restore", { to: found.from })
        : await fill.change(found.fields.map((one) => ({ do: "set", path: one.path, text: one.mine, was: one.theirs })));
      if (!told) fill.overwritten(found);
      else await fill.alone(fill.renew);
    });
    fill.button(box, "用文件里的", end);
    fill.conflicts.set(path, { path, box, gone: true });
    fill.middle.prepend(box);
    fill.report();
  },

  // Where the cursor is, and how to put it there again.
  cursor() {
    const input = document.activeElement, path = input?.dataset?.path;
    if (!path || !fill.middle.contains(input)) return null;
    return { path, start: input.selectionStart ?? null, end: input.selectionEnd ?? null };
  },
  put(cursor) {
    const input = cursor && fill.control(cursor.path);
    if (!input || input === document.activeElement) return;
    input.focus({ preventScroll: true });
    if (cursor.start !== null && input.setSelectionRange) input.setSelectionRange(cursor.start, cursor.end);
  },

  // The middle column anew, with the cursor where it was. What is being typed goes first: the columns wait for it.
  async renew(more = {}, cursor = null) {
    fill.stale = true;
    const data = fill.section().dataset;
    let text;
    try {
      const answer = await fetch(fill.address("/section", { s: data.section, row: data.row, ...more }));
      if (!answer.ok) return;
      text = await answer.text();
    } catch {
      return;
    }
    if (fill.waiting.size || fill.composing) return;
    const grid = document.querySelector(".gridbox"), left = grid?.scrollLeft ?? 0, top = grid?.scrollTop ?? 0;
    const here = fill.cursor() ?? cursor, down = fill.middle.scrollTop;
    fill.middle.innerHTML = text;
    fill.stale = false;
    fill.seen = fill.section().dataset.seen;
    fill.known.clear();
    document.querySelector(".gridbox")?.scrollTo(left, top);
    fill.dress();
    fill.middle.scrollTop = down;
    for (const open of fill.conflicts.values()) open.text ? fill.show(open) : fill.middle.prepend(open.box);
    fill.put(here);
  },

  // What is lacking where, worked out after a change.
  async look() {
    let found;
    try {
      found = await page.ask(fill.address("/live"));
    } catch (error) {
      // What cannot be judged now is not said to be complete.
      for (const mark of document.querySelectorAll(".sections .left")) mark.textContent = "";
      document.getElementById("conclusion").textContent = `现在判断不了：${error.message}`;
      return;
    }
    const elsewhere = document.getElementById("open-elsewhere");
    if (elsewhere) elsewhere.hidden = !found.openElsewhere;
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

  // Others may write the same file: it is looked at every few seconds while the page is in sight. What could not be
  // saved is tried again.
  async watch() {
    if (document.hidden || fill.busy || fill.composing) return;
    if (fill.waiting.size) {
      if (fill.failure) await fill.send();
      return;
    }
    try {
      const found = await page.ask(fill.address("/stamp", { seen: fill.seen }));
      const lost = fill.lost || fill.failure;
      fill.worked();
      if (lost) fill.report();
      if (fill.waiting.size || fill.composing || fill.busy) return;
      if (found.seen === fill.seen && !fill.stale) return;
      const outside = found.seen !== fill.seen;
      await fill.alone(fill.renew);
      fill.overwritten(found.overwritten);
      if (outside && !found.overwritten?.fields.length) page.tell("文件在别处改过，已经换成新的内容。");
      document.dispatchEvent(new CustomEvent("lianheti:saved"));
    } catch (error) {
      fill.lost = Boolean(error.offline);
      if (!fill.lost) fill.failed(error);
      fill.say(fill.lost ? "连不上程序" : "文件读不了", "failed");
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

fill.middle.addEventListener("input", (event) => {
  const input = event.target;
  if (!input.dataset.path) return;
  if (input.tagName === "TEXTAREA") fill.fit(input);
  fill.count(input);
  // Letters of an input method are no text yet.
  if (event.isComposing) fill.report();
  else fill.typed(input, input.tagName === "SELECT");
});
fill.middle.addEventListener("compositionstart", () => { fill.composing = true; });
fill.middle.addEventListener("compositionend", (event) => {
  fill.composing = false;
  if (event.target.dataset.path) fill.typed(event.target);
});
fill.middle.addEventListener("change", (event) => {
  if (event.target.dataset.path && fill.waiting.has(event.target.dataset.path)) fill.send();
});

// The row with the cursor is the one that the tools are for, and whose long fields are shown below.
fill.middle.addEventListener("focusin", async (event) => {
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
  const before = data.row;
  data.row = number;
  try {
    const answer = await fetch(fill.address("/card", { s: data.section, row: number }));
    const text = answer.ok ? await answer.text() : "";
    if (text && Number(fill.section().dataset.row) === number) {
      document.getElementById("card").innerHTML = text;
      for (const area of document.querySelectorAll("#card textarea")) fill.fit(area);
    }
  } catch {
    // The program is gone; saving says so. The row is asked for again when it is entered again.
    if (Number(data.row) === number) data.row = before;
  }
});

fill.middle.addEventListener("click", async (event) => {
  const tool = event.target.closest("[data-tool]")?.dataset.tool;
  const dropped = event.target.closest("[data-drop-row]");
  const data = fill.section().dataset;
  if (dropped) {
    if (!(await fill.flush())) return;
    await fill.change([{ do: "delete", path: dropped.dataset.list, at: Number(dropped.dataset.dropRow) }]);
    return;
  }
  if (!tool || !(await fill.flush())) return;
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
fill.middle.addEventListener("keydown", (event) => {
  const cell = event.target.closest(".grid input, .grid textarea");
  // Enter that takes an input method's proposal leads nowhere.
  if (!cell || event.isComposing) return;
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
fill.middle.addEventListener("paste", async (event) => {
  const cell = event.target.closest?.(".grid input, .grid textarea");
  const text = event.clipboardData?.getData("text/plain") ?? "";
  if (!cell || !/[\t\n]/.test(text.replace(/\r?\n$/, ""))) return;
  event.preventDefault();
  const grid = cell.closest(".grid"), row = cell.closest("tr");
  const names = [...row.querySelectorAll("input, textarea")].map((one) => one.dataset.name);
  const from = names.indexOf(cell.dataset.name);
  if (!(await fill.flush())) return;
  const at = Number(row.dataset.row);
  const told = await fill.change([{ do: "paste", path: grid.dataset.list, at, names: names.slice(from), text }]);
  if (told && !told.conflicts.length) page.tell(told.pasted || "已经粘贴进来，请核对。", Boolean(told.left));
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
  if (!link || link.target || event.ctrlKey || !(fill.waiting.size || fill.busy || fill.composing)) return;
  event.preventDefault();
  if (await fill.flush()) location.assign(link.href);
}, true);
let looking = 0;
document.addEventListener("lianheti:saved", () => {
  clearTimeout(looking);
  looking = setTimeout(fill.look, 600);  // the pages come first
});
window.addEventListener("beforeunload", (event) => {
  if (fill.unsaved) {
    fill.send();
    event.preventDefault();
  }
});
// A page that the browser has kept shows what the file said then.
window.addEventListener("pageshow", (event) => event.persisted && fill.alone(fill.renew));
setInterval(fill.watch, 2500);
fill.dress();
// What was typed before this script was there.
for (const input of document.querySelectorAll("#section input[data-path], #section textarea[data-path]"))
  if (input.value !== (input.tagName === "INPUT" ? input.defaultValue.replace(/[\r\n]/g, "") : input.defaultValue)) fill.typed(input);
