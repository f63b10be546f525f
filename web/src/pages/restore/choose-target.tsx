import { Button, Checkbox, Collapse, Group, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { Source } from '../../../../src/client/index.ts'
import { sourceQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import { Form } from '../../parts/form.tsx'
import { Section } from '../../parts/section.tsx'
import {
  bytesOf,
  type Choices,
  fits,
  isWhere,
  NO_CHOICES,
  type RestoreSearch,
  serverAsWas,
  serverOf,
  suggestedName,
  urlOf,
  type Where,
} from './choice.ts'
import classes from './restore.module.css'
import { ServerFields } from './server-fields.tsx'

interface ChooseTargetProps {
  readonly search: RestoreSearch
  readonly choices: Choices
  readonly onChange: (some: Partial<Choices>) => void
  readonly onGo: (change: RestoreSearch, replace?: boolean) => void
}

/** The second step: where the backup goes to. */
export function ChooseTarget(props: ChooseTargetProps) {
  const t = useMessages().restore
  const { source } = props.search
  return (
    <Section title={t.whereTo}>
      {source ? <OfSource {...props} id={source} /> : <Elsewhere {...props} />}
    </Section>
  )
}

function OfSource({ id, ...props }: ChooseTargetProps & { readonly id: string }) {
  const query = useQuery(sourceQuery(id))
  return (
    <Answer query={query} lines={6}>
      {({ source }) => <Targets {...props} source={source} />}
    </Answer>
  )
}

/** Of a backup of no source, only its own label says where it was; where it goes has to be said whole. */
function Elsewhere({ search: { label = '' }, choices, onChange, onGo }: ChooseTargetProps) {
  const t = useMessages().restore
  const isNew = choices.server === NO_CHOICES.server
  const server = isNew ? serverAsWas(label) : choices.server
  return (
    <Form
      onSubmit={() => {
        onChange({ ...NOTHING_READ, server })
        onGo({ to: 'other', database: '', step: 'check' })
      }}
    >
      <Stack>
        <Text size="sm">{t.elsewhere(label)}</Text>
        <OtherServer choices={{ ...choices, server }} onChange={onChange} />
        <Ways isSet={urlOf(server) !== ''} onGo={onGo} />
      </Stack>
    </Form>
  )
}

/** Another target meets something else, which must be read anew. */
const NOTHING_READ = { agreed: '', disconnect: false, noOwner: false }

function Targets({
  search,
  choices,
  onChange,
  onGo,
  source,
}: ChooseTargetProps & { readonly source: Source }) {
  const t = useMessages().restore
  const [to, setTo] = useState<Where>(isWhere(search.to) ? search.to : 'new')
  const [name, setName] = useState(
    () => search.database || suggestedName(source.database, new Date()),
  )
  const isSet =
    to === 'new'
      ? fits(name) && name !== source.database
      : to === 'replace' || urlOf(choices.server) !== ''
  const goOn = () => {
    onChange(NOTHING_READ)
    onGo({ to, database: to === 'new' ? name : '', step: 'check' })
  }
  return (
    <Form onSubmit={() => isSet && goOn()}>
      <Stack>
        <Radio.Group
          aria-label={t.whereTo}
          value={to}
          onChange={value => isWhere(value) && setTo(value)}
        >
          <Stack gap="xs">
            <Target to="new" title={t.to.new} text={t.to.newText(serverOf(source.label))} />
            <Target to="other" title={t.to.other} text={t.to.otherText} />
            <Target
              to="replace"
              title={t.to.replace(source.database)}
              text={t.to.replaceText(source.database)}
            />
          </Stack>
        </Radio.Group>
        {to === 'new' && <NewName name={name} inUse={source.database} onChange={setName} />}
        <Collapse expanded={to === 'other'}>
          {to === 'other' && <OtherServer choices={choices} onChange={onChange} />}
        </Collapse>
        <Ways isSet={isSet} onGo={onGo} />
      </Stack>
    </Form>
  )
}

function OtherServer({ choices, onChange }: Pick<ChooseTargetProps, 'choices' | 'onChange'>) {
  const t = useMessages().restore.server
  return (
    <Stack>
      <ServerFields server={choices.server} onChange={server => onChange({ server })} />
      <Checkbox
        label={t.replace}
        description={t.replaceHint}
        checked={choices.replaceThere}
        onChange={event => onChange({ replaceThere: event.currentTarget.checked })}
      />
    </Stack>
  )
}

/** Back, and on where all is said. */
function Ways({ isSet, onGo }: Pick<ChooseTargetProps, 'onGo'> & { readonly isSet: boolean }) {
  const t = useMessages().restore
  return (
    <Group justify="space-between">
      <Button variant="default" onClick={() => onGo({ step: 'backup' })}>
        {t.back}
      </Button>
      <Button type="submit" disabled={!isSet}>
        {t.next}
      </Button>
    </Group>
  )
}

interface TargetProps {
  readonly to: Where
  readonly title: string
  readonly text: string
}

function Target({ to, title, text }: TargetProps) {
  return (
    <Radio.Card value={to} className={classes.option} radius="md">
      <Group wrap="nowrap" align="flex-start">
        <Radio.Indicator mt={2} />
        <Stack gap={2} miw={0}>
          <Text span fw={600} size="sm" className={classes.wrap}>
            {title}
          </Text>
          <Text span size="sm" c="dimmed" className={classes.wrap}>
            {text}
          </Text>
        </Stack>
      </Group>
    </Radio.Card>
  )
}

interface NewNameProps {
  readonly name: string
  readonly inUse: string
  readonly onChange: (name: string) => void
}

function NewName({ name, inUse, onChange }: NewNameProps) {
  const t = useMessages().restore
  const error = name === inUse ? t.nameIsLive : bytesOf(name) > 0 && !fits(name) && t.nameTooLong
  return (
    <TextInput
      label={t.databaseName}
      description={t.databaseNameHint}
      value={name}
      onChange={event => onChange(event.currentTarget.value)}
      error={error}
      required
      withAsterisk={false}
      autoComplete="off"
      spellCheck={false}
    />
  )
}
