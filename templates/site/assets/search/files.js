// The index's files: fetches the few that are asked for, once, and reads them.

import { Reader, decodeIds, inflate, readLists, readPlaces, slot } from './codec.js';
import { makeNormaliser } from './normalise.js';

/** @typedef {import('./codec.js').Gram} Gram */
/** @typedef {{id: number, url: string, kind: string, title: string, brief: string, fields: Record<string, string>, facets: Record<string, string[]>}} Hit */
/** @typedef {{code: string, label: string, count: number, file: number, size: number, ids?: Uint32Array}} FacetValue */

const PARTS = 16; // of a divided list

export class IndexFiles {
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
    /** @type {Set<number>} places of frequent grams, whose lists are divided by what follows */
    this.divided = new Set();
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
      for (let at = 0, bound = 0; at < head.shards; at++) {
        const step = reader.number();
        this.bounds.push((bound += step >> 1));
        if (step & 1) this.divided.add(bound);
      }
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

  /** The shard that holds a place. @param {number} place */
  shardAt(place) {
    const { bounds } = this;
    let low = 0;
    for (let high = bounds.length - 1; low < high; ) {
      const middle = (low + high + 1) >> 1;
      if (bounds[middle] <= place) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The file, without its ending, that tells of up to four characters at `at` of a word. @param {string} word @param {number} at */
  fileOf(word, at) {
    const place = (slot(word.charCodeAt(at)) << 8) | slot(word.charCodeAt(at + 1));
    const shard = this.shardAt(place);
    const divided = this.divided.has(place) && word.length > at + 2;
    return this.nameOf(shard) + (divided ? `-${(slot(word.charCodeAt(at + 2)) % PARTS).toString(16)}` : '');
  }

  /** @param {number} shard */
  nameOf(shard) {
    return `s/${this.bounds[shard].toString(16).padStart(4, '0')}`;
  }

  /** @param {string} file @returns {Promise<Map<number, Gram>>} */
  lists(file) {
    return this.once(`${file}.w`, async () => readLists(await inflate(await this.get(`${file}.w`))));
  }

  /** @param {string} file @returns {Promise<{entries: Uint8Array, steps: Uint8Array}[]>} */
  placesOf(file) {
    return this.once(`${file}.p`, async () => readPlaces(await inflate(await this.get(`${file}.p`))));
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
