// The real mermaid's parser, and a Markdown reader, under jsdom.
import {readFileSync} from 'node:fs';
import {JSDOM} from 'jsdom';
import {marked} from 'marked';

const {window} = new JSDOM('<!doctype html><body></body>');
globalThis.window = window;
globalThis.document = window.document;
const {default: mermaid} = await import('mermaid');
mermaid.initialize({startOnLoad: false, securityLevel: 'strict'});

export async function parses(text) {
  try {
    const {diagramType} = await mermaid.parse(text);
    return diagramType.startsWith('flowchart') ? [] : [`it is a ${diagramType}`];
  } catch (error) {
    return [error.message];
  }
}

// Reports bring text, tables and folds; what else stands in the HTML came from somebody's name.
const expectedElements = new Set(['H2', 'H3', 'H4', 'P', 'UL', 'LI', 'STRONG', 'EM', 'CODE', 'PRE', 'TABLE', 'THEAD',
  'TBODY', 'TR', 'TH', 'TD', 'DETAILS', 'SUMMARY', 'BR', 'SUB']);

export function markdownProblems(file) {
  const {window: page} = new JSDOM(marked.parse(readFileSync(file, 'utf8'), {gfm: true}));
  const elements = [...page.document.body.querySelectorAll('*')];
  const foreign = elements.filter(element => !expectedElements.has(element.tagName));
  const widths = [...page.document.querySelectorAll('table')].flatMap(table => {
    const cells = [...table.rows].map(row => row.cells.length);
    return cells.every(count => count === cells[0]) ? [] : [`a table has rows of ${[...new Set(cells)]} cells`];
  });
  return [...foreign.map(element => `an element that is not ours: ${element.outerHTML.slice(0, 80)}`), ...widths];
}

// A picture for documents: well-formed, and nothing in it runs, loads or links.
export function svgProblems(file) {
  const passive = new Set(['svg', 'title', 'desc', 'metadata', 'defs', 'pattern', 'g', 'rect', 'line', 'path', 'circle', 'text']);
  const {window: page} = new JSDOM(readFileSync(file, 'utf8'), {contentType: 'image/svg+xml'});
  const elements = [...page.document.querySelectorAll('*')];
  const handlers = elements.flatMap(element => [...element.attributes]).filter(({name, value}) =>
    /^on|href/.test(name) || /javascript:|url\((?!#)/.test(value));
  return [...elements.filter(element => !passive.has(element.localName)).map(element => `it holds <${element.localName}>`),
    ...handlers.map(({name, value}) => `it holds ${name}="${value}"`)];
}
