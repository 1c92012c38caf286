// Where a normalised word stands in a text as it was written, for snippets with the match marked.

const graphemes = new Intl.Segmenter('ja', { granularity: 'grapheme' });
const SKIPPED = /[ー\s・.,-]/gu; // what the rules drop or change between characters

/**
 * @param {string} text
 * @param {string[]} words normalised
 * @param {(text: string) => string} normalise
 * @returns {[number, number][]} ranges in the text, ascending, apart
 */
export function findWords(text, words, normalise) {
  let folded = '';
  /** @type {[number, number][]} */
  const places = [];
  for (const { segment, index } of graphemes.segment(text)) {
    // A half-width voiced mark belongs to the character before it.
    for (const char of normalise(segment).replace(SKIPPED, '')) {
      folded += char;
      for (let unit = 0; unit < char.length; unit++) places.push([index, index + segment.length]);
    }
  }
  /** @type {[number, number][]} */
  const ranges = [];
  for (const word of words) {
    const bare = word.replace(SKIPPED, '');
    for (let at = bare ? folded.indexOf(bare) : -1; at >= 0; at = folded.indexOf(bare, at + bare.length)) {
      ranges.push([places[at][0], places[at + bare.length - 1][1]]);
    }
  }
  ranges.sort((a, b) => a[0] - b[0]);
  /** @type {[number, number][]} */
  const apart = [];
  for (const [from, to] of ranges) {
    const last = apart[apart.length - 1];
    if (last && from <= last[1]) last[1] = Math.max(last[1], to);
    else apart.push([from, to]);
  }
  return apart;
}

/**
 * The line that says most about a hit, cut to a readable length.
 * @param {string[]} lines
 * @param {string[]} words
 * @param {(text: string) => string} normalise
 * @returns {{text: string, ranges: [number, number][]}[]} at most two lines
 */
export function snippets(lines, words, normalise) {
  const found = [];
  const missing = new Set(words);
  for (const line of lines) {
    const here = [...missing].filter((word) => normalise(line).includes(word));
    if (!here.length) continue;
    here.forEach((word) => missing.delete(word));
    const first = findWords(line, here, normalise)[0]?.[0] ?? 0;
    const from = line.length <= 90 ? 0 : Math.max(0, first - 24);
    const text = (from ? '…' : '') + line.slice(from, from + 90) + (from + 90 < line.length ? '…' : '');
    found.push({ text, ranges: findWords(text, words, normalise) });
    if (found.length === 2 || !missing.size) break;
  }
  return found;
}
