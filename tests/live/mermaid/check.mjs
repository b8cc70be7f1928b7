// Holds reports against the real mermaid: node check.mjs FILE|DIR...
// Every flowchart is parsed under jsdom and drawn in headless Chromium as host pages draw it (light and dark, HTML
// labels on and off, the page's own font and a wide one, strict mode); what is asserted is geometry and text.
// Exit 77: skipped, with the reason.
import {existsSync} from 'node:fs';
import {Browser, chromiumPath} from './browser.mjs';
import {filesIn, flowchartsOf} from './reports.mjs';
import {problemsOf} from './rules.mjs';

const here = name => new URL(name, import.meta.url);

function skipOrFail(reason) {
  console.log(`${process.env.BULKHEAD_REQUIRE_ENGINES === '1' ? 'failed' : 'skipped'}: ${reason}`);
  process.exit(process.env.BULKHEAD_REQUIRE_ENGINES === '1' ? 1 : 77);
}

if (!existsSync(here('node_modules/mermaid')) || !existsSync(here('node_modules/jsdom'))) {
  skipOrFail('mermaid and jsdom are not installed; run "npm ci" in tests/live/mermaid');
}
if (!chromiumPath()) {
  skipOrFail('no Chromium; install the package chromium or set BULKHEAD_CHROMIUM');
}

const {parses, markdownProblems, svgProblems} = await import('./parse.mjs');
const variants = [];
for (const htmlLabels of [true, false]) {
  for (const background of ['#ffffff', '#0d1117']) {
    variants.push({htmlLabels, background, font: ''});
  }
  variants.push({htmlLabels, background: '#ffffff', font: 'DejaVu Sans'});
}

let passed = 0;
const failures = [];

function record(name, problems) {
  passed += problems.length === 0 ? 1 : 0;
  for (const problem of problems) {
    failures.push(`${name}: ${problem}`);
  }
}

async function drawings(browser, chart) {
  const reference = [];
  for (const variant of variants) {
    const name = `${chart.name} [${variant.htmlLabels ? 'html' : 'svg'} labels, ${variant.background} ${variant.font}]`;
    try {
      const drawn = await browser.evaluate(`draw(${JSON.stringify(chart.text)}, ${JSON.stringify(variant)})`);
      reference.push(drawn);
      record(name, problemsOf(chart, variant, drawn, reference[0]));
    } catch (error) {
      record(name, [error.message]);
    }
  }
}

const files = process.argv.slice(2).flatMap(filesIn);
const charts = files.flatMap(flowchartsOf).sort((a, b) => (a.expected ? 0 : 1) - (b.expected ? 0 : 1));
if (charts.length === 0) {
  failures.push('no flowchart in what was given');
}
for (const chart of charts) {
  record(`${chart.name} [parse]`, await parses(chart.text));
}
for (const file of files.filter(name => name.endsWith('.md'))) {
  record(`${file} [markdown]`, markdownProblems(file));
}

for (const file of files.filter(name => name.endsWith('.svg'))) {
  record(`${file} [svg]`, svgProblems(file));
}

const browser = await Browser.start();
try {
  await browser.open(here('page.html').href);
  const drawn = new Set(); // a report holds the flowchart that lies beside it
  for (const chart of charts.filter(({text}) => !drawn.has(text) && drawn.add(text))) {
    await drawings(browser, chart);
  }
  const foreign = browser.requests.filter(url => !/\/(page\.html|mermaid\.min\.js|measure\.js)$/.test(url));
  record('page', [...browser.dialogs.map(text => `a dialog opened: ${text}`),
    ...browser.errors.map(text => `a script failed: ${text}`), ...foreign.map(url => `it asked for ${url}`)]);
} finally {
  await browser.close();
}
failures.forEach(failure => console.log(`FAIL ${failure}`));
console.log(`${passed} passed, ${failures.length} failed`);
process.exit(failures.length ? 1 : 0);
