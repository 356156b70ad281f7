// Widgets: the answer area of one screen. Real radio buttons and check boxes under large labels, so that
// screen readers, keyboards and old browsers know what they are.
"use strict";

const Widgets = (() => {
  const el = (tag, attributes, ...children) => {
    const node = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => {
      if (value === false || value === null || value === undefined) return;
      if (name.slice(0, 2) === "on") node.addEventListener(name.slice(2), value);
      else if (name === "value") node.value = value;
      else node.setAttribute(name, value === true ? "" : value);
    });
    children.forEach((child) => {
      if (child !== null && child !== undefined && child !== "") node.append(child);
    });
    return node;
  };

  // A tap advances to the next screen; a choice with the arrow keys does not, because the next key may change it.
  let touched = 0;
  ["pointerdown", "touchstart", "mousedown"].forEach((name) =>
    document.addEventListener(name, () => { touched = Date.now(); }, { passive: true, capture: true }));
  const tapped = () => Date.now() - touched < 1000;

  // Label of a question for screen readers; for a row of a matrix it includes the question.
  const NAMED = "matter question";

  const option = (type, group, label, chosen, pick, off) => {
    const input = el("input", { type, name: group, disabled: off, onchange: () => pick(input.checked) });
    input.checked = chosen;
    return el("label", { class: "option" + (off ? " off" : "") }, input,
      el("span", { class: "text" }, label));
  };

  const comment = (screen, answers, change) => {
    const name = screen.question.name + Rules.COMMENT;
    const area = el("textarea", {
      rows: 2, maxlength: 500, placeholder: "请注明", "aria-label": "其他，请注明", value: answers[name] || "",
      oninput: () => change(name, area.value),
    });
    return el("div", { class: "comment" }, area);
  };

  // Single-choice options; a tap advances to the next screen.
  const choose = (screen, value, options, pick) => {
    const group = el("div", { class: "options", role: "radiogroup", "aria-labelledby": NAMED });
    options.forEach(([code, label]) => {
      group.append(option("radio", "answer", label, value === code, () => pick(code)));
    });
    return group;
  };

  const single = (screen, answers, change, go) => {
    const { question } = screen;
    const value = answers[question.name];
    const options = question.choices.map((choice) => [choice.code, choice.label]);
    const area = choose(screen, value, options, (code) => {
      change(question.name, code);
      if (tapped() && code !== Rules.OTHER) go.next(); else if (question.other) go.again(code === Rules.OTHER && tapped());
    });
    if (value === Rules.OTHER) area.append(comment(screen, answers, change));
    return area;
  };

  const row = (screen, answers, change, go) => {
    const { question } = screen;
    const whole = answers[question.name] || {};
    const options = question.choices.map((choice) => [choice.code, choice.label]);
    return choose(screen, whole[screen.row], options, (code) => {
      change(question.name, Object.assign({}, whole, { [screen.row]: code }));
      if (tapped()) go.next();
    });
  };

  const rating = (screen, answers, change, go) => {
    const area = single(screen, answers, change, go);
    area.classList.add("scale");
    return area;
  };

  // Multiple-choice options, below a hint; `label` is the text of an option chosen as the n-th.
  const several = (screen, answers, change, go, hint, label) => {
    const { question } = screen;
    const chosen = answers[question.name] || [];
    const group = el("div", { class: "options", role: "group", "aria-labelledby": NAMED });
    const full = question.most > 0 && chosen.length >= question.most;
    group.append(el("p", { class: "hint" }, hint + (question.most ? "最多选 " + question.most + " 项，已选 " + chosen.length + " 项" : "可以选多项")));
    question.choices.forEach((choice) => {
      const place = chosen.indexOf(choice.code) + 1;
      const on = place > 0;
      group.append(option("checkbox", "answer", label(choice, place), on, () => {
        change(question.name, Rules.toggle(question, chosen, choice.code));
        go.again(choice.code === Rules.OTHER && !on && tapped());
      }, full && !on && !choice.exclusive));
    });
    if (chosen.indexOf(Rules.OTHER) >= 0) group.append(comment(screen, answers, change));
    return group;
  };

  const multiple = (screen, answers, change, go) => several(screen, answers, change, go, "", (choice) => choice.label);

  // The order of tapping is the order of the answer; a second tap takes an option out, and the later ones move up.
  const ranking = (screen, answers, change, go) => several(screen, answers, change, go, "请按先后点选，再点一次取消；",
    (choice, place) => (place ? "第 " + place + " 位　" : "") + choice.label);

  const yesNo = (screen, answers, change, go) => {
    const { question } = screen;
    const options = question.choices.map((choice) => [choice.code === 1, choice.label]);
    return choose(screen, answers[question.name], options, (code) => { change(question.name, code); if (tapped()) go.next(); });
  };

  const number = (screen, answers, change) => {
    const { question } = screen;
    const value = answers[question.name];
    const input = el("input", {
      type: "text", inputmode: "numeric", class: "line", autocomplete: "off", "aria-labelledby": NAMED,
      value: value === undefined ? "" : String(value),
      oninput: () => {
        const text = input.value.replace(/[０-９]/g, (digit) => String.fromCharCode(digit.charCodeAt(0) - 0xfee0)).trim();
        change(question.name, text === "" ? undefined : (/^-?\d+$/.test(text) ? Number(text) : text));
      },
    });
    const bounds = question.min !== null && question.max !== null ? question.min + " 至 " + question.max : "";
    return el("div", { class: "options" }, input, bounds && el("p", { class: "hint" }, "请填 " + bounds + " 之间的整数"));
  };

  const date = (screen, answers, change) => {
    const { question } = screen;
    const input = el("input", {
      type: "date", class: "line", "aria-labelledby": NAMED, value: answers[question.name] || "",
      onchange: () => change(question.name, input.value || undefined),
    });
    return el("div", { class: "options" }, input);
  };

  const text = (screen, answers, change) => {
    const { question } = screen;
    const left = el("p", { class: "hint" });
    const area = el("textarea", {
      rows: 5, maxlength: question.long, "aria-labelledby": NAMED, value: answers[question.name] || "",
      oninput: () => { change(question.name, area.value); count(); },
    });
    const count = () => { left.textContent = "还可以写 " + (question.long - area.value.length) + " 字" + (question.note ? "" : "，请不要写姓名、电话和住址"); };
    count();
    return el("div", { class: "options" }, area, left);
  };

  const KINDS = { single, multiple, ranking, rating, number, date, text, matrix: row, boolean: yesNo };

  const answer = (screen, answers, change, go) => KINDS[screen.question.kind](screen, answers, change, go);

  return { el, option, answer };
})();
