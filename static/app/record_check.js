// A record check from the keyboard: Enter goes on to the next line and adds one after the last. Every step works without.
const form = document.querySelector(".app-check");
const lines = form.querySelector(".app-lines");
const rows = form.elements.namedItem("rows");
const blank = document.querySelector("#blank-line");
const more = form.querySelector("[name='more_rows']");
const onward = form.querySelector("[name='does']");
const MOST = 40;

const all = () => [...lines.querySelectorAll(".app-line")];
const vaccine = (line) => line.querySelector("input[type='text']");
const isEmpty = (line) => ![...line.querySelectorAll("input[type='text']")].some((box) => box.value.trim());

function addLine() {
  const number = all().length;
  if (number >= MOST) return null;
  const line = blank.content.cloneNode(true);
  for (const element of line.querySelectorAll("*")) {
    for (const name of ["id", "name", "for", "aria-describedby"]) {
      if (element.hasAttribute(name)) element.setAttribute(name, element.getAttribute(name).replace("__n__", number));
    }
  }
  line.querySelector("legend span").textContent = number + 1;
  lines.append(line);
  rows.value = number + 1;
  return all().at(-1);
}

lines.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
  event.preventDefault();
  const line = event.target.closest(".app-line");
  if (isEmpty(line)) {
    onward.focus();
    return;
  }
  const following = all()[all().indexOf(line) + 1] ?? addLine();
  (following ? vaccine(following) : onward).focus();
});

more.addEventListener("click", (event) => {
  const line = addLine();
  if (!line) return;
  event.preventDefault();
  vaccine(line).focus();
});

// Where one record alone shows doses, each line is from it.
function countSources() {
  form.classList.toggle("app-check--one-source", form.querySelectorAll(".app-source__doses_found:checked").length === 1);
}
form.addEventListener("change", countSources);
countSources();
