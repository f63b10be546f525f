import { useMediaQuery } from '@mantine/hooks'

/** Whether the window is as narrow as a phone: a table becomes cards there. */
export const useNarrow = (): boolean =>
  useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false })
