import { Anchor, Code, Text } from '@mantine/core'
import { VERSION } from '../../app/version.ts'
import { BASE } from '../../data/client.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Pairs } from '../../parts/pairs.tsx'
import { Section } from '../../parts/section.tsx'

/** What this is, and where more is told of it. */
export function About() {
  const t = useMessages().settings.about
  return (
    <Section title={t.title}>
      <Pairs
        pairs={[
          [t.version, VERSION],
          [
            t.api,
            <Anchor key="api" inherit href={`${BASE}/api/docs`} target="_blank">
              {t.reference}
            </Anchor>,
          ],
          [
            t.guide,
            <Text key="guide" span inherit>
              <Code>docs/guide</Code> {t.guideText} <Code>holdfast help</Code>
            </Text>,
          ],
        ]}
      />
    </Section>
  )
}
