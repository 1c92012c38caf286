// The shortlist as a table: companies beside each other, to print, save or ask about.

import { el } from './elements.js';
import { csvOf, inquiryQuery, shortlist, toggle, valueOf, wipe } from './shortlist.js';

/**
 * @param {{into: HTMLElement, words: typeof import('./words.ja.js').japanese, home: string, language: string, back: () => void, changed: () => void}} given
 */
export function drawShortlist({ into, words, home, language, back, changed }) {
  const kept = shortlist();
  const button = (/** @type {string} */ text, /** @type {() => void} */ onclick) => el('button.s-more', { type: 'button', onclick }, text);
  if (!kept.length) {
    into.replaceChildren(el('h2', {}, words.list), el('p.s-note', {}, words.empty), button(words.back, back));
    return;
  }
  const { title, ...facts } = words.columns;
  const head = el('tr', {}, el('th', { scope: 'col' }, title), ...kept.map((one) => el('th', { scope: 'col' }, el('a', { href: home + one.url }, one.title), el('button.s-plain', { type: 'button', onclick: () => { toggle(one); changed(); } }, words.remove, el('span.k-hidden', {}, ` ${one.title}`)))));
  const rows = Object.entries(facts).map(([name, label]) => el('tr', {}, el('th', { scope: 'row' }, label), ...kept.map((one) => el('td', {}, valueOf(one, name).replaceAll('\n', '、')))));
  const save = () => {
    const address = URL.createObjectURL(new Blob([csvOf(words.columns, kept)], { type: 'text/csv' }));
    el('a', { href: address, download: 'shortlist.csv' }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  };
  into.replaceChildren(
    el('h2', {}, words.list),
    el('div.s-table', { tabindex: '0', role: 'region', 'aria-label': words.compare }, el('table', {}, el('caption', {}, words.compare), el('thead', {}, head), el('tbody', {}, ...rows))),
    el('p.s-actions', {}, el('a.s-primary', { href: `${home}inquiry/?${inquiryQuery()}${language === 'en' ? '&lang=en' : ''}` }, words.inquire), button(words.print, () => print()), button(words.csv, save), button(words.wipe, () => { wipe(); changed(); }), button(words.back, back)),
  );
}
