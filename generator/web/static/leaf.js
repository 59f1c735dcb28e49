// Leafing through the pages of a packet's PDFs: pictures come as they scroll into sight.
"use strict";

{
  const leaves = document.getElementById("leaves");
  const show = (path, pages) => {
    const { file, p, edition } = leaves.dataset;
    const width = Math.round(Math.min(leaves.clientWidth - 30, 900) * Math.min(window.devicePixelRatio || 1, 2));
    leaves.replaceChildren();
    for (let n = 1; n <= pages; n++) {
      const image = document.createElement("img");
      image.loading = n < 3 ? "eager" : "lazy";
      image.alt = `第 ${n} 页，共 ${pages} 页`;
      image.width = 595;
      image.height = 842;
      image.src = `/packet/picture?${new URLSearchParams({ file, p, edition, path, n, w: width })}`;
      leaves.append(image);
    }
    leaves.scrollTop = 0;
    for (const button of document.querySelectorAll("[data-leaf]"))
      button.toggleAttribute("aria-current", button.dataset.leaf === path);
  };
  if (leaves) {
    if (leaves.dataset.path) show(leaves.dataset.path, Number(leaves.dataset.pages));
    document.addEventListener("click", (event) => {
      const button = event.target.closest("[data-leaf]");
      if (button) show(button.dataset.leaf, Number(button.dataset.pages));
    });
  }
}
