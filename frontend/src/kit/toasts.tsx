/** Short messages at the bottom of the window, for what happened and needs no answer. */
import { useSyncExternalStore } from "react";
import { text } from "../messages/en";

interface Toast {
  readonly id: number;
  readonly words: string;
  readonly action: { label: string; go: () => void } | undefined;
}

const SHOWN_MS = 8000;
let toasts: readonly Toast[] = [];
let count = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}

function close(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

/** Says something; with an action it stays until it is closed. */
export function toast(words: string, action?: { label: string; go: () => void }): void {
  count += 1;
  const id = count;
  set([...toasts.slice(-2), { id, words, action }]);
  if (!action) setTimeout(() => close(id), SHOWN_MS);
}

export function Toasts() {
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <div className="toasts" role="status">
      {shown.map((one) => (
        <div className="toast" key={one.id}>
          <span>{one.words}</span>
          {one.action && (
            <button
              type="button"
              onClick={() => {
                close(one.id);
                one.action?.go();
              }}
            >
              {one.action.label}
            </button>
          )}
          <button type="button" aria-label={text.kit.close} onClick={() => close(one.id)}>
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
