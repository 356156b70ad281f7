// Rules: which questions are shown, where the interview ends, what is still missing. Pure functions, no page.
// Conditions come parsed from the server: ["and", a, b], ["not", a], ["equal", {q: "A1"}, {v: 2}], ["notempty", {q: "B1"}],
// ["greater", ["plus", {q: "C1"}, {q: "C2"}], {v: 3}]; values.js calculates them.
"use strict";

const Rules = (() => {
  const OTHER = "other";
  const COMMENT = "-Comment";

  const { empty, value } = Values;

  const list = (value) => (Array.isArray(value) ? value : [value]);

  // A whole condition holds if its value is true; 1 and "yes" do not suffice.
  const holds = (condition, answers) => !condition || value(condition, answers) === true;

  // The questions shown, in order: answers to hidden questions do not count, so conditions use only shown ones.
  const shown = (form, answers, interviewer) => {
    let kept = answers;
    for (let round = 0; round <= form.questions.length; round += 1) {
      const seen = kept;
      const last = lastPage(form, seen);
      const visible = form.questions.filter((question) =>
        (interviewer || !question.interviewer) && question.page <= last && holds(question.show, seen));
      const next = keep(visible, answers);
      if (JSON.stringify(next) === JSON.stringify(kept)) return visible;
      kept = next;
    }
    return form.questions.filter((question) => holds(question.show, kept));
  };

  const lastPage = (form, answers) =>
    form.endings.reduce((last, ending) => (holds(ending.when, answers) ? Math.min(last, ending.page) : last), Infinity);

  const ended = (form, answers) => lastPage(form, answers) < Infinity;

  // The answers of these questions only, without what was left empty.
  const keep = (questions, answers) => {
    const kept = {};
    questions.forEach((question) => {
      const value = answers[question.name];
      if (empty(value)) return;
      kept[question.name] = value;
      const comment = answers[question.name + COMMENT];
      if (list(value).indexOf(OTHER) >= 0 && !empty(comment)) kept[question.name + COMMENT] = comment;
    });
    return kept;
  };

  // One screen a question, and one a row for a matrix.
  const screens = (questions) => {
    const all = [];
    questions.forEach((question) => {
      if (question.rows.length) {
        question.rows.forEach((row) => all.push({ question, row: row.name, key: question.name + "." + row.name }));
      } else {
        all.push({ question, row: null, key: question.name });
      }
    });
    return all;
  };

  // The problem of a screen as a sentence; "" when it is valid.
  const wrong = (screen, answers) => {
    const { question, row } = screen;
    const whole = answers[question.name];
    const value = row === null ? whole : (whole || {})[row];
    if (empty(value)) return question.required ? "请填写此问题" : "";
    if (question.other && list(value).indexOf(OTHER) >= 0 && empty((answers[question.name + COMMENT] || "").trim())) {
      return "请注明“其他”的内容";
    }
    if (question.kind === "number") {
      if (typeof value !== "number" || Math.floor(value) !== value) return "请填写整数";
      if (question.min !== null && value < question.min) return "数值不能小于 " + question.min;
      if (question.max !== null && value > question.max) return "数值不能大于 " + question.max;
    }
    return "";
  };

  // Tick or untick an option of a checkbox: exclusive options stand alone, and there may be a limit.
  const toggle = (question, chosen, code) => {
    const now = chosen || [];
    if (now.indexOf(code) >= 0) return now.filter((one) => one !== code);
    const exclusive = (one) => question.choices.some((choice) => choice.code === one && choice.exclusive);
    if (exclusive(code)) return [code];
    const kept = now.filter((one) => !exclusive(one));
    return question.most && kept.length >= question.most ? kept : kept.concat([code]);
  };

  return { OTHER, COMMENT, empty, holds, shown, ended, keep, screens, wrong, toggle };
})();
