import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { SearchIndex } from './engine.js';

test('every query finds exactly what a plain reading of all texts finds', async () => {
  let records = 0;
  const index = new SearchIndex('', async (path) => {
    records += path.startsWith('r/') ? 1 : 0;
    return new Uint8Array(await readFile(`${process.env.KOHO_INDEX}/${path}`));
  });
  for (const [query, urls] of JSON.parse(readFileSync(process.env.KOHO_TRUTH, 'utf8'))) {
    records = 0;
    const { ids } = await index.search(query);
    assert.ok(records <= 12, `${query} read ${records} records`);
    const hits = await index.records([...ids]);
    assert.deepEqual(hits.map((hit) => hit.url).sort(), urls, query);
  }
});
