import { type MantineThemeOverride, MantineThemeProvider } from '@mantine/core'
import { type ReactNode, useMemo } from 'react'
import { useMessages } from '../i18n/language.tsx'

/** What all dialogs and notices say by themselves, in the language that is spoken. Their headers are none of the page. */
export function SpokenTheme({ children }: { readonly children: ReactNode }) {
  const { close } = useMessages().common
  const theme = useMemo<MantineThemeOverride>(() => {
    const closeButtonProps = { 'aria-label': close }
    const dialog = {
      defaultProps: { closeButtonProps, attributes: { header: { role: 'presentation' } } },
    }
    const notification = { defaultProps: { closeButtonProps } }
    return { components: { Modal: dialog, Drawer: dialog, Notification: notification } }
  }, [close])
  return <MantineThemeProvider theme={theme}>{children}</MantineThemeProvider>
}
