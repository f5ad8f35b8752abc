// The light form's one script. Without it everything works; with it unsent text survives in this browser, what is
// entered is saved every 20 seconds, and questions that depend on an answer appear at once.
"use strict";
(() => {
  const SECONDS = 20;
  for (const time of document.querySelectorAll("time[datetime]")) {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone, at = new Date(time.dateTime);
    if (["UTC", "Etc/UTC"].includes(zone)) continue;
    const here = document.createElement("bdi"), lang = document.documentElement.lang;
    const tongue = lang === "en" ? "en-GB" : lang;
    const day = new Intl.DateTimeFormat(tongue, { dateStyle: "long" }).format(at);
    const clock = new Intl.DateTimeFormat(tongue, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
    here.textContent = `${day}, ${clock} (${zone})`;
    time.append(" / ", here);
  }
  const store = {
    get: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden */ } },
    drop: (start) => {
      try {
        for (const key of Object.keys(localStorage)) if (key.startsWith(start)) localStorage.removeItem(key);
      } catch { /* forbidden */ }
    },
  };
  const sent = document.getElementById("sent");
  if (sent) store.drop(`soundings:${sent.dataset.reference}`);
  if (!document.getElementById("form")) return;

  let form, saved, key, timer, changed = false, busy = false;
  const question = (name) => name.replace(/^q\./, "");
  const marks = (text) => Object.fromEntries(text.split(" ").filter(Boolean).map((part) => {
    const at = part.lastIndexOf(":");
    return [part.slice(0, at), part.slice(at + 1)];
  }));
  const entered = () => {
    const found = {};
    for (const field of form.elements) {
      if (!field.name.startsWith("q.")) continue;
      found[field.name] ??= [];
      if (field.type === "radio" || field.type === "checkbox") { if (field.checked) found[field.name].push(field.value); }
      else if (field.multiple) found[field.name].push(...[...field.selectedOptions].map((option) => option.value));
      else found[field.name].push(field.value);
    }
    return found;
  };
  // A ranking's field is called after its question and a choice.
  const markOf = (all, name) => all[question(name)] ?? all[question(name).replace(/\.[^.]*$/, "")];
  const put = (name, values) => {
    for (const field of form.elements) {
      if (field.name !== name) continue;
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
      else if (field.type !== "file") field.value = values[0] ?? "";
    }
  };
  const keep = () => store.set(key, { marks: form.elements.marks.value, entered: entered() });
  const restore = () => {
    const kept = store.get(key);
    if (!kept) return;
    const now = entered(), then = marks(kept.marks), here = marks(form.elements.marks.value);
    let put_back = false;
    for (const [name, values] of Object.entries(kept.entered)) {
      if (!(name in now) || JSON.stringify(now[name]) === JSON.stringify(values)) continue;
      if (markOf(then, name) !== markOf(here, name)) continue; // the answer that is stored is a newer one
      put(name, values);
      put_back = true;
    }
    if (put_back) { saved.textContent = saved.dataset.back; changed = true; } else store.drop(key);
  };
  const body = (act) => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    data.set("act", act);
    return new URLSearchParams(data);
  };
  const save = async () => {
    if (!changed || busy) return;
    busy = true; changed = false;
    const before = JSON.stringify(entered());
    try {
      const answer = await fetch(form.action, { method: "POST", body: body("keep"), headers: { "X-Soundings": "quiet" } });
      const told = await answer.json();
      if (!answer.ok) { saved.textContent = told.message; changed = true; return; }
      saved.textContent = told.saved;
      if (told.marks) form.elements.marks.value = told.marks;
      if (JSON.stringify(entered()) === before) store.drop(key); else changed = true;
    } catch { saved.textContent = saved.dataset.lost; changed = true; } finally { busy = false; }
  };
  const update = async () => {
    // The page as it would come back, in the place of what is here; the focus stays where it was.
    if (busy) { setTimeout(update, 300); return; }
    busy = true;
    const before = entered();
    try {
      const answer = await fetch(form.action, { method: "POST", body: body("stay") });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("form");
      if (!fresh) { location.assign(answer.url); return; }
      const now = entered(), focus = document.activeElement;
      const at = focus && focus.name ? [focus.name, focus.value, focus.selectionStart] : null;
      const files = [...form.querySelectorAll("input[type=file]")].filter((field) => field.files.length);
      form.replaceWith(fresh);
      begin();
      for (const [name, values] of Object.entries(now)) if (JSON.stringify(values) !== JSON.stringify(before[name])) { put(name, values); changed = true; }
      const more = Object.keys(entered()).some((name) => !(name in now));
      if (more) { const told = saved; setTimeout(() => { told.textContent = told.dataset.more; }, 200); }
      for (const field of files) document.getElementById(field.id)?.replaceWith(field);
      if (at) {
        const same = [...form.elements].filter((field) => field.name === at[0]);
        const field = same.find((each) => !["radio", "checkbox"].includes(each.type) || each.value === at[1]) ?? same[0];
        field?.focus({ preventScroll: true });
        try { if (at[2] != null) field?.setSelectionRange(at[2], at[2]); } catch { /* not a text field */ }
      }
    } catch { saved.textContent = saved.dataset.lost; } finally { busy = false; }
  };
  const points = () => {
    for (const field of form.querySelectorAll("[data-point]")) {
      if (!navigator.geolocation) continue;
      const button = document.createElement("button");
      button.type = "button"; button.className = "quiet"; button.textContent = field.dataset.point;
      button.addEventListener("click", () => navigator.geolocation.getCurrentPosition((found) => {
        const { latitude, longitude, altitude, accuracy } = found.coords;
        field.value = `${latitude} ${longitude} ${altitude ?? 0} ${accuracy}`;
        changed = true; keep();
      }));
      field.after(button);
    }
  };
  // A file that is too large is told of before it is sent: it could take an hour to be refused.
  const weigh = (field) => {
    const large = [...field.files].some((file) => file.size > Number(field.dataset.most));
    const id = `${field.id}-w`, told = document.getElementById(id) ?? document.createElement("p");
    told.id = id; told.className = "err"; told.hidden = !large; told.setAttribute("role", "alert");
    field.after(told);
    told.textContent = large ? field.dataset.large : "";
    if (large) { field.value = ""; field.setAttribute("aria-invalid", "true"); } else field.removeAttribute("aria-invalid");
    return large;
  };
  const begin = () => {
    form = document.getElementById("form");
    saved = document.getElementById("saved");
    key = `soundings:${form.dataset.reference}:${form.elements.s.value}`;
    form.addEventListener("input", () => { changed = true; clearTimeout(timer); timer = setTimeout(keep, 400); });
    form.addEventListener("change", (event) => { if (event.target.closest("[data-drives]")) update(); });
    for (const field of form.querySelectorAll("[data-most]")) field.addEventListener("change", () => weigh(field));
    form.addEventListener("submit", (event) => {
      keep();
      const large = [...form.querySelectorAll("[data-most]")].find((field) => field.files.length && weigh(field));
      if (large) { event.preventDefault(); large.focus(); }
      if (!navigator.onLine) { event.preventDefault(); saved.textContent = saved.dataset.lost; saved.scrollIntoView({ block: "center" }); }
    });
    points();
  };
  begin();
  restore();
  setInterval(save, SECONDS * 1000);
  addEventListener("online", save);
  addEventListener("pagehide", () => { if (changed) keep(); });
})();
