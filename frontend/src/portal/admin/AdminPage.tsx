/** The platform's administration: a page for each thing that is managed. */
import { useMe } from "../../api/session";
import { Empty } from "../../kit";
import { text } from "../../messages/en";
import { Link, type Params } from "../router";
import { useTitle } from "../title";
import { Audit } from "./Audit";
import { manages, TABS, type Tab } from "./people";
import { Projects } from "./Projects";
import { Roles } from "./Roles";
import { AllTokens } from "./Tokens";
import { Users } from "./Users";
import "../services/services.css";

const words = text.admin;
const PAGES = { users: Users, projects: Projects, roles: Roles, tokens: AllTokens, audit: Audit } as const;

export default function Admin({ params }: { params: Params }) {
  const tab: Tab = TABS.find((one) => one === params.tab) ?? "users";
  useTitle(`${words.title}: ${words.tabs[tab]}`);
  const me = useMe();
  if (!me) return null;
  const Shown = PAGES[tab];
  return (
    <>
      <div className="page-head"><h1>{words.title}</h1></div>
      {manages(me) ? (
        <div className="stack">
          <nav className="tabs" aria-label={words.title}>
            {TABS.map((one) => (
              <Link key={one} to={`/admin/${one}`} aria-current={one === tab ? "page" : undefined}>{words.tabs[one]}</Link>
            ))}
          </nav>
          <Shown me={me} />
        </div>
      ) : (
        <Empty title={words.notAllowed}><p>{words.notAllowedHint}</p></Empty>
      )}
    </>
  );
}
