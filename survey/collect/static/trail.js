// The trail: the phone's own "back" leads to the screen before, not out of the questionnaire.
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

  // Which screen lies there; false when it is not shown any more, or is the one that is already seen.
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
      // What has been sent is not gone through again: over it lies nothing, and the next "back" leaves.
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

  // After a reload the trail goes on where it was.
  const start = () => {
    const kept = history.state;
    if (kept && kept.id === Session.now.draft.id) depth = kept.depth;
    replace();
    window.addEventListener("popstate", turned);
  };

  return { start, push, replace };
})();
