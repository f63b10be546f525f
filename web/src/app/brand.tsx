import { Group, Text } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import classes from './brand.module.css'

/** The name and its sign: what keeps a kelp on its rock, and a ship on its ground. */
export function Brand() {
  return (
    <Link to="/" className={classes.brand}>
      <Group gap={8} wrap="nowrap">
        <Mark />
        <Text span fw={680} size="lg" className={classes.name}>
          Holdfast
        </Text>
      </Group>
    </Link>
  )
}

export function Mark({ size = 26 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className={classes.mark}>
      <rect width="32" height="32" rx="8" className={classes.ground} />
      <g fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round">
        <circle cx="16" cy="8.4" r="2.7" />
        <path d="M16 11.2V25.6" />
        <path d="M10.6 15.2h10.8" />
        <path d="M7 19.4c0 4 4 6.4 9 6.4s9-2.4 9-6.4" />
      </g>
    </svg>
  )
}
