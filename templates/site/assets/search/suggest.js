// What is offered while one types, and what was perhaps meant when nothing is found.

/** @typedef {import('./engine.js').SearchIndex} SearchIndex */

/**
 * Whether two words are one insertion, removal, exchange or swap of neighbours apart.
 * @param {string} a
 * @param {string} b
 */
export function oneEdit(a, b) {
  if (a === b || Math.abs(a.length - b.length) > 1) return false;
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start++;
  let end = 0;
  while (end < a.length - start && end < b.length - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end++;
  const left = a.slice(start, a.length - end);
  const right = b.slice(start, b.length - end);
  if (left.length <= 1 && right.length <= 1) return true;
  return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
}

/**
 * Words and names that begin with, or else hold, what was typed.
 * @param {SearchIndex} index
 * @param {string} typed
 * @returns {Promise<string[]>}
 */
export async function suggest(index, typed) {
  await index.open();
  const normalise = index.normalise ?? String;
  const before = typed.replace(/\S*$/u, '');
  const word = normalise(typed.slice(before.length));
  if (!word) return [];
  const words = (await index.words()).filter((one) => normalise(one) !== word);
  const begin = words.filter((one) => normalise(one).startsWith(word));
  const hold = words.filter((one) => !begin.includes(one) && normalise(one).includes(word));
  const names = word.length < 2 ? null : await index.window(`\u0002${word.slice(0, 3)}`, 0);
  const hits = names ? await index.records([...names.ids.subarray(0, word.length > 3 ? 20 : 4)]) : [];
  const titles = hits.filter((hit) => index.texts(hit).some((text) => text.includes(word))).map((hit) => hit.title);
  return [...new Set([...begin.slice(0, 5), ...titles.slice(0, 4), ...hold.slice(0, 3)])].slice(0, 8).map((one) => before + one);
}

/**
 * Queries with one word mended, for a word that nothing holds.
 * @param {SearchIndex} index
 * @param {string} typed
 * @param {import('./query.js').Term} term the word that nothing holds
 * @returns {Promise<string[]>}
 */
export async function meant(index, typed, term) {
  const normalise = index.normalise ?? String;
  const near = (await index.words()).filter((one) => oneEdit(normalise(one), term.text)).slice(0, 3);
  const names = near.length ? [] : await namesNear(index, term.text);
  return [...near, ...names].map((one) => (typed.includes(term.raw) ? typed.replace(term.raw, one) : one));
}

/** @param {SearchIndex} index @param {string} word */
async function namesNear(index, word) {
  if (word.length < 3) return [];
  const found = new Set();
  for (let wrong = 0; wrong < word.length && found.size < 3; wrong++) {
    const parts = [word.slice(0, wrong), word.slice(wrong + 1)].filter((part) => part.length > 1);
    if (!parts.length) continue;
    const lists = await Promise.all(parts.map((part) => index.matching(part)));
    if (lists.some((list) => !list)) continue;
    const named = lists.map((list) => new Set(list?.ids.filter((_, at) => (list?.strengths[at] ?? 0) > 1)));
    const ids = [...named[0]].filter((id) => named.every((set) => set.has(id)));
    if (ids.length > 200) continue;
    for (const hit of await index.records(ids.slice(0, 12))) {
      for (const text of index.texts(hit)) {
        for (let at = 0; at < text.length; at++) {
          if ([-1, 0, 1].some((more) => oneEdit(text.slice(at, at + word.length + more), word))) found.add(hit.title);
        }
      }
    }
  }
  return [...found].slice(0, 3);
}
