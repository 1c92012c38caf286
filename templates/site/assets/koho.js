/* 小さな手助け。なくても全ページが読めます。 */
"use strict";
// 言語の切り替えを、同じページの別の言語へ向ける。
for (const link of document.querySelectorAll(".k-lang")) {
  const twin = document.querySelector(`link[rel="alternate"][hreflang="${link.hreflang}"]`);
  if (twin) link.href = new URL(twin.href).pathname;
}
