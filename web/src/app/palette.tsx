/* oxlint-disable jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus -- the field has both for its options */
import { Kbd, Modal, Text, TextInput } from '@mantine/core'
import { IconSearch } from '@tabler/icons-react'
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { client } from '../data/client.ts'
import { useMessages } from '../i18n/language.tsx'
import { useStart } from '../pages/sources/source-start.tsx'
import { Confirm } from '../parts/confirm.tsx'
import classes from './palette.module.css'
import { useActEntries, usePageEntries } from './palette-entries.tsx'
import { type Entry, fits } from './palette-entry.ts'
import { useFoundEntries } from './palette-found.tsx'
import { useProof } from './proof.tsx'

interface PaletteProps {
  readonly isOpen: boolean
  readonly onClose: () => void
}

/** Goes to everything, and does the most usual, by a few letters. */
export function Palette({ isOpen, onClose }: PaletteProps) {
  const t = useMessages()
  const withProof = useProof()
  const [isPausing, setPausing] = useState(false)
  const [started, setStarted] = useState('')
  const { start, trouble } = useStart(t.sources.backUpStarted(started))
  const backUp = (source: { readonly id: string; readonly name: string }) => {
    setStarted(source.name)
    start({ kind: 'backup', source: source.id })
  }
  return (
    <>
      <Modal.Root opened={isOpen} onClose={onClose} size="lg" yOffset="10dvh" centered={false}>
        <Modal.Overlay backgroundOpacity={0.45} />
        <Modal.Content aria-label={t.palette.title} radius="lg">
          <Modal.Body p={0}>
            <Search onClose={onClose} onBackUp={backUp} onPause={() => setPausing(true)} />
          </Modal.Body>
        </Modal.Content>
      </Modal.Root>
      {trouble}
      {isPausing && (
        <Confirm
          title={t.runs.active.pauseAllTitle}
          action={t.runs.active.pauseAll}
          color="kelp"
          onConfirm={() => withProof(() => client.pauseAll())}
          onClose={() => setPausing(false)}
        >
          {t.runs.active.pauseAllText}
        </Confirm>
      )}
    </>
  )
}

interface SearchProps {
  readonly onClose: () => void
  readonly onBackUp: (source: { readonly id: string; readonly name: string }) => void
  readonly onPause: () => void
}

function Search({ onClose, ...acts }: SearchProps) {
  const t = useMessages().palette
  const list = useId()
  const [text, setText] = useState('')
  const [at, setAt] = useState(0)
  const pages = usePageEntries()
  const doable = useActEntries(acts, text)
  const { entries: found, isSearching } = useFoundEntries(text)
  const entries = [...[...pages, ...doable].filter(fits(text)), ...found]
  const shown = Math.min(at, Math.max(0, entries.length - 1))
  const choose = (entry: Entry | undefined) => {
    if (entry === undefined) return
    onClose()
    entry.act()
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // Whoever writes by a method of input chooses there, not here.
    if (event.nativeEvent.isComposing) return
    const to = stepOf(event.key, shown, entries.length)
    if (to !== undefined) setAt(to)
    else if (event.key === 'Enter') choose(entries[shown])
    else return
    event.preventDefault()
  }
  return (
    <>
      <TextInput
        data-autofocus
        role="combobox"
        aria-label={t.title}
        aria-expanded={entries.length > 0}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={entries.length > 0 ? `${list}-${shown}` : undefined}
        classNames={{ input: classes.input }}
        size="lg"
        variant="unstyled"
        autoComplete="off"
        spellCheck={false}
        maxLength={100}
        placeholder={t.hint}
        leftSection={<IconSearch size={18} aria-hidden />}
        value={text}
        onChange={event => {
          setText(event.currentTarget.value)
          setAt(0)
        }}
        onKeyDown={onKeyDown}
      />
      <Options id={list} entries={entries} at={shown} onPoint={setAt} onChoose={choose} />
      <div className={classes.foot}>
        <Text size="xs" c="dimmed" role="status">
          {isSearching ? t.searching : t.count(entries.length)}
        </Text>
        <Text size="xs" c="dimmed" visibleFrom="sm" aria-hidden>
          <Kbd size="xs">↑</Kbd> <Kbd size="xs">↓</Kbd> {t.choose} <Kbd size="xs">↵</Kbd> {t.go}
        </Text>
      </div>
    </>
  )
}

/** Where a key leads in a list; undefined where it leads nowhere. */
function stepOf(key: string, at: number, count: number): number | undefined {
  if (count === 0) return undefined
  if (key === 'ArrowDown') return (at + 1) % count
  if (key === 'ArrowUp') return (at - 1 + count) % count
  if (key === 'PageDown') return Math.min(count - 1, at + 8)
  if (key === 'PageUp') return Math.max(0, at - 8)
  return undefined
}

interface OptionsProps {
  readonly id: string
  readonly entries: readonly Entry[]
  readonly at: number
  readonly onPoint: (at: number) => void
  readonly onChoose: (entry: Entry) => void
}

function Options({ id, entries, at, onPoint, onChoose }: OptionsProps) {
  const t = useMessages().palette
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => {
    box.current?.querySelector(`[data-at="${at}"]`)?.scrollIntoView({ block: 'nearest' })
  }, [at])
  const groups = [...new Set(entries.map(({ group }) => group))]
  return (
    <div ref={box} id={id} role="listbox" aria-label={t.title} className={classes.list}>
      {groups.map(group => (
        // biome-ignore lint/a11y/useSemanticElements: a group of options, not of fields
        <div key={group} role="group" aria-label={t.groups[group]}>
          <div className={classes.group} aria-hidden>
            {t.groups[group]}
          </div>
          {entries.map((entry, index) =>
            entry.group === group ? (
              <Option
                key={entry.id}
                id={`${id}-${index}`}
                at={index}
                entry={entry}
                isChosen={index === at}
                onPoint={onPoint}
                onChoose={onChoose}
              />
            ) : null,
          )}
        </div>
      ))}
    </div>
  )
}

interface OptionProps extends Pick<OptionsProps, 'id' | 'at' | 'onPoint' | 'onChoose'> {
  readonly entry: Entry
  readonly isChosen: boolean
}

function Option({ id, at, entry, isChosen, onPoint, onChoose }: OptionProps) {
  const { icon: Icon, label, hint } = entry
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the field has the focus
    // biome-ignore lint/a11y/useKeyWithClickEvents: and the keys
    <div
      id={id}
      role="option"
      aria-selected={isChosen}
      data-at={at}
      className={classes.option}
      onMouseMove={() => !isChosen && onPoint(at)}
      onMouseDown={event => event.preventDefault()}
      onClick={() => onChoose(entry)}
    >
      <Icon size={17} stroke={1.8} aria-hidden />
      <span className={classes.label}>{label}</span>
      {hint !== undefined && hint !== '' && <span className={classes.hint}>{hint}</span>}
    </div>
  )
}
