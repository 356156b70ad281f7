// The trail: the phone's back button leads to the previous screen, not out of the questionnaire.
"use strict";

const Trail = (() => {
  const LEAVING = ["sent", "declined", "tooyoung"];
  let depth = 0;

  const mine = () => {
    const { draft, over } = Session.now;
    return { id: draft.id, view: draft.view, screen: draft.screen, over, depth };
  };
  const same = (to) => JSON.stringify(to) === JSON.stringify(mine());

  const push = () => {
    depth += 1;
    history.pushState(mine(), "");
  };
  const replace = () => history.replaceState(mine(), "");

  // The screen at that position; false when it is no longer shown, or is the current one.
  const follow = (to) => {
    const { draft } = Session.now;
    if (to.view === "ask" && !Rules.screens(Rules.shown(Session.config, draft.answers, Session.asked)).some((one) => one.key === to.screen)) return false;
    if (same(Object.assign({}, to, { depth }))) return false;
    draft.view = to.view;
    draft.screen = to.screen;
    Session.now.over = to.over;
    return true;
  };

  const turned = (event) => {
    const to = event.state || { depth: 0 };
    const onward = to.depth > depth;
    const { draft, over } = Session.now;
    if (LEAVING.indexOf(draft.view) >= 0 || to.id !== draft.id) {
      // Do not go back into a sent questionnaire: the next "back" leaves the page.
      depth = 0;
      if (to.depth > 0) history.go(-to.depth);
      if (over) Session.back();
      return;
    }
    const moved = follow(to);
    depth = to.depth;
    if (moved) Session.arrive();
    else if (onward) history.forward();
    else if (depth > 0) history.back();
  };

  // Continue the trail after a reload.
  const start = () => {
    const kept = history.state;
    if (kept && kept.id === Session.now.draft.id) depth = kept.depth;
    replace();
    window.addEventListener("popstate", turned);
  };

  return { start, push, replace };
})();
