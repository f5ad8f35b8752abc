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
    here.textContent = `${day}${{ ar: "،", zh: "" }[lang] ?? ","} ${clock} (${zone})`;
    const added = document.createElement("span");
    added.dataset.here = "1";
    added.append(" / ", here);
    time.append(added);
  }
  const DAYS = 7; // what was never sent from this browser does not stay in it for good
  const store = {
    get: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    set: (key, value) => { try { localStorage.setItem(key, JSON.stringify({ ...value, at: Date.now() })); } catch { /* full or forbidden */ } },
    drop: (start, wanted = () => true) => {
      try {
        for (const key of Object.keys(localStorage)) if (key.startsWith(start) && wanted(store.get(key))) localStorage.removeItem(key);
      } catch { /* forbidden */ }
    },
  };
  const reference = document.getElementById("main").dataset.reference;
  const own = `soundings:${reference}:`, off = `soundings-off:${reference}`;
  store.drop("soundings:", (kept) => !(kept?.at > Date.now() - DAYS * 864e5));
  // The server says by this number that it has kept what was posted with it.
  const number = new URLSearchParams(location.search).get("kept");
  if (number) store.drop(own, (kept) => kept?.number === number);
  if (document.getElementById("sent")) store.drop(own);
  let forgotten = false;
  try { forgotten = Boolean(sessionStorage.getItem(off)); } catch { /* forbidden */ }
  for (const line of document.querySelectorAll("[data-forget]")) {
    const button = document.createElement("button");
    button.type = "button"; button.className = "quiet"; button.textContent = line.dataset.wish;
    line.append(button);
    line.hidden = false;
    button.addEventListener("click", () => {
      forgotten = true;
      store.drop(own);
      try { sessionStorage.setItem(off, "1"); } catch { /* forbidden */ }
      line.textContent = line.dataset.forget;
      line.setAttribute("role", "status");
    });
  }
  if (!document.getElementById("form")) return;

  let form, saved, key, timer, changed = false, busy = false, leaving = false;
  // What stood in the fields when they were sent, while it is not known that the server has kept it.
  let sent = [];
  const MOST_SENT = 3;
  const question = (name) => name.replace(/^q\./, "");
  const marks = (text) => Object.fromEntries(text.split(" ").filter(Boolean).map((part) => {
    const at = part.lastIndexOf(":");
    return [part.slice(0, at), part.slice(at + 1)];
  }));
  const entered = (where = form) => {
    const found = {};
    for (const field of where.elements) {
      if (!field.name.startsWith("q.")) continue;
      found[field.name] ??= [];
      if (field.type === "radio" || field.type === "checkbox") { if (field.checked) found[field.name].push(field.value); }
      else if (field.multiple) found[field.name].push(...[...field.selectedOptions].map((option) => option.value));
      else found[field.name].push(field.value);
    }
    return found;
  };
  // The question of a field; a ranking's fields are called after their question and a choice.
  const keyOf = (all, name) => {
    const called = question(name), begun = (key) => called === key || called.startsWith(`${key}.`);
    return Object.keys(all).filter(begun).sort((one, other) => other.length - one.length)[0];
  };
  // What was entered as one text for each question; of a ranking the choices in the order of their places.
  const answers = (fields) => {
    const all = marks(form.elements.marks.value), found = {}, ranked = {};
    for (const [name, values] of Object.entries(fields)) {
      const key = keyOf(all, name), choice = question(name).slice(key?.length).slice(1);
      if (key === question(name)) found[key] = values.join(" ");
      else if (key) (ranked[key] ??= []).push([Number(values[0]), choice]);
    }
    for (const [key, places] of Object.entries(ranked)) {
      found[key] = places.filter(([place]) => place).sort(([one], [other]) => one - other).map(([, choice]) => choice).join(" ");
    }
    return found;
  };
  const send = (fields) => { sent = [...sent, fields].slice(-MOST_SENT); };
  // What this page may have sent before is no other window's answer.
  const own_before = () => {
    const now = answers(entered());
    return sent.flatMap((each) => Object.entries(answers(each)).filter(([key, text]) => text !== now[key])).map(([key, text]) => [`own.${key}`, text]);
  };
  const put = (name, values) => {
    for (const field of form.elements) {
      if (field.name !== name) continue;
      if (field.type === "radio" || field.type === "checkbox") field.checked = values.includes(field.value);
      else if (field.multiple) for (const option of field.options) option.selected = values.includes(option.value);
      else if (field.type !== "file") field.value = values[0] ?? "";
    }
  };
  const keep = (posted = "") => { if (!forgotten) store.set(key, { marks: form.elements.marks.value, entered: entered(), sent, number: posted }); };
  const restore = () => {
    const kept = store.get(key);
    if (!kept) return;
    const now = entered(), then = marks(kept.marks), here = marks(form.elements.marks.value);
    const is = { ...here };
    let put_back = false, newer = false;
    for (const [name, values] of Object.entries(kept.entered)) {
      if (!(name in now) || JSON.stringify(now[name]) === JSON.stringify(values)) continue;
      const asked = keyOf(then, name);
      if (!asked || !(asked in here)) continue;
      put(name, values);
      put_back = true;
      if (then[asked] === here[asked]) continue;
      // A newer answer is stored. With the mark of the one that its reader saw, the server asks which of the two holds,
      // and shows the newer one where nothing was entered here.
      is[asked] = then[asked];
      newer = true;
    }
    sent = kept.sent ?? [];
    if (newer) {
      changed = true;
      form.elements.marks.value = Object.entries(is).map((pair) => pair.join(":")).join(" ");
      update();
    } else if (put_back) { saved.textContent = saved.dataset.back; changed = true; } else store.drop(key);
  };
  const body = (act) => {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File || name.startsWith("own.")) data.delete(name);
    for (const [name, text] of own_before()) data.append(name, text);
    data.set("act", act);
    return new URLSearchParams(data);
  };
  const save = async () => {
    if (!changed || busy) return;
    busy = true; changed = false;
    const before = JSON.stringify(entered());
    send(entered());
    try {
      const answer = await fetch(form.action, { method: "POST", body: body("keep"), headers: { "X-Soundings": "quiet" } });
      const told = await answer.json();
      if (told.code === "response.changed_elsewhere") { changed = true; setTimeout(update); return; }
      if (!answer.ok) { saved.textContent = told.message; changed = true; return; }
      saved.textContent = told.saved;
      if (told.marks) { form.elements.marks.value = told.marks; sent = []; }
      if (JSON.stringify(entered()) === before) store.drop(key); else changed = true;
    } catch { saved.textContent = saved.dataset.lost; changed = true; } finally { busy = false; }
  };
  // What an element is called, so that the same one is found again in a page that came back.
  const called = (node) => {
    if (node.nodeType !== 1) return node.nodeName;
    const named = node.name ? node : node.querySelector("[name]");
    const value = named && (["radio", "checkbox"].includes(named.type) || named.tagName === "BUTTON") ? named.value : "";
    return `${node.tagName} ${node.id || node.htmlFor || ""} ${named ? `${named.name}=${value}` : ""}`;
  };
  // The element becomes as the fresh one is. What is equal stays the same node, so that a field under the finger, its
  // focus and what was typed meanwhile stay too.
  const mend = (node, fresh) => {
    if (node.isEqualNode(fresh)) return;
    if (node.nodeType !== 1) { node.nodeValue = fresh.nodeValue; return; }
    for (const { name } of [...node.attributes]) if (!fresh.hasAttribute(name)) node.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (node.getAttribute(name) !== value) node.setAttribute(name, value);
    const there = new Map();
    for (const child of [...node.childNodes]) {
      if (child.dataset?.here) continue; // made by this script
      there.set(called(child), [...(there.get(called(child)) ?? []), child]);
    }
    const wanted = [...fresh.childNodes].map((child) => [child, there.get(called(child))?.shift()]);
    for (const left of there.values()) for (const child of left) child.remove();
    let at = node.firstChild;
    for (const [child, old] of wanted) {
      while (at?.dataset?.here) at = at.nextSibling;
      if (!old) node.insertBefore(document.importNode(child, true), at);
      else if (old === at) { at = at.nextSibling; mend(old, child); }
      else { node.insertBefore(old, at); mend(old, child); }
    }
  };
  const update = async () => {
    // The page as it would come back, mended into the one that is here.
    if (busy) { setTimeout(update, 300); return; }
    busy = true;
    const before = entered();
    send(before);
    try {
      const answer = await fetch(form.action, { method: "POST", body: body("stay") });
      if (!answer.ok && answer.status !== 409) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("form");
      if (!fresh) { location.assign(answer.url); return; }
      const now = entered(), come = entered(fresh), was = marks(form.elements.marks.value);
      mend(form, fresh);
      const is = marks(fresh.elements.marks.value);
      form.elements.marks.value = fresh.elements.marks.value;
      sent = [];
      changed = false;
      for (const [name, values] of Object.entries(come)) {
        const typed = name in now && JSON.stringify(now[name]) !== JSON.stringify(before[name]);
        put(name, typed ? now[name] : values);
        if (!typed) continue;
        changed = true;
        if (JSON.stringify(values) !== JSON.stringify(before[name])) { // its reader has not seen this answer
          const key = keyOf(is, name);
          is[key] = was[key];
          form.elements.marks.value = Object.entries(is).map((pair) => pair.join(":")).join(" ");
        }
      }
      points();
      for (const told of form.querySelectorAll(".err[data-here]:not([hidden], [data-odd])")) told.previousElementSibling.setAttribute("aria-invalid", "true");
      if (changed || answer.status === 409) keep(); else store.drop(key);
      if (Object.keys(come).some((name) => !(name in now))) setTimeout(() => { saved.textContent = saved.dataset.more; }, 200);
    } catch { saved.textContent = saved.dataset.lost; changed = true; } finally { busy = false; }
  };
  const points = () => {
    for (const field of form.querySelectorAll("[data-point]")) {
      if (!navigator.geolocation || field.nextElementSibling?.dataset.here) continue;
      const button = document.createElement("button");
      button.type = "button"; button.dataset.here = "1"; button.className = "quiet"; button.textContent = field.dataset.point;
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
    told.id = id; told.dataset.here = "1"; told.className = "err"; told.hidden = !large; told.setAttribute("role", "alert");
    field.after(told);
    told.textContent = large ? field.dataset.large : "";
    if (large) { field.value = ""; field.setAttribute("aria-invalid", "true"); } else field.removeAttribute("aria-invalid");
    return large;
  };
  // A choice with which no other goes is told of at once, in the words that the server has for it.
  const alone = (field) => {
    const set = field.closest("fieldset"), ticked = [...set.querySelectorAll(":checked")];
    const odd = ticked.length > 1 && ticked.find((each) => each.dataset.alone);
    if (!odd && !set.querySelector("[data-odd]")) return;
    const told = set.querySelector("[data-odd]") ?? document.createElement("p");
    told.dataset.here = told.dataset.odd = "1"; told.className = "err"; told.setAttribute("role", "alert");
    set.append(told);
    told.textContent = odd && !document.getElementById(`${set.id}-e`) ? odd.dataset.alone : "";
    told.hidden = !told.textContent;
  };
  const begin = () => {
    form = document.getElementById("form");
    saved = document.getElementById("saved");
    key = own + form.elements.s.value;
    form.addEventListener("input", () => { changed = true; clearTimeout(timer); timer = setTimeout(() => keep(), 400); });
    form.addEventListener("change", (event) => {
      if (event.target.matches("[data-most]")) weigh(event.target);
      if (event.target.matches("fieldset [type=checkbox]")) alone(event.target);
      if (event.target.closest("[data-drives]")) update();
    });
    form.addEventListener("submit", (event) => {
      const field = form.elements.n ?? Object.assign(document.createElement("input"), { type: "hidden", name: "n" });
      field.value = Math.random().toString(36).slice(2, 12);
      field.dataset.here = "1";
      form.append(field);
      for (const left of form.querySelectorAll('[name^="own."]')) left.remove();
      clearTimeout(timer);
      keep(field.value);
      const large = [...form.querySelectorAll("[data-most]")].find((file) => file.files.length && weigh(file));
      if (large) { event.preventDefault(); large.focus(); return; }
      if (!navigator.onLine) { event.preventDefault(); saved.textContent = saved.dataset.lost; saved.scrollIntoView({ block: "center" }); return; }
      for (const [name, value] of own_before()) {
        const input = Object.assign(document.createElement("input"), { type: "hidden", name, value });
        input.dataset.here = "1";
        form.append(input);
      }
      send(entered());
      leaving = true;
    });
    points();
  };
  begin();
  restore();
  setInterval(save, SECONDS * 1000);
  addEventListener("online", save);
  addEventListener("pagehide", () => { if (changed && !leaving) keep(); });
  addEventListener("pageshow", () => { leaving = false; });
})();
