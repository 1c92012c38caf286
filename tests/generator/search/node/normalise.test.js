import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { makeNormaliser } from './normalise.js';
import { parseQuery } from './query.js';

const normalise = makeNormaliser(JSON.parse(readFileSync(process.env.KOHO_RULES, 'utf8')));

test('every pair of the sample file that Python agrees with holds here too', () => {
  const pairs = JSON.parse(readFileSync(process.env.KOHO_PAIRS, 'utf8'));
  assert.ok(pairs.length >= 300);
  for (const [raw, expected] of pairs) assert.equal(normalise(raw), expected, raw);
});

test('a query is read as Python reads it', () => {
  for (const [typed, expected] of JSON.parse(readFileSync(process.env.KOHO_QUERIES, 'utf8'))) {
    assert.deepEqual(parseQuery(typed, normalise).map(({ text, exclude }) => [text, exclude]), expected, typed);
  }
});
