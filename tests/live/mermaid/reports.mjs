// The flowcharts of report files: a .mmd whole, the ```mermaid blocks of a .md.
import {readFileSync, readdirSync, statSync, existsSync} from 'node:fs';
import {join, basename} from 'node:path';

export function filesIn(path) {
  if (!statSync(path).isDirectory()) {
    return [path];
  }
  return readdirSync(path).sort().filter(name => /\.(mmd|md|svg)$/.test(name)).map(name => join(path, name));
}

// Each flowchart with what write_samples says it must show, where it says so.
export function flowchartsOf(file) {
  const text = readFileSync(file, 'utf8');
  const hostile = basename(file).startsWith('hostile');
  if (file.endsWith('.mmd')) {
    const beside = file.replace(/\.mmd$/, '.json');
    const expected = existsSync(beside) ? JSON.parse(readFileSync(beside, 'utf8')) : null;
    return [{name: basename(file), text, hostile, expected}];
  }
  if (!file.endsWith('.md')) {
    return [];
  }
  const blocks = [...text.matchAll(/^```mermaid\n([\s\S]*?)^```$/gm)];
  return blocks.map((block, at) => ({name: `${basename(file)}#${at + 1}`, text: block[1], hostile, expected: null}));
}
