// Brings a page to life: it ticks, listens for news, and uploads files. Without it, pages still work.
// The server renders everything. On news the page is fetched again, and the parts marked
// `data-live` that differ are exchanged; the frame of a status page only gets another address.
'use strict';

const seconds = (ms) => Math.max(0, Math.floor(ms / 1000));
const two = (number) => String(number).padStart(2, '0');

function duration(total) {
  if (total < 60) return `${total} s`;
  if (total < 3600) return `${Math.floor(total / 60)} min ${two(total % 60)} s`;
  if (total < 86400) return `${Math.floor(total / 3600)} h ${two(Math.floor((total % 3600) / 60))} min`;
  return `${Math.floor(total / 86400)} d ${Math.floor((total % 86400) / 3600)} h`;
}

function tick() {
  for (const element of document.querySelectorAll('[data-since]')) {
    const words = duration(seconds(Date.now() - Date.parse(element.dataset.since)));
    if (element.textContent !== words) element.textContent = words;
  }
}

// ── live parts ─────────────────────────────────────────────────────────────────────────────────

const shown = new Map(); // what the server last gave for each part

function exchange(fresh) {
  for (const part of document.querySelectorAll('[data-live]')) {
    const other = fresh.getElementById(part.id);
    if (other === null || other.innerHTML === shown.get(part.id)) continue;
    shown.set(part.id, other.innerHTML);
    const focus = part.contains(document.activeElement) ? pathOf(part, document.activeElement) : null;
    const open = [...part.querySelectorAll('details[open]')].map((found) => pathOf(part, found));
    part.replaceChildren(...other.cloneNode(true).childNodes);
    for (const path of open) at(part, path)?.setAttribute('open', '');
    if (focus) at(part, focus)?.focus();
  }
  for (const part of document.querySelectorAll('[data-classes]')) {
    part.className = fresh.getElementById(part.id)?.className ?? part.className;
  }
  document.title = fresh.title;
  showFrame(fresh.getElementById('frame-place'));
  tick();
}

function pathOf(root, element) {
  const path = [];
  for (let here = element; here !== root; here = here.parentElement) {
    path.unshift([...here.parentElement.children].indexOf(here));
  }
  return path;
}

function at(root, path) {
  return path.reduce((here, index) => here?.children[index], root);
}

function showFrame(fresh) {
  const place = document.getElementById('frame-place');
  if (!place || !fresh || !fresh.dataset.frame) return;
  const frame = document.getElementById('frame');
  if (place.dataset.frame === fresh.dataset.frame) return;
  place.dataset.frame = fresh.dataset.frame;
  if (frame === null) {
    place.replaceChildren(...fresh.cloneNode(true).children);
    return;
  }
  frame.title = fresh.dataset.title;
  // `replace` leaves no entry in the history: *back* leaves the run, not the last percent.
  frame.contentWindow.location.replace(fresh.dataset.frame);
}

let fetching = false;
let again = false;

async function refresh() {
  if (fetching) { again = true; return; }
  fetching = true;
  try {
    do {
      again = false;
      const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
      if (answer.redirected) { location.reload(); return; }
      if (answer.ok) exchange(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    } while (again);
  } catch {
    // The event stream notices as well, and says so.
  } finally {
    fetching = false;
  }
}

// ── news ───────────────────────────────────────────────────────────────────────────────────────

const HIDDEN_EVERY = 20_000; // a tab that nobody looks at asks now and then, for its title
let source = null;
let worry = 0;

function lost(isLost) {
  clearTimeout(worry);
  const notice = document.getElementById('lost');
  if (!isLost) { notice.hidden = true; return; }
  worry = setTimeout(() => { notice.hidden = false; }, 1500);
}

function listen(url) {
  source = new EventSource(url);
  source.addEventListener('open', () => { lost(false); refresh(); });
  source.addEventListener('error', () => {
    lost(true);
    // A refusal ends the stream for good: the page itself finds out why.
    if (source.readyState === EventSource.CLOSED) { setTimeout(() => { hush(); listen(url); }, 3000); refresh(); }
  });
  for (const kind of ['run', 'page', 'changed', 'look']) source.addEventListener(kind, refresh);
  source.addEventListener('run', (event) => {
    if (['succeeded', 'failed', 'aborted'].includes(JSON.parse(event.data).state)) { hush(); lost(false); }
  });
}

function hush() {
  source?.close();
  source = null;
}

// A browser keeps six connections to a place: tabs that nobody sees must not hold them.
function follow(url) {
  let isOver = false;
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) { isOver = source === null; hush(); return; }
    if (isOver) refresh(); else listen(url);
  });
  setInterval(() => { if (document.hidden && !isOver) refresh(); }, HIDDEN_EVERY);
  if (!document.hidden) listen(url);
}

// A status page may send a message to its job. Only the frame on this page is heard.
window.addEventListener('message', (event) => {
  const frame = document.getElementById('frame');
  if (!frame || event.source !== frame.contentWindow || event.data?.tarry !== 'notify') return;
  const toast = document.getElementById('toast');
  toast.textContent = 'This platform does not pass on messages to running programs yet.';
  toast.hidden = false;
  setTimeout(() => { toast.hidden = true; }, 6000);
});

// ── uploads ────────────────────────────────────────────────────────────────────────────────────

const size = (bytes) => {
  const power = Math.min(4, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`;
};

function prepareUpload(box) {
  const input = box.querySelector('input[type=file]');
  const value = box.querySelector('input[type=hidden]');
  const name = box.querySelector('.drop-name');
  const state = box.querySelector('.drop-state');
  const bar = box.querySelector('progress');
  let request = null;

  const say = (words, style) => { state.textContent = words; box.dataset.state = style; };

  input.addEventListener('change', () => {
    const [file] = input.files;
    if (!file) return;
    request?.abort();
    value.value = '';
    name.textContent = file.name;
    const endings = input.accept ? input.accept.toLowerCase().split(',') : [];
    if (endings.length && !endings.some((end) => file.name.toLowerCase().endsWith(end))) {
      say(`This is none of the kinds taken: ${endings.join(', ')}`, 'wrong');
      return;
    }
    if (file.size > Number(box.dataset.limit)) {
      say(`${size(file.size)} is more than the ${size(Number(box.dataset.limit))} that are taken`, 'wrong');
      return;
    }
    const mine = new XMLHttpRequest();
    request = mine;
    const done = (words, style) => { if (request === mine) { request = null; bar.hidden = true; say(words, style); } };
    bar.hidden = false;
    bar.value = 0;
    say(`Uploading ${size(file.size)}…`, 'busy');
    mine.upload.addEventListener('progress', (event) => {
      bar.value = event.lengthComputable ? (100 * event.loaded) / event.total : 0;
      say(`${size(event.loaded)} of ${size(file.size)}`, 'busy');
    });
    mine.addEventListener('load', () => {
      let answer = {};
      try { answer = JSON.parse(mine.responseText); } catch { /* no answer of ours */ }
      if (mine.status === 201) { value.value = answer.uri; done(`${size(file.size)}, uploaded`, 'good'); }
      else done(answer.detail ?? 'The upload failed. Choose the file again.', 'wrong');
    });
    mine.addEventListener('error', () => done('The connection was lost. Choose the file again.', 'wrong'));
    mine.open('POST', `${box.dataset.upload}?name=${encodeURIComponent(file.name)}`);
    mine.setRequestHeader('Content-Type', 'application/octet-stream');
    mine.send(file);
  });

  for (const kind of ['dragover', 'dragleave', 'drop']) {
    box.addEventListener(kind, (event) => {
      event.preventDefault();
      box.classList.toggle('over', kind === 'dragover');
      if (kind === 'drop' && event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event('change'));
      }
    });
  }
}

// A form waits for the uploads that it has begun, and is not sent twice.
function prepareForm(form) {
  form.addEventListener('submit', (event) => {
    const busy = form.querySelector('[data-state=busy]');
    if (busy) {
      event.preventDefault();
      busy.querySelector('.drop-state').textContent += ' – one moment, then start';
      busy.querySelector('input[type=file]').focus();
      return;
    }
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
  window.addEventListener('pageshow', () => { delete form.dataset.sent; });
}

// ── and go ─────────────────────────────────────────────────────────────────────────────────────

document.querySelectorAll('[data-upload]').forEach(prepareUpload);
document.querySelectorAll('[data-form]').forEach(prepareForm);
document.querySelector('[data-focus]')?.focus();
for (const part of document.querySelectorAll('[data-live]')) shown.set(part.id, part.innerHTML);
document.addEventListener('click', (event) => {
  for (const menu of document.querySelectorAll('details.menu[open]')) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') document.querySelectorAll('details.menu[open]').forEach((menu) => { menu.open = false; });
});
setInterval(tick, 1000);
if (document.body.dataset.events) follow(document.body.dataset.events);
