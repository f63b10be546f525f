import { Button, FileInput, Group, Select, Stack, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { IconCheck, IconUpload } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import type { Backup, SourceListing } from '../../../../src/client/index.ts'
import { repositoriesQuery } from '../../data/queries.ts'
import { useFormat, useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { Bar } from '../../parts/bar.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import { Form } from '../../parts/form.tsx'
import { Stopped, uploadDump } from './upload.ts'

interface UploadFormProps {
  readonly sources: readonly SourceListing[]
  readonly source: string | undefined
  /** `of`: the source that it is a dump of. */
  readonly onDone: (backup: Backup & { readonly of: string }) => void
}

interface Wanted {
  readonly file: File
  readonly source: string
  readonly repository: string
}

/** Brings in a dump that was made elsewhere; what became of it can be restored like every backup. */
export function UploadForm({ sources, source: first, onDone }: UploadFormProps) {
  const t = useMessages().restore
  const [file, setFile] = useState<File | null>(null)
  const [source, setSource] = useState(first ?? null)
  const [place, setPlace] = useState<string | null>(null)
  const { data } = useQuery(repositoriesQuery)
  const repositories = data?.repositories ?? []
  const repository = place ?? (repositories.length === 1 ? (repositories[0]?.id ?? null) : null)
  const { send, stop, sent } = useUpload(onDone)
  const wanted = file && source && repository ? { file, source, repository } : undefined
  const named = (things: readonly { readonly id: string; readonly name: string }[]) =>
    things.map(({ id, name }) => ({ value: id, label: name }))
  return (
    <Form onSubmit={() => wanted && send.mutate(wanted)} fault={send.error}>
      <Stack>
        <Text size="sm" c="dimmed">
          {t.uploadText}
        </Text>
        <FileInput
          label={t.file}
          description={t.fileHint}
          placeholder={t.filePick}
          value={file}
          onChange={setFile}
          disabled={send.isPending}
          clearable
          clearButtonProps={{ 'aria-label': t.fileClear }}
        />
        <Group grow preventGrowOverflow={false} align="flex-start">
          <Select
            label={t.uploadSource}
            placeholder={t.pickSource}
            data={named(sources)}
            value={source}
            onChange={setSource}
            disabled={send.isPending}
            searchable
          />
          <Select
            label={t.uploadRepository}
            data={named(repositories)}
            value={repository}
            onChange={setPlace}
            disabled={send.isPending}
            searchable
          />
        </Group>
        {send.isPending && file && <Sending file={file} sent={sent} onStop={stop} />}
        {send.error !== null && !(send.error instanceof Stopped) && (
          <FaultAlert error={send.error} />
        )}
        <Group justify="flex-end">
          <Button
            type="submit"
            leftSection={<IconUpload size={18} aria-hidden />}
            disabled={wanted === undefined}
            loading={send.isPending}
          >
            {t.upload}
          </Button>
        </Group>
      </Stack>
    </Form>
  )
}

/** Sends a file once; whoever leaves the page stops it. */
function useUpload(onDone: UploadFormProps['onDone']) {
  const t = useMessages().restore
  const [sent, setSent] = useState(0)
  const leaving = useRef<AbortController>(undefined)
  useEffect(() => () => leaving.current?.abort(), [])
  const send = useAct(
    (wanted: Wanted) => {
      leaving.current = new AbortController()
      setSent(0)
      return uploadDump({ ...wanted, onProgress: setSent, signal: leaving.current.signal })
    },
    {
      showsFault: true,
      onDone: (backup, { file, source }) => {
        notifications.show({
          message: t.uploadDone(file.name),
          color: 'kelp',
          icon: <IconCheck size={18} />,
        })
        onDone({ ...backup, of: source })
      },
    },
  )
  return { send, stop: () => leaving.current?.abort(), sent }
}

interface SendingProps {
  readonly file: File
  readonly sent: number
  readonly onStop: () => void
}

function Sending({ file, sent, onStop }: SendingProps) {
  const t = useMessages().restore
  const format = useFormat()
  const isSent = sent >= file.size
  return (
    <Stack gap={6}>
      <Bar
        label={t.uploading(file.name)}
        share={isSent ? undefined : sent / file.size}
        tone="busy"
        size="lg"
      />
      <Group justify="space-between">
        <Text size="sm">
          {isSent ? t.uploadReading : t.uploadedBytes(format.bytes(sent), format.bytes(file.size))}
        </Text>
        <Button variant="subtle" size="xs" onClick={onStop}>
          {t.uploadCancel}
        </Button>
      </Group>
    </Stack>
  )
}
