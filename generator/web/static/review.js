// A filing looked through: its pages at the left with the place in question marked, judgements by key or button.
"use strict";

{
  const root = document.getElementById("review");
  const sheets = document.getElementById("papers");
  const note = document.getElementById("papers-note");
  const questions = [...document.querySelectorAll("[data-issue]")];
  const who = document.getElementById("who");
  const day = document.getElementById("day");
  let places = {};
  let here = -1;

  const width = () => Math.max(240, Math.min(sheets.clientWidth - 24, 1000));
  const load = new IntersectionObserver((seen) => {
    for (const one of seen) {
      const image = one.target.querySelector("img");
      if (one.isIntersecting && !image.src) {
        const wide = Math.round(width() * Math.min(window.devicePixelRatio || 1, 2));
        image.src = `${root.dataset.picture}&${new URLSearchParams({ at: one.target.dataset.at, w: wide })}`;
      }
    }
  }, { root: sheets, rootMargin: "600px" });

  const draw = (pages) => {
    sheets.replaceChildren(...pages.map((one, at) => {
      const sheet = document.createElement("div");
      sheet.className = "paper";
      sheet.dataset.at = at;
      sheet.style.width = `${width()}px`;
      sheet.style.height = `${Math.round((width() * one.height) / one.width)}px`;
      const image = document.createElement("img");
      image.alt = `${one.title} 第 ${one.number} 页`;
      sheet.append(image);
      load.observe(sheet);
      return sheet;
    }));
    sheets.pages = pages;
  };
  const look = (key) => {
    sheets.querySelector(".seen")?.remove();
    const place = places[key];
    if (!place) return;
    const [at, x0, y0, x1, y1] = place;
    const sheet = sheets.children[at];
    const scale = sheet.clientWidth / sheets.pages[at].width;
    const mark = document.createElement("div");
    mark.className = "seen";
    Object.assign(mark.style, {
      left: `${x0 * scale - 2}px`, top: `${y0 * scale - 2}px`, width: `${(x1 - x0) * scale + 4}px`, height: `${(y1 - y0) * scale + 4}px`,
    });
    sheet.append(mark);
    sheets.scrollTop = sheet.offsetTop - sheets.offsetTop + y0 * scale - sheets.clientHeight / 3;
  };
  const go = (at, focus = true) => {
    if (at < 0 || at >= questions.length) return;
    questions[here]?.classList.remove("here");
    here = at;
    questions[at].classList.add("here");
    if (focus) questions[at].focus();
    look(questions[at].dataset.issue);
  };

  const give = async (question, answer) => {
    if (answer && !who.value.trim()) {
      page.tell("先写判断人的姓名。", true);
      who.focus();
      return;
    }
    try {
      const found = await page.ask(root.dataset.answer, {
        batch: root.dataset.batch, name: root.dataset.name, issue: question.dataset.issue, answer,
        who: answer ? who.value.trim() : "", day: answer ? day.value : "", note: answer ? question.querySelector("[data-note]").value : "",
      });
      for (const button of question.querySelectorAll("[data-verdict]"))
        if (button.dataset.verdict) button.setAttribute("aria-pressed", String(button.dataset.verdict === answer));
        else button.hidden = !answer;
      question.querySelector("[data-given]").textContent = answer ? `${who.value.trim()}　${day.value}` : "";
      question.classList.remove("good-edge", "bad-edge", "warn-edge");
      question.classList.add(!answer ? "warn-edge" : answer === "符合" ? "good-edge" : "bad-edge");
      document.getElementById("verdict").textContent = found.verdict;
      document.getElementById("open").textContent = found.open ? `还有 ${found.open} 条没有判断` : "";
      page.tell(answer ? `记下了：${answer}` : "收回了结论");
    } catch (error) {
      page.tell(error.message, true);
    }
  };

  document.addEventListener("click", (event) => {
    const question = event.target.closest("[data-issue]");
    if (!question) return;
    if (questions.indexOf(question) !== here) go(questions.indexOf(question), false);
    if (event.target.closest("[data-look]")) look(question.dataset.issue);
    const button = event.target.closest("[data-verdict]");
    if (button) give(question, button.dataset.verdict);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea") || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = { 1: 0, 2: 1, 3: 2 }[event.key];
    const question = questions[here];
    if (event.key === "j" || event.key === "J") go(here + 1);
    else if (event.key === "k" || event.key === "K") go(here - 1);
    else if (question?.querySelector("[data-verdict]") && at !== undefined) give(question, question.querySelectorAll("[data-verdict]")[at].dataset.verdict);
    else if (question?.querySelector("[data-verdict]") && event.key === "0") give(question, "");
    else return;
    event.preventDefault();
  });
  if (who) {
    // Whoever judges is the same person for the next filing, in this window.
    who.value = sessionStorage.getItem("judged-by") || "";
    who.addEventListener("change", () => sessionStorage.setItem("judged-by", who.value));
  }
  page.ask(root.dataset.pages).then((found) => {
    places = found.places;
    note.textContent = found.note;
    draw(found.pages);
    for (const question of questions)
      question.querySelector("[data-look]").hidden = !places[question.dataset.issue];
    const first = questions.findIndex((one) => one.querySelector("[data-verdict]"));
    if (questions.length) go(Math.max(first, 0), false);
  }).catch((error) => { note.textContent = error.message; });
}
