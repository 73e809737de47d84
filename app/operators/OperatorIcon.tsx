import { operatorIcon } from '../engine-client/operator-assets.ts';

interface OperatorIconProps {
  readonly type: string;
  readonly size?: number;
}

/** An operator's icon in the current text colour. Decoration: its name always stands beside it. */
export function OperatorIcon({ type, size = 18 }: OperatorIconProps) {
  return (
    <span
      className="mr-icon"
      aria-hidden="true"
      style={{ width: size, height: size }}
      // The SVG comes from this repository's operator folders at build time, never from a document.
      dangerouslySetInnerHTML={{ __html: operatorIcon(type) }}
    />
  );
}
