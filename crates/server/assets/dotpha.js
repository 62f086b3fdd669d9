// What changes in place. Every page works without this file.

// Long work: the page of a job asks again until it has ended, then goes to what it came to.
const job = document.querySelector("[data-job]");
if (job) {
  const ask = async () => {
    const answer = await fetch(job.dataset.job, { headers: { accept: "application/json" } });
    if (!answer.ok) return location.reload();
    const state = await answer.json();
    const bar = job.querySelector("progress");
    if (state.total > 0) { bar.max = state.total; bar.value = state.done; }
    job.querySelector("[data-note]").textContent = state.note_text ?? "";
    if (state.see) location.assign(state.see);
    else if (state.ended) location.reload();
    else setTimeout(ask, 700);
  };
  setTimeout(ask, 400);
}

// The reading view: pointing at a passage lights its card and the other way round.
const light = (event, on) => {
  const place = event.target.closest("[data-pair]");
  if (!place) return;
  for (const twin of document.querySelectorAll(`[data-pair="${CSS.escape(place.dataset.pair)}"]`)) twin.classList.toggle("lit", on);
};
if (document.querySelector(".reading")) {
  document.addEventListener("mouseover", (event) => light(event, true));
  document.addEventListener("mouseout", (event) => light(event, false));
  document.addEventListener("focusin", (event) => light(event, true));
  document.addEventListener("focusout", (event) => light(event, false));
}

// Back at a card, the text shows its place beside it; clicking anywhere on a passage leads to its card.
const pane = document.querySelector(".reading .text");
const beside = () => document.getElementById(`x-${location.hash.slice(1)}`)?.closest(".reading .text")
  && (pane.scrollTop += document.getElementById(`x-${location.hash.slice(1)}`).getBoundingClientRect().top - pane.getBoundingClientRect().top - pane.clientHeight / 3);
if (pane && location.hash) beside();
pane?.addEventListener("click", (event) => {
  const mark = event.target.closest("mark[data-pair]");
  if (mark && !event.target.closest("a")) location.hash = mark.dataset.pair;
});

// A form is sent once, however often its button is pressed.
document.addEventListener("submit", (event) => {
  if (event.target.method !== "post") return;
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = "yes";
});
addEventListener("pageshow", () => { for (const form of document.forms) delete form.dataset.sent; });
