const ID = 'mr-overlays';

/** Selector of the place for what floats above the studio. It lies inside the main landmark, so that nothing is outside of one. */
export const OVERLAYS_SELECTOR = `#${ID}`;
export const OVERLAYS_ID = ID;

export function overlays(): HTMLElement {
  return document.getElementById(ID) ?? document.body;
}
