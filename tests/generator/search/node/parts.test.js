import assert from 'node:assert/strict';
import test from 'node:test';
import { readAddress, writeAddress } from './address.js';
import { both, decodeIds } from './codec.js';
import { findWords, snippets } from './marking.js';
import { countValues, narrow } from './narrowing.js';
import { parseQuery } from './query.js';
import { csvOf } from './shortlist.js';
import { oneEdit } from './suggest.js';

const plain = (text) => text.normalize('NFKC').toLowerCase();

test('a query is words, phrases and excluded words', () => {
  assert.deepEqual(parseQuery('切削　"Sato Seiki" -アルミ −銅 切削', plain).map((t) => [t.text, t.exclude]), [
    ['切削', false], ['sato seiki', false], ['アルミ', true], ['銅', true],
  ]);
});

test('an unfinished phrase and a lone minus do no harm', () => {
  assert.deepEqual(parseQuery('"精密 加工', plain).map((t) => t.text), ['精密 加工']);
  assert.deepEqual(parseQuery('   ', plain), []);
});

test('one mistake is one insertion, removal, exchange or swap', () => {
  for (const [a, b] of [['切削加工', '切削加'], ['切削加工', '切削加口'], ['切削加工', '切加削工'], ['メッキ', 'メツキ']]) assert.ok(oneEdit(a, b), `${a} ${b}`);
  for (const [a, b] of [['切削', '切削'], ['切削加工', '研磨加工'], ['ab', 'abcd']]) assert.ok(!oneEdit(a, b), `${a} ${b}`);
});

test('gaps, bits and runs say the same documents', () => {
  assert.deepEqual([...decodeIds(0, Uint8Array.of(2, 0, 129, 1), 3)], [2, 3, 133]);
  assert.deepEqual([...decodeIds(1, Uint8Array.of(0b1100, 1), 3)], [2, 3, 8]);
  assert.deepEqual([...decodeIds(2, Uint8Array.of(2, 1, 4, 0), 3)], [2, 3, 8]);
});

test('documents of both lists keep the weaker class', () => {
  const list = (ids, strengths) => ({ ids: Uint32Array.from(ids), strengths: Uint8Array.from(strengths) });
  const { ids, strengths } = both(list([1, 4, 9], [3, 0, 2]), list([4, 9, 10], [3, 1, 1]));
  assert.deepEqual([[...ids], [...strengths]], [[4, 9], [0, 1]]);
});

test('the address keeps the whole state', () => {
  const typed = '?q=%E5%88%87%E5%89%8A&kind=companies&f.municipality=08201&f.municipality=08202&sort=reading&pages=3';
  assert.equal(writeAddress(readAddress(typed)), typed);
  assert.equal(readAddress('?pages=-2').pages, 1);
});

test('values of one facet widen, facets together narrow', () => {
  const value = (code, ids) => ({ code, label: code, ids: Uint32Array.from(ids) });
  const facets = new Map([['town', [value('a', [0, 1]), value('b', [2])]], ['process', [value('x', [1, 2])]]]);
  const ids = Uint32Array.of(0, 1, 2, 3);
  const chosen = new Map([['town', new Set(['a', 'b'])], ['process', new Set(['x'])]]);
  assert.deepEqual([...narrow(ids, facets, chosen, 4)], [1, 2]);
  assert.deepEqual(countValues(narrow(ids, facets, chosen, 4, 'town'), facets.get('town'), 4).map((v) => v.count), [1, 1]);
});

test('a match is marked where it stands in the text as written', () => {
  assert.deepEqual(findWords('当社はＡＢＣのｱﾙﾐ加工', ['abc', 'アルミ'], plain), [[3, 6], [7, 10]]);
  const [{ text, ranges }] = snippets(['何もない行', '精密な切削です'], ['切削'], plain);
  assert.equal(text.slice(...ranges[0]), '切削');
});

test('a saved list opens in a spreadsheet and starts no formula', () => {
  const csv = csvOf({ title: '名称' }, [{ url: 'c/', title: '=HYPERLINK("x")', brief: '', fields: {} }]);
  assert.equal(csv, '\ufeff"名称"\r\n"\'=HYPERLINK(""x"")"\r\n');
});
