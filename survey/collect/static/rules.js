// Rules: which questions are shown, where the interview ends, what is still missing. Pure functions, no page.
// Conditions come parsed from the server: ["and", a, b], ["not", a], ["equal", {q: "A1"}, {v: 2}], ["notempty", {q: "B1"}].
"use strict";

const Rules = (() => {
  const OTHER = "other";
  const COMMENT = "-Comment";

  const empty = (value) =>
    value === undefined || value === null || value === "" ||
    (Array.isArray(value) && value.length === 0) ||
    (typeof value === "object" && !Array.isArray(value) && Object.keys(value).every((key) => empty(value[key])));

  const find = (answers, name) => {
    if (name in answers) return answers[name];
    const dot = name.indexOf(".");
    if (dot < 0) return undefined;
    const inner = answers[name.slice(0, dot)];
    return inner !== null && typeof inner === "object" ? inner[name.slice(dot + 1)] : undefined;
  };

  // Loose comparison, as the library that the questionnaire's format comes from does it; survey/instrument/conditions/surveyjs_values.py is the same in Python.
  const text = (value) => (value === null || value === undefined ? "" : String(value));
  const falsy = (value) => !value;
  const number = (value) => (value === null || value === undefined ? 0 : Number(value));
  const listed = (value) => Array.isArray(value);
  const object = (value) => value !== null && typeof value === "object";

  const convertible = (value) =>
    value !== undefined && value !== null && !listed(value) && typeof value !== "boolean" && value !== "" && !isNaN(Number(value));

  const equal = (left, right) => {
    if (typeof left === "string" && typeof right === "string") {
      return left.trim().toLowerCase() === right.trim().toLowerCase();
    }
    const none = (value) => value === undefined || value === null;
    if (none(left) || none(right)) return (none(left) || left === "") && (none(right) || right === "");
    if (convertible(left) && convertible(right) && Number(left) === Number(right)) return true;
    if (empty(left) !== empty(right)) return false;
    if (typeof left === "boolean" && typeof right === "string") return String(left) === right.toLowerCase();
    if (typeof right === "boolean" && typeof left === "string") return String(right) === left.toLowerCase();
    if (listed(left) && listed(right)) {
      const sorted = (values) => values.slice().sort((a, b) => (text(a) < text(b) ? -1 : Number(text(a) > text(b))));
      const others = sorted(right);
      return left.length === right.length && sorted(left).every((one, at) => equal(one, others[at]));
    }
    if (listed(left) || listed(right)) return false;
    if (object(left) && object(right)) {
      const keys = Object.keys(left);
      return keys.length === Object.keys(right).length && keys.every((key) => key in right && equal(left[key], right[key]));
    }
    return !object(left) && !object(right) && number(left) === number(right);
  };

  const greater = (left, right) => {
    if (left === undefined || left === null || right === undefined || right === null) return false;
    return left > right;
  };

  const contain = (left, right, wanted) => {
    if (listed(left) && left.length === 0) return !wanted;
    if (left === undefined || left === null || left === "") return false;
    if (!listed(left)) {
      if (falsy(right)) return false;
      return (text(left).toLowerCase().indexOf(text(right).toLowerCase()) >= 0) === wanted;
    }
    const all = (listed(right) ? right : [right]).every((entry) => left.some((member) => equal(member, entry)));
    return all === wanted;
  };

  const contains = (left, right) => contain(left, right, true);
  const notcontains = (left, right) => (falsy(left) && !empty(right) ? true : contain(left, right, false));

  const anyof = (left, right) => {
    if (empty(left)) return empty(right);
    if (empty(right)) return true;
    if (!listed(left)) return contains(right, left);
    if (!listed(right)) return contains(left, right);
    return right.some((entry) => contains(left, entry));
  };

  const allof = (left, right) => {
    if (falsy(left) && !empty(right)) return false;
    return listed(right) ? right.every((entry) => contains(left, entry)) : contains(left, right);
  };

  const TESTS = {
    equal, greater, contains, notcontains, anyof, allof,
    notequal: (left, right) => !equal(left, right),
    less: (left, right) => greater(right, left),
    greaterorequal: (left, right) => equal(left, right) || greater(left, right),
    lessorequal: (left, right) => equal(left, right) || greater(right, left),
    noneof: (left, right) => !anyof(left, right),
  };

  // A text that reads like a number or a truth value counts as one, "012" excepted.
  const converted = (value) => {
    if (typeof value !== "string" || value === "") return value;
    if (/^(true|false)$/i.test(value)) return value.toLowerCase() === "true";
    if (value.length > 1 && /^['"].*['"]$/.test(value)) return value.slice(1, -1);
    let plain = value.trim();
    if (/^\d{16,}$/.test(plain) || (value[0] === "0" && value.length > 1 && !/^0[.,]./.test(value))) return value;
    if (plain.split(",").length === 2) plain = plain.replace(",", ".");
    return /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(plain) ? Number(plain) : value;
  };

  const list = (value) => (listed(value) ? value : [value]);

  const operand = (part, answers) => {
    if ("all" in part) return part.all.map((one) => operand(one, answers));
    return "q" in part ? converted(find(answers, part.q)) : part.v;
  };

  const holds = (condition, answers) => {
    if (!condition) return true;
    const [name, first, second] = condition;
    if (name === "and") return condition.slice(1).every((part) => holds(part, answers));
    if (name === "or") return condition.slice(1).some((part) => holds(part, answers));
    if (name === "not") return !holds(first, answers);
    if (name === "empty") return empty(operand(first, answers));
    if (name === "notempty") return !empty(operand(first, answers));
    return TESTS[name](operand(first, answers), operand(second, answers));
  };

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
