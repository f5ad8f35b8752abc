const touched = () => { window.__soundings_touched = true; };

// What is typed reaches the server with a run of the page; there is none while nobody types or presses anything.
function tick() {
  if (!window.__soundings_touched) return;
  window.__soundings_touched = false;
  window.__soundings_tick();
}

export default function({ data, setTriggerValue }) {
  document.documentElement.lang = data.language;
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
    if (!first) {
      const main = document.querySelector('[data-testid=stMain]') || document.scrollingElement;
      requestAnimationFrame(() => {
        main.scrollTo(0, 0);
        const heading = document.querySelector('h1');
        if (heading) { heading.tabIndex = -1; heading.focus({ preventScroll: true }); }
      });
    }
  }
  window.__soundings_tick = () => setTriggerValue('tick', true);
  clearInterval(window.__soundings_timer);
  if (data.autosave_seconds) window.__soundings_timer = setInterval(tick, data.autosave_seconds * 1000);
  for (const kind of ['click', 'input', 'keyup']) document.addEventListener(kind, touched, true);
}
