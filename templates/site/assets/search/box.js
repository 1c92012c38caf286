// The search box: a combobox that suggests while one types and leaves an unfinished conversion alone.

import { el } from './elements.js';

/**
 * @param {{words: typeof import('./words.ja.js').japanese, suggest: (typed: string) => Promise<string[]>, submit: (typed: string) => void}} given
 */
export function makeBox({ words, suggest, submit }) {
  const list = el('ul.s-suggestions', { id: 's-suggestions', role: 'listbox', 'aria-label': words.suggestions, hidden: true });
  const input = /** @type {HTMLInputElement} */ (
    el('input', { id: 's-q', name: 'q', type: 'search', role: 'combobox', autocomplete: 'off', enterkeyhint: 'search', placeholder: words.placeholder, 'aria-expanded': 'false', 'aria-controls': 's-suggestions', 'aria-autocomplete': 'list' })
  );
  let chosen = -1;
  let asked = 0;
  let timer = 0;

  const close = () => {
    asked++;
    clearTimeout(timer);
    chosen = -1;
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
  };
  const go = (/** @type {string} */ typed) => {
    input.value = typed;
    close();
    submit(typed);
  };
  const choose = (/** @type {number} */ at) => {
    const options = [...list.children];
    chosen = options.length ? (at + options.length) % options.length : -1;
    options.forEach((option, n) => option.setAttribute('aria-selected', String(n === chosen)));
    if (chosen >= 0) {
      input.setAttribute('aria-activedescendant', options[chosen].id);
      options[chosen].scrollIntoView({ block: 'nearest' });
    }
  };
  const offer = async () => {
    const mine = ++asked;
    const found = input.value.trim() ? await suggest(input.value).catch(() => []) : [];
    if (mine !== asked) return;
    chosen = -1;
    list.replaceChildren(...found.map((text, n) => el('li', { id: `s-s${n}`, role: 'option', 'aria-selected': 'false', onmousedown: (/** @type {Event} */ e) => { e.preventDefault(); go(text); } }, text)));
    list.hidden = !found.length;
    input.setAttribute('aria-expanded', String(found.length > 0));
    input.removeAttribute('aria-activedescendant');
  };
  const soon = () => {
    clearTimeout(timer);
    timer = window.setTimeout(offer, 120);
  };
  input.addEventListener('input', (event) => {
    if (!(/** @type {InputEvent} */ (event).isComposing)) soon();
  });
  input.addEventListener('compositionend', soon);
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || list.hidden) return;
    if (event.key === 'ArrowDown') choose(chosen + 1);
    else if (event.key === 'ArrowUp') choose(chosen < 0 ? -1 : chosen - 1);
    else if (event.key === 'Escape') close();
    else if (event.key === 'Enter' && chosen >= 0) go(list.children[chosen].textContent ?? '');
    else return;
    event.preventDefault();
  });
  const form = el('form.s-box', { role: 'search', onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); go(input.value.trim()); } },
    el('label', { for: 's-q' }, words.box), el('div.s-box__row', {}, el('div.s-box__field', {}, input, list), el('button', { type: 'submit' }, words.search)));
  return { form, show: (/** @type {string} */ typed) => { if (document.activeElement !== input || !typed) input.value = typed; else if (input.value !== typed) input.value = typed; close(); } };
}
