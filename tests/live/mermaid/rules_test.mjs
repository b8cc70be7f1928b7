// The rules refuse what they are there to refuse: measured by hand, no browser.
import test from 'node:test';
import assert from 'node:assert/strict';
import {problemsOf} from './rules.mjs';

const black = 'rgb(0, 0, 0)';
const white = 'rgb(255, 255, 255)';
const variant = {font: ''};
const node = (id, left, top, text = id) => ({id, text, fill: white, ink: black,
  box: {left, top, right: left + 80, bottom: top + 30},
  textBox: {left: left + 10, top: top + 5, right: left + 70, bottom: top + 25}});

function picture() {
  return {width: 400, height: 200, foreign: [], thick: ['x-L_A0_A1_0'],
    nodes: [node('L0', 0, 0), node('A0', 100, 0), node('L1', 0, 60), node('A1', 100, 60)]};
}

const chart = {name: 'x', text: 'L0 ~~~ L1\nA0 ==> A1\n', expected: null};
const reference = picture();

function problems(change, of = chart) {
  const drawn = picture();
  change(drawn);
  return problemsOf(of, variant, drawn, reference);
}

test('a sound picture has no problem', () => assert.deepEqual(problems(() => {}), []));

const refused = [
  ['width', d => { d.width = 901; }, ['901 px wide']],
  ['overlap', d => { d.nodes[1].box.left = 70; }, ['L0 and A0 overlap']],
  ['clipped text', d => { d.nodes[1].textBox.right = 190; }, ['the text of A0 leaves its box: A0']],
  ['contrast', d => { d.nodes[0].ink = 'rgb(200, 200, 200)'; },
    ['L0: rgb(200, 200, 200) on rgb(255, 255, 255) cannot be read', /^colours: /]],
  ['order of columns', d => { d.nodes[0].box = {left: 300, right: 380, top: 0, bottom: 30}; d.nodes[0].textBox = d.nodes[0].box; },
    ['column A is not right of L']],
  ['order of rows', d => { d.nodes[3] = node('A1', 100, -60); }, ['row 1 is not below row 0']],
  ['orange link missing', d => { d.thick = []; }, ['orange links: none, expected A0_A1']],
  ['orange link elsewhere', d => { d.thick = ['x-L_L0_L1_0']; }, ['orange links: L0_L1, expected A0_A1']],
  ['element', d => { d.foreign = ['<img src="x">']; }, ['elements that are not text: <img src="x">']],
];

for (const [name, change, expected] of refused) {
  test(`refuses: ${name}`, () => {
    const found = problems(change);
    assert.equal(found.length, expected.length, found.join('\n'));
    expected.forEach((text, at) => text instanceof RegExp ? assert.match(found[at], text) : assert.equal(found[at], text));
  });
}

test('texts are found whole, wrapped, shortened or cut', () => {
  const expected = {columns: 1, nodes: 4, names: ['A0'], texts: ['one two', '/very/long/path/to/it']};
  const of = {...chart, expected};
  assert.deepEqual(problems(d => { d.nodes[3].text = 'one  two /very/…/to/it'; }, of), []);
  assert.deepEqual(problems(d => { d.nodes[3].text = 'one'; }, of),
    ['"one two" is not shown', '"/very/long/path/to/it" is not shown']);
  assert.deepEqual(problems(d => { d.nodes[1].text = 'other'; d.nodes[3].text = 'one two /very/…/to/it'; }, of),
    ['head 0 shows "other"']);
});
