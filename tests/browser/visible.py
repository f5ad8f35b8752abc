"""What a page says: every visible text, and the names that only a screen reader or a pointer finds."""

from playwright.sync_api import Page

_STRAYS = """() => {
  const names = ['aria-label', 'placeholder', 'title', 'alt', 'aria-description', 'aria-valuetext'];
  const strays = [], letters = /\\p{L}/u;
  let ours = 0, theirs = 0;
  const say = (kind, text, at) => strays.push([kind, text.trim().replace(/\\s+/g, ' '), at]);
  const balanced = text => {
    let inside = 0, out = '';
    for (const sign of text) {
      if (sign === '⟦' || sign === '‹') inside++;
      else if (sign === '⟧' || sign === '›') inside--;
      else if (inside <= 0) out += sign;
    }
    return out;
  };
  const place = element => {
    for (let at = element; at; at = at.parentElement || at.getRootNode().host) {
      const key = [...(at.classList || [])].find(name => name.startsWith('st-key-')) || at.dataset?.testid;
      if (key) return key;
    }
    return element.tagName.toLowerCase();
  };
  const walk = node => {
    if (node.nodeType === Node.TEXT_NODE) {
      let out = '';
      for (const sign of node.data) {
        if (sign === '⟦') ours++; else if (sign === '⟧') ours--;
        else if (sign === '‹') theirs++; else if (sign === '›') theirs--;
        else if (ours <= 0 && theirs <= 0) out += sign;
      }
      if (letters.test(out)) say('text', out, place(node.parentElement || node.getRootNode().host));
      return;
    }
    if (node.nodeType !== Node.ELEMENT_NODE && node.nodeType !== Node.DOCUMENT_FRAGMENT_NODE) return;
    if (node.nodeType === Node.ELEMENT_NODE) {
      if (['SCRIPT', 'STYLE', 'style', 'NOSCRIPT', 'CANVAS', 'TEMPLATE'].includes(node.tagName)) return;
      const style = getComputedStyle(node);
      if (style.display === 'none' || style.visibility === 'hidden') return;
      // Neither seen nor heard: the trap for machines.
      const unheard = node.getAttribute('aria-hidden') === 'true';
      if (style.clipPath === 'inset(50%)' && unheard) return;
      // The head of the menu's rest, where nothing is left over.
      if (style.opacity === '0' && unheard) return;
      // An icon is written as a word and drawn as a sign.
      if (style.fontFamily.includes('Material Symbols')) return;
      for (const name of names) {
        const value = node.getAttribute(name);
        if (name === 'placeholder' && !node.matches(':placeholder-shown')) continue;
        if (value && letters.test(balanced(value))) say(name, balanced(value), place(node));
      }
      if (node.shadowRoot) walk(node.shadowRoot);
    }
    for (const child of node.childNodes) walk(child);
  };
  walk(document.body);
  if (letters.test(balanced(document.title))) say('title of the page', balanced(document.title), 'head');
  return strays;
}"""


def strays(page: Page) -> set[tuple[str, str, str]]:
    """(kind, words, place) of everything visible that stands between no marks: neither translated nor content."""
    return {(kind, words, place) for kind, words, place in page.evaluate(_STRAYS)}
