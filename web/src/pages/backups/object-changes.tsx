import { List, Table, Text } from '@mantine/core'
import type { Comparison } from '../../../../src/client/index.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { Section } from '../../parts/section.tsx'
import classes from './backups.module.css'

/** What changed beside the rows of tables; what did not change is not shown. */
export function ObjectChanges({ found }: { readonly found: Comparison }) {
  const t = useMessages().backups
  const format = useFormat()
  const { objects, sequences, largeObjects, counts } = found
  const only = (count: number, shown: number) =>
    count > shown ? t.firstOnly(format.number(shown)) : undefined
  return (
    <>
      {objects.length > 0 && (
        <Section
          title={t.objectsTitle}
          lead={only(counts.objects, objects.length) ?? t.objectsLead}
        >
          <List size="sm" spacing={4} className={classes.wrap}>
            {objects.map(({ name, change }) => (
              <List.Item key={name}>
                {name}: {t.change[change]}
              </List.Item>
            ))}
          </List>
        </Section>
      )}
      {sequences.length > 0 && (
        <Sequences found={found} lead={only(counts.sequences, sequences.length)} />
      )}
      {largeObjects.change === 'changed' && (
        <Section title={t.largeObjectsTitle}>
          <Text size="sm">
            {words(largeObjects.before)} → {words(largeObjects.after)}
          </Text>
        </Section>
      )}
    </>
  )

  function words({ count, bytes }: Comparison['largeObjects']['before']): string {
    return t.largeObjectsText(format.number(count), format.bytes(bytes))
  }
}

interface SequencesProps {
  readonly found: Comparison
  readonly lead: string | undefined
}

function Sequences({ found: { sequences }, lead }: SequencesProps) {
  const t = useMessages().backups
  const { none } = useMessages().units
  return (
    <Section title={t.sequencesTitle} lead={lead} flush>
      <Table.ScrollContainer
        minWidth={420}
        type="native"
        tabIndex={0}
        role="region"
        aria-label={t.boxOf(t.sequencesTitle)}
      >
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.sequence}</Table.Th>
              <Table.Th className={classes.number}>{t.before}</Table.Th>
              <Table.Th className={classes.number}>{t.after}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {sequences.map(({ name, before, after }) => (
              <Table.Tr key={name}>
                <Table.Th scope="row" fw={500} className={classes.wrap}>
                  {name}
                </Table.Th>
                <Table.Td className={classes.number}>{before ?? none}</Table.Td>
                <Table.Td className={classes.number}>{after ?? none}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Section>
  )
}
