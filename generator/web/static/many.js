// The board: choosing rows, and sieving them.
"use strict";

document.addEventListener("change", (event) => {
  const rows = () => [...document.querySelectorAll(".board tbody tr")].filter((row) => !row.hidden);
  if (event.target.id === "every")
    for (const row of rows()) {
      const box = row.querySelector("input[type=checkbox]");
      if (box) box.checked = event.target.checked;
    }
  if (event.target.id === "sieve")
    for (const row of document.querySelectorAll(".board tbody tr")) {
      const wanted = event.target.value;
      const bad = row.dataset.bad === "1";
      row.hidden = (wanted === "bad" && !bad) || (wanted === "ready" && bad)
        || (wanted === "unmade" && row.dataset.unmade !== "1") || (wanted === "stale" && row.dataset.stale !== "1");
      const box = row.querySelector("input[type=checkbox]");
      if (row.hidden && box) box.checked = false;
    }
  const chosen = document.querySelectorAll(".board input[type=checkbox]:checked").length;
  const told = document.getElementById("chosen");
  if (told) told.textContent = chosen ? `选了 ${chosen} 行` : "没有选";
});
document.addEventListener("lianheti:jobs", (event) => {
  if (event.detail.ended) document.dispatchEvent(new CustomEvent("lianheti:jobs-ended"));
});
