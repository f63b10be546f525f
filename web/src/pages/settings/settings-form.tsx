import { Button, Group, NumberInput, Stack } from '@mantine/core'
import { type ReactNode, useState } from 'react'
import type { Settings, SettingsChanges } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { besideFields } from '../../parts/beside-fields.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'

const GB = 1e9
const FIELDS = ['maxRunsPerHost', 'manualBackupsPerMinute', 'deleteGraceHours', 'maxUploadBytes']

interface FieldProps {
  readonly label: string
  readonly description: string
  readonly error: ReactNode
  /** null: no limit. */
  readonly value: number | null
  readonly onChange: (value: number | null) => void
  readonly suffix?: string
  /** Whether it may have no limit. */
  readonly isOptional?: boolean
  readonly min?: number
  readonly max?: number
  readonly decimals?: number
}

function Field({
  value,
  onChange,
  isOptional = false,
  decimals = 0,
  min = 1,
  ...rest
}: FieldProps) {
  const t = useMessages().settings
  return (
    <NumberInput
      {...rest}
      value={value ?? ''}
      onChange={given => onChange(given === '' ? null : Number(given))}
      placeholder={isOptional ? t.noLimit : undefined}
      required={!isOptional}
      withAsterisk={false}
      min={min}
      decimalScale={decimals}
      allowDecimal={decimals > 0}
      allowNegative={false}
      clampBehavior="blur"
      thousandSeparator=" "
      inputWrapperOrder={['label', 'description', 'input', 'error']}
    />
  )
}

/** What has become another value. */
function changesOf(settings: Settings, values: Record<keyof Settings, number | null>) {
  const changed = Object.entries(values).filter(
    ([name, value]) => value !== settings[name as keyof Settings],
  )
  return Object.fromEntries(changed) as SettingsChanges
}

/** What people may set of the server while it runs. */
export function SettingsForm({ settings }: { readonly settings: Settings }) {
  const t = useMessages().settings
  const [values, setValues] = useState<Record<keyof Settings, number | null>>(settings)
  const set = (name: keyof Settings) => (value: number | null) =>
    setValues(were => ({ ...were, [name]: value }))
  const changes = changesOf(settings, values)
  const save = useAct(() => client.editSetting(changes), { done: t.saved, showsFault: true })
  const { of, rest } = besideFields(save.error, FIELDS)
  const given = (name: keyof Settings) => ({
    label: t[name],
    description: t.hints[name],
    value: values[name],
    onChange: set(name),
    error: of(name),
  })
  const { maxUploadBytes } = values
  return (
    <Form onSubmit={() => save.mutate()} fault={save.error}>
      <Stack maw={520}>
        <Field {...given('maxRunsPerHost')} isOptional max={1000} />
        <Field {...given('manualBackupsPerMinute')} isOptional max={1000} />
        <Field {...given('deleteGraceHours')} suffix={` ${t.hoursUnit}`} max={8760} />
        <Field
          {...given('maxUploadBytes')}
          suffix=" GB"
          decimals={3}
          min={0.001}
          value={maxUploadBytes === null ? null : gbOf(maxUploadBytes)}
          onChange={gb => set('maxUploadBytes')(gb === null ? null : bytesOf(gb, settings))}
        />
        {rest !== undefined && <FaultAlert error={rest} />}
        <Group>
          <Button
            type="submit"
            loading={save.isPending}
            disabled={Object.keys(changes).length === 0}
          >
            {t.save}
          </Button>
        </Group>
      </Stack>
    </Form>
  )
}

/** As people say it: nobody cares for the MB of a TB. */
function gbOf(bytes: number): number {
  const gb = bytes / GB
  return gb < 10 ? Math.round(gb * 1000) / 1000 : Math.round(gb)
}

/** What is shown rounded is not changed by that. */
const bytesOf = (gb: number, { maxUploadBytes }: Settings): number =>
  gb === gbOf(maxUploadBytes) ? maxUploadBytes : Math.round(gb * GB)
