/** Uploads: one request after the other, with progress; what is chosen anew ends what is under way. */
import { address, problemFrom, Unreachable, type Schemas } from "../api/client";
import { text } from "../messages/en";

const words = text.workflows.upload;

export interface Upload {
  /** The storage URIs: of the files, or of the one folder. */
  readonly done: Promise<string[]>;
  readonly stop: () => void;
}

/** Sends files; `progressed` hears how many bytes of all are there. */
export function uploadFiles(files: readonly File[], progressed: (bytes: number) => void): Upload {
  return run(async (send) => {
    const uris: string[] = [];
    let before = 0;
    for (const file of files) {
      const url = address("/api/v1/files", { query: { name: file.name } });
      const answer = await send("POST", url, file, (bytes) => progressed(before + bytes));
      uris.push(answer.uri);
      before += file.size;
    }
    return uris;
  });
}

/** Sends a folder with everything in it. */
export function uploadFolder(files: readonly File[], progressed: (bytes: number) => void): Upload {
  return run(async (send) => {
    const paths = files.map((file) => file.webkitRelativePath || file.name);
    const name = paths[0]?.split("/")[0] ?? "folder";
    const folder = await send("POST", address("/api/v1/folders", { query: { name } }), null);
    let before = 0;
    for (const [index, file] of files.entries()) {
      const path = paths[index]?.split("/").slice(1) ?? [];
      const uri = folder.uri + path.join("/");
      await send("PUT", address("/api/v1/files", { query: { uri } }), file, (bytes) => progressed(before + bytes));
      before += file.size;
    }
    return [folder.uri];
  });
}

type Sent = Pick<Schemas["FileAnswer"], "uri">;
type Send = (method: string, url: string, body: Blob | null, progressed?: (bytes: number) => void) => Promise<Sent>;

function run(work: (send: Send) => Promise<string[]>): Upload {
  let request: XMLHttpRequest | null = null;
  let stopped = false;
  const send: Send = (method, url, body, progressed) => {
    if (stopped) return Promise.reject(new DOMException("", "AbortError"));
    request = new XMLHttpRequest();
    return sent(request, method, url, body, progressed);
  };
  return {
    done: work(send),
    stop: () => {
      stopped = true;
      request?.abort();
    },
  };
}

function sent(request: XMLHttpRequest, method: string, url: string, body: Blob | null, progressed?: (bytes: number) => void): Promise<Sent> {
  return new Promise((resolve, reject) => {
    if (progressed) request.upload.addEventListener("progress", (event) => progressed(event.loaded));
    request.addEventListener("load", () => {
      if (request.status === 201) resolve(JSON.parse(request.responseText) as Sent);
      else reject(problemFrom(request.status, request.statusText, request.responseText));
    });
    request.addEventListener("error", () => reject(new Unreachable(words.lost)));
    request.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    request.open(method, url);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.send(body);
  });
}
