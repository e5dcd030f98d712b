/** What each role may do. */
import { TableFrame } from "../../kit";
import { text } from "../../messages/en";
import { useRoles } from "./parts";

const words = text.admin.roles;

export function Roles() {
  const roles = useRoles();
  return (
    <>
      <h2>{words.label}</h2>
      <p className="muted">{words.hint}</p>
      <div className="card">
        <TableFrame label={words.label}>
          <thead>
            <tr><th scope="col">{words.role}</th><th scope="col">{words.may}</th><th scope="col">{words.rights}</th></tr>
          </thead>
          <tbody>
            {roles.map((one) => (
              <tr key={one.role}>
                <th scope="row">{words.names[one.role]}</th>
                <td>{one.description}</td>
                <td className="mono">{one.rights.join(", ")}</td>
              </tr>
            ))}
          </tbody>
        </TableFrame>
      </div>
    </>
  );
}
