// What was typed, as terms: words (all must be there), "phrases", -excluded ones.

/** @typedef {{text: string, raw: string, exclude: boolean}} Term */

/**
 * @param {string} typed
 * @param {(text: string) => string} normalise
 * @returns {Term[]}
 */
export function parseQuery(typed, normalise) {
  const terms = [];
  const wide = typed.normalize('NFKC').replace(/[“”„‟〝〞〟]/gu, '"').replace(/(^|\s)[‐‑–—―−](?=\S)/gu, '$1-');
  for (const [, minus, phrase, word] of wide.matchAll(/(-?)(?:"([^"]*)"?|([^\s"]+))/gu)) {
    const raw = (phrase ?? word).trim();
    const text = normalise(raw);
    const exclude = minus === '-' && (phrase !== undefined || text !== '');
    if (text) terms.push({ text, raw, exclude });
  }
  const seen = new Set();
  return terms.filter(({ text, exclude }) => !seen.has(text + exclude) && seen.add(text + exclude));
}
