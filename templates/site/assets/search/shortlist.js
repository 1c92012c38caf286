// A buyer's shortlist: kept in this browser only, compared, printed, saved, carried into the inquiry.

/** @typedef {{url: string, title: string, brief: string, fields: Record<string, string>}} Kept */

const KEY = 'koho.shortlist';
const MOST = 30;

/** @returns {Kept[]} */
export function shortlist() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(kept) ? kept.filter((one) => typeof one?.url === 'string' && typeof one?.title === 'string') : [];
  } catch {
    return [];
  }
}

/** @param {Kept[]} kept */
function save(kept) {
  try {
    localStorage.setItem(KEY, JSON.stringify(kept.slice(0, MOST)));
  } catch {
    // A browser that keeps nothing still searches.
  }
}

/** @param {string} url */
export const isKept = (url) => shortlist().some((one) => one.url === url);

/** @param {Kept} hit */
export function toggle({ url, title, brief, fields }) {
  const kept = shortlist();
  if (isKept(url)) save(kept.filter((one) => one.url !== url));
  else save([...kept, { url, title, brief: brief ?? '', fields: Object.fromEntries(Object.entries(fields ?? {}).filter(([name]) => name !== 'text')) }]);
}

export const wipe = () => save([]);

/** The companies' keys, as the inquiry form takes them. */
export const inquiryQuery = () => `companies=${shortlist().map((one) => one.url.split('/').filter(Boolean).pop()).join(',')}`;

/**
 * @param {Record<string, string>} columns
 * @param {Kept[]} kept
 * @returns {string} CSV with a byte order mark, as Excel expects; formulas are not started
 */
export function csvOf(columns, kept) {
  const cell = (/** @type {string} */ text) => `"${text.replace(/^[=+\-@\t\r]/u, "'$&").replaceAll('"', '""').replaceAll('\n', '、')}"`;
  const rows = kept.map((one) => Object.keys(columns).map((name) => cell(valueOf(one, name))));
  return `\ufeff${[Object.values(columns).map(cell), ...rows].map((row) => row.join(',')).join('\r\n')}\r\n`;
}

/** @param {Kept} one @param {string} name */
export const valueOf = (one, name) => (name === 'title' ? one.title : name === 'brief' ? one.brief : (one.fields?.[name] ?? ''));
