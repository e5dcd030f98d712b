/** What keeps the workflow from running; each problem leads to its place. */
import { standingsOf } from "../graph/walking";
import { editor as text } from "../messages/en/editor";
import { useEditing, useState_ } from "./context";
import type { State } from "./store";
import { wordsFor, wordsOfProblem } from "./words";

/** Gives the thing on the canvas that a place belongs to, or nothing. */
export function uidAt(state: State, place: string): string | null {
  const { doc } = state.history.now;
  for (const end of doc.inputs) if (place === `inputs/${end.name}`) return end.uid;
  for (const end of doc.outputs) if (place === `outputs/${end.name}`) return end.uid;
  let found: string | null = null;
  let length = 0;
  for (const { key, node } of standingsOf(doc.body).values()) {
    if ((place === key || place.startsWith(`${key}/`)) && key.length > length) {
      found = node.uid;
      length = key.length;
    }
  }
  return found;
}

export function Problems({ onShow }: { onShow: (uid: string) => void }) {
  const { store } = useEditing();
  const byPlace = useState_((state) => state.byPlace);
  const notices = useState_((state) => state.judged.notices);
  const all = [...byPlace].flatMap(([place, found]) => found.map((one) => ({ place, words: wordsOfProblem(one), code: one.code })));
  const entry = (place: string, words: string, key: string, kind: string) => {
    const uid = uidAt(store.get(), place);
    const inside = (
      <>
        {place !== "" && <span className="order">{place}</span>} <span>{words}</span>
      </>
    );
    return (
      <li key={key} className={kind}>
        {uid === null ? <span className="problem">{inside}</span> : (
          <button
            type="button"
            className="problem"
            onClick={() => {
              store.choose([uid]);
              onShow(uid);
            }}
          >
            {inside}
          </button>
        )}
      </li>
    );
  };
  return (
    <section className="problems" aria-label={text.problems(all.length)}>
      {all.length === 0 && <p className="muted small">{text.noProblems}</p>}
      <ul>
        {all.map((one, index) => entry(one.place, one.words, `${index} ${one.place} ${one.code}`, "wrong"))}
        {notices.map((one, index) => entry(one.place, wordsFor(one.reason), `notice ${index}`, "notice"))}
      </ul>
    </section>
  );
}
