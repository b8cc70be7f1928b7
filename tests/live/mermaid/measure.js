// Runs in the page: draws one flowchart as a host page would, and measures what the reader sees.
let drawn = 0;

async function draw(text, {background, htmlLabels, font}) {
  document.body.style.background = background;
  document.getElementById('font').textContent = font ? `* { font-family: "${font}" !important; }` : '';
  mermaid.initialize({startOnLoad: false, securityLevel: 'strict', htmlLabels, flowchart: {htmlLabels},
    theme: background === '#ffffff' ? 'default' : 'dark'});
  const {svg} = await mermaid.render(`drawing${++drawn}`, text);
  const place = document.getElementById('drawing');
  place.innerHTML = svg;
  const svgElement = place.querySelector('svg');
  svgElement.style.width = `${svgElement.viewBox.baseVal.width}px`;
  await new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  return measured(svgElement);
}

function box(element) {
  const {left, top, right, bottom} = element.getBoundingClientRect();
  return {left, top, right, bottom};
}

// The text as read: line breaks and wrapping are spaces.
function visibleText(label) {
  const lines = [...label.querySelectorAll('tspan.text-outer-tspan')];
  const copy = label.cloneNode(true);
  copy.querySelectorAll('br').forEach(br => br.replaceWith(' '));
  const text = lines.length ? lines.map(line => line.textContent).join(' ') : copy.textContent;
  return text.replace(/\s+/g, ' ').trim();
}

function textBox(label) {
  const range = document.createRange();
  range.selectNodeContents(label);
  const boxes = [...range.getClientRects()].filter(rect => rect.width > 0);
  return {left: Math.min(...boxes.map(b => b.left)), right: Math.max(...boxes.map(b => b.right)),
    top: Math.min(...boxes.map(b => b.top)), bottom: Math.max(...boxes.map(b => b.bottom))};
}

function node(element) {
  const shape = element.querySelector('rect, path, polygon, circle');
  const label = element.querySelector('.label');
  const style = getComputedStyle(shape);
  const textStyle = getComputedStyle(label.querySelector('span, tspan, text') ?? label);
  return {id: /flowchart-([A-Z]\d+)-/.exec(element.id)?.[1] ?? element.id, box: box(shape), text: visibleText(label),
    textBox: textBox(label), fill: style.fill, stroke: style.stroke,
    ink: label.querySelector('foreignObject') ? textStyle.color : textStyle.fill};
}

function measured(svg) {
  const view = svg.viewBox.baseVal;
  return {width: view.width, height: view.height,
    nodes: [...svg.querySelectorAll('g.node')].map(node),
    groups: [...svg.querySelectorAll('g.cluster')].map(e => ({id: /(\w+)$/.exec(e.id)?.[1] ?? e.id, box: box(e.querySelector('rect'))})),
    foreign: [...svg.querySelectorAll('img, image, script, iframe, a, i, .katex, math')].map(e => e.outerHTML),
    thick: [...svg.querySelectorAll('path.flowchart-link')].filter(p => p.style.stroke.includes('216, 81, 42') ||
      p.getAttribute('style')?.includes('#d8512a')).map(p => p.id)};
}
