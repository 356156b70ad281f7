"""Find text on a page that is cut off or printed over other text.

`faults(page)` looks at every line of text, of HTML and SVG alike:

* cut: it passes the edge of a box that hides what passes (also with an ellipsis), or of the window;
* over: it lies on a line of another text.

What can be scrolled to is not cut, and what is hidden on purpose is not looked at. `small(page)` finds targets that are
too small for a finger.
"""

from playwright.sync_api import Page

LINES = r"""
() => {
  const near = element => {
    const own = element.closest('[class*="silu-"], [class*="st-key-"], [data-testid]');
    if (!own) return element.tagName.toLowerCase();
    const named = [...own.classList].find(name => /^(silu-|st-key-)/.test(name));
    return named || own.dataset.testid;
  };
  const styles = new Map();
  const style = element => {
    if (!styles.has(element)) styles.set(element, getComputedStyle(element));
    return styles.get(element);
  };
  const seen = new Map();
  const visible = element => {  // a box of one pixel or a clip of everything hides text from all but screen readers
    if (!element) return true;
    if (!seen.has(element)) {
      const own = style(element);
      const gone = own.opacity === '0' || own.visibility === 'hidden' || own.clipPath.startsWith('inset(50%');
      const tiny = own.overflow === 'hidden' && element.clientWidth <= 1 && element.clientHeight <= 1
        && element instanceof HTMLElement && own.position === 'absolute';
      seen.set(element, !gone && !tiny && visible(element.parentElement));
    }
    return seen.get(element);
  };
  const holds = (element, child) => {  // whether a box clips this child: an absolute one only if it is its container
    const place = style(child).position;
    if (place === 'fixed') return false;
    return place !== 'absolute' || style(element).position !== 'static' || style(element).transform !== 'none';
  };
  // the edges that a text must not pass: of boxes that hide overflow, up to the first that scrolls
  const edges = start => {
    const found = {left: -Infinity, right: Infinity, top: -Infinity, bottom: Infinity, view: [0, innerWidth]};
    let across = true, along = true, child = start;
    for (let box = start; box && box !== document.body; box = box.parentElement) {
      if (box !== start && !holds(box, child)) continue;
      const own = style(box), rect = box.getBoundingClientRect();
      if (box instanceof HTMLElement && /^(inline|contents)$/.test(own.display)) { child = box; continue; }
      if (/auto|scroll/.test(own.overflowX)) across = false;
      if (/auto|scroll/.test(own.overflowY)) along = false;
      if (across && /hidden|clip/.test(own.overflowX)) {
        found.left = Math.max(found.left, rect.left); found.right = Math.min(found.right, rect.right);
      }
      if (along && /hidden|clip/.test(own.overflowY)) {
        found.top = Math.max(found.top, rect.top); found.bottom = Math.min(found.bottom, rect.bottom);
      }
      if (own.overflowX !== 'visible') {
        found.view = [Math.max(found.view[0], rect.left), Math.min(found.view[1], rect.right)];
      }
      if (own.position === 'fixed') break;
      child = box;
    }
    if (across) { found.left = Math.max(found.left, 0); found.right = Math.min(found.right, innerWidth); }
    return found;
  };
  const lines = [], limits = new Map();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const element = node.parentElement, words = node.textContent.trim();
    if (!words || /^(STYLE|SCRIPT|NOSCRIPT|TITLE|OPTION)$/i.test(element.tagName)) continue;
    if (element.closest('[data-testid="stIconMaterial"]')) continue;
    if (!element.checkVisibility({contentVisibilityAuto: true}) || !visible(element)) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    for (const rect of range.getClientRects()) {
      if (rect.width < 2 || rect.height < 2) continue;
      if (!limits.has(element)) limits.set(element, edges(element));
      const inset = rect.height * 0.22;  // a line box is taller than its letters
      lines.push({words, element, edges: limits.get(element), left: rect.left, right: rect.right,
        top: rect.top + inset, bottom: rect.bottom - inset});
    }
  }
  const short = line => `${near(line.element)} “${line.words.slice(0, 30)}”`;
  const found = new Set();
  for (const line of lines) {
    const edge = line.edges, slack = 1.5;
    if (line.left < edge.left - slack || line.right > edge.right + slack
      || line.top < edge.top - slack || line.bottom > edge.bottom + slack) found.add(`cut: ${short(line)}`);
  }
  for (const line of lines) {  // what lies outside a box that scrolls sideways is not seen
    line.left = Math.max(line.left, line.edges.view[0]);
    line.right = Math.min(line.right, line.edges.view[1]);
  }
  lines.sort((a, b) => a.top - b.top);
  lines.forEach((line, at) => {
    for (let next = at + 1; next < lines.length && lines[next].top < line.bottom; next++) {
      const other = lines[next];
      const across = Math.min(line.right, other.right) - Math.max(line.left, other.left);
      const along = Math.min(line.bottom, other.bottom) - other.top;
      if (other.words === line.words && other.element.tagName === line.element.tagName) continue;
      if (across > 2 && along > 2) found.add(`over: ${short(line)} and ${short(other)}`);
    }
  });
  for (const field of document.querySelectorAll('input[type="text"], input:not([type])')) {
    if (field.checkVisibility({opacityProperty: true, visibilityProperty: true}) && field.value
      && field.scrollWidth > field.clientWidth + 1) found.add(`cut: input “${field.value.slice(0, 30)}”`);
  }
  return [...found].sort();
}
"""
SMALL = r"""
least => [...document.querySelectorAll('a[href], button, summary, [role="combobox"], [role="tab"], [role="radio"]')]
  .filter(one => one.checkVisibility({opacityProperty: true, visibilityProperty: true, contentVisibilityAuto: true}))
  .map(one => {
    const field = '[class*="react-aria-"] [role="group"], [data-testid$="Field"]';  // touched as a whole
    const box = one.getBoundingClientRect(), around = one.closest(field) || one;
    const whole = around.getBoundingClientRect();
    return [Math.max(box.width, whole.width), Math.max(box.height, whole.height), one];
  })
  .filter(([width, height]) => width > 1 && height > 1 && Math.min(width, height) < least - 0.5)
  .map(([width, height, one]) => `${Math.round(width)} x ${Math.round(height)} ${one.tagName.toLowerCase()} `
    + `“${(one.getAttribute('aria-label') || one.textContent).trim().slice(0, 30)}”`)
"""
FINGER = 44
"""Least width and height of what is touched, in pixels."""


def faults(page: Page) -> list[str]:
    """Return what is cut or printed over other text, one line each; empty for a page without faults."""
    return [str(one) for one in page.evaluate(LINES)]


def small(page: Page) -> list[str]:
    """Return links and controls that are smaller than a fingertip, with their sizes."""
    return [str(one) for one in page.evaluate(SMALL, FINGER)]
