"""Inline components where Streamlit has no fitting widget: the page's language and scroll, ranking, file upload.

Each is plain HTML made by a few lines of script from data; labels are set as text, never as HTML.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from survey.translator import Words

_SHELL = st.components.v2.component(
    "soundings_shell",
    js="""
export default function({ data }) {
  document.documentElement.lang = data.language;
  document.documentElement.dir = data.direction;
  if (window.__soundings_place !== data.place) {
    const first = window.__soundings_place === undefined;
    window.__soundings_place = data.place;
    if (!first) {
      const main = document.querySelector('[data-testid=stMain]') || document.scrollingElement;
      requestAnimationFrame(() => {
        main.scrollTo(0, 0);
        const heading = document.querySelector('h1');
        if (heading) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); }
      });
    }
  }
}
""",
    isolate_styles=False,
)


def shell(words: Words, place: str) -> None:
    """The document has the reader's language and direction; a new `place` starts at its heading."""
    _SHELL(key="shell", data={"language": words.language, "direction": words.direction, "place": place}, height=1)


_RANKING = st.components.v2.component(
    "soundings_ranking",
    css="""
.rk { font-family: inherit; color: #111; }
.rk h4 { font-size: .95rem; margin: .5rem 0 .25rem; font-weight: 600; }
.rk ol, .rk ul { list-style: none; margin: 0; padding: 0; }
.rk li { display: flex; align-items: center; gap: .5rem; border: 1px solid #767676; border-radius: 4px; padding: .3rem .5rem;
  margin: .3rem 0; background: #fff; min-height: 44px; }
.rk ul li { border-style: dashed; background: #f7f9fa; }
.rk .n { min-width: 1.6rem; font-weight: 700; text-align: center; color: #0b5c7a; }
.rk .t { flex: 1; line-height: 1.3; }
.rk button { min-width: 44px; min-height: 36px; border: 1px solid #767676; background: #fff; border-radius: 4px; font-size: 1rem;
  cursor: pointer; color: #111; padding: 0 .5rem; }
.rk button:focus-visible { outline: 3px solid #0b5c7a; outline-offset: 1px; }
.rk button[disabled] { color: #767676; background: #eee; cursor: default; }
.rk .live { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.rk .empty { color: #4a4a4a; padding: .3rem 0; }
""",
    html='<div class="rk"></div>',
    js="""
export default function({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector('.rk');
  const w = data.words;
  const labels = new Map(data.items);
  if (root.dataset.version !== data.version) {
    root.dataset.version = data.version;
    root.order = data.order.slice();
  }
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
    const next = root.querySelector(`[data-focus="${focus}"]`);
    if (next && !next.disabled) next.focus();
    setStateValue('order', order);
  };
  function draw() {
    const order = root.order;
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
      const up = button('\\u2191', `${w.up}: ${labels.get(code)}`, () => change(move(i - 1), 'up-' + code, place(i - 1)), i === 0);
      const down = button('\\u2193', `${w.down}: ${labels.get(code)}`, () => change(move(i + 1), 'down-' + code, place(i + 1)), i === order.length - 1);
      up.dataset.focus = 'up-' + code; down.dataset.focus = 'down-' + code;
      const out = button('\\u00d7', `${w.remove}: ${labels.get(code)}`, () => change(order.filter((c) => c !== code), 'add-' + code, labels.get(code)));
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
  }
  draw();
}
""",
    isolate_styles=False,
)


def ranking(key: str, items: Sequence[tuple[str, str]], order: Sequence[str], version: str, words: Words) -> None:
    """A ranking by buttons; the present order is `order_of(session value of key)`.

    version  a new one makes the component take `order` instead of what it shows.
    """
    _ = words.translate
    _RANKING(
        key=key,
        data={
            "items": [list(item) for item in items],
            "order": list(order),
            "version": version,
            "words": {
                "ranked": _("Your order, most important first"),
                "rest": _("Not ranked yet"),
                "empty": _("Nothing is ranked yet. Use the buttons below."),
                "up": _("Move up"),
                "down": _("Move down"),
                "remove": _("Remove from the order"),
                "add": _("Put in place"),
            },
        },
        default={"order": list(order)},
        on_order_change=lambda: None,
    )


_UPLOAD = st.components.v2.component(
    "soundings_upload",
    css="""
.up { font-family: inherit; color: #111; border: 1px solid #767676; border-radius: 4px; padding: .7rem .8rem; background: #fff; }
.up input { max-width: 100%; font: inherit; }
.up .file { margin-bottom: .5rem; overflow-wrap: anywhere; }
.up .say { min-height: 1.2rem; margin-top: .4rem; }
.up .bad { color: #a1121f; font-weight: 600; }
.up button { border: 1px solid #767676; background: #fff; border-radius: 4px; min-height: 36px; margin-inline-start: .6rem; padding: 0 .7rem; font: inherit; }
.up label { display: inline-block; margin-bottom: .3rem; }
.up .pick { display: inline-block; border: 1px solid #0b5c7a; color: #0b5c7a; border-radius: 4px; padding: .5rem .9rem; cursor: pointer; }
.up input.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
.up input.hidden:focus-visible + .pick { outline: 3px solid #0b5c7a; outline-offset: 2px; }
""",
    html='<div class="up"></div>',
    js="""
export default function({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector('.up');
  const w = data.words;
  root.replaceChildren();
  const el = (tag, cls, text) => {
    const e = document.createElement(tag);
    if (cls) e.className = cls;
    if (text !== undefined) e.textContent = text;
    return e;
  };
  const say = el('div', 'say'); say.setAttribute('role', 'status');
  const tell = (words, bad) => { say.textContent = words; say.className = bad ? 'say bad' : 'say'; };
  const send = async (form) => {
    const address = new URL('files', document.baseURI.replace(/[^/]*$/, ''));
    try {
      const answer = await fetch(address, { method: 'POST', body: form, credentials: 'omit' });
      const told = await answer.json();
      if (!answer.ok) { tell(told.message || w.failed, true); return; }
      setTriggerValue('changed', String(Date.now()));
    } catch (error) { tell(w.failed, true); }
  };
  const form = () => {
    const f = new FormData();
    f.set('code', data.code); f.set('question', data.question); f.set('lang', data.language);
    return f;
  };
  if (data.file) {
    const line = el('div', 'file', data.file);
    const out = el('button', '', w.remove); out.type = 'button';
    out.onclick = () => { const f = form(); f.set('remove', '1'); send(f); };
    line.append(out); root.append(line);
  }
  const input = el('input', 'hidden'); input.type = 'file'; input.id = data.question + '-file';
  const pick = el('label', 'pick', data.file ? w.replace : w.choose); pick.htmlFor = input.id;
  input.onchange = () => {
    const file = input.files[0];
    if (!file) return;
    if (file.size > data.limit_bytes) { tell(w.too_large, true); input.value = ''; return; }
    tell(w.sending, false);
    const f = form(); f.set('file', file, file.name); send(f);
  };
  root.append(input, pick, say);
}
""",
    isolate_styles=False,
)


def upload(key: str, *, code: str, question: str, file: str, limit_mb: int, words: Words) -> Mapping[str, Any]:
    """A file field that sends to our own route, which keeps the file at once. A change reruns the page."""
    _ = words.translate
    result: Mapping[str, Any] = _UPLOAD(
        key=key,
        data={
            "code": code,
            "question": question,
            "file": file,
            "language": words.language,
            "limit_bytes": limit_mb * 1_000_000,
            "words": {
                "choose": _("Choose a file (at most {limit} MB)", limit=limit_mb),
                "replace": _("Choose another file (at most {limit} MB)", limit=limit_mb),
                "remove": _("Remove"),
                "sending": _("Sending…"),
                "failed": _("The file could not be sent. Check the connection and try again."),
                "too_large": _(
                    "This file is too large. Please send a file of at most {limit_mb} MB.", limit_mb=limit_mb
                ),
            },
        },
        on_changed_change=lambda: None,
    )
    return result
