// Runs queries against an index on disk and counts what a browser would fetch; JSON in, JSON out.
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

const [modules, folder, input, output] = process.argv.slice(2);
const { SearchIndex } = await import(`${modules}/engine.js`);
let bytes = 0;
let kinds = {};
let requests = 0;
const get = async (path) => {
  const data = new Uint8Array(await readFile(`${folder}/${path}`));
  bytes += data.length;
  requests++;
  const kind = path.startsWith('s/') ? path.slice(-2) : path[0];
  kinds[kind] = (kinds[kind] ?? 0) + data.length;
  return data;
};
const run = async (index, query) => {
  bytes = requests = 0;
  kinds = {};
  const started = performance.now();
  const found = await index.search(query);
  await index.records([...found.ids.subarray(0, 10)]);
  return { bytes, requests, kinds, ms: performance.now() - started, ids: [...found.ids] };
};
const rows = [];
for (const query of JSON.parse(readFileSync(input, 'utf8'))) {
  const cold = new SearchIndex('', get);
  const first = await run(cold, query);
  const repeated = await run(cold, query);
  const second = new SearchIndex('', get);
  await run(second, '常陸');
  const next = await run(second, query);
  rows.push({ query, kinds: first.kinds, ids: first.ids, first: first.bytes, requests: first.requests, ms: first.ms, repeatMs: repeated.ms, next: next.bytes });
}
const facets = {};
const warm = await new SearchIndex('', get).open();
for (const name of Object.keys(warm.facetFiles)) {
  bytes = 0;
  const values = await warm.facet(name);
  const likely = values.filter((value) => !value.ids).slice(0, 2).map(({ code }) => code); // as the page does at most
  await warm.facet(name, ({ code }) => likely.includes(code));
  facets[name] = bytes;
}
writeFileSync(output, JSON.stringify({ rows, facets }));
