import { createTheme } from '@mantine/core';
import { OVERLAYS_SELECTOR } from './overlays.ts';

const extraSmall = { defaultProps: { size: 'xs' as const } };

/** Dense, calm, one accent. Colours beyond these are in styles/tokens.css. */
export const theme = createTheme({
  primaryColor: 'indigo',
  // Mantine's neutral greys would lie beside the bluish ones of tokens.css.
  colors: {
    dark: ['#e7e9ee', '#c9ced8', '#a3abba', '#8a93a3', '#363c48', '#2b303a', '#1f232b', '#191c22', '#15181d', '#101216'],
  },
  fontSizes: { xs: '12px', sm: '13px', md: '14px' },
  primaryShade: 8,
  autoContrast: true,
  defaultRadius: 'sm',
  fontFamily: "'Inter Variable', system-ui, sans-serif",
  fontFamilyMonospace: "'JetBrains Mono Variable', ui-monospace, monospace",
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    TextInput: extraSmall,
    NumberInput: extraSmall,
    Textarea: extraSmall,
    Select: extraSmall,
    MultiSelect: extraSmall,
    Switch: extraSmall,
    Checkbox: extraSmall,
    SegmentedControl: extraSmall,
    // The smallest ones of Mantine are 22 px high; a target needs 24.
    Button: { defaultProps: { size: 'compact-sm' }, styles: { root: { minHeight: 24 } } },
    Portal: { defaultProps: { target: OVERLAYS_SELECTOR } },
    // Its empty element would be a child that a menu may not have.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    CloseButton: { defaultProps: { 'aria-label': 'Close' } },
    ActionIcon: { defaultProps: { size: 28 } },
    Tooltip: { defaultProps: { withArrow: true, events: { hover: true, focus: true, touch: false } } },
  },
});
