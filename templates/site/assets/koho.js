/* 小さな手助け。なくても全ページが読めます。 */
"use strict";
// 言語の切り替えを、同じページの別の言語へ向ける。
for (const link of document.querySelectorAll(".k-lang")) {
  const twin = document.querySelector(`link[rel="alternate"][hreflang="${link.hreflang}"]`);
  if (twin) link.href = new URL(twin.href).pathname;
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
// 印刷では、折りたたみを開く。
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((d) => { d.open = true; }));
