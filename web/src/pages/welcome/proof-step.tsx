import { Stack } from '@mantine/core'
import { useEffect, useEffectEvent, useState } from 'react'
import type { SourceListing } from '../../../../src/client/index.ts'
import { useMessages } from '../../i18n/language.tsx'
import { Section } from '../../parts/section.tsx'
import { FirstProof } from './first-proof.tsx'
import { type Proven, WellDone } from './well-done.tsx'

/** Whoever has more is past the first start. */
const MOST_SHOWN = 20

interface ProofStepProps {
  readonly sources: readonly SourceListing[]
  /** All of them are proven. */
  readonly onOver: () => void
}

/** The first backup of each source, and its proof, before the eyes. */
export function ProofStep({ sources: all, onOver }: ProofStepProps) {
  const t = useMessages().welcome
  const [proven, setProven] = useState<ReadonlyMap<string, Proven>>(new Map())
  const sources = all.slice(0, MOST_SHOWN)
  const isOver = sources.every(one => proven.has(one.id))
  const [only] = sources
  const tell = useEffectEvent(onOver)
  useEffect(() => {
    if (isOver) tell()
  }, [isOver])
  return (
    <>
      {isOver && only !== undefined && (
        <WellDone
          proven={[...proven.values()]}
          source={sources.length === 1 ? only.id : undefined}
        />
      )}
      <Section title={t.proofTitle(sources.length)} lead={t.proofLead}>
        <Stack component="ul" gap="md" m={0} p={0}>
          {sources.map(one => (
            <FirstProof
              key={one.id}
              source={one}
              onProven={found => setProven(before => new Map(before).set(one.id, found))}
            />
          ))}
        </Stack>
      </Section>
    </>
  )
}
