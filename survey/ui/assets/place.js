export default function({ data, parentElement, setStateValue }) {
  const root = parentElement.querySelector('.pl');
  const w = data.words;
  if (!root.firstChild) {
    const input = document.createElement('input');
    input.type = 'text'; input.dir = 'ltr'; input.autocomplete = 'off'; input.inputMode = 'text';
    const button = document.createElement('button');
    button.type = 'button';
    const status = document.createElement('div');
    status.className = 'status'; status.setAttribute('role', 'status');
    root.append(input, button, status);
  }
  const [input, button, status] = root.children;
  // What was written here is not taken back by the answer to an earlier change; another window's answer is shown.
  root.sent ??= new Set();
  if (root.told !== data.text && !root.sent.has(data.text)) input.value = data.text;
  root.told = data.text;
  input.setAttribute('aria-label', data.label);
  input.placeholder = w.example;
  button.textContent = w.find;
  button.hidden = !('geolocation' in navigator);
  const tell = (text) => { root.sent.add(text); setStateValue('text', text); };
  input.onchange = () => tell(input.value);
  button.onclick = () => {
    button.disabled = true; status.textContent = w.finding;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        const part = (n, digits) => Number.isFinite(n) ? String(Number(n.toFixed(digits))) : '0';
        input.value = [part(coords.latitude, 6), part(coords.longitude, 6), part(coords.altitude, 1), part(coords.accuracy, 1)].join(' ');
        button.disabled = false; status.textContent = w.found;
        tell(input.value);
      },
      () => { button.disabled = false; status.textContent = w.failed; },
      { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 },
    );
  };
}
