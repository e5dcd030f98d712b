/** The star of a workflow that somebody likes. */
import { Button, Icon } from "../../kit";
import { text } from "../../messages/en";

interface Props {
  title: string;
  favourite: boolean;
  onToggle: () => void;
  small?: boolean;
}

export function Star({ title, favourite, onToggle, small = false }: Props) {
  return (
    <Button kind="quiet" small={small} icon className="star" aria-pressed={favourite} aria-label={text.workflows.favourite(title)} onClick={onToggle}>
      <Icon name="star" filled={favourite} />
    </Button>
  );
}
