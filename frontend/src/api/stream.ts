/** The project's event stream: opened again whenever it breaks, after the event that was seen last. */

/** What happens. `changed`: something happened to a run. `look`: some run shows something new. */
export type News =
  | { readonly kind: "changed"; readonly run: string; readonly what: string; readonly at: string }
  | { readonly kind: "look"; readonly run?: string }
  /** The stream is open (again): whatever is shown may be old. */
  | { readonly kind: "open" }
  /** The connection was lost; it is tried again. */
  | { readonly kind: "lost" }
  /** The platform refused: perhaps nobody is logged in any more. */
  | { readonly kind: "refused" };

/** What of an EventSource is used; tests give another one. */
export interface Source {
  readonly readyState: number;
  addEventListener(kind: string, listener: (event: MessageEvent<string>) => void): void;
  close(): void;
}

export interface Surroundings {
  open(url: string): Source;
  later(go: () => void, ms: number): () => void;
}

const CLOSED = 2;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 15_000;

const browser: Surroundings = {
  open: (url) => new EventSource(url),
  later: (go, ms) => {
    const timer = setTimeout(go, ms);
    return () => clearTimeout(timer);
  },
};

export class Stream {
  private source: Source | null = null;
  private last = "";
  private pause = FIRST_PAUSE_MS;
  private stopWaiting: () => void = () => undefined;

  constructor(
    private readonly url: string,
    private readonly tell: (news: News) => void,
    private readonly around: Surroundings = browser,
  ) {}

  get isOpen(): boolean {
    return this.source?.readyState === 1;
  }

  start(): void {
    if (this.source) return;
    this.stopWaiting();
    const url = this.last ? `${this.url}?last_event_id=${encodeURIComponent(this.last)}` : this.url;
    const source = this.around.open(url);
    this.source = source;
    source.addEventListener("open", () => {
      this.pause = FIRST_PAUSE_MS;
      this.tell({ kind: "open" });
    });
    source.addEventListener("changed", (event) => {
      if (event.lastEventId) this.last = event.lastEventId;
      const data = read(event.data) as { run?: string; kind?: string; at?: string };
      this.tell({ kind: "changed", run: data.run ?? "", what: data.kind ?? "", at: data.at ?? "" });
    });
    source.addEventListener("look", (event) => {
      const data = read(event.data) as { run?: string };
      this.tell(data.run ? { kind: "look", run: data.run } : { kind: "look" });
    });
    source.addEventListener("error", () => {
      if (this.source !== source) return;
      this.tell({ kind: "lost" });
      if (source.readyState !== CLOSED) return; // the browser tries again by itself
      this.close();
      this.tell({ kind: "refused" });
      this.stopWaiting = this.around.later(() => this.start(), this.pause);
      this.pause = Math.min(this.pause * 2, LONGEST_PAUSE_MS);
    });
  }

  stop(): void {
    this.stopWaiting();
    this.close();
  }

  /** Begins anew: somebody else, or another project. */
  restart(): void {
    this.stop();
    this.last = "";
    this.start();
  }

  private close(): void {
    this.source?.close();
    this.source = null;
  }
}

function read(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return {};
  }
}
