import { SegmentedControl, Stack, Text, useMantineColorScheme } from '@mantine/core'
import { LANGUAGES, type Language, useMessages, useSpeech } from '../../i18n/language.tsx'

/** How the dashboard looks and speaks in this browser. */
export function Looks() {
  const { theme, language: languageLabel } = useMessages().app
  const { language, speak } = useSpeech()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  return (
    <Stack align="flex-start">
      <div>
        <Text size="sm" fw={500} mb={4} id="looks-language">
          {languageLabel}
        </Text>
        <SegmentedControl
          aria-labelledby="looks-language"
          value={language}
          onChange={value => void speak(value as Language)}
          data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        />
      </div>
      <div>
        <Text size="sm" fw={500} mb={4} id="looks-theme">
          {theme.label}
        </Text>
        <SegmentedControl
          aria-labelledby="looks-theme"
          value={colorScheme}
          onChange={value => setColorScheme(value)}
          data={(['light', 'dark', 'auto'] as const).map(value => ({ value, label: theme[value] }))}
        />
      </div>
    </Stack>
  )
}
