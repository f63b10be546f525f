import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import type { NewRun } from '../../../../src/client/index.ts'
import { useMay } from '../../app/session.tsx'
import { isFault } from '../../data/client.ts'
import { repositoriesQuery } from '../../data/queries.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Answer } from '../../parts/answer.tsx'
import { FaultAlert } from '../../parts/fault-alert.tsx'

interface StartTroubleProps {
  readonly error: Error
  readonly run: NewRun
  readonly onStart: (run: NewRun) => void
  readonly onClose: () => void
}

/** Why a run was not started, with the way on: to the run in the way, or to the repository that is meant. */
export function StartTrouble({ error, run, onStart, onClose }: StartTroubleProps) {
  const t = useMessages().sources
  const common = useMessages().common
  const isUndecided =
    isFault(error, 'INVALID_INPUT') && error.problems.some(({ field }) => field === 'repository')
  if (isUndecided) return <WhichRepository run={run} onStart={onStart} onClose={onClose} />
  const inTheWay = isFault(error, 'RUN_IN_THE_WAY') ? error.run : undefined
  return (
    <Modal opened onClose={onClose} title={inTheWay ? t.runInTheWay : t.notStarted}>
      <Stack>
        <FaultAlert error={error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common.close}
          </Button>
          {inTheWay && (
            <Button
              data-autofocus
              renderRoot={props => <Link to="/runs/$run" params={{ run: inTheWay }} {...props} />}
            >
              {t.toRunInTheWay}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}

function WhichRepository({ run, onStart, onClose }: Omit<StartTroubleProps, 'error'>) {
  const t = useMessages().sources
  const common = useMessages().common
  const mayAdd = useMay('admin')
  const repositories = useQuery(repositoriesQuery)
  const [chosen, setChosen] = useState<string | null>(null)
  return (
    <Modal opened onClose={onClose} title={t.whichRepository}>
      <Answer query={repositories} lines={2}>
        {data =>
          data.repositories.length === 0 ? (
            <Stack>
              <Text size="sm">{t.noRepository}</Text>
              {mayAdd && (
                <Group justify="flex-end">
                  <Button renderRoot={props => <Link to="/repositories/new" {...props} />}>
                    {t.addRepository}
                  </Button>
                </Group>
              )}
            </Stack>
          ) : (
            <Stack>
              <Select
                label={common.repository}
                description={t.whichRepositoryHint}
                data={data.repositories.map(({ id, name }) => ({ value: id, label: name }))}
                value={chosen}
                onChange={setChosen}
                allowDeselect={false}
                comboboxProps={{ withinPortal: true }}
                data-autofocus
              />
              <Group justify="flex-end">
                <Button variant="default" onClick={onClose}>
                  {common.cancel}
                </Button>
                <Button
                  disabled={chosen === null}
                  onClick={() => chosen !== null && onStart({ ...run, repository: chosen })}
                >
                  {run.kind === 'backup' ? t.backUpThere : t.proveThere}
                </Button>
              </Group>
            </Stack>
          )
        }
      </Answer>
    </Modal>
  )
}
