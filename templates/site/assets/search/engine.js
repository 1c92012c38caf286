// The index in the browser: answers a query with documents, best first.

import { any, both, brokenUp, keepFollowed, slot } from './codec.js';
import { IndexFiles } from './files.js';
import { parseQuery } from './query.js';

/** @typedef {import('./codec.js').List} List */
/** @typedef {import('./files.js').Hit} Hit */
/** @typedef {import('./query.js').Term} Term */
/** @typedef {{ids: Uint32Array, terms: Term[], missing: Term[]}} Result */

const NAME_START = '\u0002';
const WEIGHT = [1, 4, 9, 12]; // by class: text, ability, reading, name
export const PAGE = 10; // hits shown at a time
const FEW = 12; // documents whose records are sooner read than the places of all

export class SearchIndex extends IndexFiles {
  /**
   * The ambiguous places of the window at `at` of a word that some document holds.
   * @param {string} word
   * @param {number} at
   */
  async places(word, at) {
    const file = this.fileOf(word, at);
    const [grams, all] = await Promise.all([this.lists(file), this.placesOf(file)]);
    return all[grams.get(gramAt(word, at))?.at ?? 0];
  }

  /**
   * Documents with up to four characters at `at` of a word.
   * @param {string} word
   * @param {number} at
   * @returns {Promise<List | null>}
   */
  window(word, at) {
    return this.once(`w${word.slice(at, at + 4)}`, async () => {
      const gram = (await this.lists(this.fileOf(word, at))).get(gramAt(word, at));
      if (!gram || word.length === at + 2) return gram?.list() ?? null;
      const list = keepFollowed(gram, word.charCodeAt(at + 2), word.charCodeAt(at + 3));
      return list.ids.length ? list : null;
    });
  }

  /** Documents with a single character anywhere. @param {string} char @returns {Promise<List | null>} */
  async single(char) {
    const first = char.charCodeAt(0);
    const [from, to] = [0, 0xff].map((second) => this.shardAt((slot(first) << 8) | second));
    const shards = await Promise.all(Array.from({ length: to - from + 1 }, (_, n) => this.lists(this.nameOf(from + n))));
    const lists = [];
    for (const grams of shards) for (const [gram, { list }] of grams) if ((gram & 0xffff) === first) lists.push(list());
    return lists.length ? any(lists) : null;
  }

  /**
   * Documents that hold a word.
   * @param {string} word normalised
   * @returns {Promise<List | null>}
   */
  matching(word) {
    return this.once(`m${word}`, async () => {
      if (word.length === 1) return this.single(word);
      const last = Math.max(0, word.length - 4);
      const starts = Array.from({ length: Math.ceil(last / 2) + 1 }, (_, n) => Math.min(2 * n, last));
      const found = await this.allOf(word, starts);
      if (!found || !last) return found;
      const lists = await Promise.all(starts.map(async (at) => /** @type {List} */ (await this.window(word, at))));
      const parted = new Set((await Promise.all(starts.slice(1).map((at, n) => this.parted(word, at, at - starts[n], found.ids)))).flat());
      const unsure = found.ids.filter((id) => parted.has(id));
      if (unsure.length <= FEW) return without(found, await this.broken(unsure, word));
      const windows = starts.map(async (at, n) => ({ at, list: lists[n], places: await this.places(word, at) }));
      return without(found, brokenUp(unsure, await Promise.all(windows)));
    });
  }

  /**
   * The documents in which the window before need not bring that at `at` with it: something else follows their common part.
   * @param {string} word
   * @param {number} at
   * @param {number} shift characters between the two windows
   * @param {Uint32Array} ids documents that hold both
   */
  async parted(word, at, shift, ids) {
    const { parting, close } = /** @type {List} */ (await this.window(word, at));
    const unsure = Array.from(ids).filter((id) => (shift === 1 ? close : parting)?.has(id));
    if (shift === 1 || unsure.length <= FEW) return unsure;
    const between = await this.window(word, at - 1); // brought by the one before, and bringing the next?
    const held = new Set(between?.ids);
    return unsure.filter((id) => close?.has(id) || !held.has(id) || between?.close?.has(id));
  }

  /**
   * Documents that hold the windows of a word at some places.
   * @param {string} word
   * @param {number[]} starts
   * @returns {Promise<List | null>}
   */
  async allOf(word, starts) {
    const lists = await Promise.all(starts.map((at) => this.window(word, at)));
    /** @type {List | null} */
    let result = null;
    for (const list of lists.sort((a, b) => (a?.ids.length ?? 0) - (b?.ids.length ?? 0))) {
      if (!list) return null;
      result = result ? both(result, list) : list;
    }
    return result?.ids.length ? result : null;
  }

  /** Those of a few documents whose texts do not hold a word. @param {Uint32Array} ids @param {string} word */
  async broken(ids, word) {
    const hits = await this.records([...ids]);
    return new Set(hits.filter((hit) => !this.texts(hit).some((text) => text.includes(word))).map((hit) => hit.id));
  }

  /** A document's fields as they were indexed, one line each. @param {Hit} hit */
  texts(hit) {
    const normalise = this.normalise ?? String;
    return [hit.fields.name ? '' : hit.title, ...Object.values(hit.fields)].flatMap((field) => field.split('\n').map(normalise));
  }

  /**
   * @param {string} typed
   * @returns {Promise<Result>} best first; `missing` are the terms that nothing holds
   */
  async search(typed) {
    await this.open();
    const terms = parseQuery(typed, this.normalise ?? String);
    const wanted = terms.filter((term) => !term.exclude);
    const empty = { ids: new Uint32Array(), terms };
    if (!wanted.length) return { ...empty, missing: [] };
    const [lists, excluded] = await Promise.all([
      Promise.all(wanted.map((term) => this.matching(term.text))),
      Promise.all(terms.filter((term) => term.exclude).map((term) => this.matching(term.text))),
    ]);
    const missing = wanted.filter((_, at) => !lists[at]);
    if (missing.length) return { ...empty, missing };
    const found = /** @type {List[]} */ (lists);
    const starts = await Promise.all(found.map((list, at) => this.namesFrom(wanted[at].text, list)));
    const dropped = new Set(excluded.flatMap((list) => [...(list?.ids ?? [])]));
    return { ids: rank(found, starts, dropped, this.capacity ?? 0), terms, missing: [] };
  }

  /**
   * Documents whose name or reading begins with a word; asked only when more names hold it than fit a page.
   * @param {string} word
   * @param {List} list
   * @returns {Promise<List | null>}
   */
  async namesFrom(word, list) {
    if (word.length < 2 || list.strengths.filter((strength) => strength > 1).length <= PAGE) return null;
    return this.window(NAME_START + word.slice(0, 3), 0);
  }

}

/** @param {string} word @param {number} at */
const gramAt = (word, at) => (word.charCodeAt(at) | (word.charCodeAt(at + 1) << 16)) >>> 0;

/** @param {List} list @param {Set<number>} wrong @returns {List | null} */
function without(list, wrong) {
  if (!wrong.size) return list;
  const ids = list.ids.filter((id) => !wrong.has(id));
  return ids.length ? { ids, strengths: list.strengths.filter((_, at) => !wrong.has(list.ids[at])) } : null;
}

/**
 * @param {List[]} lists
 * @param {(List | null)[]} starts
 * @param {Set<number>} dropped
 * @param {number} capacity
 * @returns {Uint32Array} documents of all lists, best first and in the index's order among equals
 */
function rank(lists, starts, dropped, capacity) {
  const scores = new Float64Array(capacity);
  const times = new Uint8Array(capacity);
  for (const { ids, strengths } of lists) {
    ids.forEach((id, at) => {
      scores[id] += WEIGHT[strengths[at]];
      times[id]++;
    });
  }
  for (const start of starts) start?.ids.forEach((id) => (scores[id] += 6));
  const found = lists[0].ids.filter((id) => times[id] === lists.length && !dropped.has(id));
  const keys = new Float64Array(found.length);
  found.forEach((id, at) => (keys[at] = id - scores[id] * capacity)); // whole numbers, sorted as they are
  keys.sort();
  return found.map((_, at) => ((keys[at] % capacity) + capacity) % capacity);
}
