// Making elements in one line each; text is always text.

/** @typedef {Node | string | null | false} Child */

/**
 * @param {string} tag with classes: `p.s-note`
 * @param {Record<string, any>} [given] attributes; `on…` are listeners, false leaves one out
 * @param {...(Child | Child[])} children
 * @returns {HTMLElement}
 */
export function el(tag, given = {}, ...children) {
  const [name, ...classes] = tag.split('.');
  const made = document.createElement(name);
  if (classes.length) made.className = classes.join(' ');
  for (const [key, value] of Object.entries(given)) {
    if (key.startsWith('on')) made.addEventListener(key.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value === true ? '' : String(value));
  }
  made.append(.../** @type {(Node | string)[]} */ (children.flat().filter((child) => child !== null && child !== false)));
  return made;
}

/** @param {string} text @param {[number, number][]} ranges */
export function marked(text, ranges) {
  /** @type {(Node | string)[]} */
  const parts = [];
  let at = 0;
  for (const [from, to] of ranges) {
    parts.push(text.slice(at, from), el('mark', {}, text.slice(from, to)));
    at = to;
  }
  return [...parts, text.slice(at)];
}

/** A number as both languages write it; the browser's own way loads its tables of all languages first. @param {number} count */
export const grouped = (count) => String(count).replace(/\B(?=(\d{3})+$)/gu, ',');
