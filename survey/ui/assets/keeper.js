// What stands in the fields when the page is closed goes to the light form, which keeps it as if it had been typed there.
// Without a connection it stays in this browser and is sent when the section is opened again.
let page = null;
const touched = new Set();
const classOf = (name) => `st-key-q_${name.replace(/[^a-zA-Z0-9_-]/g, '-')}`;
const marks = () => Object.fromEntries(page.marks.split(' ').filter(Boolean).map((part) => {
  const at = part.lastIndexOf(':');
  return [part.slice(0, at), part.slice(at + 1)];
}));
// Named as the light form names its own, which forgets both together and what is seven days old.
const reference = () => `${page.address.replace(/^f\//, '')}/${page.code.slice(-4)}`;
const store = () => `soundings:${reference()}:app:${page.place}`;

function questionOf(field) {
  return Object.keys(marks()).find((name) => field.closest(`.${CSS.escape(classOf(name))}`));
}

// undefined where the page does not show what would be sent: boxes, menus, rankings and files reach the server at once.
function valueOf(name) {
  const field = document.querySelector(`.${CSS.escape(classOf(name))}`);
  const radios = [...(field?.querySelectorAll('input[type=radio]') ?? [])];
  if (radios.length) {
    const at = radios.findIndex((radio) => radio.checked);
    return at < 0 ? undefined : page.codes[name]?.[at] ?? '';
  }
  const text = field?.querySelector('textarea, input[type=text]:not([role=combobox])');
  return text ? text.value : undefined;
}

function entered() {
  const found = {};
  for (const name of touched) {
    const value = valueOf(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

function send(answers, seen, keepalive) {
  const body = new URLSearchParams({
    act: 'keep', r: page.code, s: page.place, lang: page.language, in: page.language, version: page.version,
    marks: Object.keys(answers).map((name) => `${name}:${seen[name]}`).join(' '),
  });
  for (const [name, value] of Object.entries(answers)) body.append(`q.${name}`, value);
  return fetch(new URL(page.address, document.baseURI), {
    method: 'POST', body, keepalive, headers: { 'X-Soundings': 'quiet' },
  });
}

function put(value) {
  try {
    const keep = value && !sessionStorage.getItem(`soundings-off:${reference()}`);
    if (keep) localStorage.setItem(store(), JSON.stringify({ ...value, at: Date.now() }));
    else localStorage.removeItem(store());
  } catch { /* full or forbidden */ }
}

function close() {
  if (!page || !document.querySelector('.st-key-next')) return;
  const answers = entered(), seen = marks();
  if (!Object.keys(answers).length) return;
  const key = { answers, seen };
  if (!navigator.onLine) put(key);
  send(answers, seen, true).catch(() => put(key));
}

async function restore() {
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(store())); } catch { return; }
  if (!kept) return;
  const now = marks();
  const answers = Object.fromEntries(
    Object.entries(kept.answers).filter(([name]) => now[name] !== undefined && now[name] === kept.seen[name]));
  if (Object.keys(answers).length) {
    try { await send(answers, kept.seen, false); } catch { return; }
    window.__soundings_tick?.();
  }
  put(null);
}

function touch(event) {
  const name = page && event.target.closest && questionOf(event.target);
  if (name) touched.add(name);
}

export default function({ data }) {
  const first = !page || page.place !== data.place;
  const before = page ? marks() : {};
  page = data;
  const now = marks();
  const typing = document.activeElement && questionOf(document.activeElement);
  for (const name of [...touched]) {
    if (first || (now[name] !== before[name] && name !== typing)) touched.delete(name);
  }
  if (first) restore();
  for (const kind of ['input', 'change', 'click', 'keyup']) document.addEventListener(kind, touch, true);
  addEventListener('pagehide', close);
  // Whoever comes back to a page that the browser has held sees what was kept, not what the page remembers.
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
}
