// What stands in the fields when the page is closed goes to the light form, which keeps it as if it had been typed there.
// Without a connection it stays in this browser and is sent when the response is opened again.
// What it needs stands in the page beside when the section was saved, and anew whenever that is drawn.
let page = null, read = '';
// How the page is told of what was brought back and answered otherwise meanwhile, and the section that waits to hear of it.
let given = null;
// What was brought back waits for its reader: 'told' until the page shows both answers, then 'shown'.
let asked = '', askedOf = [], timer = 0;
// Question -> what stood in its field, the newest last, when a run of the section may have taken it along, while it is not
// known that the server has what stands there now.
const touched = new Map();
const MOST_BEFORE = 3;
// As in the light form.
const DAYS = 7;
const AGAIN_SECONDS = 30;
// What is held for other sections is told once in a visit.
const toldOf = new Set();
const classOf = (name) => `st-key-q_${name.replace(/[^a-zA-Z0-9_-]/g, '-')}`;
const marks = () => Object.fromEntries(page.marks.split(' ').filter(Boolean).map((part) => {
  const at = part.lastIndexOf(':');
  return [part.slice(0, at), part.slice(at + 1)];
}));
// Named as the light form names its own, which forgets both together and what is seven days old.
const reference = () => `${page.address.replace(/^f\//, '')}/${page.code.slice(-4)}`;
const store = () => `soundings:${reference()}:app:${page.place}`;

const within = (name) => `.${CSS.escape(classOf(name))}`;
const boxesOf = (name) => (page.codes[name] ?? []).map((code) => within(`${name}__${code}`));

// Whether a section is drawn, and not what follows the last one.
const isShown = () => document.querySelector('.st-key-next') !== null;

function questionOf(field) {
  return Object.keys(marks()).find((name) => field.closest([within(name), ...boxesOf(name)].join()));
}

// undefined where the page does not show what would be sent: menus, rankings and files reach the server at once.
// Boxes are told apart by their order: codes that differ only by signs which a class cannot have (是, 否) share one.
function valueOf(name) {
  const boxes = document.querySelectorAll(`:is(${boxesOf(name).join()}) input[type=checkbox]`), codes = page.codes[name];
  if (boxes.length) return boxes.length === codes.length ? codes.filter((_code, at) => boxes[at].checked) : undefined;
  const [field, another] = document.querySelectorAll(within(name));
  if (another) return undefined;
  const box = field?.querySelector('input[type=checkbox]');
  if (box) return box.checked ? 'OK' : '';
  const radios = [...(field?.querySelectorAll('input[type=radio]') ?? [])];
  if (radios.length) {
    const at = radios.findIndex((radio) => radio.checked);
    return at < 0 || !codes ? undefined : codes[at] ?? '';
  }
  const text = field?.querySelector('textarea, input[type=text]:not([role=combobox])');
  return text ? text.value : undefined;
}

// As `survey.logic.marks` makes them.
function markOf(value) {
  const text = Array.isArray(value) ? `[${value.map((each) => JSON.stringify(each)).join(', ')}]` : JSON.stringify(value);
  if (text === '""' || text === '[]') return '-';
  let sum = ~0;
  for (const byte of new TextEncoder().encode(text)) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = (sum >>> 1) ^ (0xedb88320 & -(sum & 1));
  }
  return (~sum >>> 0).toString(16).padStart(8, '0');
}

// What the server reads otherwise than it is typed, as numbers, has a mark of its own.
const isKept = (name, value) => markOf(value) === (page.typed[name] ?? marks()[name]);

function entered() {
  const found = {};
  for (const name of touched.keys()) {
    const value = valueOf(name);
    if (value !== undefined && !isKept(name, value)) found[name] = value;
  }
  return found;
}

// All that is entered, as a body for the light form; null where there is nothing. What this page may have sent before is no
// other window's answer, also where it does not see any more that it was kept.
function unkept() {
  const answers = Object.entries(entered()), seen = marks();
  if (!answers.length) return null;
  const body = new URLSearchParams({
    act: 'keep', r: page.code, s: page.place, lang: page.language, in: page.language, version: page.version,
    marks: answers.map(([name]) => `${name}:${seen[name]}`).join(' '),
  });
  for (const [name, value] of answers) {
    [value].flat().forEach((each) => body.append(`q.${name}`, each));
    for (const each of touched.get(name)) {
      if (String(each) !== String(value)) body.append(`own.${name}`, [each].flat().join(' '));
    }
  }
  return body;
}

function send(body, keepalive, address = page.address) {
  return fetch(new URL(address, document.baseURI), {
    method: 'POST', body, keepalive, headers: { 'X-Soundings': 'quiet' },
  });
}

// What waits in this browser: {bodies: [as text, without the code, which is nobody's to find on a telephone that is
// shared], at}. What was held before of other questions stays.
function put(body, key) {
  try {
    if (sessionStorage.getItem(`soundings-off:${reference()}`)) return drop(key);
    const own = without(body, []), names = namesOf(body);
    own.delete('r');
    const before = (heldOf(key)?.bodies ?? []).map((text) => without(text, names));
    return write(key, [...before, own], Date.now());
  } catch { return null; /* full or forbidden */ }
}

function write(key, bodies, at) {
  const left = bodies.map((each) => new URLSearchParams(each)).filter((each) => namesOf(each).length);
  if (left.length) localStorage.setItem(key, JSON.stringify({ bodies: left.map(String), at }));
  else drop(key);
}

function heldOf(key) {
  try { return JSON.parse(localStorage.getItem(key)); } catch { return null; }
}

const nameIn = (part) => part.slice(0, part.lastIndexOf(':'));
const partsOf = (body) => (body.get('marks') ?? '').split(' ').filter(Boolean);
const namesOf = (body) => partsOf(body).map(nameIn);

function without(body, names) {
  const copy = new URLSearchParams(body);
  copy.set('marks', partsOf(copy).filter((part) => !names.includes(nameIn(part))).join(' '));
  for (const name of names) for (const kind of ['q', 'own']) copy.delete(`${kind}.${name}`);
  return copy;
}

function close() {
  const body = page && isShown() && unkept(), key = body && store();
  if (!body) return;
  if (!navigator.onLine) put(body, key);
  send(body, true).then(heard).then((told) => {
    if (told.isKept) return;
    put(body, key);
    if (isOver(told)) drop(key);
  }).catch(() => put(body, key));
}

// What the light form answers; something else may stand before it.
async function heard(answer) {
  const told = await answer.json(), code = typeof told?.code === 'string' ? told.code : '';
  const isKept = answer.ok && typeof told?.saved === 'string';
  return { isKept, code, entered: told?.entered ?? null, status: answer.status };
}

// Whether the response was sent, or is not there any more.
const isOver = ({ code, entered }) => code.startsWith('response.') && code !== 'response.changed_elsewhere' && !entered;

// Of every section: whoever comes back may never open the one again in which it was entered.
async function restore() {
  const here = page, shown = store(), start = `soundings:${reference()}:app:`;
  const answers = {}, elsewhere = {};
  let keys = [], again = false, isNew = false;
  try { keys = Object.keys(localStorage).filter((key) => key.startsWith('soundings:')); } catch { return; }
  for (const key of keys) {
    const kept = heldOf(key), text = JSON.stringify(kept);
    if (!(kept?.at > Date.now() - DAYS * 864e5)) drop(key);
    else if (Array.isArray(kept.bodies) && key.startsWith(start) && (key === shown || !toldOf.has(key))) {
      const remaining = [];
      for (const each of kept.bodies) {
        if (page.code !== here.code) return;
        const body = new URLSearchParams(each), left = await deliver(body, here);
        const names = [...Object.keys(left.told), ...left.later];
        remaining.push(String(without(each, namesOf(body).filter((name) => !names.includes(name)))));
        again ||= left.again;
        if (key !== shown && Object.keys(left.told).length) toldOf.add(key);
        Object.assign(key === shown ? answers : elsewhere, left.told);
      }
      if (String(remaining) === String(kept.bodies) || JSON.stringify(heldOf(key)) !== text) continue;
      try { write(key, remaining, kept.at); } catch { /* forbidden */ }
      isNew = true;
    }
  }
  if (page.code !== here.code) return;
  // Either asks for a run, which shows what was kept; of two at once one would be lost.
  if (Object.keys({ ...answers, ...elsewhere }).length) ask(here.place, answers, elsewhere);
  else if (isNew) window.__soundings_keep?.();
  clearTimeout(timer);
  if (again) timer = setTimeout(() => { if (isShown() && !asked) restore(); }, AGAIN_SECONDS * 1000);
}

// {told: question -> what was not kept, because another answer stands there or it cannot be one; later: the questions
// that the server has not judged; again: whether it may do so soon}.
async function deliver(given, { code, language, address }) {
  const body = new URLSearchParams(given), names = namesOf(body);
  body.set('r', code);
  body.set('lang', language);
  let told = null;
  try {
    told = await heard(await send(body, false, address));
  } catch {
    return { told: {}, later: names, again: true };
  }
  if (told.isKept || isOver(told)) return { told: {}, later: [], again: false };
  if (told.entered) return { told: told.entered, later: [], again: false };
  if (!told.code.startsWith('answer.')) {
    return { told: {}, later: names, again: [408, 429].includes(told.status) || told.status >= 500 };
  }
  if (names.length === 1) {
    const values = body.getAll(`q.${names[0]}`);
    return { told: { [names[0]]: values.length > 1 ? values : values[0] ?? '' }, later: [], again: false };
  }
  const found = { told: {}, later: [], again: false };
  for (const name of names) { // one of them is none; the others are kept
    const left = await deliver(without(given, names.filter((each) => each !== name)), { code, language, address });
    Object.assign(found.told, left.told);
    found.later.push(...left.later);
    found.again ||= left.again;
  }
  return found;
}

function drop(key) {
  try { localStorage.removeItem(key); } catch { /* forbidden */ }
}

// Both answers to each question are shown, and its reader chooses; until then it stays in this browser. What belongs to
// another section is told.
function ask(place, answers, elsewhere, tries = 100) {
  if (given?.data?.place.replace(/:\d+$/, '') !== place) { // what stands around is not drawn yet
    if (tries) setTimeout(() => { if (page.place === place) ask(place, answers, elsewhere, tries - 1); }, 50);
    return;
  }
  const names = Object.keys(answers);
  if (names.length) [asked, askedOf] = ['told', names];
  for (const name of names) if (!touched.has(name)) touched.set(name, []);
  given.setTriggerValue('entered', { place, answers, elsewhere });
}

// Fields hand over what stands in them when they change, and a button asks for a run of the section.
function touch(event) {
  const name = page && event.target.closest && questionOf(event.target);
  if (name && !touched.has(name)) touched.set(name, []);
  if (!page || event.type === 'input' || event.type === 'keyup') return;
  for (const [each, values] of touched) {
    const value = valueOf(each);
    if (value === undefined || String(value) === String(values.at(-1))) continue;
    values.push(value);
    if (values.length > MOST_BEFORE) values.shift();
  }
}

// A link to the page in another language, or in the simple version, waits until all is kept. Where no run of the section
// comes, the light form keeps it; where it cannot be kept the page stays, and says why.
function turn(event) {
  const link = event.target.closest?.('.sd-langs a, .sd-later a');
  if (!link || !page || !isShown() || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (page.kept && !touched.size) return;
  event.preventDefault();
  const shown = read, leave = () => location.assign(link.href);
  let left = 60;
  const look_again = () => {
    const drawn = read !== shown, body = unkept();
    if (drawn && !page.kept) document.querySelector('[data-testid=stAlert], .st-key-changed-note')?.scrollIntoView({ block: 'center' });
    else if (drawn && !body) leave();
    else if (left--) setTimeout(look_again, 50);
    else if (page.kept && body) send(body, false).then(heard).then((told) => { if (told.isKept) leave(); }).catch(() => {});
  };
  window.__soundings_keep?.();
  look_again();
}

// Its reader has chosen about what was asked, and perhaps read what could not be kept.
function settle() {
  const key = store(), held = heldOf(key);
  try { if (held) write(key, held.bodies.map((text) => without(text, askedOf)), held.at); } catch { /* forbidden */ }
}

function look() {
  const text = document.querySelector('.sd-saved')?.dataset.keeper ?? '';
  if (!text || text === read) return;
  read = text;
  const data = JSON.parse(text);
  const first = !page || page.place !== data.place || page.code !== data.code;
  if (first && asked === 'shown' && page.settled) settle();
  page = data;
  for (const [name, values] of touched) {
    const value = valueOf(name);
    if (first || (value !== undefined && isKept(name, value))) touched.delete(name);
    else values.splice(0, 1 + values.map((each) => isKept(name, each)).lastIndexOf(true));
  }
  if (first) asked = '';
  else if (asked && !page.kept) asked = 'shown';
  else if (asked === 'shown') {
    asked = '';
    settle();
    restore();
  }
  if (first) restore();
}

let watch = null;
export default function(shell) {
  given = shell ?? given;
  look();
  if (watch) return;
  watch = new MutationObserver(look);
  watch.observe(document.body, { childList: true, subtree: true, attributes: true, attributeFilter: ['data-keeper'] });
  for (const kind of ['input', 'change', 'click', 'keyup']) document.addEventListener(kind, touch, true);
  document.addEventListener('click', turn);
  addEventListener('pagehide', close);
  // Whoever comes back to a page that the browser has held sees what was kept, not what the page remembers.
  addEventListener('pageshow', (event) => { if (event.persisted) location.reload(); });
}
