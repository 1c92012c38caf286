// Facets: which hits remain, and how many each value would leave.

/** @typedef {import('./files.js').FacetValue} FacetValue */

/**
 * Values of one facet widen, different facets narrow.
 * @param {Uint32Array} ids
 * @param {Map<string, FacetValue[]>} facets every facet that has a chosen value, its documents known
 * @param {Map<string, Set<string>>} chosen
 * @param {number} capacity
 * @param {string} [except] a facet that is not asked (for its own counts)
 * @returns {Uint32Array}
 */
export function narrow(ids, facets, chosen, capacity, except = '') {
  let left = ids;
  for (const [name, codes] of chosen) {
    if (name === except || !codes.size) continue;
    const member = new Uint8Array(capacity);
    for (const value of facets.get(name) ?? []) if (codes.has(value.code)) for (const id of value.ids ?? []) member[id] = 1;
    left = left.filter((id) => member[id]);
  }
  return left;
}

/**
 * @param {Uint32Array} ids
 * @param {FacetValue[]} values
 * @param {number} capacity
 * @returns {{code: string, label: string, count: number}[]} frequent first, without empty ones and those whose documents are not known yet
 */
export function countValues(ids, values, capacity) {
  const member = new Uint8Array(capacity);
  for (const id of ids) member[id] = 1;
  return values
    .map(({ code, label, ids: all }) => ({ code, label, count: all?.reduce((sum, id) => sum + member[id], 0) ?? 0 }))
    .filter(({ count }) => count)
    .sort((a, b) => b.count - a.count || (a.code < b.code ? -1 : 1));
}
