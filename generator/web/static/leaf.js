// Leafing through the pages of a packet's PDFs: pictures come as they scroll into sight, every value on them leads to
// its field.
"use strict";

{
  const leaves = document.getElementById("leaves");
  const { file, p, edition } = leaves?.dataset ?? {};
  const query = (more) => new URLSearchParams({ file, p, edition, ...more });

  const cover = async (leaf, path, n) => {
    let found;
    try {
      found = await page.ask(`/packet/layer?${query({ path, n })}`);
    } catch {
      return; // the page can be read without
    }
    if (!leaf.isConnected) return;
    const part = (value, whole) => `${(100 * value) / whole}%`;
    for (const [field, x0, y0, x1, y1, title] of found.places) {
      const link = document.createElement("a");
      link.className = "place";
      link.tabIndex = -1;
      link.href = `/fill?${new URLSearchParams({ file, p, go: field })}`;
      link.title = title;
      link.setAttribute("aria-label", `去填${title}`);
      link.style.left = part(x0, found.width);
      link.style.top = part(y0, found.height);
      link.style.width = part(x1 - x0, found.width);
      link.style.height = part(y1 - y0, found.height);
      leaf.append(link);
    }
  };
  const near = leaves && new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries)
      if (isIntersecting) {
        near.unobserve(target);
        cover(target, target.dataset.path, target.dataset.n);
      }
  }, { root: leaves, rootMargin: "200px" });

  const show = (path, pages) => {
    const width = Math.round(Math.min(leaves.clientWidth - 30, 900) * Math.min(window.devicePixelRatio || 1, 2));
    near.disconnect();
    leaves.replaceChildren();
    for (let n = 1; n <= pages; n++) {
      const leaf = document.createElement("div");
      leaf.className = "leaf";
      Object.assign(leaf.dataset, { path, n });
      const image = document.createElement("img");
      image.loading = n < 3 ? "eager" : "lazy";
      image.alt = `第 ${n} 页，共 ${pages} 页`;
      image.width = 595;
      image.height = 842;
      image.src = `/packet/picture?${query({ path, n, w: width })}`;
      leaf.append(image);
      leaves.append(leaf);
      near.observe(leaf);
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
