/** A list of numbers as a line: small, and enough to see its shape. */
import { useState, type PointerEvent } from "react";
import { text } from "../../messages/en";
import { lineOf, scaleOf } from "./model/numbers";

const WIDTH = 560;
const HEIGHT = 180;
const LEFT = 58;
const BOTTOM = 22;
const TOP = 10;

interface Props {
  name: string;
  numbers: readonly number[];
  unit: string | undefined;
}

export function Plot({ name, numbers, unit }: Props) {
  const [at, setAt] = useState<number | null>(null);
  const scale = scaleOf(numbers);
  const width = WIDTH - LEFT - 10;
  const height = HEIGHT - BOTTOM - TOP;
  const y = (number: number) => TOP + height - ((number - scale.low) / (scale.high - scale.low)) * height;
  const x = (index: number) => LEFT + (index / (numbers.length - 1)) * width;
  const with_unit = (number: number) => (unit ? `${number} ${unit}` : String(number));
  const low = numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const high = numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  const point = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const part = (((event.clientX - box.left) / box.width) * WIDTH - LEFT) / width;
    setAt(Math.round(Math.max(0, Math.min(1, part)) * (numbers.length - 1)));
  };
  const value = at === null ? undefined : numbers[at];
  return (
    <figure className="plot">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={text.runs.plot(name, numbers.length, with_unit(low), with_unit(high))}
        onPointerMove={point}
        onPointerLeave={() => setAt(null)}
      >
        {scale.ticks.map((tick) => (
          <g key={tick}>
            <line x1={LEFT} x2={LEFT + width} y1={y(tick)} y2={y(tick)} />
            <text x={LEFT - 8} y={y(tick) + 4} textAnchor="end">{tick}</text>
          </g>
        ))}
        <text x={LEFT} y={HEIGHT - 5}>1</text>
        <text x={LEFT + width} y={HEIGHT - 5} textAnchor="end">{numbers.length}</text>
        <path d={lineOf(numbers, scale, width, height)} transform={`translate(${LEFT} ${TOP})`} />
        {at !== null && value !== undefined && <circle cx={x(at)} cy={y(value)} r="4" />}
      </svg>
      <figcaption className="muted small" aria-hidden="true">{at !== null && value !== undefined ? `${at + 1}: ${with_unit(value)}` : (unit ?? "\u00a0")}</figcaption>
    </figure>
  );
}
