// Values: what conditions calculate and compare. Pure functions; survey/instrument/conditions/ is the same in Python.
// Loose comparison and arithmetic, as the library that the questionnaire's format comes from does them.
"use strict";

const Values = (() => {
  const none = (value) => value === undefined || value === null;
  const listed = (value) => Array.isArray(value);
  const object = (value) => value !== null && typeof value === "object";
  const text = (value) => (none(value) ? "" : String(value));

  const empty = (value) =>
    none(value) || value === "" || (typeof value === "number" && isNaN(value)) || (listed(value) && value.length === 0) ||
    (object(value) && !listed(value) && Object.keys(value).every((key) => empty(value[key])));

  const find = (answers, name) => {
    if (name in answers) return answers[name];
    const dot = name.indexOf(".");
    if (dot < 0) return undefined;
    const inner = answers[name.slice(0, dot)];
    return object(inner) ? inner[name.slice(dot + 1)] : undefined;
  };

  // The number that is read in a value, NaN if there is none: "1,5" is 1.5; a name of 16 digits is no number.
  const numeric = (value) => {
    let plain = value;
    if (typeof value === "string") {
      plain = value.trim();
      const signed = plain.lastIndexOf("-") > 0 || plain.lastIndexOf("+") > 0;
      if (!plain || /^[0-9]{16,}$/.test(plain) || (!signed && /[*^/%]/.test(plain))) return NaN;
      if (plain.indexOf("0x") === 0) return plain.length > 32 ? NaN : parseInt(plain, 16);
      if (plain.split(",").length === 2) plain = plain.replace(",", ".");
    }
    return isFinite(plain) ? parseFloat(plain) : NaN;
  };

  // A text that reads like a number or a truth value counts as one, "012" excepted.
  const converted = (value) => {
    if (typeof value !== "string" || value === "") return value;
    if (/^(true|false)$/i.test(value)) return value.toLowerCase() === "true";
    if (value.length > 1 && /^['"]/.test(value) && /['"]$/.test(value)) return value.slice(1, -1);
    if (value[0] === "0" && value.length > 1 && !/^0[.,x]/.test(value)) return value;
    const number = numeric(value);
    return isNaN(number) ? value : number;
  };

  // Comparisons
  const same = (left, right) => {
    if (typeof left === "string" && typeof right === "string") {
      return left.trim().toLowerCase() === right.trim().toLowerCase();
    }
    if (none(left) || none(right)) return (none(left) || left === "") && (none(right) || right === "");
    if (empty(left) !== empty(right)) return false;
    if (typeof left === "boolean" && typeof right === "string") return String(left) === right.toLowerCase();
    if (typeof right === "boolean" && typeof left === "string") return String(right) === left.toLowerCase();
    if (listed(left) && listed(right)) {
      const others = right.slice().sort();
      return left.length === right.length && left.slice().sort().every((one, at) => same(one, others[at]));
    }
    if (object(left) && object(right)) {
      const keys = Object.keys(left);
      return keys.length === Object.keys(right).length && keys.every((key) => key in right && same(left[key], right[key]));
    }
    return !object(left) && !object(right) && left == right;
  };

  const missing = (value) => none(value) || value === "" || value === "undefined" || (listed(value) && value.length === 0);

  const equal = (left, right) =>
    left === "undefined" || right === "undefined" ? missing(left) && missing(right) : same(left, right);

  const greater = (left, right) => !none(left) && !none(right) && left > right;

  const contain = (left, right, wanted) => {
    if (listed(left) && left.length === 0) return !wanted;
    if (!left && left !== 0 && left !== false) return false;
    if (!listed(left)) {
      if (!right) return false;
      return (text(left).toLowerCase().indexOf(text(right).toLowerCase()) >= 0) === wanted;
    }
    const all = (listed(right) ? right : [right]).every((entry) => left.some((member) => equal(member, entry)));
    return all === wanted;
  };

  const contains = (left, right) => contain(left, right, true);
  const notcontains = (left, right) => (!left && !empty(right) ? true : contain(left, right, false));

  const anyof = (left, right) => {
    if (empty(left)) return empty(right);
    if (empty(right)) return true;
    if (!listed(left)) return contains(right, left);
    if (!listed(right)) return contains(left, right);
    return right.some((entry) => contains(left, entry));
  };

  const allof = (left, right) => {
    if (!left && !empty(right)) return false;
    return listed(right) ? right.every((entry) => contains(left, entry)) : contains(left, right);
  };

  // Arithmetic: decimals are rounded to the digits of the operands, missing answers count as 0.
  const decimals = (value) => {
    if (isNaN(numeric(value)) || Math.floor(value) === value) return 0;
    return (text(value).split(".")[1] || "").length;
  };
  const fixed = (number, digits) => (digits > 0 && typeof number === "number" ? parseFloat(number.toFixed(digits)) : number);
  const total = (left, right, sum) => fixed(sum, Math.max(decimals(left), decimals(right)));

  const joined = (left, right) => {
    if (listed(left) && listed(right)) return left.concat(right);
    const [entries, other] = listed(left) ? [left, right] : [right, left];
    if (typeof other === "string") return entries === left ? left.join(", ") + right : left + right.join(", ");
    if (typeof other !== "number") return left + right;
    return entries.filter((entry) => typeof entry === "number").concat([other]).reduce((sum, entry) => total(sum, entry, sum + entry), 0);
  };

  const plus = (left, right) => {
    if (isNaN(numeric(left)) || isNaN(numeric(right))) return listed(left) || listed(right) ? joined(left, right) : left + right;
    return typeof left === "string" || typeof right === "string" ? left + right : total(left, right, left + right);
  };

  const filled = (value, other) => {
    if (!empty(value)) return value;
    if (typeof other === "number") return 0;
    if (typeof value === "string") return value;
    if (typeof other === "string") return "";
    return listed(other) ? [] : 0;
  };

  const calculated = (operation) => (left, right) => {
    const first = filled(left, right);
    return operation(first, filled(right, first));
  };

  // Functions of any number of values: lists count by their entries, missing ones not at all.
  const flat = (values) => values.reduce((all, value) => {
    if (none(value)) return all;
    if (listed(value)) return all.concat(flat(value));
    return all.concat([isNaN(numeric(value)) ? value : numeric(value)]);
  }, []);

  const sum = (...values) => flat(values).reduce((whole, value) => total(whole, value, whole + value), 0);
  const extreme = (values, beats) => flat(values).reduce((found, value) => (found === undefined || beats(found, value) ? value : found), undefined);

  const cut = (values, round) => {
    const [number, digits] = flat(values);
    return isNaN(numeric(number)) || (digits && isNaN(numeric(digits))) ? NaN : round(number, digits || 0);
  };

  const substring = (whole, start, end) => {
    if (!whole || typeof whole !== "string" || isNaN(numeric(start))) return "";
    return isNaN(numeric(end)) ? whole.substring(start) : whole.substring(start, end);
  };

  // The parts of a date year-month-day, null for any other value.
  const parts = (value) => {
    const found = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text(value));
    if (!found) return null;
    const [year, month, day] = found.slice(1).map(Number);
    const date = new Date(Date.UTC(year, month - 1, day));
    return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? { year, month, day, days: date.getTime() / 86400000 } : null;
  };

  const diffDays = (left, right) => {
    if (!left || !right) return 0;
    const [first, second] = [parts(left), parts(right)];
    return first && second ? Math.abs(second.days - first.days) : NaN;
  };

  const dateDiff = (left, right, unit) => {
    if (!left || !right) return null;
    if (!unit || unit === "days") return diffDays(left, right);
    const [first, second] = [parts(left), parts(right)];
    if (!first || !second) return NaN;
    const months = (second.year - first.year) * 12 + second.month - first.month - (second.day < first.day ? 1 : 0);
    return unit === "months" ? months : Math.trunc(months / 12);
  };

  const getYear = (value) => {
    if (!value) return undefined;
    const found = parts(value);
    return found ? found.year : NaN;
  };

  const OPERATIONS = {
    equal, greater, contains, notcontains, anyof, allof, substring, sum, diffDays, dateDiff, getYear,
    notequal: (left, right) => !equal(left, right),
    less: (left, right) => greater(right, left),
    greaterorequal: (left, right) => equal(left, right) || greater(left, right),
    lessorequal: (left, right) => equal(left, right) || greater(right, left),
    noneof: (left, right) => !anyof(left, right),
    empty,
    notempty: (operand) => !empty(operand),
    not: (operand) => !operand,
    and: calculated((left, right) => left && right),
    or: calculated((left, right) => left || right),
    plus: calculated(plus),
    minus: calculated((left, right) => total(left, right, left - right)),
    mul: calculated((left, right) => fixed(left * right, decimals(left) + decimals(right))),
    div: calculated((left, right) => (right ? left / right : null)),
    mod: calculated((left, right) => (right ? left % right : null)),
    power: calculated((left, right) => Math.pow(left, right)),
    iif: (condition, yes, no) => (condition ? yes : no),
    min: (...values) => extreme(values, (found, value) => found > value),
    max: (...values) => extreme(values, (found, value) => found < value),
    count: (...values) => flat(values).length,
    avg: (...values) => (flat(values).length ? sum(...values) / flat(values).length : 0),
    round: (...values) => cut(values, (number, digits) =>
      Math.round(number * Math.pow(10, digits) * (1 + Number.EPSILON)) / Math.pow(10, digits)),
    trunc: (...values) => cut(values, (number, digits) => {
      const found = new RegExp("^-?\\d+" + (digits > 0 ? "(?:.\\d{0," + digits + "})?" : "")).exec(text(number));
      return found ? Number(found[0]) : NaN;
    }),
  };

  const value = (node, answers) => {
    if (!listed(node)) {
      if ("all" in node) return node.all.map((one) => value(one, answers));
      return "q" in node ? converted(find(answers, node.q)) : node.v;
    }
    const [name, ...rest] = node;
    const values = rest.map((one) => value(one, answers));
    return name === "and" || name === "or" ? values.reduce(OPERATIONS[name]) : OPERATIONS[name](...values);
  };

  return { empty, value };
})();
