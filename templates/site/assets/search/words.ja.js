// The words of the search page in Japanese.

import { grouped } from './elements.js';

export const japanese = {
  search: '検索', box: 'ことばでさがす', placeholder: '例　切削加工　水戸市', all: 'すべて', results: (/** @type {number} */ n) => `${grouped(n)}件`,
  start: 'さがしたいことばを入れてください。空白で区切ると、すべてを含むものをさがします。"…" は続いたことば、-… は除くことばです。',
  none: '見つかりませんでした。', noWord: (/** @type {string} */ w) => `「${w}」を含むページはありません。`, meant: 'もしかして', drop: '条件を外すと見つかります', apart: 'すべてを含むページはありません。一つずつさがす', elsewhere: '一覧からもさがせます', lists: { 'companies/': '企業', 'programs/': '支援メニュー' },
  without: (/** @type {string} */ w, /** @type {number} */ n) => `「${w}」を外す（${grouped(n)}件）`, facets: '絞り込み', moreValues: 'ほかも見る', clear: 'すべて外す', sort: '並び順',
  sorts: { relevance: '関連の高い順', reading: '五十音順', confirmed: '最近確認した順' }, more: '続きを見る', every: (/** @type {number} */ n) => `${grouped(n)}件すべてを見る`,
  keep: '検討リストに入れる', kept: '検討リストに入れました', unkeep: '検討リストから外す', list: '検討リスト', listed: (/** @type {number} */ n) => `検討リスト（${n}社）`,
  empty: '検討リストは空です。企業の「検討リストに入れる」で加わります。この端末だけに残ります。', compare: 'くらべる', print: '印刷', csv: 'CSVで保存', inquire: '選んだ企業について問い合わせる', back: '検索に戻る', wipe: 'リストを空にする',
  failed: '検索の準備ができませんでした。通信を確かめて、もう一度お試しください。', again: 'もう一度', loading: 'さがしています', suggestions: '候補', open: (/** @type {string} */ f) => `${f}で絞り込む`,
  kinds: { companies: '企業', programs: '支援メニュー', grants: '助成金・補助金', events: '催し', notices: 'お知らせ', stories: '支援事例', patents: '開放特許', orders: '受発注情報', places: '窓口・拠点', newsletters: 'バックナンバー', reports: '調査・報告', about: '案内' },
  facetNames: { municipality: '市町村', industry: '業種', process: '加工', material: '材質', certification: '認証', employees: '従業員数', lot: 'ロット', language: '対応言語', export: '輸出先', member: '掲載のしかた', membership: '掲載のしかた', topic: '分野', year: '年度' },
  columns: { title: '名称', brief: '概要', address: '所在地', products: '製品', processes: '加工', materials: '材質', equipment: '設備' }, remove: '外す',
};
