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

// Another page is loaded out of sight and takes the old one's place when it is there: nothing
// flickers, and as each frame is loaded once, *back* leaves the run and not the last percent.
function showFrame(fresh) {
  const place = document.getElementById('frame-place');
  const address = fresh?.dataset.frame;
  if (!place || !address || place.dataset.frame === address) return;
  if (place.dataset.frame?.split('?')[0] !== address.split('?')[0]) place.style.height = '';
  place.dataset.frame = address;
  place.dataset.messages = fresh.dataset.messages;
  place.querySelector('.coming')?.remove();
  const old = place.querySelector('iframe');
  const coming = document.importNode(fresh.querySelector('iframe'), true);
  if (old !== null) {
    coming.className = 'coming';
    coming.addEventListener('load', () => {
      const hadFocus = document.activeElement === old;
      old.remove();
      coming.className = '';
      if (hadFocus) coming.focus();
    }, { once: true });
  }
  place.append(coming);
}

// Frames cannot be looked into, so their pages tell how tall they are. A frame only grows, within
// limits, and not by a little: a page that fills its window would never stop growing.
const TALLEST = 1400;
const A_LITTLE = 32;

function fit(frame, needed, given) {
  const place = frame.parentElement;
  if (!(needed > given + A_LITTLE)) return;
  const missing = Math.min(needed, TALLEST) - place.clientHeight;
  if (missing > 0) place.style.height = `${place.offsetHeight + missing}px`;
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
let isOver = false; // the run has ended: its stream will, and nothing follows

function lost(isLost) {
  const notice = document.getElementById('lost');
  if (!isLost) {
    clearTimeout(worry);
    worry = 0;
    notice.hidden = true;
  } else if (worry === 0) { // each vain attempt is an error of its own
    worry = setTimeout(() => { notice.hidden = false; }, 1500);
  }
}

function listen(url) {
  source = new EventSource(url);
  source.addEventListener('open', () => { lost(false); refresh(); });
  source.addEventListener('error', () => {
    if (isOver) { hush(); return; }
    lost(true);
    if (source.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    source.close();
    source = null;
    refresh(); // a refusal: the page itself finds out why
    setTimeout(() => { if (!document.hidden && source === null) listen(url); }, 3000);
  });
  for (const kind of ['run', 'page', 'changed', 'look']) source.addEventListener(kind, refresh);
  source.addEventListener('run', (event) => {
    isOver = ['succeeded', 'failed', 'aborted'].includes(JSON.parse(event.data).state);
  });
}

function hush() {
  source?.close();
  source = null;
  lost(false);
}

// A browser keeps six connections to a place: tabs that nobody sees must not hold them.
function follow(url) {
  document.addEventListener('visibilitychange', () => {
    if (document.hidden) hush();
    else if (isOver) refresh();
    else if (source === null) listen(url);
  });
  setInterval(() => { if (document.hidden && !isOver) refresh(); }, HIDDEN_EVERY);
  if (!document.hidden) listen(url);
}

// What status pages say. Only the frames on this page are heard; what they say is not trusted.
window.addEventListener('message', ({ source: speaker, data }) => {
  const frame = [...document.querySelectorAll('#frame-place iframe')].find((found) => found.contentWindow === speaker);
  if (frame === undefined) return;
  if (data?.tarry === 'height') fit(frame, Number(data.needed), Number(data.given));
  if (data?.tarry === 'notify') passOn(String(data.message), frame.parentElement.dataset.messages);
});

// A page speaks to the program of its own step and to no other; one message after the other, and no
// more than a person could mean.
const MOST_MESSAGES = 20;
let speaking = Promise.resolve();
let unsaid = 0;

function passOn(message, url) {
  if (!url || unsaid >= MOST_MESSAGES) return;
  unsaid += 1;
  speaking = speaking.then(() => tell(message, url)).finally(() => { unsaid -= 1; });
}

async function tell(message, url) {
  try {
    const headers = { 'Content-Type': 'application/json' };
    const body = JSON.stringify({ message, from_page: true });
    const answer = await fetch(url, { method: 'POST', headers, body });
    if (!answer.ok) announce((await answer.json()).detail ?? 'The message was not delivered.');
  } catch {
    announce('The message was not delivered: the platform does not answer.');
  }
}

function announce(words) {
  const toast = document.getElementById('toast');
  toast.textContent = words;
  toast.hidden = false;
  setTimeout(() => { toast.hidden = true; }, 6000);
}

// ── uploads ────────────────────────────────────────────────────────────────────────────────────

const size = (bytes) => {
  const power = Math.min(4, Math.floor(Math.log10(Math.max(bytes, 1)) / 3));
  return `${Number((bytes / 1000 ** power).toPrecision(3))} ${['B', 'kB', 'MB', 'GB', 'TB'][power]}`;
};

// One request; `into.request` can be aborted when something else is chosen meanwhile.
function send(into, method, url, body, progressed) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    into.request = request;
    if (progressed) request.upload.addEventListener('progress', (event) => progressed(event.loaded));
    request.addEventListener('load', () => {
      let answer = {};
      try { answer = JSON.parse(request.responseText); } catch { /* no answer of ours */ }
      if (request.status === 201) resolve(answer.uri);
      else reject(new Error(answer.detail ?? 'The upload failed. Choose again.'));
    });
    request.addEventListener('error', () => reject(new Error('The connection was lost. Choose again.')));
    request.addEventListener('abort', () => reject(new Error('')));
    request.open(method, url);
    request.setRequestHeader('Content-Type', 'application/octet-stream');
    request.send(body);
  });
}

const within = (file) => file.webkitRelativePath.split('/').slice(1).join('/') || file.name;

function prepareUpload(box) {
  const input = box.querySelector('input[type=file]');
  const value = box.querySelector('input[type=hidden]');
  const name = box.querySelector('.drop-name');
  const state = box.querySelector('.drop-state');
  const bar = box.querySelector('progress');
  const { upload, folders, limit } = box.dataset;
  let current = null;

  const say = (words, style) => {
    state.textContent = words;
    box.dataset.state = style;
    if (style !== 'busy') box.dispatchEvent(new CustomEvent('settled', { bubbles: true, detail: style }));
  };

  function refusal(files) {
    const endings = input.accept ? input.accept.toLowerCase().split(',') : [];
    for (const file of files) {
      const of = files.length > 1 ? `${file.name}: ` : '';
      if (endings.length && !endings.some((end) => file.name.toLowerCase().endsWith(end))) {
        return `${of}This is none of the kinds taken: ${endings.join(', ')}`;
      }
      if (file.size > Number(limit)) return `${of}${size(file.size)} is more than the ${size(Number(limit))} that are taken`;
    }
    return '';
  }

  async function sendAll(files, mine) {
    const total = files.reduce((sum, file) => sum + file.size, 0);
    const folder = folders && await send(mine, 'POST', `${folders}?name=${encodeURIComponent(name.textContent)}`);
    const uris = [];
    let done = 0;
    for (const file of files) {
      if (current !== mine) break; // something else was chosen meanwhile
      const progressed = (loaded) => {
        if (current !== mine) return;
        bar.value = total ? (100 * (done + loaded)) / total : 0;
        say(`${size(done + loaded)} of ${size(total)}`, 'busy');
      };
      const [method, url] = folder
        ? ['PUT', `${upload}?uri=${encodeURIComponent(folder + within(file))}`]
        : ['POST', `${upload}?name=${encodeURIComponent(file.name)}`];
      uris.push(await send(mine, method, url, file, progressed));
      done += file.size;
    }
    return folder || uris.join('\n');
  }

  input.addEventListener('change', async () => {
    const files = [...input.files];
    if (!files.length) return;
    const mine = { request: null };
    const before = current;
    current = mine;
    before?.request?.abort();
    value.value = '';
    name.textContent = folders ? files[0].webkitRelativePath.split('/')[0] || 'folder' : files.map((file) => file.name).join(', ');
    const refused = refusal(files);
    if (refused) { current = null; say(refused, 'wrong'); return; }
    const total = size(files.reduce((sum, file) => sum + file.size, 0));
    bar.hidden = false;
    bar.value = 0;
    say(`Uploading ${total}…`, 'busy');
    let words = files.length > 1 ? `${files.length} files, ${total}, uploaded` : `${total}, uploaded`;
    let style = 'good';
    try {
      const found = await sendAll(files, mine);
      if (current !== mine) return;
      value.value = found;
    } catch (error) {
      if (current !== mine) return;
      [words, style] = [error.message, 'wrong'];
    }
    current = null;
    bar.hidden = true;
    say(words, style);
  });

  for (const kind of ['dragover', 'dragleave', 'drop']) {
    box.addEventListener(kind, (event) => {
      event.preventDefault();
      box.classList.toggle('over', kind === 'dragover');
      if (kind === 'drop' && event.dataTransfer.files.length && !folders) {
        input.files = event.dataTransfer.files;
        input.dispatchEvent(new Event('change'));
      }
    });
  }
}

// A form that is sent while files are on their way goes off by itself when they are there. It is
// not sent twice.
function prepareForm(form) {
  const busy = () => form.querySelector('[data-state=busy]');
  const button = form.querySelector('[type=submit]');
  const words = button.textContent;
  let waits = false;
  form.addEventListener('submit', (event) => {
    if (busy()) {
      event.preventDefault();
      waits = true;
      button.textContent = 'Starts when the upload is done…';
      return;
    }
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = 'yes';
  });
  form.addEventListener('settled', ({ detail }) => {
    if (!waits || (busy() && detail === 'good')) return;
    waits = false;
    button.textContent = words;
    if (detail === 'good') form.requestSubmit();
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
