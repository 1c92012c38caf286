// Runs queries against an index on disk and counts what a browser would fetch; JSON in, JSON out.
import { readFileSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';

const [modules, folder, input, output] = process.argv.slice(2);
const { SearchIndex } = await import(`${modules}/engine.js`);
let bytes = 0;
let requests = 0;
const get = async (path) => {
  const data = new Uint8Array(await readFile(`${folder}/${path}`));
  bytes += data.length;
  requests++;
  return data;
};
const run = async (index, query) => {
  bytes = requests = 0;
  const started = performance.now();
  const found = await index.search(query);
  await index.records([...found.ids.subarray(0, 10)]);
  return { bytes, requests, ms: performance.now() - started, ids: [...found.ids] };
};
const rows = [];
for (const query of JSON.parse(readFileSync(input, 'utf8'))) {
  const cold = new SearchIndex('', get);
  const first = await run(cold, query);
  const repeated = await run(cold, query);
  const second = new SearchIndex('', get);
  await run(second, '常陸');
  const next = await run(second, query);
  rows.push({ query, ids: first.ids, first: first.bytes, requests: first.requests, ms: first.ms, repeatMs: repeated.ms, next: next.bytes });
}
const facets = {};
const warm = await new SearchIndex('', get).open();
for (const name of Object.keys(warm.facetSizes)) {
  bytes = 0;
  await warm.facet(name);
  facets[name] = bytes;
}
writeFileSync(output, JSON.stringify({ rows, facets }));
