export default function({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector('.rk');
  const w = data.words;
  const labels = new Map(data.items);
  // The page runs again after each change, and an answer to an earlier change must not undo a later one: what was sent
  // from here is not taken back, anything else (another window's order) is.
  const told = JSON.stringify(data.order);
  root.sent ??= new Set();
  if (root.dataset.version !== data.version || (root.told !== told && !root.sent.has(told))) {
    root.dataset.version = data.version;
    root.order = data.order.slice();
    root.sent.clear();
  }
  root.told = told;
  const el = (tag, cls, text) => {
    const e = document.createElement(tag);
    if (cls) e.className = cls;
    if (text !== undefined) e.textContent = text;
    return e;
  };
  const button = (text, name, action, disabled) => {
    const b = el('button', '', text);
    b.type = 'button'; b.setAttribute('aria-label', name); b.title = name; b.disabled = !!disabled; b.onclick = action;
    return b;
  };
  const say = (words) => { root.querySelector('.live').textContent = words; };
  const change = (order, focus, words) => {
    root.order = order;
    draw();
    say(words);
    // At either end the button that was pressed cannot be pressed again: its neighbour takes the focus.
    const [kind, code] = [focus.slice(0, focus.indexOf('-')), focus.slice(focus.indexOf('-') + 1)];
    for (const name of [kind, kind === 'up' ? 'down' : 'up', 'out', 'add']) {
      const next = root.querySelector(`[data-focus="${name}-${code}"]`);
      if (next && !next.disabled) { next.focus(); break; }
    }
    root.sent.add(JSON.stringify(order));
    setStateValue('order', order);
  };
  function draw() {
    const order = root.order;
    const shown = JSON.stringify([order, data.items, w]);
    if (root.shown === shown && root.firstChild) return;
    root.shown = shown;
    const held = root.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
    root.replaceChildren();
    const live = el('div', 'live'); live.setAttribute('aria-live', 'polite'); root.append(live);
    root.append(el('h4', '', w.ranked));
    const ol = el('ol'); ol.setAttribute('aria-label', w.ranked);
    if (!order.length) root.append(el('div', 'empty', w.empty));
    order.forEach((code, i) => {
      const li = el('li');
      li.append(el('span', 'n', String(i + 1)), el('span', 't', labels.get(code)));
      const place = (j) => `${labels.get(code)}: ${j + 1}`;
      const move = (j) => { const o = order.slice(); o.splice(i, 1); o.splice(j, 0, code); return o; };
      const up = button('\u2191', `${w.up}: ${labels.get(code)}`, () => change(move(i - 1), 'up-' + code, place(i - 1)), i === 0);
      const down = button('\u2193', `${w.down}: ${labels.get(code)}`, () => change(move(i + 1), 'down-' + code, place(i + 1)), i === order.length - 1);
      up.dataset.focus = 'up-' + code; down.dataset.focus = 'down-' + code;
      const out = button('\u00d7', `${w.remove}: ${labels.get(code)}`, () => change(order.filter((c) => c !== code), 'add-' + code, labels.get(code)));
      out.dataset.focus = 'out-' + code;
      li.append(up, down, out);
      ol.append(li);
    });
    root.append(ol);
    const rest = data.items.filter(([code]) => !order.includes(code));
    if (rest.length) {
      root.append(el('h4', '', w.rest));
      const ul = el('ul'); ul.setAttribute('aria-label', w.rest);
      rest.forEach(([code, label]) => {
        const li = el('li');
        const add = button(`${w.add} ${order.length + 1}`, `${w.add} ${order.length + 1}: ${label}`, () => change([...order, code], 'out-' + code, `${label}: ${order.length + 1}`));
        add.dataset.focus = 'add-' + code;
        li.append(el('span', 't', label), add);
        ul.append(li);
      });
      root.append(ul);
    }
    if (held) root.querySelector(`[data-focus="${held}"]`)?.focus();
  }
  draw();
}
