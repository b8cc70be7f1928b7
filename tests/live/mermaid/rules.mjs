// What a drawn flowchart must be, as pure functions over what measure.js saw.
const widest = 900;
const widestOfHostile = 1000; // in a wide font only, where every line of every node is as long as it may be
const slack = 1.5;

const squeezed = text => text.replace(/[\s\u2060]+/g, '');
const column = node => node.id[0];
const rank = node => Number(node.id.slice(1));
const centre = node => (node.box.left + node.box.right) / 2;

function overlap(a, b) {
  return Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack &&
    Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > slack;
}

function inside(inner, outer) {
  return inner.left >= outer.left - slack && inner.right <= outer.right + slack && inner.top >= outer.top - slack &&
    inner.bottom <= outer.bottom + slack;
}

function luminance(colour) {
  const channels = colour.match(/\d+(\.\d+)?/g).slice(0, 3).map(Number).map(c => c / 255)
    .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
  return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2];
}

function contrast(a, b) {
  const [dark, light] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

function boxes(drawn, limit) {
  const problems = drawn.width > limit ? [`${drawn.width} px wide`] : [];
  drawn.nodes.forEach((node, at) => {
    for (const other of drawn.nodes.slice(at + 1)) {
      if (overlap(node.box, other.box)) {
        problems.push(`${node.id} and ${other.id} overlap`);
      }
    }
    if (!inside(node.textBox, node.box)) {
      problems.push(`the text of ${node.id} leaves its box: ${node.text}`);
    }
    if (contrast(node.fill, node.ink) < 4.5) {
      problems.push(`${node.id}: ${node.ink} on ${node.fill} cannot be read`);
    }
  });
  return problems;
}

// Labels left, subjects beside them in order; a stage's nodes stand side by side, below the stage before.
function grid(drawn) {
  const problems = [];
  const letters = [...new Set(drawn.nodes.map(column))].sort((a, b) => (a === 'L' ? -1 : b === 'L' ? 1 : a < b ? -1 : 1));
  for (let at = 1; at < letters.length; ++at) {
    const left = drawn.nodes.filter(node => column(node) === letters[at - 1]);
    const right = drawn.nodes.filter(node => column(node) === letters[at]);
    if (Math.max(...left.map(centre)) >= Math.min(...right.map(centre))) {
      problems.push(`column ${letters[at]} is not right of ${letters[at - 1]}`);
    }
  }
  const ranks = Math.max(...drawn.nodes.map(rank));
  for (let at = 1; at <= ranks; ++at) {
    const above = drawn.nodes.filter(node => rank(node) === at - 1);
    const below = drawn.nodes.filter(node => rank(node) === at);
    if (Math.max(...above.map(node => node.box.bottom)) > Math.min(...below.map(node => node.box.top))) {
      problems.push(`row ${at} is not below row ${at - 1}`);
    }
  }
  return problems;
}

function sameSet(what, found, expected) {
  const [a, b] = [found, expected].map(list => [...list].sort().join(' '));
  return a === b ? [] : [`${what}: ${a || 'none'}, expected ${b || 'none'}`];
}

// `linkStyle` counts links: the thick arrows of the text and the orange strokes of the picture are the same links.
function links(text, drawn) {
  const thick = [...text.matchAll(/(?=\b([A-Z]\d) ==> ([A-Z]\d)\b)/g)].map(([, from, to]) => `${from}_${to}`);
  return sameSet('orange links', drawn.thick.map(id => id.replace(/^.*L_(\w\d)_(\w\d)_\d+$/, '$1_$2')), thick);
}

// A box of shared namespaces holds the nodes that the text puts into it, and touches no other.
function sharedBoxes(text, drawn, expected) {
  const problems = [];
  const boxes = [...text.matchAll(/subgraph (S\w+)\[" "\]\n([\s\S]*?)\n *end/g)];
  for (const [, id, body] of boxes) {
    const box = drawn.groups.find(group => group.id === id)?.box;
    const members = [...body.matchAll(/^ *([A-D]\d+)\[/gm)].map(match => match[1]);
    if (!box || members.length < 2) {
      problems.push(`the box ${id} of ${members} is not drawn`);
      continue;
    }
    for (const node of drawn.nodes) {
      if (members.includes(node.id) ? !inside(node.box, box) : overlap(node.box, box)) {
        problems.push(`the box ${id} holds ${members}, and not so ${node.id}`);
      }
    }
  }
  const wanted = expected?.columns === drawnColumns(drawn) ? expected.shared ?? 0 : boxes.length;
  return [...problems, ...sameSet('boxes', [String(boxes.length)], [String(wanted)])];
}

function drawnColumns(drawn) {
  return new Set(drawn.nodes.map(column)).size - 1;
}

// Whole, or shortened in the middle, or cut at the end.
function shows(text, expected) {
  const [seen, wanted] = [squeezed(text), squeezed(expected)];
  if (seen.includes(wanted)) {
    return true;
  }
  return seen.split('…').slice(0, -1).some(before => {
    const kept = Math.min(4, before.length);
    return kept > 0 && wanted.includes(before.slice(-kept));
  });
}

function texts(expected, drawn) {
  const problems = sameSet('nodes', [String(drawn.nodes.length)], [String(expected.nodes)]);
  const heads = drawn.nodes.filter(node => rank(node) === 0 && column(node) !== 'L').map(node => node.text);
  heads.forEach((head, at) => {
    if (!expected.names.some(name => shows(head, name))) {
      problems.push(`head ${at} shows "${head}"`);
    }
  });
  const last = drawn.nodes.filter(node => column(node) === 'ABCD'[expected.columns - 1]).map(node => node.text).join(' ');
  const missing = expected.texts.filter(text => !shows(last, text));
  return [...problems, ...missing.map(text => `"${text}" is not shown`)];
}

export function problemsOf(chart, variant, drawn, reference) {
  const limit = variant.font && chart.hostile ? widestOfHostile : widest;
  const problems = [...boxes(drawn, limit), ...grid(drawn), ...links(chart.text, drawn),
    ...sharedBoxes(chart.text, drawn, chart.expected)];
  if (drawn.foreign.length) {
    problems.push(`elements that are not text: ${drawn.foreign}`);
  }
  const colours = measured => measured.nodes.map(node => `${node.id} ${node.fill} ${node.ink}`);
  problems.push(...sameSet('colours', colours(drawn), colours(reference)));
  return chart.expected ? [...problems, ...texts(chart.expected, drawn)] : problems;
}
