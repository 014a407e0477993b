// The arithmetic of the selected step: lines of tokens, see __init__.py, become nodes.

const OPERATOR = /[·×⊙+−-]\s*$/;

function coloured(text, role, tag = "span", name = null) {
  const node = element(tag, { class: name }, text);
  if (role) node.style.color = `var(--role-${role})`;
  return node;
}

// Tokens -> nodes at the end of `line`.
function spell(data, tokens, scope, line) {
  for (const token of tokens) {
    if (typeof token === "string") line.append(token);
    else if (token.sym !== undefined) line.append(symbol(token, scope));
    else if (token.word !== undefined) line.append(coloured(data.words[token.word][place(token.at, scope)] ?? "–", token.role));
    else if (token.label !== undefined) line.append(coloured(data.steps[place(token.label, scope)] ?? "–", token.role));
    else if (token.each) spellEach(data, token, scope, line);
    else spellNumber(data, token, scope, line);
  }
}

// A negative number behind an operator gets brackets.
function spellNumber(data, token, scope, line) {
  const number = read(data, token.array, token.at.map((rule) => place(rule, scope)));
  const text = token.power ? tenTo(number) : shown(number, token.decimals);
  const brackets = number < 0 && OPERATOR.test(line.textContent);
  line.append(coloured(brackets ? `(${text})` : text, token.role, token.role === "result" ? "b" : "span", "number"));
}

function symbol(token, scope) {
  const node = coloured(element("i", {}, token.sym), token.role);
  if (token.sup) node.append(element("sup", {}, token.sup));
  if (token.sub.length) node.append(element("sub", {}, token.sub.map((rule) => place(rule, scope) + 1).join(",")));
  return node;
}

function spellEach(data, token, scope, line) {
  const [start, stop] = [place(token.start, scope), place(token.stop, scope)];
  for (let k = start; k < Math.min(stop, start + token.most); k++) {
    if (k > start) line.append(token.join);
    spell(data, token.each, { ...scope, [token.over]: k }, line);
  }
  if (stop > start + token.most) line.append(token.join, element("span", { class: "rest" }, `… ${stop - start} terms`));
}

function spellLine(data, entry, scope) {
  const chosen = entry.only === undefined ? entry : read(data, entry.only, [scope.t]) ? entry.line : entry.otherwise;
  const goesOn = typeof chosen[0] === "string" && chosen[0].trimStart().startsWith("=");
  const line = element("div", { class: goesOn ? "line more" : "line" });
  spell(data, chosen, scope, line);
  if (!line.textContent) line.append("\u00a0");
  return line;
}

function spellLines({ data, picks }, t) {
  const scope = { ...picks, t, T: data.steps.length, data };
  return data.lines.map((entry) => spellLine(data, entry, scope));
}

const writeNumbers = (view, t) => view.numbers.replaceChildren(...spellLines(view, t));

// The numbers keep the height of their longest form, so that nothing below them jumps; all forms are laid out at once,
// and out of sight, for the present one may be on the screen already.
function reserveLines(view) {
  const { data, numbers } = view;
  const T = data.steps.length;
  const forms = [...new Set([0, Math.min(1, T - 1), T >> 1, T - 1])].map((t) => element("div", {}, ...spellLines(view, t)));
  const aside = element("div", { class: "numbers lines aside", style: `width:${numbers.clientWidth}px` }, ...forms);
  numbers.after(aside);
  numbers.style.minHeight = `${Math.ceil(Math.max(...forms.map((form) => form.getBoundingClientRect().height)))}px`;
  aside.remove();
}
