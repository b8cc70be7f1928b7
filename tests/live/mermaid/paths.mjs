// Flowcharts of attack paths against the real mermaid's parser: node paths.mjs BULKHEAD. Exit 77: skipped.
import {existsSync} from 'node:fs';
import {execFileSync} from 'node:child_process';

const here = name => new URL(name, import.meta.url);

if (!existsSync(here('node_modules/mermaid')) || !existsSync(here('node_modules/jsdom'))) {
  const required = process.env.BULKHEAD_REQUIRE_ENGINES === '1';
  console.log(`${required ? 'failed' : 'skipped'}: mermaid and jsdom are not installed; run "npm ci" in tests/live/mermaid`);
  process.exit(required ? 1 : 77);
}
const {parses} = await import('./parse.mjs');
const hostile = 'run:docker run --user 0 --cap-add SYS_ADMIN --security-opt seccomp=unconfined ' +
  '--name "%%{init: {}}%% end" -v "/etc:/a[b]$$fa:x<img src=x>" nginx';
let failed = 0;
for (const reference of ['lab:default', 'lab:privileged', 'lab:host-directory', hostile]) {
  const text = execFileSync(process.argv[2], ['paths', reference, '--format', 'mermaid'], {encoding: 'utf8'});
  for (const problem of [...await parses(text), ...(text.includes('flowchart LR') ? [] : ['no flowchart'])]) {
    console.log(`${reference}: ${problem}`);
    failed += 1;
  }
}
process.exit(failed === 0 ? 0 : 1);
