/** Icons and documentation of all operators. The folder's name is the operator's type, so nothing is registered here. */
const icons = import.meta.glob<string>('../../engine/operators/*/icon.svg', { query: '?raw', import: 'default', eager: true });
const readmes = import.meta.glob<string>('../../engine/operators/*/README.md', { query: '?raw', import: 'default', eager: true });

const iconByType = byType(icons);
const readmeByType = byType(readmes);

/** For types this build does not know. */
const UNKNOWN_ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"><rect x="4" y="4" width="16" height="16" rx="3" stroke-dasharray="3 3"/><path d="M10 10a2 2 0 1 1 2.6 1.9c-.4.1-.6.5-.6.9V14"/><path d="M12 17h.01"/></svg>';

/** SVG text, 24 × 24, drawn in `currentColor`. */
export function operatorIcon(type: string): string {
  return iconByType.get(type) ?? UNKNOWN_ICON;
}

/** Markdown; empty when the operator is unknown. */
export function operatorReadme(type: string): string {
  return readmeByType.get(type) ?? '';
}

function byType(files: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(Object.entries(files).map(([path, text]) => [path.split('/').at(-2) ?? '', text]));
}
