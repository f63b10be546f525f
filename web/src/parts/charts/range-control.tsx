import { SegmentedControl } from '@mantine/core'

const RANGES = [30, 90, 365] as const

interface RangeControlProps {
  readonly label: string
  readonly value: number
  readonly onChange: (days: number) => void
  readonly words: (days: number) => string
}

/** Of how many days trends are shown. */
export const RangeControl = ({ label, value, onChange, words }: RangeControlProps) => (
  <SegmentedControl
    size="xs"
    aria-label={label}
    value={String(value)}
    onChange={text => onChange(Number(text))}
    data={RANGES.map(one => ({ value: String(one), label: words(one) }))}
  />
)
