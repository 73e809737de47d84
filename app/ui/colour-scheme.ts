import { localStorageColorSchemeManager } from '@mantine/core';

export type ColourScheme = 'light' | 'dark' | 'auto';

export const colourSchemeManager = localStorageColorSchemeManager({ key: 'millrace/colour-scheme' });

/** Set by the provider once it is mounted: commands live outside React. */
let setter: ((scheme: ColourScheme) => void) | null = null;

export function provideColourSchemeSetter(set: ((scheme: ColourScheme) => void) | null): void {
  setter = set;
}

export function setColourScheme(scheme: ColourScheme): void {
  setter?.(scheme);
}
