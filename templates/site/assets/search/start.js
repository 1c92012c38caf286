// Starts the search page from one compressed file, on hosts that compress nothing too, while the index opens.

const root = /** @type {HTMLElement & {opening?: Promise<Response>}} */ (document.getElementById('koho-search'));
root.dataset.modules = new URL('.', import.meta.url).href;
root.opening = fetch(`${root.dataset.index}root.bin`, { cache: 'no-cache' });
root.opening.catch(() => {}); // told when it is used

// A host that compresses sends the plain modules as small; where scripts in the page are forbidden, they do the same.
const plain = () => import('./page.js');
const [sent] = /** @type {PerformanceResourceTiming[]} */ (performance.getEntriesByName(import.meta.url));
document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => {
  if (effectiveDirective.startsWith('script-src') && !root.classList.contains('s-ready')) plain();
});
const packed = async () => {
  const { ok, body } = await fetch(root.dataset.pack ?? '');
  if (!ok || !body) throw new Error(root.dataset.pack);
  const text = await new Response(body.pipeThrough(new DecompressionStream('deflate-raw'))).text();
  document.head.append(Object.assign(document.createElement('script'), { type: 'module', textContent: text }));
};
const compressing = sent && sent.encodedBodySize < sent.decodedBodySize;
await (compressing ? plain() : packed().catch(plain));
