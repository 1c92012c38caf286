import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { SearchIndex } from './engine.js';
import { meant, suggest } from './suggest.js';

const folder = process.env.KOHO_INDEX;
const open = () => new SearchIndex('', async (path) => new Uint8Array(await readFile(`${folder}/${path}`)));
const cases = JSON.parse(readFileSync(process.env.KOHO_TRUTH, 'utf8'));

test('every query finds exactly what a plain reading of all texts finds', async () => {
  const index = open();
  for (const [query, urls] of cases.truth) {
    const found = await index.search(query);
    const hits = await index.records([...found.ids]);
    assert.deepEqual(hits.map((hit) => hit.url).sort(), urls, query);
  }
});

test('a name stands before a mere mention', async () => {
  for (const [query, first] of cases.first) {
    const index = open();
    const found = await index.search(query);
    assert.equal((await index.records([found.ids[0]]))[0].title, first, query);
  }
});

test('words and names are suggested while one types', async () => {
  for (const [typed, offered] of cases.suggested) assert.ok((await suggest(open(), typed)).some((one) => one.includes(offered)), typed);
});

test('one mistake away is still helped', async () => {
  for (const [typed, intended] of cases.meant) {
    const index = open();
    const { missing } = await index.search(typed);
    assert.ok((await meant(index, typed, missing[0])).some((one) => one.includes(intended)), typed);
  }
});

test('facets and orders know every document', async () => {
  const index = await open().open();
  const values = await index.facet('municipality');
  assert.deepEqual(values.map((value) => [value.code, value.label, value.ids.length]).sort(), cases.towns);
  assert.ok(values.every((value) => value.count === value.ids.length));
  const order = await index.order('reading');
  const ids = [...Array(index.capacity).keys()].sort((a, b) => order[a] - order[b]);
  const readings = (await index.records(ids)).map((hit) => hit.fields.kana);
  assert.deepEqual(readings, [...readings].sort());
});
