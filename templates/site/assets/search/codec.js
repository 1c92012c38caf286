// Reading the index's bytes: deflate, varints, document lists, shards.

/**
 * @param {Uint8Array[]} parts one raw deflate stream, in pieces
 * @returns {Promise<Uint8Array>}
 */
export async function inflate(...parts) {
  const { readable, writable } = new DecompressionStream('deflate-raw');
  const read = new Response(readable).arrayBuffer();
  const writer = writable.getWriter(); // a Blob's own stream would go through another process
  const untold = () => {}; // what is wrong is told by reading
  for (const part of parts) writer.write(/** @type {BufferSource} */ (part)).catch(untold);
  writer.close().catch(untold);
  return new Uint8Array(await read);
}

/** Reads numbers and bytes one after another. */
export class Reader {
  /** @param {Uint8Array} bytes @param {number} [at] */
  constructor(bytes, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get done() {
    return this.at >= this.bytes.length;
  }

  number() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.bytes[this.at++];
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }

  /** Four bytes, low first: a gram, or the two characters that follow one. */
  pair() {
    const b = this.bytes;
    const at = (this.at += 4);
    return (b[at - 4] | (b[at - 3] << 8) | (b[at - 2] << 16) | (b[at - 1] << 24)) >>> 0;
  }

  /** @param {number} length */
  take(length) {
    return this.bytes.subarray(this.at, (this.at += length));
  }
}

/**
 * @param {number} form 0 gaps, 1 bits, 2 runs
 * @param {Uint8Array} body
 * @param {number} count
 * @returns {Uint32Array} ascending document numbers
 */
export function decodeIds(form, body, count) {
  const ids = new Uint32Array(count);
  const reader = new Reader(body);
  let next = 0;
  if (form === 1) {
    for (let at = 0; at < body.length; at++) {
      for (let bits = body[at], bit = 0; bits; bits >>= 1, bit++) if (bits & 1) ids[next++] = at * 8 + bit;
    }
    return ids;
  }
  for (let id = 0; next < count; ) {
    id += reader.number();
    for (let more = form === 2 ? reader.number() : 0; more >= 0; more--) ids[next++] = id++;
  }
  return ids;
}

/** Spreads characters; the same as slot in generator/search/columns/windows.py. @param {number} unit */
export const slot = (unit) => ((unit * 0x9e37) & 0xffff) >>> 8;

/**
 * A gram's list: documents and the strongest class of the match in each (3 name … 0 text).
 * Of one window also each document's entry in the gram's column, and the documents in which other characters follow the gram
 * too (`parting`), among them such whose first is the same (`close`).
 * @typedef {{ids: Uint32Array, strengths: Uint8Array, entries?: number[], parting?: Set<number>, close?: Set<number>}} List
 */

/** What a file tells of one gram. @typedef {{at: number, list: () => List, letters: Uint8Array, column: Uint8Array}} Gram */

/**
 * @param {Uint8Array} bytes a .w file
 * @returns {Map<number, Gram>} by gram, in the file's order
 */
export function readLists(bytes) {
  const reader = new Reader(bytes);
  /** @type {Map<number, Gram>} */
  const grams = new Map();
  for (let at = 0, total = reader.number(); at < total; at++) {
    const gram = reader.pair();
    const count = reader.number();
    const form = reader.take(1)[0];
    const body = reader.take(reader.number());
    const mark = reader.take(1)[0];
    const packed = mark === 0xff ? reader.take((count + 3) >> 2) : null;
    /** @type {List | null} */
    let list = null;
    grams.set(gram, { at, letters: body, column: body, list: () => (list ??= { ids: decodeIds(form, body, count), strengths: unpack(count, mark, packed) }) });
  }
  for (const gram of grams.values()) {
    gram.letters = reader.take(reader.number() * 4);
    gram.column = reader.take(reader.number());
  }
  return grams;
}

/** @param {number} count @param {number} mark @param {Uint8Array | null} packed */
function unpack(count, mark, packed) {
  const strengths = new Uint8Array(count);
  if (!packed) return strengths.fill(mark);
  for (let at = 0; at < count; at++) strengths[at] = (packed[at >> 2] >> ((at & 3) * 2)) & 3;
  return strengths;
}

/**
 * @param {Uint8Array} bytes a .p file
 * @returns {{entries: Uint8Array, steps: Uint8Array}[]} ambiguous places of each gram, in the file's order
 */
export function readPlaces(bytes) {
  const reader = new Reader(bytes);
  const all = [];
  while (!reader.done) {
    const entries = reader.take(reader.number());
    all.push({ entries, steps: entries.length ? reader.take(reader.number()) : entries });
  }
  return all;
}

/** Reads ascending numbers written as steps, each saying whether another follows. @param {Reader} reader */
function* run(reader) {
  for (let at = -1, more = 1; more; ) {
    const step = reader.number();
    more = step & 1;
    yield (at += (step >> 1) + 1);
  }
}

/**
 * The documents in which a gram is followed by certain characters.
 * @param {Gram} gram
 * @param {number} third
 * @param {number} fourth NaN when any will do
 * @returns {List}
 */
export function keepFollowed({ list: read, letters, column }, third, fourth) {
  const list = read();
  const alphabet = new Reader(letters);
  const kin = new Uint8Array(letters.length >> 2); // 1 where the third character is the same, 2 where both are
  for (let at = 0; at < kin.length; at++) {
    const pair = alphabet.pair();
    if ((pair & 0xffff) === third) kin[at] = Number.isNaN(fourth) || pair >>> 16 === fourth ? 2 : 1;
  }
  const ids = [];
  const strengths = [];
  const entries = [];
  const parting = new Set();
  const close = new Set();
  const reader = new Reader(column);
  for (let at = 0, entry = 0; at < list.ids.length; at++) {
    const first = entry;
    let found = -1;
    let near = false;
    for (const place of run(reader)) {
      if (kin[place] === 2) found = entry;
      else if (kin[place]) near = true;
      entry++;
    }
    if (found >= 0) {
      ids.push(list.ids[at]);
      strengths.push(list.strengths[at]);
      entries.push(found);
      if (entry > first + 1) parting.add(list.ids[at]);
      if (near) close.add(list.ids[at]);
    }
  }
  return { ids: Uint32Array.from(ids), strengths: Uint8Array.from(strengths), entries, parting, close };
}

/**
 * The documents in which a word's windows, at most two characters apart, do not stand in one piece. A window that is not
 * ambiguous brings its neighbours with it, so only the places of ambiguous ones must agree.
 * @param {Uint32Array} ids documents that hold all windows
 * @param {{at: number, list: List, places: {entries: Uint8Array, steps: Uint8Array}}[]} windows
 * @returns {Set<number>}
 */
export function brokenUp(ids, windows) {
  /** @type {Map<number, Set<number> | null>} document → where the word may begin; null: anywhere */
  const left = new Map(Array.from(ids, (id) => [id, null]));
  windows.forEach(({ at: shift, list, places: { entries, steps } }) => {
    const owner = new Map(list.entries?.map((entry, n) => [entry, list.ids[n]]));
    const gaps = new Reader(entries);
    const reader = new Reader(steps);
    for (let entry = -1; !gaps.done; ) {
      entry += gaps.number() + 1;
      const id = owner.get(entry);
      const before = id === undefined ? undefined : left.get(id);
      const starts = new Set();
      for (const place of run(reader)) if (before === null || before?.has(place - shift)) starts.add(place - shift);
      if (id !== undefined && before !== undefined) left.set(id, starts);
    }
  });
  return new Set(ids.filter((id) => left.get(id)?.size === 0));
}

/** Documents of both, each with the weaker class. @param {List} a @param {List} b @returns {List} */
export function both(a, b) {
  const ids = [];
  const strengths = [];
  for (let i = 0, j = 0; i < a.ids.length && j < b.ids.length; ) {
    const gap = a.ids[i] - b.ids[j];
    if (gap === 0) {
      ids.push(a.ids[i]);
      strengths.push(Math.min(a.strengths[i], b.strengths[j]));
    }
    if (gap <= 0) i++;
    if (gap >= 0) j++;
  }
  return { ids: Uint32Array.from(ids), strengths: Uint8Array.from(strengths) };
}

/** Documents of any, each with its strongest class. @param {List[]} lists @returns {List} */
export function any(lists) {
  if (lists.length === 1) return lists[0];
  /** @type {Map<number, number>} */
  const found = new Map();
  for (const { ids, strengths } of lists) {
    ids.forEach((id, at) => found.set(id, Math.max(found.get(id) ?? 0, strengths[at])));
  }
  const ids = Uint32Array.from(found.keys()).sort();
  return { ids, strengths: Uint8Array.from(ids, (id) => found.get(id) ?? 0) };
}
