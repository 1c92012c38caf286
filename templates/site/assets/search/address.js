// The state of the search page, as it stands in the address.

/** @typedef {{q: string, kind: string, sort: string, pages: number, view: string, chosen: Map<string, Set<string>>}} State */

/** @param {string} search @returns {State} */
export function readAddress(search) {
  const given = new URLSearchParams(search);
  /** @type {Map<string, Set<string>>} */
  const chosen = new Map();
  for (const [name, code] of given) {
    if (name.startsWith('f.')) chosen.set(name.slice(2), (chosen.get(name.slice(2)) ?? new Set()).add(code));
  }
  return {
    q: given.get('q') ?? '',
    kind: given.get('kind') ?? '',
    sort: given.get('sort') ?? 'relevance',
    pages: Math.min(50, Math.max(1, Number(given.get('pages')) || 1)),
    view: given.get('view') ?? '',
    chosen,
  };
}

/** @param {State} state */
export function writeAddress({ q, kind, sort, pages, view, chosen }) {
  const given = new URLSearchParams();
  if (q) given.set('q', q);
  if (kind) given.set('kind', kind);
  for (const [name, codes] of chosen) for (const code of codes) given.append(`f.${name}`, code);
  if (sort !== 'relevance') given.set('sort', sort);
  if (pages > 1) given.set('pages', String(pages));
  if (view) given.set('view', view);
  return `?${given}`;
}
