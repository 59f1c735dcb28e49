// A filing judged: by button or key, each judgement into the sheet at once.
"use strict";

{
  const who = document.getElementById("who");
  const day = document.getElementById("day");

  const give = async (question, answer) => {
    if (answer && !who.value.trim()) {
      page.tell("先写判断人的姓名。", true);
      who.focus();
      return;
    }
    try {
      const found = await page.ask(papers.root.dataset.answer, {
        batch: papers.root.dataset.batch, name: papers.root.dataset.name, issue: question.dataset.issue, answer,
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
    const button = event.target.closest("[data-verdict]");
    if (button) give(button.closest("[data-issue]"), button.dataset.verdict);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.closest("input, select, textarea") || event.ctrlKey || event.altKey || event.metaKey) return;
    const at = { 1: 0, 2: 1, 3: 2 }[event.key];
    const buttons = papers.question?.querySelectorAll("[data-verdict]") ?? [];
    if (!buttons.length) return;
    if (at !== undefined) give(papers.question, buttons[at].dataset.verdict);
    else if (event.key === "0") give(papers.question, "");
    else return;
    event.preventDefault();
  });
  if (who) {
    // Whoever judges is the same person for the next filing, in this window.
    who.value = sessionStorage.getItem("judged-by") || "";
    who.addEventListener("change", () => sessionStorage.setItem("judged-by", who.value));
  }
}
