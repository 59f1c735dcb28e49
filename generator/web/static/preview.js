// The official pages, as the data stands: drawn anew after each change, every value on them leads to its field.
"use strict";

const preview = {
  root: document.getElementById("pages"),
  chooser: document.getElementById("document"),
  working: document.getElementById("working"),
  pages: [],          // what the server says of each page
  places: {},         // by path: [page, x0, y0, x1, y1] of where it is printed first
  zoom: 1,
  asking: false,
  again: false,
  path: "",           // the field with the cursor

  get width() {
    return Math.max(200, Math.floor((preview.root.clientWidth - 24) * preview.zoom));
  },
  address(path, more = {}) {
    return fill.address(path, more);
  },

  // Ask for the pages as they are now; while one answer is awaited, the next question waits.
  async renew() {
    if (preview.asking) {
      preview.again = true;
      return;
    }
    preview.asking = true;
    preview.working.textContent = preview.pages.length ? "" : "正在排版……";
    try {
      const found = await page.ask(preview.address("/preview"));
      preview.pages = found.pages;
      preview.places = found.places;
      preview.draw();
      preview.working.textContent = found.text ?? "";
      if (preview.path) preview.follow(preview.path);
    } catch (error) {
      preview.working.textContent = error.message;
    } finally {
      preview.asking = false;
      if (preview.again) {
        preview.again = false;
        preview.renew();
      }
    }
  },

  // One sheet a page; a sheet whose page has not changed stays as it is.
  draw() {
    const sheets = [...preview.root.children];
    preview.pages.forEach((one, at) => {
      let sheet = sheets[at];
      if (!sheet) {
        sheet = document.createElement("div");
        sheet.className = "sheet";
        preview.root.append(sheet);
        preview.seen.observe(sheet);
      }
      preview.size(sheet, one);
      if (sheet.dataset.digest !== one.digest) {
        sheet.dataset.digest = one.digest;
        sheet.dataset.at = at;
        if (sheet.dataset.near) preview.fetch(sheet);
      }
    });
    for (const sheet of sheets.slice(preview.pages.length)) sheet.remove();
    const titles = [];
    preview.pages.forEach((one, at) => one.title !== titles.at(-1)?.title && titles.push({ title: one.title, at }));
    if (preview.chooser.options.length !== titles.length) {
      preview.chooser.replaceChildren(...titles.map(({ title, at }) => new Option(title, at)));
    }
  },
  size(sheet, one) {
    sheet.style.width = `${preview.width}px`;
    sheet.style.height = `${Math.round((preview.width * one.height) / one.width)}px`;
  },

  // A sheet's picture, and what lies over it. The old picture stays until the new one is there.
  async fetch(sheet) {
    const digest = sheet.dataset.digest;
    const pixels = Math.round(preview.width * Math.min(window.devicePixelRatio || 1, 2));
    const image = new Image();
    image.alt = `${preview.pages[sheet.dataset.at].title}第 ${preview.pages[sheet.dataset.at].number} 页`;
    image.src = preview.address("/preview/picture", { page: digest, w: pixels });
    try {
      await image.decode();
    } catch {
      return;
    }
    if (sheet.dataset.digest !== digest) return;
    sheet.querySelector("img")?.remove();
    sheet.prepend(image);
    document.dispatchEvent(new CustomEvent("lianheti:drawn", { detail: digest }));
    let found;
    try {
      found = await page.ask(preview.address("/preview/layer", { page: digest }));
    } catch {
      return;
    }
    if (sheet.dataset.digest === digest) preview.cover(sheet, found);
  },

  // Text to be selected, and buttons over the values. Positions are parts of the sheet, so that zooming keeps them.
  cover(sheet, found) {
    for (const old of sheet.querySelectorAll(".text, .place")) old.remove();
    const one = preview.pages[sheet.dataset.at];
    if (!one) return;
    const part = (value, whole) => `${(100 * value) / whole}%`;
    const height = sheet.clientHeight / one.height;
    for (const [x0, y0, x1, y1, text] of found.texts) {
      const span = document.createElement("span");
      span.className = "text";
      span.textContent = text;
      span.setAttribute("aria-hidden", "true");
      span.style.left = part(x0, one.width);
      span.style.top = part(y0, one.height);
      span.style.fontSize = `${(y1 - y0) * height * 0.9}px`;
      sheet.append(span);
      span.dataset.wide = x1 - x0;
    }
    for (const span of sheet.querySelectorAll(".text")) {
      const wanted = (span.dataset.wide * sheet.clientWidth) / one.width;
      if (span.offsetWidth) span.style.transform = `scaleX(${wanted / span.offsetWidth})`;
    }
    for (const [path, x0, y0, x1, y1, title] of found.places) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "place";
      button.tabIndex = -1;
      button.dataset.place = path;
      button.title = title;
      button.setAttribute("aria-label", `去填${title}`);
      button.style.left = part(x0, one.width);
      button.style.top = part(y0, one.height);
      button.style.width = part(x1 - x0, one.width);
      button.style.height = part(y1 - y0, one.height);
      button.classList.toggle("here", preview.path === path || preview.path === `${path}.text`);
      sheet.append(button);
    }
  },

  // Bring the place where a field is printed into sight, and mark it.
  follow(path) {
    preview.path = path;
    for (const old of document.querySelectorAll(".place.here")) old.classList.remove("here");
    // A field of which only a tick is printed, or that is wrong, has no place of its own: its group's is shown.
    let printed = path;
    const near = (one) => (preview.places[one] ? one : Object.keys(preview.places).find((other) => other.startsWith(`${one}.`) || other.startsWith(`${one}[`)));
    while (printed && !near(printed)) printed = printed.replace(/(\[\d+\]|\.[^.[\]]+|^[^.[\]]+)$/, "");
    printed = printed && near(printed);
    const place = preview.places[printed];
    if (!place) return;
    const [at, , y0, , y1] = place, sheet = preview.root.children[at];
    if (!sheet) return;
    for (const button of sheet.querySelectorAll(".place"))
      button.classList.toggle("here", button.dataset.place === printed);
    const scale = sheet.clientHeight / preview.pages[at].height;
    const top = sheet.offsetTop - preview.root.offsetTop + y0 * scale, bottom = top + (y1 - y0) * scale;
    const view = preview.root;
    if (top < view.scrollTop + 20 || bottom > view.scrollTop + view.clientHeight - 20)
      view.scrollTo({ top: Math.max(0, top - view.clientHeight / 3) });
  },

  scale(factor) {
    preview.zoom = Math.min(2.5, Math.max(0.6, preview.zoom * factor));
    preview.resize();
  },
  resize() {
    [...preview.root.children].forEach((sheet, at) => {
      if (preview.pages[at]) preview.size(sheet, preview.pages[at]);
      if (sheet.dataset.near) preview.fetch(sheet);
    });
  },
};

// Pictures are asked for as sheets come near.
preview.seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (isIntersecting && !target.dataset.near) {
      target.dataset.near = "1";
      if (target.dataset.digest) preview.fetch(target);
    } else if (!isIntersecting && target.dataset.near) {
      delete target.dataset.near;
    }
  }
  const first = [...preview.root.children].findIndex((sheet) => sheet.offsetTop + sheet.clientHeight - preview.root.offsetTop > preview.root.scrollTop + 40);
  for (const option of [...preview.chooser.options].reverse())
    if (Number(option.value) <= first) {
      preview.chooser.value = option.value;
      break;
    }
}, { root: preview.root, rootMargin: "400px" });

preview.root.addEventListener("click", (event) => {
  const button = event.target.closest(".place");
  if (button && !String(getSelection())) fill.lead(button.dataset.place);
});
preview.chooser.addEventListener("change", () => {
  const sheet = preview.root.children[Number(preview.chooser.value)];
  if (sheet) preview.root.scrollTo({ top: sheet.offsetTop - preview.root.offsetTop });
});
document.getElementById("smaller").addEventListener("click", () => preview.scale(1 / 1.2));
document.getElementById("larger").addEventListener("click", () => preview.scale(1.2));
document.addEventListener("lianheti:saved", () => preview.renew());
document.addEventListener("lianheti:field", (event) => preview.follow(event.detail));
let resizing = 0;
window.addEventListener("resize", () => {
  clearTimeout(resizing);
  resizing = setTimeout(preview.resize, 200);
});
// The field that the address leads to had the cursor before this script was there.
preview.path = document.activeElement?.dataset?.path ?? "";
preview.renew();
