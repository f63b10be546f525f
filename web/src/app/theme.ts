import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core'

/** The colour of the house: kelp, which a holdfast keeps on its rock. */
const kelp: MantineColorsTuple = [
  '#e9f7f4',
  '#d3ece7',
  '#a6d9cf',
  '#75c4b5',
  '#4db29f',
  '#31a390',
  '#159079',
  '#0d7d6a',
  '#0b6b5c',
  '#06574a',
]
/** Greys with a breath of green. */
const gray: MantineColorsTuple = [
  '#f6f8f7',
  '#eef1f0',
  '#e1e6e4',
  '#ccd4d1',
  '#aab5b1',
  '#84918c',
  '#66736e',
  '#4d5955',
  '#38423f',
  '#232b29',
]
const dark: MantineColorsTuple = [
  '#dbe3e1',
  '#b9c4c1',
  '#98a5a1',
  '#6a7874',
  '#3c4946',
  '#2b3634',
  '#1f2827',
  '#171f1e',
  '#121918',
  '#0c1211',
]

/** White on the two darkest but one is legible, in both themes. */
const red: MantineColorsTuple = [
  '#fff0ee',
  '#ffdfdb',
  '#fdbfb8',
  '#f99a90',
  '#f3776b',
  '#ec594c',
  '#e04335',
  '#cf3225',
  '#b92a1f',
  '#9c2118',
]

export const theme = createTheme({
  primaryColor: 'kelp',
  primaryShade: { light: 8, dark: 7 },
  autoContrast: true,
  luminanceThreshold: 0.32,
  colors: { kelp, gray, dark, red },
  fontFamily: "'Inter Variable', system-ui, -apple-system, 'Segoe UI', sans-serif",
  fontFamilyMonospace:
    "ui-monospace, 'SF Mono', 'Cascadia Code', 'JetBrains Mono', Menlo, Consolas, monospace",
  headings: {
    fontWeight: '640',
    sizes: {
      h1: { fontSize: '1.55rem', lineHeight: '1.25' },
      h2: { fontSize: '1.15rem', lineHeight: '1.35' },
      h3: { fontSize: '1rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  // By name: what is not on the page is not loaded for its defaults.
  components: {
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    Button: { defaultProps: { size: 'sm' } },
    Card: { defaultProps: { withBorder: true, padding: 'lg', radius: 'lg' } },
    Modal: {
      defaultProps: { centered: true, radius: 'lg', overlayProps: { backgroundOpacity: 0.45 } },
    },
    Table: { defaultProps: { verticalSpacing: 'sm', horizontalSpacing: 'md' } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true, multiline: true } },
  },
})

/** Contrast of all text is at least 4.5 : 1 in both themes. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f7f8f7',
    '--mantine-color-text': '#1c2422',
    '--mantine-color-dimmed': '#57635f',
    '--mantine-color-placeholder': '#66736e',
    '--mantine-color-error': '#b42318',
    '--mantine-color-anchor': '#0b6b5c',
    '--hf-surface': '#ffffff',
    '--hf-sunken': '#eef1f0',
    '--hf-line': '#e1e6e4',
  },
  dark: {
    '--mantine-color-body': '#101615',
    '--mantine-color-text': '#e3eae8',
    '--mantine-color-dimmed': '#9fada8',
    '--mantine-color-placeholder': '#8b9995',
    '--mantine-color-error': '#ff8f85',
    '--mantine-color-anchor': '#5cc7b2',
    '--hf-surface': '#171f1e',
    '--hf-sunken': '#0c1211',
    '--hf-line': '#2b3634',
  },
})
