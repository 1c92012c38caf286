// The index in the browser: fetches the few files a query needs and answers with documents.

import { Reader, any, both, brokenUp, decodeIds, firstHash, gramHash, inflate, keepFollowed, readContinuations, readDocuments, readPlaces } from './codec.js';
import { makeNormaliser } from './normalise.js';
import { parseQuery } from './query.js';

/** @typedef {import('./codec.js').List} List */
/** @typedef {import('./query.js').Term} Term */
/** @typedef {{id: number, url: string, kind: string, title: string, brief: string, fields: Record<string, string>, facets: Record<string, string[]>}} Hit */
/** @typedef {{ids: Uint32Array, scores: Float64Array, terms: Term[], missing: Term[]}} Result */
/** @typedef {{code: string, label: string, count: number, file: number, size: number, ids?: Uint32Array}} FacetValue */

const NAME_START = '\u0002';
const WEIGHT = [1, 4, 9, 12]; // by class: text, ability, reading, name
export const PAGE = 10; // hits shown at a time
const FEW = 12; // documents whose records are sooner read than the places of all

export class SearchIndex {
  /**
   * @param {string} base address of a language's folder, ending with /
   * @param {(path: string) => Promise<Uint8Array>} [get]
   * @param {Promise<Response>} [opening] the answer to the first request, when it was sent before
   */
  constructor(base, get, opening) {
    this.base = base;
    this.generation = '';
    this.get = get ?? ((path) => this.fetchBytes(path));
    this.asked = opening;
    /** @type {Map<string, Promise<any>>} */
    this.cache = new Map();
    /** @type {number[]} first place of each shard */
    this.bounds = [];
  }

  /** @param {string} path */
  async fetchBytes(path) {
    const address = this.base + path + (this.generation ? `?v=${this.generation}` : '');
    const asked = this.generation ? fetch(address) : (this.asked ?? fetch(address, { cache: 'no-cache' }));
    this.asked = undefined;
    const answer = await asked;
    if (!answer.ok) throw new Error(`${answer.status} ${address}`);
    return new Uint8Array(await answer.arrayBuffer());
  }

  /**
   * @template T
   * @param {string} key
   * @param {() => Promise<T>} make
   * @returns {Promise<T>}
   */
  once(key, make) {
    let made = this.cache.get(key);
    if (!made) {
      made = make();
      this.cache.set(key, made);
      made.catch(() => this.cache.delete(key));
    }
    return made;
  }

  open() {
    return this.once('root', async () => {
      const bytes = await this.get('root.bin');
      const size = new Reader(bytes).pair();
      const reader = new Reader(await inflate(bytes.subarray(4, 4 + size)));
      const head = JSON.parse(new TextDecoder().decode(reader.take(reader.number())));
      this.opening = bytes.subarray(4 + size);
      for (let at = 0, bound = 0; at < head.shards; at++) this.bounds.push((bound += reader.number()));
      this.capacity = head.capacity;
      this.group = head.group;
      /** @type {[string, number][]} */
      this.kinds = head.kinds;
      /** @type {Record<string, number>} files of each facet */
      this.facetFiles = head.facets;
      this.generation = head.generation;
      this.normalise = makeNormaliser(head.rules);
      return this;
    });
  }

  /** @param {number} id */
  kindOf(id) {
    let last = 0;
    for (const [kind, count] of this.kinds ?? []) if (id < (last += count)) return kind;
    return '';
  }

  /** The shard that holds a place. @param {number} hash */
  shardAt(hash) {
    const { bounds } = this;
    let low = 0;
    for (let high = bounds.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if (bounds[middle] <= hash) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** @param {number} shard */
  shardName(shard) {
    return `s/${this.bounds[shard].toString(16).padStart(4, '0')}`;
  }

  /** @param {number} shard */
  documents(shard) {
    const path = `${this.shardName(shard)}.d`;
    return this.once(path, async () => readDocuments(await inflate(await this.get(path))));
  }

  /** @param {number} shard */
  continuations(shard) {
    const path = `${this.shardName(shard)}.n`;
    return this.once(path, async () => readContinuations(await inflate(await this.get(path))));
  }

  /**
   * The ambiguous places of the gram at `at` of a word that some document holds.
   * @param {string} word
   * @param {number} at
   */
  async places(word, at) {
    const [first, second] = [word.charCodeAt(at), word.charCodeAt(at + 1)];
    const shard = this.shardAt(gramHash(first, second));
    const path = `${this.shardName(shard)}.p`;
    const [grams, all] = await Promise.all([this.documents(shard), this.once(path, async () => readPlaces(await inflate(await this.get(path))))]);
    return all[grams.get((first | (second << 16)) >>> 0)?.place ?? 0];
  }

  /**
   * Documents with up to four characters at `at` of a word.
   * @param {string} word
   * @param {number} at
   * @returns {Promise<List | null>}
   */
  window(word, at) {
    return this.once(`w${word.slice(at, at + 4)}`, async () => {
      const [first, second, third, fourth] = [0, 1, 2, 3].map((n) => word.charCodeAt(at + n));
      const shard = this.shardAt(gramHash(first, second));
      const more = word.length > at + 2;
      const [grams, following] = await Promise.all([this.documents(shard), more ? this.continuations(shard) : null]);
      const gram = grams.get((first | (second << 16)) >>> 0);
      if (!gram) return null;
      if (!following) return gram.list();
      const list = keepFollowed(gram.list(), following[gram.place], third, fourth);
      return list.ids.length ? list : null;
    });
  }

  /** Documents with a single character anywhere. @param {string} char @returns {Promise<List | null>} */
  async single(char) {
    const first = char.charCodeAt(0);
    const from = this.shardAt(firstHash(first));
    const to = this.shardAt(firstHash(first) + 0xff);
    const shards = await Promise.all(Array.from({ length: to - from + 1 }, (_, n) => this.documents(from + n)));
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
    const empty = { ids: new Uint32Array(), scores: new Float64Array(), terms };
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
    const result = rank(found, starts, this.capacity ?? 0).filter(([id]) => !dropped.has(id));
    return { ids: Uint32Array.from(result, ([id]) => id), scores: Float64Array.from(result, ([, score]) => score), terms, missing: [] };
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

  /**
   * What is shown of documents, in the order asked.
   * @param {number[]} ids
   * @returns {Promise<Hit[]>}
   */
  async records(ids) {
    await this.open();
    const size = this.group ?? 1;
    const groups = [...new Set(ids.map((id) => Math.floor(id / size)))];
    const read = new Map(await Promise.all(groups.map(async (group) => /** @type {[number, any[]]} */ ([group, await this.groupOf(group)]))));
    return ids.map((id) => {
      const [url, kind, title, brief, fields, facets] = /** @type {any[]} */ (read.get(Math.floor(id / size)))[id % size];
      return { id, url, kind, title, brief, fields, facets };
    });
  }

  /** @param {number} group */
  groupOf(group) {
    const path = `r/${group.toString(16)}.bin`;
    return this.once(path, async () => {
      const text = new TextDecoder().decode(await inflate(this.opening ?? new Uint8Array(), await this.get(path)));
      return JSON.parse(text.slice(this.dictionarySize ?? (await this.measureOpening())));
    });
  }

  /** Characters of the dictionary that stands before every record file. */
  async measureOpening() {
    // An empty final block ends the opening's stream.
    const text = new TextDecoder().decode(await inflate(this.opening ?? new Uint8Array(), Uint8Array.of(3, 0)));
    return (this.dictionarySize = text.length);
  }

  /**
   * The values of a facet, frequent ones first; the frequent and the wanted ones know their documents.
   * @param {string} name
   * @param {(value: FacetValue) => boolean} [wanted]
   * @returns {Promise<FacetValue[]>}
   */
  async facet(name, wanted = () => false) {
    const values = await this.once(`f/${name}`, async () => {
      const reader = await this.facetFile(name, 0);
      /** @type {[string, string, number, number, number][]} */
      const head = JSON.parse(new TextDecoder().decode(reader.take(reader.number())));
      return head.map(([code, label, count, file, size]) => ({ code, label, count, file, size, ids: file ? undefined : readIds(reader, size, count) }));
    });
    const files = new Set(values.filter((value) => !value.ids && wanted(value)).map(({ file }) => file));
    await Promise.all(Array.from(files, (file) => this.once(`f/${name}.${file}`, async () => {
      const reader = await this.facetFile(name, file);
      for (const value of values) if (value.file === file) value.ids = readIds(reader, value.size, value.count);
    })));
    return values;
  }

  /** @param {string} name @param {number} file */
  async facetFile(name, file) {
    return new Reader(await inflate(await this.get(`f/${name}.${file}.bin`)));
  }

  /** A number for each document to sort by. @param {'reading' | 'confirmed'} name @returns {Promise<Uint32Array>} */
  order(name) {
    const path = `o/${name}.bin`;
    return this.once(path, async () => {
      const bytes = await inflate(await this.get(path));
      const capacity = this.capacity ?? 0;
      const order = new Uint32Array(capacity);
      bytes.forEach((byte, at) => (order[at % capacity] += byte * 256 ** Math.floor(at / capacity)));
      return order;
    });
  }

  /** @returns {Promise<string[]>} words worth suggesting, frequent ones first */
  words() {
    return this.once('words.bin', async () => JSON.parse(new TextDecoder().decode(await inflate(await this.get('words.bin')))));
  }
}

/** @param {Reader} reader @param {number} size @param {number} count */
function readIds(reader, size, count) {
  const [form] = reader.take(1);
  return decodeIds(form, reader.take(size - 1), count);
}

/** @param {List} list @param {Set<number>} wrong @returns {List | null} */
function without(list, wrong) {
  if (!wrong.size) return list;
  const ids = list.ids.filter((id) => !wrong.has(id));
  return ids.length ? { ids, strengths: list.strengths.filter((_, at) => !wrong.has(list.ids[at])) } : null;
}

/**
 * @param {List[]} lists
 * @param {(List | null)[]} starts
 * @param {number} capacity
 * @returns {[number, number][]} documents of all lists with their scores
 */
function rank(lists, starts, capacity) {
  const scores = new Float64Array(capacity);
  const times = new Uint8Array(capacity);
  for (const { ids, strengths } of lists) {
    ids.forEach((id, at) => {
      scores[id] += WEIGHT[strengths[at]];
      times[id]++;
    });
  }
  for (const start of starts) start?.ids.forEach((id) => (scores[id] += 6));
  /** @type {[number, number][]} */
  const found = [];
  for (const id of lists[0].ids) if (times[id] === lists.length) found.push([id, scores[id]]);
  return found.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}
