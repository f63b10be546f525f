import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent } from 'react'
import type { Run, SourceListing } from '../../../../src/client/index.ts'
import { client } from '../../data/client.ts'
import { proofRunsQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { useAct } from '../../parts/act.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'
import classes from './first-proof.module.css'
import { type FirstRuns, firstRunsIn, startBackup, startProof } from './first-runs.ts'
import { RunLine } from './run-line.tsx'
import type { Proven } from './well-done.tsx'

interface FirstProofProps {
  readonly source: SourceListing
  readonly onProven: (proven: Proven) => void
}

/** One source: its backup, then the comparison of that with the database, each as it goes on. */
export function FirstProof({ source, onProven }: FirstProofProps) {
  const t = useMessages().welcome
  const queries = useQueryClient()
  const runs = useQuery(proofRunsQuery(source.id))
  const { backup, proof } = firstRunsIn(runs.data?.runs ?? [])
  const anew = () =>
    void queries.invalidateQueries({ queryKey: proofRunsQuery(source.id).queryKey })
  const begin = useAct(() => startBackup(source.id), { onDone: anew })
  const again = useAct((run: Run) => client.retryRun(run.id), { onDone: anew })
  const prove = useAct((id: string) => startProof(source.id, id), {
    onDone: anew,
    showsFault: true,
  })
  useSteps({ backup, proof }, prove.mutate, onProven)
  return (
    <li className={classes.source}>
      <Text fw={600} className={classes.name}>
        {source.name}
      </Text>
      <Stack gap="sm" mt="xs">
        {runs.error !== null && <FaultAlert error={runs.error} />}
        {runs.data !== undefined && backup === undefined && (
          <Group>
            <Button loading={begin.isPending} onClick={() => begin.mutate()}>
              {t.backUpNow}
            </Button>
          </Group>
        )}
        {backup !== undefined && (
          <RunLine run={backup} title={t.theBackup} onOver={anew} onRetry={again.mutate} />
        )}
        {proof !== undefined && (
          <RunLine
            run={proof}
            title={t.theProof}
            onOver={anew}
            onRetry={again.mutate}
            onDiffers={() => begin.mutate()}
          />
        )}
        {prove.error !== null && (
          <FaultAlert
            error={prove.error}
            onRetry={() => backup?.backupId && prove.mutate(backup.backupId)}
          />
        )}
      </Stack>
    </li>
  )
}

/** After the backup its proof is begun; once that is done, it is told. */
function useSteps(
  { backup, proof }: FirstRuns,
  prove: (backup: string) => void,
  onProven: (proven: Proven) => void,
): void {
  const made = backup?.state === 'completed' ? backup.backupId : null
  const needsProof = made !== null && proof === undefined
  const onMade = useEffectEvent(() => {
    if (made !== null) prove(made)
  })
  useEffect(() => {
    if (needsProof) onMade()
  }, [needsProof])
  const isProven = proof?.state === 'completed'
  const onEnd = useEffectEvent(() => {
    const { tables = 0, rows = 0 } = proof?.result ?? {}
    onProven({ backup: made ?? '', tables, rows })
  })
  useEffect(() => {
    if (isProven) onEnd()
  }, [isProven])
}
