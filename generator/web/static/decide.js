// Doubtful values decided one by one: into the data file at once.
"use strict";

{
  const give = async (question, decision) => {
    const input = question.querySelector("[data-text]");
    try {
      const found = await page.ask(papers.root.dataset.decide, {
        reading: papers.root.dataset.reading, path: question.dataset.issue, decision, text: input.value,
      });
      for (const button of question.querySelectorAll("[data-verdict]"))
        button.setAttribute("aria-pressed", String(button.dataset.verdict === decision));
      question.querySelector("[data-given]").textContent = found.value ? `数据里是：${found.value}` : "数据里空着";
      const wrong = question.querySelector("[data-wrong]");
      wrong.textContent = found.wrong;
      question.classList.remove("warn-edge", "bad-edge", "good-edge");
      question.classList.add(found.wrong ? "bad-edge" : "good-edge");
      document.getElementById("open").textContent = found.open ? `还有 ${found.open} 项没有核对` : "都核对过了";
      page.tell(`记下了：${decision}`);
      if (!found.wrong) papers.go(papers.here + 1);
    } catch (error) {
      page.tell(error.message, true);
    }
  };
  const choose = (question, decision) => {
    const input = question.querySelector("[data-text]");
    if (decision === "改" && input.value === input.defaultValue) {
      input.focus();
      input.select();
      page.tell("写上应填的内容，按回车记下。");
      return;
    }
    if (decision === "采用") input.value = input.defaultValue;
    give(question, decision);
  };
  document.addEventListener("click", (event) => {
    const question = event.target.closest("[data-issue]");
    const button = event.target.closest("[data-verdict]");
    const source = event.target.closest("[data-source]");
    if (source) {
      const input = question.querySelector("[data-text]");
      input.value = source.dataset.source;
      give(question, "改");
    } else if (button) choose(question, button.dataset.verdict);
  });
  document.addEventListener("keydown", (event) => {
    const input = event.target.closest("[data-text]");
    if (input && event.key === "Enter" && !(input.matches("textarea") && event.shiftKey)) {
      event.preventDefault();
      choose(input.closest("[data-issue]"), "改");
      return;
    }
    if (event.target.closest("input, select, textarea") || event.ctrlKey || event.altKey || event.metaKey) return;
    const decision = { 1: "采用", 2: "改", 3: "不要" }[event.key];
    const button = papers.question?.querySelector(`[data-verdict="${decision}"]`);
    if (!button || button.disabled) return;
    event.preventDefault();
    choose(papers.question, decision);
  });
}
