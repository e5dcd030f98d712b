/** What is in a folder of the storage. */
import { address, api } from "../../api/client";
import { useLoad } from "../../api/load";
import { Empty, Icon, Skeleton, TableFrame, Trouble } from "../../kit";
import { text } from "../../messages/en";
import { fileName, size } from "../../messages/words";
import { useHere } from "../router";
import { useTitle } from "../title";

const words = text.account.folder;
const MOST_SHOWN = 1000;

export default function FolderPage() {
  const uri = useHere().searchParams.get("uri") ?? "";
  const name = fileName(uri);
  useTitle(name);
  const folder = useLoad(uri && `folder/${uri}`, async (signal) => (await api.get("/api/v1/folders", { query: { uri }, signal })).items);
  if (uri === "") return <div className="stack"><h1>{words.file}</h1><Trouble error={words.missing} /></div>;
  if (!folder.data) return folder.error ? <div className="stack"><h1>{uri}</h1><Trouble error={folder.error} onRetry={() => void folder.reload()} /></div> : <Skeleton />;
  const files = folder.data;
  return (
    <div className="narrow stack">
      <h1>{name}</h1>
      <p className="lead">{words.lead(files.length)}</p>
      <p className="hint"><code>{uri}</code></p>
      {files.length === 0 ? <Empty title={words.lead(0)} /> : (
        <div className="card">
          <TableFrame label={name}>
            <thead>
              <tr>
                <th>{words.file}</th>
                <th className="number">{words.size}</th>
              </tr>
            </thead>
            <tbody>
              {files.slice(0, MOST_SHOWN).map((file) => (
                <tr key={file.uri}>
                  <td>
                    <a href={address("/api/v1/files", { query: { uri: file.uri } })} download={fileName(file.path)}>
                      <Icon name="download" size={15} /> {file.path}
                    </a>
                  </td>
                  <td className="number">{size(file.size)}</td>
                </tr>
              ))}
            </tbody>
          </TableFrame>
        </div>
      )}
      {files.length > MOST_SHOWN && <p className="muted">{words.more(files.length - MOST_SHOWN)}</p>}
    </div>
  );
}
