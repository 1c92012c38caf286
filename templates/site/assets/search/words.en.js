// The words of the search page in English.

import { grouped } from './elements.js';

/** @type {typeof import('./words.ja.js').japanese} */
export const english = {
  search: 'Search', box: 'Search by word', placeholder: 'e.g. machining Mito', all: 'All', results: (n) => `${grouped(n)} result${n === 1 ? '' : 's'}`,
  start: 'Type what you are looking for. Words separated by spaces must all be there; "…" is a phrase, -… leaves a word out.',
  none: 'Nothing was found.', noWord: (w) => `No page holds “${w}”.`, meant: 'Did you mean', drop: 'Found without a condition', apart: 'No page holds them all. Search for one', elsewhere: 'Or look through the lists', lists: { 'companies/': 'Companies', 'programs/': 'Support' },
  without: (w, n) => `Without “${w}” (${grouped(n)})`, facets: 'Narrow down', moreValues: 'More', clear: 'Clear all', sort: 'Order',
  sorts: { relevance: 'Best match', reading: 'By name', confirmed: 'Last confirmed' }, more: 'Show more', every: (n) => `Show all ${grouped(n)}`,
  keep: 'Add to shortlist', kept: 'Added to shortlist', unkeep: 'Remove from shortlist', list: 'Shortlist', listed: (n) => `Shortlist (${n})`,
  empty: 'Your shortlist is empty. Add companies with “Add to shortlist”. It stays in this browser only.', compare: 'Compare', print: 'Print', csv: 'Save as CSV', inquire: 'Ask about these companies', back: 'Back to search', wipe: 'Empty the list',
  failed: 'Search could not start. Please check your connection and try again.', again: 'Try again', loading: 'Searching', suggestions: 'Suggestions', open: (f) => `Narrow by ${f}`,
  kinds: { companies: 'Companies', programs: 'Support', grants: 'Grants', events: 'Events', notices: 'Notices', stories: 'Cases', patents: 'Patents', orders: 'Orders', places: 'Desks', newsletters: 'Back issues', reports: 'Reports', about: 'About' },
  facetNames: { municipality: 'Municipality', industry: 'Industry', process: 'Process', material: 'Material', certification: 'Certification', employees: 'Employees', lot: 'Lot', language: 'Languages', export: 'Export', member: 'Listing', membership: 'Listing', topic: 'Topic', year: 'Year' },
  columns: { title: 'Name', brief: 'About', address: 'Address', products: 'Products', processes: 'Processes', materials: 'Materials', equipment: 'Equipment' }, remove: 'Remove',
};
