const touched = () => { window.__soundings_touched = true; };

// What is typed reaches the server with a run of the section, which a button asks for that nobody sees.
function keep() {
  const button = document.querySelector('.st-key-save button:enabled');
  if (!button) return;
  button.click();
  window.__soundings_touched = false;  // that click is nobody's
}

// There is none while nobody types or presses anything.
function tick() {
  if (window.__soundings_touched) keep();
}

// A hidden page may never be shown again. A field hands over what is typed in it when it loses the focus.
function leave() {
  if (document.visibilityState !== 'hidden' || !window.__soundings_timer) return;
  const field = document.activeElement;
  if (field?.matches?.('input, textarea')) field.blur();
  setTimeout(tick, 50);
}

// Streamlit writes some words of its own in English; they are replaced by the reader's.
const SPOKEN = ['aria-label', 'placeholder'];
const WRITTEN = '[data-testid=stSkipToContent], [data-testid=stHeader], [data-testid=stSidebarNavViewButton], '
  + '[data-testid=stFileUploaderDropzone], [role=listbox][data-empty], [data-key=__select_all__], [role=dialog]';
// What is called, or written, as the author of a questionnaire wants it.
const NAMED = 'input, textarea, [role=radiogroup], [role=listbox], [role=slider]';
const LABELS = 'label, [role=radiogroup], [role=option][data-key]:not([data-key=__select_all__])';
const WITH_NUMBER = /^(?:View )?\d+ more$|^\d+MB per file$/;

// What the reader's language has for it, "" when nothing.
function readersWord(text, words) {
  if (Object.hasOwn(words, text)) return words[text];
  if (!WITH_NUMBER.test(text)) return '';
  const [number] = text.match(/\d+/);
  return (words[text.replace('View ', '').replace(number, 'N')] ?? '').replace('N', number);
}

function replaceWords(words) {
  window.__soundings_words = words;
  const replaced = window.__soundings_replaced ??= new Map(SPOKEN.map((name) => [name, new WeakMap()])).set('', new WeakMap());
  const removing = window.__soundings_removing ??= new WeakMap();
  // Of what was replaced before, in another language perhaps, the English word is remembered.
  const replace = (kept, node, shown, write) => {
    const before = kept.get(node);
    const english = before?.shown === shown ? before.english : shown;
    const word = readersWord(english, window.__soundings_words);
    if (!word) return;
    kept.set(node, { english, shown: word });
    if (word !== shown) write(word);
  };
  const all = () => {
    for (const button of document.querySelectorAll('[data-tag] button[aria-label]')) {
      const label = button.getAttribute('aria-label'), before = removing.get(button);
      const chosen = label.startsWith('Remove ') ? label.slice('Remove '.length) : before?.shown === label ? before.chosen : '';
      if (!chosen) continue;
      const shown = (window.__soundings_words['Remove N'] ?? 'Remove N').replace('N', () => chosen);
      removing.set(button, { chosen, shown });
      if (shown !== label) button.setAttribute('aria-label', shown);
    }
    for (const name of SPOKEN) {
      for (const element of document.querySelectorAll(`[${name}]`)) {
        if (name === 'aria-label' && element.matches(NAMED)) continue;
        replace(replaced.get(name), element, element.getAttribute(name), (word) => element.setAttribute(name, word));
      }
    }
    for (const part of document.querySelectorAll(WRITTEN)) {
      const texts = document.createTreeWalker(part, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) {
        const node = texts.currentNode;
        if (node.parentElement.closest(LABELS)) continue;
        replace(replaced.get(''), node, node.data.trim(), (word) => { node.data = word; });
      }
    }
  };
  all();
  if (window.__soundings_watch) return;
  let waiting = 0;
  window.__soundings_watch = new MutationObserver(() => {
    cancelAnimationFrame(waiting);
    waiting = requestAnimationFrame(all);
  });
  // A count that changes within its text adds no element.
  window.__soundings_watch.observe(document.body, { childList: true, subtree: true, characterData: true });
}

// What the simple version kept in this browser of a response is not needed once the response was sent.
function forget() {
  const asked = new URLSearchParams(location.search);
  const own = `soundings:${asked.get('c')}/${(asked.get('r') || '').slice(-4)}:`;
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(own)) localStorage.removeItem(key);
  } catch { /* forbidden */ }
}

// The field of a question, in whatever way it is drawn; Streamlit makes a class of its key.
function fieldOf(question) {
  const name = question.replace(/[^a-zA-Z0-9_-]/g, '-');
  return document.querySelector(`.st-key-box_${name}, .st-key-q_${name}, [class*="st-key-q_${name}__"]`);
}

function show(question, tries = 40) {
  const field = fieldOf(question);
  if (!field) { if (tries) setTimeout(show, 100, question, tries - 1); return; }
  field.scrollIntoView({ block: 'start' });
  const inside = field.querySelector('input:checked, input, textarea, button');
  if (!inside) field.tabIndex = -1;
  (inside ?? field).focus({ preventScroll: true });
}

function follow(event) {
  const link = event.target.closest?.('a[data-question]');
  if (!link) return;
  event.preventDefault();
  show(link.dataset.question);
}

// The section that a link to another language names is shown by now, and a reload goes on where it was saved. Without a
// step of its own in the history, which Streamlit would add.
function arrived() {
  const here = new URL(location.href);
  if (!here.searchParams.has('s')) return;
  here.searchParams.delete('s');
  history.replaceState(history.state, '', here);
}

export default function({ data }) {
  if (data.respondent) arrived();
  document.documentElement.lang = data.language;
  replaceWords(data.words);
  document.documentElement.dir = data.direction;
  document.documentElement.classList.toggle('sd-respondent', data.respondent);
  // The page of /respond links to it itself; whoever comes from another page of ours needs it too.
  if (data.style && !document.querySelector('link[href*="look/style.css"]')) {
    const link = document.createElement('link');
    link.rel = 'stylesheet'; link.href = data.style;
    document.body.append(link);
  }
  if (window.__soundings_place !== data.place) {
    const first = window.__soundings_place === undefined;
    window.__soundings_place = data.place;
    if (data.question) show(data.question);
    else if (!first) {
      const main = document.querySelector('[data-testid=stMain]') || document.scrollingElement;
      requestAnimationFrame(() => {
        main.scrollTo(0, 0);
        const heading = document.querySelector('h1');
        if (heading) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); }
      });
    }
  }
  if (['receipt', 'erased'].includes(data.place)) forget();
  document.addEventListener('click', follow);
  window.__soundings_keep = keep;
  clearInterval(window.__soundings_timer);
  window.__soundings_timer = 0;
  if (data.autosave_seconds) window.__soundings_timer = setInterval(tick, data.autosave_seconds * 1000);
  document.addEventListener('visibilitychange', leave);
  for (const kind of ['click', 'input', 'keyup']) document.addEventListener(kind, touched, true);
}
