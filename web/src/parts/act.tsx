import { notifications } from '@mantine/notifications'
import { IconCheck, IconX } from '@tabler/icons-react'
import { type UseMutateFunction, type UseMutationResult, useMutation } from '@tanstack/react-query'
import { useCallback, useRef } from 'react'
import { NotProven, useProof } from '../app/proof.tsx'
import { FaultLine, FaultRest } from './fault-text.tsx'

interface ActOptions<Given, Got> {
  /** Said once it is done. */
  readonly done?: string | ((got: Got, given: Given) => string) | undefined
  readonly onDone?: ((got: Got, given: Given) => void) | undefined
  /** The page shows the fault itself, beside the fields it is about. */
  readonly showsFault?: boolean
}

/**
 * Something that a button does: asks for a proof where the server wants one, says that it is done, or why it is not.
 * What it changed is asked for anew when the server tells of the change. A second click while the first one is at
 * work does nothing.
 */
export function useAct<Given = void, Got = unknown>(
  act: (given: Given) => Promise<Got>,
  { done, onDone, showsFault = false }: ActOptions<Given, Got> = {},
): UseMutationResult<Got, Error, Given> {
  const withProof = useProof()
  const atWork = useRef(new Set<string>())
  const mutation = useMutation<Got, Error, Given>({
    mutationFn: given => withProof(() => act(given)),
    onSuccess: (got, given) => {
      const text = typeof done === 'function' ? done(got, given) : done
      if (text !== undefined) {
        notifications.show({ message: text, color: 'kelp', icon: <IconCheck size={18} /> })
      }
      onDone?.(got, given)
    },
    onError: error => {
      if (error instanceof NotProven || showsFault) return
      notifications.show({
        title: <FaultLine error={error} />,
        message: <FaultRest error={error} />,
        color: 'red',
        icon: <IconX size={18} />,
        autoClose: 12_000,
      })
    },
    onSettled: (_got, _error, given) => atWork.current.delete(wordFor(given)),
  })
  // What is rendered says “at work” too late for the second click of a double one.
  const { mutate } = mutation
  const once = useCallback<UseMutateFunction<Got, Error, Given>>(
    (...args) => {
      const word = wordFor(args[0])
      if (atWork.current.has(word)) return
      atWork.current.add(word)
      mutate(...args)
    },
    [mutate],
  )
  return { ...mutation, mutate: once }
}

const wordFor = (given: unknown): string => JSON.stringify(given) ?? ''
