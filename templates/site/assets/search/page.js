// The search page: the address is the state; every change writes it and draws the page from it.

import { readAddress, writeAddress } from './address.js';
import { makeBox } from './box.js';
import { el, grouped, marked } from './elements.js';
import { PAGE, SearchIndex } from './engine.js';
import { snippets } from './marking.js';
import { countValues, narrow } from './narrowing.js';
import { isKept, shortlist, toggle } from './shortlist.js';
import { english } from './words.en.js';
import { japanese } from './words.ja.js';

/** @typedef {import('./address.js').State} State */
/** @typedef {import('./files.js').Hit} Hit */
/** @typedef {import('./files.js').FacetValue} FacetValue */

const PER_KIND = 3; // hits of a kind while all kinds are shown
const VALUES = 12; // values of a facet shown at a time
const LIKELY = 2; // values of a facet that are read because the first hits carry them, though few companies do
const SLOW = 200; // milliseconds after which one is told that a search goes on
const FACET_ORDER = ['municipality', 'process', 'material', 'industry', 'certification', 'employees', 'lot', 'language', 'export', 'member', 'membership', 'topic', 'year'];

const root = /** @type {HTMLElement & {opening?: Promise<Response>}} */ (document.getElementById('koho-search'));
const language = document.documentElement.lang === 'en' ? 'en' : 'ja';
const words = language === 'en' ? english : japanese;
const home = root.dataset.root ?? '/';
const index = new SearchIndex(root.dataset.index ?? `${home}search/index/${language}/`, undefined, root.opening);
/** What is loaded on demand lies beside start.js. @type {() => Promise<typeof import('./suggest.js')>} */
const suggesting = () => import(`${root.dataset.modules}suggest.js`);
/** @type {() => Promise<typeof import('./compare.js')>} */
const comparing = () => import(`${root.dataset.modules}compare.js`);
/** @type {Map<string, FacetValue[]>} */
const facets = new Map();
/** @type {Map<string, number>} how often more values of an opened facet were asked for, from 1 */
const opened = new Map([['municipality', 1]]);
const { title } = document;
let drawing = 0;

const box = makeBox({ words, suggest: async (typed) => (await suggesting()).suggest(index, typed), submit: (q) => go({ q, pages: 1, view: '', chosen: new Map(), kind: '' }) });
const status = el('p.s-status', { role: 'status', 'aria-live': 'polite' });
const listLink = el('a.s-list', { href: '#', onclick: (/** @type {Event} */ e) => { e.preventDefault(); go({ view: 'shortlist' }); } });
const kindsBar = el('nav.s-kinds', { 'aria-label': words.facets });
const side = el('div.s-side', { role: 'group', 'aria-label': words.facets });
const results = el('div.s-results');

/** @param {Partial<State>} change */
function go(change) {
  const next = writeAddress({ ...readAddress(location.search), ...change });
  if (next !== (location.search || '?')) history.pushState(null, '', next);
  return draw();
}

async function draw() {
  const mine = ++drawing;
  const state = readAddress(location.search);
  box.show(state.q);
  document.title = state.q.trim() && !state.view ? `${state.q.trim()} | ${title}` : title; // in the history, and on paper
  countList();
  if (state.view === 'shortlist') {
    const { drawShortlist } = await comparing();
    if (mine === drawing) drawShortlist({ into: results, words, home, language, back: () => go({ view: '' }), changed: draw });
    clear();
    return;
  }
  if (!state.q.trim()) {
    clear();
    results.replaceChildren(el('p.s-note', {}, words.start));
    index.open().catch(console.error); // while one types; what fails is asked again, and told then
    return;
  }
  root.setAttribute('aria-busy', 'true');
  const slow = setTimeout(() => (status.textContent = words.loading), SLOW);
  try {
    const shown = await find(state);
    if (mine !== drawing) return;
    shown.draw();
    side.setAttribute('aria-busy', 'true');
    shown.count().catch(console.error).then(() => mine === drawing && shown.drawCounts());
  } catch (error) {
    if (mine === drawing) fail(error);
  } finally {
    clearTimeout(slow);
    if (mine === drawing) root.removeAttribute('aria-busy');
  }
}

function clear() {
  status.textContent = '';
  kindsBar.replaceChildren();
  side.replaceChildren();
  side.removeAttribute('aria-busy');
}

/** @param {unknown} error */
function fail(error) {
  clear();
  console.error(error);
  status.textContent = words.failed;
  results.replaceChildren(el('p', {}, el('button.s-more', { type: 'button', onclick: draw }, words.again)));
}

/**
 * @param {State} state
 * @returns {Promise<{draw: () => void, count: () => Promise<unknown>, drawCounts: () => void}>} what shows the hits, and the counts of opened facets after them
 */
async function find(state) {
  await index.open();
  /** @param {Iterable<string>} names */
  const load = (names) => Promise.all(Array.from(names).filter((name) => index.facetFiles?.[name]).map((name) => loadFacet(name, state)));
  const counted = load(opened.keys()).catch(console.error); // the hits are shown all the same
  const [found] = await Promise.all([index.search(state.q), load(state.chosen.keys())]);
  const capacity = index.capacity ?? 0;
  const ofKind = state.kind ? found.ids.filter((id) => index.kindOf(id) === state.kind) : found.ids;
  const narrowed = narrow(ofKind, facets, state.chosen, capacity);
  const everyKind = narrow(found.ids, facets, state.chosen, capacity);
  const counts = countKinds(everyKind);
  const sorted = await inOrder(narrowed, state.sort);
  const wanted = found.terms.filter((term) => !term.exclude).map((term) => term.text);
  const shown = state.kind || counts.size <= 1 ? [...sorted.subarray(0, PAGE * state.pages)] : firstOfEach(sorted);
  const hits = await index.records(shown);
  const mended = found.missing.length ? await (await suggesting()).meant(index, state.q, found.missing[0]) : [];
  return {
    draw() {
      status.textContent = narrowed.length ? words.results(narrowed.length) : words.none;
      drawKinds(state, counts);
      drawFacets(state, ofKind, hits);
      if (!narrowed.length) results.replaceChildren(...nothing(state, ofKind, found, mended));
      else if (state.kind || counts.size <= 1) results.replaceChildren(...onePage(state, hits, wanted, sorted.length));
      else results.replaceChildren(...byKind(hits, wanted, counts));
    },
    async count() {
      await counted;
      await Promise.all(Array.from(opened.keys(), (name) => loadLikely(name, hits)));
    },
    drawCounts() {
      drawFacets(state, ofKind, hits);
      side.removeAttribute('aria-busy');
    },
  };
}

/** @param {string} name @param {State} state */
async function loadFacet(name, state) {
  const codes = state.chosen.get(name);
  const asked = opened.get(name) ?? 0;
  facets.set(name, await index.facet(name, ({ code, file }) => file < asked || Boolean(codes?.has(code))));
}

/** What the first hits carry is likely frequent among all hits. @param {string} name @param {Hit[]} hits */
async function loadLikely(name, hits) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const hit of hits) for (const code of hit.facets[name] ?? []) counts.set(code, (counts.get(code) ?? 0) + 1);
  const missing = new Set(facets.get(name)?.filter(({ ids }) => !ids).map(({ code }) => code));
  const likely = [...counts].filter(([code]) => missing.has(code)).sort((a, b) => b[1] - a[1]).slice(0, LIKELY);
  if (likely.length) await index.facet(name, ({ code }) => likely.some(([one]) => one === code));
}

/** @param {Uint32Array} ids @returns {Map<string, number>} */
function countKinds(ids) {
  const counts = new Map();
  let at = 0;
  let last = 0;
  const ascending = Uint32Array.from(ids).sort();
  for (const [kind, size] of index.kinds ?? []) {
    const start = at;
    for (last += size; at < ascending.length && ascending[at] < last; ) at++;
    if (at > start) counts.set(kind, (counts.get(kind) ?? 0) + at - start);
  }
  return counts;
}

/** @param {Uint32Array} ids @param {string} sort */
async function inOrder(ids, sort) {
  if (sort !== 'reading' && sort !== 'confirmed') return ids;
  const order = await index.order(sort);
  return Uint32Array.from(ids).sort((a, b) => (sort === 'reading' ? order[a] - order[b] : order[b] - order[a]) || a - b);
}

/** @param {Uint32Array} ids best first */
function firstOfEach(ids) {
  /** @type {Map<string, number>} */
  const taken = new Map();
  return [...ids].filter((id) => {
    const kind = index.kindOf(id);
    const before = taken.get(kind) ?? 0;
    taken.set(kind, before + 1);
    return before < (kind === 'companies' ? PAGE : PER_KIND);
  });
}

/** @param {State} state @param {Map<string, number>} counts */
function drawKinds(state, counts) {
  const kinds = new Set([...counts.keys(), ...(state.kind ? [state.kind] : [])]);
  const all = [...counts.values()].reduce((a, b) => a + b, 0);
  const tab = (/** @type {string} */ kind, /** @type {string} */ label, /** @type {number} */ count) =>
    el('button', { type: 'button', 'aria-pressed': String(state.kind === kind), onclick: () => go({ kind, pages: 1 }) }, `${label} `, el('span', {}, grouped(count)));
  kindsBar.replaceChildren(...(kinds.size > 1 || state.kind ? [tab('', words.all, all), ...[...kinds].map((kind) => tab(kind, kindName(kind), counts.get(kind) ?? 0))] : []));
}

/** @param {string} kind */
const kindName = (kind) => /** @type {Record<string, string>} */ (words.kinds)[kind] ?? kind;
/** @param {string} name */
const facetName = (name) => /** @type {Record<string, string>} */ (words.facetNames)[name] ?? name;

/** @param {State} state @param {Uint32Array} ids before narrowing @param {Hit[]} hits */
function drawFacets(state, ids, hits) {
  const focus = document.activeElement instanceof HTMLElement ? document.activeElement.id : '';
  const chosen = [...state.chosen.values()].reduce((sum, codes) => sum + codes.size, 0);
  const names = ids.length || chosen ? FACET_ORDER.filter((name) => index.facetFiles?.[name]) : [];
  const wide = matchMedia('(min-width: 60rem)').matches;
  const open = wide || (side.querySelector('details')?.open ?? false);
  const clearing = el('button.s-plain', { type: 'button', onclick: () => go({ chosen: new Map(), pages: 1 }) }, words.clear);
  side.replaceChildren(...(names.length ? [el('details.s-side__all', { open }, el('summary', {}, words.facets, chosen > 0 && ` (${chosen})`), chosen > 0 && clearing, ...names.map((name) => facetGroup(name, state, ids, hits)))] : []));
  if (focus) document.getElementById(focus)?.focus();
}

/** @param {string} name @param {State} state @param {Uint32Array} ids @param {Hit[]} hits */
function facetGroup(name, state, ids, hits) {
  const codes = state.chosen.get(name) ?? new Set();
  const open = opened.has(name) || codes.size > 0;
  const body = el('ul');
  const more = el('button.s-plain', { type: 'button', onclick: () => show((opened.get(name) ?? 1) + 1) }, words.moreValues, el('span.k-hidden', {}, ` ${facetName(name)}`));
  const fill = () => {
    const capacity = index.capacity ?? 0;
    const values = facets.get(name) ?? [];
    const counted = countValues(narrow(ids, facets, state.chosen, capacity, name), values, capacity);
    for (const code of codes) if (!counted.some((one) => one.code === code)) counted.push({ code, label: labelOf(name, code), count: 0 });
    const room = VALUES * (opened.get(name) ?? 1);
    body.replaceChildren(...counted.filter((one, n) => n < room || codes.has(one.code)).map((one) => choice(name, one, state)));
    more.hidden = counted.length <= room && values.every((value) => value.ids);
  };
  const show = async (/** @type {number} */ asked) => {
    const before = body.children.length;
    opened.set(name, asked);
    await loadFacet(name, state);
    await loadLikely(name, hits);
    fill();
    if (asked > 1) body.children[before]?.querySelector('input')?.focus();
  };
  const group = el('details', { open, ontoggle: (/** @type {Event} */ event) => {
    if (!(/** @type {HTMLDetailsElement} */ (event.target).open)) opened.delete(name);
    else if (!opened.has(name)) return show(1);
  } }, el('summary', {}, facetName(name), codes.size > 0 && ` (${codes.size})`), body, more);
  if (open && facets.has(name)) fill();
  return group;
}

/** @param {string} name @param {string} code */
const labelOf = (name, code) => facets.get(name)?.find((value) => value.code === code)?.label ?? code;

/** @param {string} name @param {{code: string, label: string, count: number}} value @param {State} state */
function choice(name, { code, label, count }, state) {
  const id = `s-f-${name}-${code}`;
  const checked = state.chosen.get(name)?.has(code) ?? false;
  return el('li', {}, el('input', { type: 'checkbox', id, checked, onchange: () => choose(name, code) }), el('label', { for: id }, `${label} `, el('span', {}, grouped(count))));
}

/** @param {string} name @param {string} code */
function choose(name, code) {
  const { chosen } = readAddress(location.search);
  const codes = new Set(chosen.get(name));
  if (!codes.delete(code)) codes.add(code);
  chosen.set(name, codes);
  return go({ chosen, pages: 1 });
}

/** @param {Hit[]} hits @param {string[]} wanted @param {Map<string, number>} counts */
function byKind(hits, wanted, counts) {
  return [...counts].map(([kind, count]) => {
    const some = hits.filter((hit) => hit.kind === kind);
    return el('section.s-kind', { 'aria-labelledby': `s-k-${kind}` },
      el('h2', { id: `s-k-${kind}` }, kindName(kind), el('span', {}, ` ${words.results(count)}`)),
      el('ol', {}, ...some.map((hit) => item(hit, wanted))),
      count > some.length && el('button.s-more', { type: 'button', onclick: () => go({ kind, pages: 1 }) }, `${kindName(kind)}: ${words.every(count)}`));
  });
}

/** @param {State} state @param {Hit[]} hits @param {string[]} wanted @param {number} total */
function onePage(state, hits, wanted, total) {
  const select = el('select', { id: 's-sort', onchange: (/** @type {Event} */ event) => go({ sort: /** @type {HTMLSelectElement} */ (event.target).value, pages: 1 }) },
    ...Object.entries(words.sorts).map(([value, label]) => el('option', { value, selected: state.sort === value }, label)));
  const list = el('ol', {}, ...hits.map((hit) => item(hit, wanted)));
  const more = async () => {
    await go({ pages: state.pages + 1 });
    /** @type {HTMLElement | null | undefined} */ (results.querySelectorAll('li h3 a')[hits.length])?.focus();
  };
  return [el('h2.k-hidden', {}, state.kind ? kindName(state.kind) : words.search), el('p.s-sort', {}, el('label', { for: 's-sort' }, words.sort), select), list, ...(hits.length < total ? [el('button.s-more', { type: 'button', onclick: more }, words.more)] : [])];
}

/** @param {Hit} hit @param {string[]} wanted */
function item(hit, wanted) {
  const normalise = index.normalise ?? String;
  const { name, kana, english, ...rest } = hit.fields;
  const lines = [...Object.values(rest), kana ?? '', english ?? ''].flatMap((field) => field.split('\n')).filter(Boolean);
  const [title] = snippets([hit.title], wanted, normalise);
  const [brief] = snippets([hit.brief], wanted, normalise);
  return el('li', {},
    el('h3', {}, el('a', { href: home + hit.url }, title ? marked(hit.title, title.ranges) : hit.title)),
    hit.brief && el('p.s-brief', {}, brief?.text === hit.brief ? marked(hit.brief, brief.ranges) : hit.brief),
    ...snippets(lines, wanted, normalise).filter(({ text }) => !hit.brief.includes(text)).map(({ text, ranges }) => el('p.s-snippet', {}, marked(text, ranges))),
    hit.kind === 'companies' && keepButton(hit));
}

/** @param {Hit} hit */
function keepButton(hit) {
  const button = el('button.s-keep', { type: 'button', 'aria-pressed': String(isKept(hit.url)), onclick: () => { toggle(hit); show(); countList(); } });
  const show = () => {
    button.setAttribute('aria-pressed', String(isKept(hit.url)));
    button.replaceChildren(isKept(hit.url) ? words.kept : words.keep, el('span.k-hidden', {}, ` ${hit.title}`));
  };
  show();
  return button;
}

function countList() {
  const count = shortlist().length;
  listLink.textContent = words.listed(count);
  listLink.hidden = !count && readAddress(location.search).view !== 'shortlist';
}

/** @param {State} state @param {Uint32Array} ids @param {import('./engine.js').Result} found @param {string[]} mended */
function nothing(state, ids, { ids: all, terms, missing }, mended) {
  const capacity = index.capacity ?? 0;
  const asking = (/** @type {string} */ q) => [el('button.s-plain', { type: 'button', onclick: () => go({ q, pages: 1 }) }, q), ' '];
  const apart = missing.length || all.length || terms.length < 2 ? [] : terms.filter((term) => !term.exclude);
  const drops = [...state.chosen].flatMap(([name, codes]) => [...codes].map((code) => {
    const rest = new Map(state.chosen);
    rest.set(name, new Set([...codes].filter((other) => other !== code)));
    return { name, code, rest, count: narrow(ids, facets, rest, capacity).length };
  })).filter(({ count }) => count);
  return [
    el('div.s-none', {}, ...missing.map((term) => el('p', {}, words.noWord(term.raw))),
      mended.length > 0 && el('p', {}, `${words.meant}: `, ...mended.flatMap(asking)),
      apart.length > 0 && el('p', {}, `${words.apart}: `, ...apart.flatMap(({ raw }) => asking(raw))),
      drops.length > 0 && el('p', {}, words.drop),
      drops.length > 0 && el('ul', {}, ...drops.map(({ name, code, rest, count }) => el('li', {}, el('button.s-plain', { type: 'button', onclick: () => go({ chosen: rest, pages: 1 }) }, words.without(labelOf(name, code), count))))),
      el('p', {}, `${words.elsewhere}: `, ...Object.entries(words.lists).flatMap(([folder, label]) => [el('a', { href: home + (language === 'en' ? 'en/' : '') + folder }, label), ' ']))),
  ];
}

root.replaceChildren(box.form, el('div.s-bar', {}, status, listLink), kindsBar, el('div.s-columns', {}, side, results));
root.classList.add('s-ready');
addEventListener('popstate', draw);
draw();
