// Texts made comparable by the same table that Python uses (generator/search/normaliser.json).

/** @typedef {{remove: string[][], fold: Record<string, string>, rules: string[][]}} Rules */

/**
 * @param {Rules} rules
 * @returns {(text: string) => string}
 */
export function makeNormaliser(rules) {
  /** @type {Map<string, string>} */
  const table = new Map();
  for (const pairs of Object.values(rules.fold)) {
    for (const pair of pairs.split(' ')) {
      const [from, to] = Array.from(pair);
      table.set(from, to);
    }
  }
  for (let code = 0x3041; code <= 0x309e; code++) {
    if (code < 0x3097 || code > 0x309c) {
      const katakana = String.fromCharCode(code + 0x60);
      table.set(String.fromCharCode(code), table.get(katakana) ?? katakana);
    }
  }
  const removed = new RegExp(`[${rules.remove.map(([a, b]) => `\\u{${a}}-\\u{${b}}`).join('')}]`, 'gu');
  const replacing = rules.rules.map(([find, becomes, needs]) => ({ find: new RegExp(find, 'gu'), becomes, needs }));
  return (text) => {
    const folded = Array.from(text.normalize('NFKC').toLowerCase().replace(removed, ''), (c) => table.get(c) ?? c);
    let result = folded.join('');
    for (const { find, becomes, needs } of replacing) {
      if (result.includes(needs)) result = result.replace(find, becomes);
    }
    return result;
  };
}
