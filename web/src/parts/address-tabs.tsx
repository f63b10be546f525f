import { Card, Skeleton, Tabs } from '@mantine/core'
import { type ReactNode, Suspense } from 'react'

interface AddressTabsProps<Tab extends string> {
  /** What all of them are of. */
  readonly label: string
  /** Of these, the first is shown where the address names none of them. */
  readonly tabs: readonly {
    readonly name: Tab
    readonly label: string
    readonly content: ReactNode
  }[]
  /** What the address says. */
  readonly wanted: string | undefined
  readonly onChange: (tab: string | undefined) => void
}

/** Tabs whose choice stands in the address; only the one that is shown is there. */
export function AddressTabs<Tab extends string>({
  label,
  tabs,
  wanted,
  onChange,
}: AddressTabsProps<Tab>) {
  const shown = tabs.find(({ name }) => name === wanted) ?? tabs[0]
  return (
    <Card>
      <Tabs
        value={shown?.name ?? null}
        onChange={value => onChange(value ?? undefined)}
        keepMounted={false}
      >
        <Tabs.List mb="md" aria-label={label}>
          {tabs.map(one => (
            <Tabs.Tab key={one.name} value={one.name}>
              {one.label}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {tabs.map(({ name, content }) => (
          <Tabs.Panel key={name} value={name}>
            <Suspense fallback={<Skeleton height={300} aria-busy />}>{content}</Suspense>
          </Tabs.Panel>
        ))}
      </Tabs>
    </Card>
  )
}
