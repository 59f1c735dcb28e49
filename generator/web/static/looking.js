// How many places are ticked as looked at, and how many are to be sent back.
"use strict";

document.getElementById("looking")?.addEventListener("input", (event) => {
  const form = event.currentTarget;
  const chosen = form.querySelectorAll("input[type=checkbox]:checked").length;
  const back = [...form.querySelectorAll("input[name^='why:']")].filter((each) => each.value.trim()).length;
  const said = [chosen ? `勾选了 ${chosen} 处` : "", back ? `退回 ${back} 处` : ""].filter(Boolean).join("，");
  document.getElementById("looked").textContent = said || "没有勾选，也没有退回";
});
