// Pages at the left with the place in question marked, questions at the right gone through by key.
"use strict";

const papers = {
  root: document.getElementById("review"),
  sheets: document.getElementById("papers"),
  note: document.getElementById("papers-note"),
  questions: [...document.querySelectorAll("[data-issue]")],
  places: {},
  pages: [],
  here: -1,

  get width() {
    return Math.max(240, Math.min(papers.sheets.clientWidth - 24, 1000));
  },
  get question() {
    return papers.questions[papers.here];
  },
  draw() {
    papers.sheets.replaceChildren(...papers.pages.map((one, at) => {
      const sheet = document.createElement("div");
      sheet.className = "paper";
      sheet.dataset.at = at;
      sheet.style.width = `${papers.width}px`;
      sheet.style.height = `${Math.round((papers.width * one.height) / one.width)}px`;
      const image = document.createElement("img");
      image.alt = `${one.title} 第 ${one.number} 页`;
      sheet.append(image);
      papers.load.observe(sheet);
      return sheet;
    }));
  },
  look(key) {
    papers.sheets.querySelector(".seen")?.remove();
    const place = papers.places[key];
    if (!place) return;
    const [at, x0, y0, x1, y1] = place;
    const sheet = papers.sheets.children[at];
    const scale = sheet.clientWidth / papers.pages[at].width;
    const mark = document.createElement("div");
    mark.className = "seen";
    Object.assign(mark.style, {
      left: `${x0 * scale - 2}px`, top: `${y0 * scale - 2}px`, width: `${(x1 - x0) * scale + 4}px`, height: `${(y1 - y0) * scale + 4}px`,
    });
    sheet.append(mark);
    papers.sheets.scrollTop = sheet.offsetTop - papers.sheets.offsetTop + y0 * scale - papers.sheets.clientHeight / 3;
  },
  go(at, focus = true) {
    if (at < 0 || at >= papers.questions.length) return;
    papers.question?.classList.remove("here");
    papers.here = at;
    papers.question.classList.add("here");
    if (focus) papers.question.focus();
    papers.look(papers.question.dataset.issue);
  },
};
papers.load = new IntersectionObserver((seen) => {
  for (const one of seen) {
    const image = one.target.querySelector("img");
    if (one.isIntersecting && !image.src) {
      const wide = Math.round(papers.width * Math.min(window.devicePixelRatio || 1, 2));
      image.src = `${papers.root.dataset.picture}&${new URLSearchParams({ at: one.target.dataset.at, w: wide })}`;
    }
  }
}, { root: papers.sheets, rootMargin: "600px" });

document.addEventListener("click", (event) => {
  const question = event.target.closest("[data-issue]");
  if (!question) return;
  if (question !== papers.question) papers.go(papers.questions.indexOf(question), false);
  if (event.target.closest("[data-look]")) papers.look(question.dataset.issue);
});
document.addEventListener("keydown", (event) => {
  if (event.target.closest("input, select, textarea") || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key.toLowerCase();
  if (key === "j") papers.go(papers.here + 1);
  else if (key === "k") papers.go(papers.here - 1);
  else return;
  event.preventDefault();
});
page.ask(papers.root.dataset.pages).then((found) => {
  papers.places = found.places;
  papers.note.textContent = found.note;
  papers.pages = found.pages;
  papers.draw();
  for (const question of papers.questions)
    question.querySelector("[data-look]").hidden = !papers.places[question.dataset.issue];
  const first = papers.questions.findIndex((one) => one.querySelector("[data-verdict]"));
  if (papers.questions.length) papers.go(Math.max(first, 0), false);
}).catch((error) => { papers.note.textContent = error.message; });
