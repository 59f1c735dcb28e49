// How many places are ticked as looked at.
"use strict";

document.getElementById("looking")?.addEventListener("change", (event) => {
  const chosen = event.currentTarget.querySelectorAll("input[type=checkbox]:checked").length;
  document.getElementById("looked").textContent = chosen ? `勾选了 ${chosen} 处` : "没有勾选";
});
