/* 小さな手助け。なくても全ページが読めます。 */
"use strict";
// 言語の切り替えを、同じページの別の言語へ向ける。
for (const link of document.querySelectorAll(".k-lang")) {
  const twin = document.querySelector(`link[rel="alternate"][hreflang="${link.hreflang}"]`);
  if (twin) link.href = new URL(twin.href).pathname;
  const redraw = document.getElementById("redraw"); // フォームでは、書いた内容を持って切り替える
  if (redraw) link.addEventListener("click", (event) => { event.preventDefault(); redraw.click(); });
}
// data-sort のある列で表を並べ替える。もう一度押すと逆の順。
for (const table of document.querySelectorAll("table[data-sortable]")) {
  table.querySelectorAll("th[data-sort]").forEach((head) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "k-sort";
    button.textContent = head.textContent;
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const column = head.cellIndex;
      const up = head.getAttribute("aria-sort") !== "ascending";
      table.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const value = (row) => row.cells[column].dataset.value ?? row.cells[column].textContent;
      const order = (a, b) => head.dataset.sort === "number" ? value(a) - value(b) : value(a).localeCompare(value(b));
      const body = table.tBodies[0];
      body.append(...[...body.rows].sort((a, b) => (up ? order(a, b) : order(b, a))));
    });
  });
}
// 企業のページの「検討リストに入れる」。検索のページと同じリストに入る。
const keep = document.querySelector("button[data-shortlist]");
if (keep) {
  const folder = new URL("search/", document.currentScript.src);
  const language = document.documentElement.lang;
  const modules = [`shortlist.js`, `words.${language}.js`].map((name) => import(new URL(name, folder)));
  Promise.all(modules).then(([{ isKept, shortlist, toggle }, { japanese, english }]) => {
    const words = japanese ?? english;
    const url = `${language === "en" ? "en/" : ""}companies/${keep.dataset.shortlist}/`;
    const text = (selector) => document.querySelector(selector)?.textContent ?? "";
    const processes = [...document.querySelectorAll('.d-tags a[href*="/process/"]')].map((link) => link.textContent).join("\n");
    const address = JSON.parse(text('script[type="application/ld+json"]') || "{}").address?.streetAddress ?? "";
    const list = document.createElement("a");
    list.href = new URL(`../../${language === "en" ? "en/" : ""}search/?view=shortlist`, folder);
    const show = () => {
      keep.textContent = isKept(url) ? words.kept : words.keep;
      keep.setAttribute("aria-pressed", String(isKept(url)));
      list.textContent = words.listed(shortlist().length);
      list.hidden = !shortlist().length;
    };
    keep.addEventListener("click", () => { toggle({ url, title: text("h1"), brief: text(".d-headline"), fields: { address, processes } }); show(); });
    keep.after(list);
    keep.hidden = false;
    show();
  });
}
// 印刷では、折りたたみを開く。
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
