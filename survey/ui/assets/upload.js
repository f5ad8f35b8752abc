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
    f.set('code', data.code); f.set('question', data.question); f.set('version', data.version); f.set('lang', data.language);
    return f;
  };
  if (data.file) {
    const line = el('div', 'file'); line.append(el('bdi', '', data.file), ' ');
    const out = el('button', '', w.remove); out.type = 'button';
    out.onclick = () => { const f = form(); f.set('remove', '1'); send(f); };
    line.append(out); root.append(line);
  }
  const input = el('input', 'hidden'); input.type = 'file'; input.id = data.question + '-file';
  input.accept = data.accept;
  if (data.capture) input.setAttribute('capture', data.capture);
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
