import { Radio, Stack } from '@mantine/core'
import type { User } from '../../../../src/client/index.ts'
import { useMessages } from '../../i18n/language.tsx'

type Role = User['role']
const ROLES: readonly Role[] = ['viewer', 'operator', 'admin']

interface RoleFieldProps {
  readonly value: Role
  readonly onChange: (role: Role) => void
  /** The most that can be given. */
  readonly most?: Role
}

/** What somebody may do. */
export function RoleField({ value, onChange, most = 'admin' }: RoleFieldProps) {
  const t = useMessages().users
  const names = useMessages().states.role
  const offered = ROLES.slice(0, ROLES.indexOf(most) + 1)
  return (
    <Radio.Group label={t.role} value={value} onChange={onChange}>
      <Stack gap="xs" mt={6}>
        {offered.map(role => (
          <Radio key={role} value={role} label={names[role]} description={t.roleHints[role]} />
        ))}
      </Stack>
    </Radio.Group>
  )
}
