import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { makeNormaliser } from './normalise.js';

const normalise = makeNormaliser(JSON.parse(readFileSync(process.env.KOHO_RULES, 'utf8')));

test('every pair of the sample file that Python agrees with holds here too', () => {
  const pairs = JSON.parse(readFileSync(process.env.KOHO_PAIRS, 'utf8'));
  assert.ok(pairs.length >= 300);
  for (const [raw, expected] of pairs) assert.equal(normalise(raw), expected, raw);
});
